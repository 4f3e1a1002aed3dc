"""A small demo county, brought to publication, and exported once for all tests.

Two ids that were merged into a third, and a value without a partner, are put there by hand:
so small a county has none of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from loaders.interchange.bulk import write_bulk
from loaders.interchange.pseudonym import Pseudonyms
from loaders.interchange.read import Scope
from tests.published_county import Built as County

SECRET = b"a secret of these tests, no other"
# The second of these was merged into the first, and the first into somebody who lives.
MERGED = ("P9999999999999991", "P9999999999999992")


@dataclass(frozen=True)
class Built:
    """The county's warehouse, and the export of all of it."""

    engine: Engine
    folder: Path
    pseudonyms: Pseudonyms
    survivor: str

    def ask(self, query: str, **values: object) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), values))

    def resources(self) -> list[dict[str, Any]]:
        return read_folder(self.folder)


def read_folder(folder: Path) -> list[dict[str, Any]]:
    """All resources of an export."""
    return [
        json.loads(line)
        for file in sorted(folder.glob("*.ndjson"))
        for line in file.read_text("utf-8").splitlines()
    ]


@pytest.fixture(scope="session")
def built(
    published_county: County,
    make_database: Callable[[str], Engine],
    tmp_path_factory: pytest.TempPathFactory,
) -> Built:
    # A database that somebody is connected to cannot be copied.
    published_county.engine.dispose()
    engine = make_database(str(published_county.engine.url.database))
    survivor = _by_hand(engine)
    folder = tmp_path_factory.mktemp("export") / "county"
    pseudonyms = Pseudonyms(SECRET)
    write_bulk(engine, pseudonyms, folder, Scope(), False, lambda _: None)
    return Built(engine, folder, pseudonyms, survivor)


def _by_hand(engine: Engine) -> str:
    with engine.begin() as connection:
        survivor = connection.scalar(
            text(
                "select person_id from record.encounter"
                " where person_id is not null group by 1 order by count(*) desc, 1 limit 1"
            )
        )
        for retired, into in zip(MERGED, (survivor, MERGED[0]), strict=True):
            connection.execute(
                text(
                    "insert into identity.person_ledger"
                    " select :retired, anchor_record_key || :retired, issued_on, 'retired',"
                    " :into, issued_run_id, changed_run_id"
                    " from identity.person_ledger where person_id = :survivor"
                ),
                {"retired": retired, "into": into, "survivor": survivor},
            )
        connection.execute(
            text(
                "delete from record.measurement where measurement_id = ("
                " select min(measurement_id) from record.measurement"
                " where item = 'diastolic_pressure')"
            )
        )
    return str(survivor)
