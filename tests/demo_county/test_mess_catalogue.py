"""Every number of the catalogue of mess is a kind of this county, or explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from loaders.cli import onecard
from loaders.demo_county.county_files import DATA
from loaders.demo_county.mess import (
    UnknownMessError,
    all_kinds,
    chosen_kinds,
    kinds_of_mess,
)
from tests.demo_county.county_reading import read_truth

CATALOGUE = {f"M{number:02d}" for number in range(1, 61)}


def test_every_number_is_covered_or_explained() -> None:
    covered = {n for facts in kinds_of_mess().values() for n in facts["catalogue"]}
    explained = yaml.safe_load((DATA / "catalogue.yml").read_text("utf-8"))
    assert covered | set(explained) == CATALOGUE
    assert all(len(reason) > 30 for reason in explained.values())


def test_every_kind_says_what_it_is_and_how_often() -> None:
    for kind, facts in kinds_of_mess().items():
        assert re.fullmatch(r"[a-z0-9_]+", kind)
        assert set(facts) - {"people"} == {"what", "catalogue", "share"}, kind
        assert set(facts["catalogue"]) <= CATALOGUE
        share = facts["share"]
        for limit in share.values() if isinstance(share, dict) else [share]:
            assert 0 < limit <= 1


def test_kinds_are_chosen_by_name() -> None:
    assert chosen_kinds(None, None) == all_kinds()
    assert chosen_kinds("twin, mojibake", None) == {"twin", "mojibake"}
    assert chosen_kinds("twin,mojibake", "twin") == {"mojibake"}
    assert chosen_kinds("", None) == frozenset()
    assert chosen_kinds(None, "twin") == all_kinds() - {"twin"}
    with pytest.raises(UnknownMessError, match="rain"):
        chosen_kinds("rain", None)


def test_the_command_takes_kinds_and_years(tmp_path: Path) -> None:
    command = ["demo-county", "--out", str(tmp_path), "--residents", "12", "--days", "1"]
    options = ["--years", "2", "--mess", "phone_group,id_15_digits", "--without", "twin"]
    done = CliRunner().invoke(onecard, [*command, *options])
    assert done.exit_code == 0, done.output
    kinds = {note["kind"] for note in read_truth(tmp_path, "mess.csv")}
    assert kinds <= {"phone_group", "id_15_digits"}
    refused = CliRunner().invoke(onecard, [*command, "--mess", "rain"])
    assert isinstance(refused.exception, UnknownMessError)
