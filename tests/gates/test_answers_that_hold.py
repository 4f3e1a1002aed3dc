"""What was answered of a table is not asked again until something of it has changed."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from expectations.gate import GateRefusedError, run_gate
from expectations.thresholds import load_thresholds
from tests.tiny_county import ask, begin_build, do

STAGES = ("landing", "staging")
HELD = """
    select distinct suite from audit.gate_result
    where run_id = {run} and answered_by_run is not null
"""
ANSWERS = """
    select suite, expectation, severity, success, element_count, unexpected_count,
        failing_keys, meaning_zh, meaning_en, look_at
    from audit.gate_result where run_id = {run} order by 1, 2
"""


def _say_nothing(_: str) -> None:
    return None


def _run(county: Engine, stage: str) -> int:
    run_id = begin_build(county)
    run_gate(county, stage, run_id, _say_nothing)
    return run_id


def _held(county: Engine, run_id: int) -> set[object]:
    return {suite for (suite,) in ask(county, HELD.format(run=run_id))}


def _write(county: Engine, statement: str) -> None:
    """Like `do`; and the server counts the rows at once, not within a second."""
    with county.begin() as connection:
        connection.execute(text(statement))
        connection.execute(text("select pg_stat_force_next_flush()"))


@pytest.mark.parametrize("stage", STAGES)
def test_the_same_answers_stand_in_the_next_run(county: Engine, stage: str) -> None:
    first = _run(county, stage)
    second = _run(county, stage)
    third = _run(county, stage)
    assert _held(county, first) == set()
    assert _held(county, second)
    assert all(suite.startswith(f"{stage}.") for suite in map(str, _held(county, second)))
    given = [ask(county, ANSWERS.format(run=run)) for run in (first, second, third)]
    assert given[0] == given[1] == given[2]
    by_run = "select distinct answered_by_run from audit.gate_result where run_id = {run}"
    said = {run for (run,) in ask(county, by_run.format(run=third))} - {None}
    assert said == {first}


@pytest.mark.parametrize(
    ("stage", "change", "again"),
    [
        (
            "landing",
            "update audit.file_ledger set revision = 7 where feed = 'A02'",
            {"landing.a02_ys_mz_jzls"},
        ),
        (
            "staging",
            "update audit.file_ledger set state = 'replaced' where feed = 'A02'",
            {"staging.stg_a__ys_mz_jzls"},
        ),
        (
            "staging",
            "update staging.stg_a__ys_mz_jzls set started_at = started_at",
            {"staging.stg_a__ys_mz_jzls"},
        ),
        (
            "staging",
            "update landing.a02_ys_mz_jzls set _line_number = _line_number",
            {"staging.stg_a__ys_mz_jzls"},
        ),
    ],
)
def test_a_table_is_asked_again_when_something_of_it_changed(
    county: Engine, stage: str, change: str, again: set[str]
) -> None:
    _run(county, stage)
    all_held = _held(county, _run(county, stage))
    assert again <= all_held
    _write(county, change)
    assert all_held - _held(county, _run(county, stage)) == again
    assert _held(county, _run(county, stage)) == all_held


def test_staging_that_was_built_since_says_nothing_of_landing(county: Engine) -> None:
    _run(county, "landing")
    all_held = _held(county, _run(county, "landing"))
    _write(county, "update staging.stg_a__ys_mz_jzls set started_at = started_at")
    assert _held(county, _run(county, "landing")) == all_held


def test_what_breaks_after_a_yes_is_noticed(county: Engine) -> None:
    _run(county, "landing")
    _write(county, "delete from landing.a02_ys_mz_jzls where _line_number = 3")
    with pytest.raises(GateRefusedError, match="rows_as_in_ledger"):
        run_gate(county, "landing", begin_build(county), _say_nothing)


def test_a_no_stands_until_something_has_changed(county: Engine) -> None:
    do(county, "update staging.stg_a__ys_mz_jzls set record_key = 'A|YS_MZ_JZLS|X|1'")
    for _ in range(2):
        with pytest.raises(GateRefusedError, match="record_key_unique"):
            run_gate(county, "staging", begin_build(county), _say_nothing)


def test_other_code_asks_everything(
    county: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(county, "staging")
    monkeypatch.setattr("expectations.unchanged.code_digest", lambda: "another")
    assert _held(county, _run(county, "staging")) == set()


def test_other_thresholds_ask_everything_that_they_are_about(
    county: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(county, "staging")
    known = load_thresholds()
    looser = known.staging.unreadable_share.model_copy(update={"limit": 0.9})
    staging = known.staging.model_copy(update={"unreadable_share": looser})
    changed = known.model_copy(update={"staging": staging})
    monkeypatch.setattr("expectations.gate.load_thresholds", lambda: changed)
    assert "staging.stg_a__ys_mz_jzls" not in _held(county, _run(county, "staging"))


def test_a_repeated_gate_of_one_run_answers_for_itself(county: Engine) -> None:
    run_id = begin_build(county)
    for _ in range(2):
        run_gate(county, "landing", run_id, _say_nothing)
    assert _held(county, run_id) == set()
