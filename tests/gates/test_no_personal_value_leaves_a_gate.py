"""Promise 7: gates record counts and keys; a name or number appears nowhere."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from expectations.gate import GateRefusedError, run_gate
from tests.tiny_county import GATES, ask, begin_build, do

NAME, NUMBER, PHONE = "金丝雀甲", "990101194912310018", "16000000018"
EVERYWHERE = (
    # A name where a key should be, a number in a date column, both in what fails.
    f"update landing.a01_ms_brda set \"BRXM\" = '{NAME}', \"SFZH\" = '{NUMBER}',"
    ' "BRID" = null where _line_number = 2',
    f"update landing.a01_ms_brda set \"BRID\" = '{NAME}' where _line_number > 2",
    f"update landing.a02_ys_mz_jzls set \"KSSJ\" = '{NUMBER}'",
    "delete from landing.a02_ys_mz_jzls where _line_number = 3",
    f"update staging.stg_a__ys_mz_jzls set record_key = 'A|YS_MZ_JZLS|X|{NUMBER}',"
    " started_at = null, sex_code = '9'",
    f"update identity.person_link set record_key = 'A|MS_BRDA|X|{NAME}',"
    " person_id = null where person_id = 'P1'",
    f"update record.encounter set encounter_id = 'A|YS_MZ_JZLS|X|{NUMBER}',"
    f" kind = '{PHONE}', ended_at = started_at - interval '1 day'",
    f"update indicators.indicator_case set case_id = 'A|YS_MZ_JZLS|X|{NUMBER}',"
    f" event_id = '{NAME}', person_id = 'P9', _line_number = null",
)


@pytest.fixture
def said(
    county: Engine,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> Callable[[], str]:
    """Everything that came out of the gates: tables, log lines, terminal, exceptions."""
    lines: list[str] = []

    def ask_all() -> str:
        caplog.set_level(logging.DEBUG)
        run_id = begin_build(county)
        for stage in GATES:
            try:
                run_gate(county, stage, run_id, lines.append)
            except GateRefusedError as refused:
                lines.append(f"{refused!r} {refused.__cause__!r}")
        stored = ask(county, "select * from audit.gate_result") + ask(
            county, "select * from audit.gate_run"
        )
        terminal = capfd.readouterr()
        return "\n".join([*lines, repr(stored), caplog.text, terminal.out, terminal.err])

    return ask_all


def test_failing_keys_hold_no_value(county: Engine, said: Callable[[], str]) -> None:
    do(county, *EVERYWHERE)
    everything = said()
    assert "refused" in everything
    for value in (NAME, NUMBER, PHONE):
        assert value not in everything


def test_an_exception_inside_a_gate_holds_no_value(
    county: Engine, said: Callable[[], str]
) -> None:
    # PostgreSQL quotes the value that it cannot cast.
    do(
        county,
        "alter table record.person rename to somebody",
        f"create view record.person as select person_id, cast('{NAME}' || sex_code as int)"
        " as sex_code, cast(sex_code as text) as other from record.somebody"
        f" where cast('{NUMBER}x' || sex_code as bigint) > 0",
    )
    everything = said()
    assert "crashed" in everything
    for value in (NAME, NUMBER):
        assert value not in everything


def test_an_exception_inside_great_expectations_holds_no_value(
    county: Engine, said: Callable[[], str]
) -> None:
    # Only reading the column casts; counting rows does not: it is the library that fails.
    do(
        county,
        "alter table record.person rename to somebody",
        "create view record.person as"
        f" select cast(cast('{NAME}' || person_id as int) as text) as person_id"
        " from record.somebody",
    )
    everything = said()
    assert "no answer to" in everything
    assert NAME not in everything


def test_failing_keys_lead_to_file_and_line(county: Engine) -> None:
    do(county, "update record.encounter set kind = 'x' where _line_number = 5")
    with pytest.raises(GateRefusedError):
        run_gate(county, "record", begin_build(county), lambda _: None)
    found = ask(
        county,
        "select failing_keys, unexpected_count from audit.gate_result"
        " where expectation = 'kind_known'",
    )
    assert found == [(["file 2 line 5"], 1)]


def test_failing_keys_are_capped(county: Engine) -> None:
    do(
        county,
        "insert into landing.a01_ms_brda (_file_id, _line_number, _row_hash)"
        " select 1, line, md5(line::text)::uuid from generate_series(100, 199) as line",
        "update audit.file_ledger set rows_read = 104, rows_manifest = 104,"
        " rows_accepted = 104 where file_id = 1",
    )
    with pytest.raises(GateRefusedError):
        run_gate(county, "landing", begin_build(county), lambda _: None)
    found = ask(
        county,
        "select cardinality(failing_keys), unexpected_count from audit.gate_result"
        " where expectation = 'key_filled:BRID'",
    )
    assert found == [(20, 100)]
