"""The monthly list for the source: every rule, native ids alone, a file for each place."""

from __future__ import annotations

import csv
import stat
from collections import Counter
from pathlib import Path

import pytest

from loaders.stewards.book import DecisionRefusedError
from loaders.stewards.fix_list import Fix, read_fixes, write_fix_lists
from loaders.stewards.rules import load_rules
from tests.stewards.conftest import Asked
from tests.stewards.county import person_id
from tests.stewards.test_page_is_private import personal_values


def fixes(asked: Asked, month: str, org: str | None = None) -> list[Fix]:
    with asked.engine.connect() as connection:
        return read_fixes(connection, month, org)


def test_every_rule_finds_what_it_is_for(asked: Asked) -> None:
    found = {(fix.rule, fix.native_id) for fix in fixes(asked, "2025-02")}
    assert found >= {
        ("invalid_number", "300402"),
        ("excel_damaged_number", "99900000000000002"),
        ("placeholder_number", "99900000000000003"),
        ("contested_number", "300401"),
        ("contested_number", "100200"),
        ("key_of_another", "300500"),
        # One person with two cards at one centre, and with two archives.
        ("duplicate_in_source", "300400"),
        ("duplicate_in_source", "300402"),
        ("duplicate_in_source", "99900000000000002"),
        ("duplicate_in_source", "99900000000000003"),
    }
    assert {fix.rule for fix in fixes(asked, "2025-02")} == load_rules().fixes.keys()
    # Cards that are alone, and contracts of one person, are in order.
    assert not {"500600", "100300", "HT0001"} & {native for _, native in found}


def test_of_what_is_no_register_a_former_name_was_a_mistake(asked: Asked) -> None:
    (contract,) = (r for r in asked.county.rows if r["native_id"] == "HT0001")
    contract["named_since"] = "2025-01-01|contracts of the day|0000000004"
    asked.county.write(asked.engine)
    found = {fix.native_id for fix in fixes(asked, "2025-02")}
    assert "300500" in found and "HT0001" not in found


def test_what_belongs_together_is_numbered(asked: Asked) -> None:
    groups: dict[int | None, set[str]] = {}
    for fix in fixes(asked, "2025-02"):
        if fix.rule == "duplicate_in_source":
            groups.setdefault(fix.together, set()).add(fix.native_id)
    assert {"300400", "300402"} in groups.values()
    assert None not in groups


def test_a_month_lists_what_came_up_to_its_end_and_marks_what_is_new(asked: Asked) -> None:
    january = {fix.native_id for fix in fixes(asked, "2025-01")}
    assert "300402" not in january and "300401" in january
    assert fixes(asked, "2024-12") == []
    february = fixes(asked, "2025-02")
    assert {fix.native_id for fix in february if fix.is_new} == {"300402"}


def test_the_years_of_one_insured_person_are_one_entry(asked: Asked) -> None:
    county = asked.county
    for year in ("2024", "2025"):
        county.add(
            person_id(11), "F", "9991000000000029", native_part=year, person_name="孙丽"
        )
    county.write(asked.engine)
    assert "9991000000000029" not in {fix.native_id for fix in fixes(asked, "2025-02")}
    county.add(person_id(11), "F", "9991000000000030", person_name="孙丽")
    county.write(asked.engine)
    listed = Counter(fix.native_id for fix in fixes(asked, "2025-02"))
    assert listed["9991000000000029"] == 2 and listed["9991000000000030"] == 1


def test_one_institution_sees_its_own(asked: Asked) -> None:
    found = fixes(asked, "2025-02", "34")
    assert {fix.org_code for fix in found} == {"34"}
    assert fixes(asked, "2025-02", "no such") == []


def test_the_files_hold_native_ids_and_rules_and_no_value(
    asked: Asked, tmp_path: Path
) -> None:
    paths = write_fix_lists(asked.engine, "2025-02", None, tmp_path / "fix")
    natives = {row["native_id"] for row in asked.county.rows}
    assert {path.name for path in paths} >= {
        "fix_C_1_2025-02.csv", "fix_D_34_2025-02.csv",
    }  # fmt: skip
    lines = 0
    for path in paths:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        words = path.read_text("utf-8-sig")
        seen = {value for value in personal_values(asked) - natives if value in words}
        assert not seen
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for line in csv.DictReader(stream):
                lines += 1
                assert line["native_id"] in natives
                assert line["规则"] == load_rules().fixes[line["rule"]].zh
    assert lines == len(fixes(asked, "2025-02"))


@pytest.mark.parametrize("month", ["2025", "202501", "2025-13", "January"])
def test_what_is_no_month_is_said_so(asked: Asked, month: str) -> None:
    with pytest.raises(DecisionRefusedError, match="YYYY-MM"):
        fixes(asked, month)
