"""A share above one is an error among cases, and a thing to note beside a report."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from expectations.gate import GateRefusedError, run_gate
from tests.tiny_county import ask, begin_build, do

CASES = "indicators.indicator_case"
# As the archives are counted by the residents: people here, a report's sum there.
BESIDE_A_REPORT = (
    f"update {CASES} set numerator = 1, denominator = 0",
    f"insert into {CASES} select (jsonb_populate_record(null::{CASES}, to_jsonb(c)"
    " || jsonb_build_object('case_kind', 'population', 'case_id', 'report',"
    " 'person_id', null, 'numerator', 0, 'denominator', 2))).*"
    f" from (select * from {CASES} limit 1) as c",
)


def _say_nothing(_: str) -> None:
    return None


def _not_met(county: Engine) -> list[tuple[object, ...]]:
    return ask(
        county,
        "select expectation, severity from audit.gate_result where not success"
        " and (expectation like 'share_between%' or expectation like 'numerator_within_%')"
        " and expectation not like '%place' order by expectation",
    )


def test_no_part_of_the_cases_is_more_than_all_of_them(county: Engine) -> None:
    do(county, f"update {CASES} set numerator = 2 where denominator = 1")
    with pytest.raises(GateRefusedError, match="numerator_within_denominator:county"):
        run_gate(county, "indicators", begin_build(county), _say_nothing)


def test_more_archives_than_residents_are_noted(county: Engine) -> None:
    do(county, *BESIDE_A_REPORT)
    run_gate(county, "indicators", begin_build(county), _say_nothing)
    assert _not_met(county) == [
        ("numerator_within_denominator:reported", "warning"),
        ("share_between_0_and_1:reported", "warning"),
    ]
