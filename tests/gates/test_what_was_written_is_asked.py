"""An answer about the record stands only where nothing that was written can turn it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from expectations.gate import GateRefusedError, run_gate
from expectations.layout import read_layout
from expectations.record import suite
from expectations.thresholds import load_thresholds
from tests.tiny_county import ask, begin_build

ENCOUNTER = "record.encounter"
ANSWERS = """
    select suite, expectation, severity, success, element_count, unexpected_count,
        failing_keys, meaning_zh, meaning_en, look_at
    from audit.gate_result where run_id = {run} order by 1, 2
"""
ONE_MORE = """
    insert into record.encounter (encounter_id, person_id, kind, is_counted, started_at,
        institution_code, source_system, _file_id, _line_number)
    select {encounter_id}, {person_id}, {kind}, true, {started_at}, {institution_code}, 'A',
        {file_id}, {line_number}
"""
# What a right row says; a copy of it under a number that staging knows.
RIGHT = {
    "encounter_id": "'A|YS_MZ_JZLS|X|7'",
    "person_id": "'P1'",
    "kind": "'outpatient'",
    "started_at": "timestamp '2024-04-01 08:00'",
    "institution_code": "'I1'",
    "file_id": "2",
    "line_number": "8",
}
PARSED = """
    insert into staging.stg_a__ys_mz_jzls
    select {record_key}, null, timestamp '2024-04-01 08:00', '1', 1000, 2, 8
"""


def _parsed(record_key: str = RIGHT["encounter_id"]) -> str:
    return PARSED.format(record_key=record_key)


def _one_more(**other: str) -> str:
    return ONE_MORE.format(**(RIGHT | other))


def _link(person: str, key: str = "A|MS_BRDA|X|9", method: str = "own") -> str:
    return f"""
        insert into identity.person_link (record_key, source_system, source_table, org_code,
            native_id, native_part, person_id, method, probability)
        select '{key}', 'A', 'MS_BRDA', 'X', '9', '', {person}, '{method}', 1
    """


SOURCE = "insert into identity.source_person select 'A|MS_BRDA|X|9', 'A'"
MANY = """
    with record as (
        insert into identity.source_person
        select 'A|MS_BRDA|Y|' || number, 'A' from generate_series(1, 400) as number
        returning record_key
    )
    insert into identity.person_link
    select record_key, 'A', 'MS_BRDA', 'Y', record_key, '', 'P1', 'own', 1 from record
"""
# What may be written by whomever after a yes, and what has to be found then.
BREAKS: list[tuple[str, str, list[str]]] = [
    (ENCOUNTER, "key_unique", [_one_more(encounter_id="'A|YS_MZ_JZLS|X|1'")]),
    (ENCOUNTER, "key_filled", [_one_more(encounter_id="null")]),
    (ENCOUNTER, "person_is_known", [_parsed(), _one_more(person_id="'P8'")]),
    (ENCOUNTER, "person_is_known", ["delete from record.person where person_id = 'P2'"]),
    (ENCOUNTER, "person_is_known", ["update record.person set person_id = 'P8'"
        " where person_id = 'P4'"]),
    (ENCOUNTER, "source_is_known", [_parsed(), _one_more(file_id="8")]),
    (ENCOUNTER, "source_is_known", [_parsed(), _one_more(line_number="null")]),
    (ENCOUNTER, "source_is_known", ["delete from audit.file_ledger where file_id = 2"]),
    (ENCOUNTER, "kind_known", ["update record.encounter set kind = 'other'"]),
    (ENCOUNTER, "none_lost:outpatient", [_parsed()]),
    (ENCOUNTER, "none_lost:outpatient", [_one_more()]),
    (ENCOUNTER, "none_lost:outpatient", [_parsed("null")]),
    (ENCOUNTER, "counted_has_start", [_parsed(), _one_more(started_at="null")]),
    (ENCOUNTER, "counted_has_institution", [_parsed(), _one_more(institution_code="null")]),
    (
        ENCOUNTER,
        "counted_has_stay_length",
        ["update record.encounter set kind = 'inpatient'"],
    ),
    ("record.institution", "key_unique", ["update record.institution set"
        " institution_code = 'I1'"]),
    ("identity.person_link", "everyone_asked", [SOURCE]),
    ("identity.person_link", "everyone_asked", [_link("'P1'")]),
    ("identity.person_link", "linked", [_link("null"), SOURCE, "update identity.person_link"
        " set person_id = null"]),
    ("identity.person_link", "issued_ids_only", [SOURCE, _link("'P8'")]),
    ("identity.person_link", "issued_ids_only", ["update identity.person_ledger"
        " set status = 'retired' where person_id = 'P3'"]),
    ("identity.person_link", "record_key_unique", ["alter table identity.person_link drop"
        " constraint person_link_pkey", _link("'P1'", "A|MS_BRDA|X|1")]),
    ("identity.person_link", "no_person_too_large", [MANY]),
    (
        "record.population",
        "every_finished_year",
        ["insert into record.reporting_year values (2023, '2023', true)"],
    ),
    (
        "identity.person_link",
        "review_queue_bounded",
        ["insert into identity.review_task values (1, 'open')"],
    ),
]  # fmt: skip


def _say_nothing(_: str) -> None:
    return None


def _run(county: Engine, run_id: int = 0) -> int:
    run_id = run_id or begin_build(county)
    run_gate(county, "record", run_id, _say_nothing)
    return run_id


def _broken(county: Engine, run_id: int = 0) -> set[tuple[str, str]]:
    """Which expectations are not met."""
    run_id = run_id or begin_build(county)
    try:
        _run(county, run_id)
    except GateRefusedError:
        pass
    return _names(county, run_id, "not success")


def _names(county: Engine, run_id: int, condition: str) -> set[tuple[str, str]]:
    query = (
        "select suite, expectation from audit.gate_result"
        f" where run_id = {run_id} and {condition}"
    )
    return {(str(table), str(name)) for table, name in ask(county, query)}


def _held(county: Engine, run_id: int) -> set[tuple[str, str]]:
    return _names(county, run_id, "answered_by_run is not null")


def _write(county: Engine, *statements: str) -> None:
    """In one transaction; and the server counts the rows at once, not within a second."""
    with county.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
        connection.execute(text("select pg_stat_force_next_flush()"))


def test_the_same_answers_stand_in_the_next_run(county: Engine) -> None:
    runs = [_run(county) for _ in range(3)]
    answers = [ask(county, ANSWERS.format(run=run)) for run in runs]
    assert answers[0] == answers[1] == answers[2]
    assert _held(county, runs[0]) == set()
    assert _held(county, runs[1]) == _held(county, runs[2]) == {a[:2] for a in answers[0]}
    by_run = f"select answered_by_run from audit.gate_result where run_id = {runs[2]}"
    assert {run for (run,) in ask(county, by_run)} == {runs[0]}


@pytest.mark.parametrize(("table", "name", "statements"), BREAKS)
def test_what_is_written_wrongly_after_a_yes_is_found(
    county: Engine, table: str, name: str, statements: list[str]
) -> None:
    _run(county)
    _run(county)
    _write(county, *statements)
    assert (table, name) in _broken(county)


def test_every_doubt_has_been_broken_once(county: Engine) -> None:
    with county.connect() as connection:
        checks = suite(read_layout(connection), load_thresholds())
    # Tables of the same shape have the same queries.
    assert {check.name for check in checks if check.doubt} <= {
        name for _, name, _ in BREAKS
    }


def test_a_doubt_is_about_tables_that_tell_what_is_written(county: Engine) -> None:
    with county.connect() as connection:
        checks = suite(read_layout(connection), load_thresholds())
    for check in checks:
        noted = re.findall(r"table_name in \(([^)]*)\)", check.doubt or "")
        assert set(re.findall(r"'([^']+)'", " ".join(noted))) <= set(check.told_by), check


def test_rows_that_are_right_are_all_that_is_looked_at(county: Engine) -> None:
    _run(county)
    _write(county, _parsed(), _one_more())
    held = _held(county, _run(county))
    whole = {name for table, name in _all(county) - held if table == ENCOUNTER}
    assert whole == {"ends_after_start", "institution_share"}
    assert {table for table, _ in _all(county) - held} == {ENCOUNTER}
    assert _held(county, _run(county)) == _all(county)


def _all(county: Engine) -> set[tuple[str, str]]:
    with county.connect() as connection:
        checks = suite(read_layout(connection), load_thresholds())
    return {(check.table, check.name) for check in checks}


def test_a_statement_that_takes_rows_and_brings_others_is_told(county: Engine) -> None:
    _run(county)
    _write(
        county,
        """
        with gone as (
            delete from record.encounter where _line_number = 2 returning *
        )
        insert into record.encounter (encounter_id, person_id, kind, is_counted,
            started_at, institution_code, source_system, _file_id, _line_number)
        select encounter_id, 'P8', kind, is_counted, started_at, institution_code,
            source_system, _file_id, _line_number
        from gone
        """,
    )
    run_id = begin_build(county)
    assert _broken(county, run_id) == {UNKNOWN}
    # Both are noted: else nothing about the table would stand.
    assert {(ENCOUNTER, "source_is_known"), (ENCOUNTER, "key_unique")} <= _held(
        county, run_id
    )


WRONG = _one_more(person_id="'P8'")
UNKNOWN = (ENCOUNTER, "person_is_known")


def _without_triggers(county: Engine) -> None:
    _write(
        county,
        "alter table record.encounter disable trigger all",
        WRONG,
        "alter table record.encounter enable trigger all",
    )


def _made_anew(county: Engine) -> None:
    _write(
        county,
        "create table record.another (like record.encounter)",
        "insert into record.another select * from record.encounter",
        "update record.another set person_id = 'P8' where _line_number = 2",
        "drop table record.encounter",
        "alter table record.another rename to encounter",
    )


def _emptied(county: Engine) -> None:
    _write(county, "truncate record.person")


def _without_notes(county: Engine) -> None:
    _write(county, WRONG, "truncate audit.written_row")


def _with_counters_that_began_again(county: Engine) -> None:
    # Twice, so that the gate has seen them begin; then as many are counted as were before.
    _write(county, "select pg_stat_reset()")
    _run(county)
    _write(
        county,
        "alter table record.encounter disable trigger all",
        WRONG,
        "alter table record.encounter enable trigger all",
    )
    _write(county, "select pg_stat_reset()")


def _after_a_rollback(county: Engine) -> None:
    with county.connect() as connection:
        connection.execute(text(_one_more()))
        connection.rollback()
    _write(county, WRONG)


@pytest.mark.parametrize(
    "write",
    [
        _without_triggers,
        _made_anew,
        _emptied,
        _without_notes,
        _with_counters_that_began_again,
        _after_a_rollback,
    ],
)
def test_rows_that_nobody_noted_are_found(
    county: Engine, write: Callable[[Engine], None]
) -> None:
    _run(county)
    write(county)
    assert UNKNOWN in _broken(county)


def test_a_gate_that_died_leaves_what_it_should_have_asked(
    county: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(county)
    _write(county, WRONG)
    with monkeypatch.context() as patched:
        patched.setattr("expectations.validate.validate", lambda *_: 1 / 0)
        with pytest.raises(GateRefusedError, match="could not answer"):
            _run(county)
    # Of the notes alone, for what was counted is as it was.
    assert UNKNOWN in _broken(county)


def test_a_gate_asked_twice_in_a_run_does_not_rest_on_what_it_has_forgotten(
    county: Engine,
) -> None:
    _run(county)
    _write(county, WRONG)
    run_id = begin_build(county)
    assert UNKNOWN in _broken(county, run_id)
    assert UNKNOWN in _broken(county, run_id)


def test_a_no_stands_until_it_is_put_right(county: Engine) -> None:
    _run(county)
    _write(county, _parsed(), WRONG)
    assert _broken(county) == {UNKNOWN}
    run_id = begin_build(county)
    assert _broken(county, run_id) == {UNKNOWN}
    assert UNKNOWN in _held(county, run_id)
    # Something else was written: the whole is asked, though these rows are right.
    _write(county, "update record.encounter set person_id = 'P2' where person_id = 'P1'")
    assert _broken(county) == {UNKNOWN}
    _write(county, "update record.encounter set person_id = 'P1' where person_id = 'P8'")
    assert _broken(county) == set()


def test_an_operator_can_have_everything_asked_anew(county: Engine) -> None:
    _run(county)
    _write(county, "update audit.gate_result set of_state = null")
    assert _held(county, _run(county)) == set()


def test_other_code_asks_everything(
    county: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(county)
    monkeypatch.setattr("expectations.written.code_digest", lambda: "another")
    assert _held(county, _run(county)) == set()


def test_other_thresholds_ask_what_they_are_about(
    county: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(county)
    known = load_thresholds()
    fewer = known.record.largest_person.model_copy(update={"limit": 0})
    record = known.record.model_copy(update={"largest_person": fewer})
    changed = known.model_copy(update={"record": record})
    monkeypatch.setattr("expectations.gate.load_thresholds", lambda: changed)
    assert _broken(county) == {("identity.person_link", "no_person_too_large")}


def test_what_a_view_reads_is_read(county: Engine) -> None:
    _write(
        county,
        "alter table identity.review_task rename to every_task",
        "create view identity.review_task as select * from identity.every_task",
    )
    _run(county)
    bounded = ("identity.person_link", "review_queue_bounded")
    assert bounded in _held(county, _run(county))
    _write(county, "insert into identity.every_task values (1, 'open')")
    assert _broken(county) == {bounded}


def test_what_asks_for_the_time_is_always_asked(county: Engine) -> None:
    _write(
        county,
        "alter table identity.review_task rename to every_task",
        "create view identity.review_task as select * from identity.every_task"
        " where now() > date '2000-01-01'",
    )
    _run(county)
    asked = _all(county) - _held(county, _run(county))
    assert asked == {("identity.person_link", "review_queue_bounded")}
