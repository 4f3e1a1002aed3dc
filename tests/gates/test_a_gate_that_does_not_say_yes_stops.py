"""Promise 6: a critical failure, a crash and a missing answer all mean no."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from expectations.gate import GateRefusedError, run_gate
from loaders.release.publish import PublicationRefusedError, publish
from tests.tiny_county import GATES, ask, begin_build, do, say_yes

# What breaks each layer, and the expectation that must notice.
BREAKS = {
    "landing": (
        "delete from landing.a02_ys_mz_jzls where _line_number = 3",
        "rows_as_in_ledger",
    ),
    "staging": (
        "update staging.stg_a__ys_mz_jzls set record_key = 'A|YS_MZ_JZLS|X|1'",
        "record_key_unique",
    ),
    "record": (
        "delete from record.person where person_id = 'P1'",
        "person_is_known",
    ),
    "indicators": (
        "create or replace view indicators.indicator_value as"
        " select indicator_code, period, '県'::text as grain, '1' as org_code,"
        " 7::bigint as numerator, 6::bigint as denominator, 7 / 6.0 as value,"
        " 'final' as status, 0.5 as target_value, true as target_met"
        " from indicators.indicator_case limit 1",
        "equals_its_cases",
    ),
}


def _say_nothing(_: str) -> None:
    return None


@pytest.mark.parametrize("stage", GATES)
def test_a_gate_says_yes_to_what_is_in_order(county: Engine, stage: str) -> None:
    run_gate(county, stage, begin_build(county), _say_nothing)
    assert ask(county, "select state from audit.gate_run") == [("passed",)]


@pytest.mark.parametrize("stage", GATES)
def test_a_critical_failure_stops(county: Engine, stage: str) -> None:
    statement, expectation = BREAKS[stage]
    if stage == "indicators":
        do(county, "drop view indicators.indicator_value")
    do(county, statement)
    with pytest.raises(GateRefusedError):
        run_gate(county, stage, begin_build(county), _say_nothing)
    assert ask(county, "select state from audit.gate_run") == [("refused",)]
    failed = ask(
        county,
        "select expectation from audit.gate_result"
        " where not success and severity = 'critical'",
    )
    assert (expectation,) in failed


@pytest.mark.parametrize("stage", GATES)
def test_a_crash_inside_a_gate_stops(
    county: Engine, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise ZeroDivisionError("with words that nobody may read")

    monkeypatch.setattr("expectations.validate._ask_source", crash)
    with pytest.raises(GateRefusedError) as refused:
        run_gate(county, stage, begin_build(county), _say_nothing)
    assert ask(county, "select state from audit.gate_run") == [("crashed",)]
    assert "nobody may read" not in str(refused.value)


def test_a_check_that_cannot_be_evaluated_stops(county: Engine) -> None:
    do(county, "alter table record.population rename resident_count to residents")
    with pytest.raises(GateRefusedError, match="no answer to residents_there"):
        run_gate(county, "record", begin_build(county), _say_nothing)
    assert ask(county, "select state from audit.gate_run") == [("crashed",)]


def test_a_table_that_is_not_there_stops(county: Engine) -> None:
    do(county, "drop table record.contract")
    with pytest.raises(GateRefusedError, match="key_unique"):
        run_gate(county, "record", begin_build(county), _say_nothing)


def test_a_gate_that_was_killed_has_not_said_yes(
    county: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    run_id = begin_build(county)
    say_yes(county, run_id)
    monkeypatch.setattr("expectations.validate._ask_source", killed)
    with pytest.raises(KeyboardInterrupt):
        run_gate(county, "record", run_id, _say_nothing)
    with pytest.raises(PublicationRefusedError, match="record: running"):
        publish(county, run_id, _say_nothing)


@pytest.mark.parametrize("silent", GATES)
def test_a_gate_that_was_not_asked_stops_publication(county: Engine, silent: str) -> None:
    run_id = begin_build(county)
    say_yes(county, run_id, tuple(stage for stage in GATES if stage != silent))
    with pytest.raises(PublicationRefusedError, match=f"{silent}: no answer"):
        publish(county, run_id, _say_nothing)


def test_the_yes_of_another_run_does_not_count(county: Engine) -> None:
    say_yes(county, begin_build(county))
    with pytest.raises(PublicationRefusedError):
        publish(county, begin_build(county), _say_nothing)


def test_a_second_no_replaces_the_first_yes_of_the_same_run(county: Engine) -> None:
    run_id = begin_build(county)
    run_gate(county, "record", run_id, _say_nothing)
    do(county, BREAKS["record"][0])
    with pytest.raises(GateRefusedError):
        run_gate(county, "record", run_id, _say_nothing)
    assert ask(county, "select state from audit.gate_run") == [("refused",)]


def test_there_is_no_gate_without_a_suite(county: Engine) -> None:
    with pytest.raises(KeyError):
        run_gate(county, "published", begin_build(county), _say_nothing)
