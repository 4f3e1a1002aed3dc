"""Rules of a county that change between two builds: rows of seeds, in a copy of them."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from unittest.mock import patch

from loaders import transform
from loaders.settings import PROJECT
from loaders.warehouse import runs

MAPPINGS = Path("seeds") / "codes" / "code_mapping.csv"


@contextmanager
def own_rules(folder: Path) -> Iterator[Path]:
    """Builds within read the rules from a copy; where its dbt project lies."""
    copy = folder / "dbt_project"
    shutil.copytree(transform.DBT_PROJECT, copy)
    for name in ("loaders", "expectations"):
        (folder / name).symlink_to(PROJECT / name)
    with (
        patch.object(transform, "DBT_PROJECT", copy),
        patch.object(runs, "PROJECT", folder),
    ):
        yield copy


def change_a_mapping(project: Path, dice: Random) -> str:
    """One source code comes to mean what another code of the same list means."""
    path = project / MAPPINGS
    with path.open(encoding="utf-8", newline="") as lines:
        header, *rows = list(csv.reader(lines))
    of, like = (
        header.index("code_list"),
        [header.index(name) for name in ("standard_code", "name_zh", "name_en")],
    )
    row = dice.choice(rows)
    other = dice.choice([one for one in rows if one[of] == row[of]])
    for place in like:
        row[place] = other[place]
    with path.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([header, *rows])
    return f"a code of {row[of]} means another thing"
