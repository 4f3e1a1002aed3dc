"""A gate is there for what nobody announced; chapter 7 of the handbook must pass."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from expectations.gate import GateRefusedError, run_gate
from tests.tiny_county import ask, begin_build, do


def _say_nothing(_: str) -> None:
    return None


def test_damaged_identity_numbers_pass(county: Engine) -> None:
    do(county, "update landing.a01_ms_brda set \"SFZH\" = '9.92427E+17'")
    run_gate(county, "landing", begin_build(county), _say_nothing)


def test_masked_identity_numbers_are_noted(county: Engine) -> None:
    do(county, "update landing.a01_ms_brda set \"SFZH\" = '99****'")
    outcome = run_gate(county, "landing", begin_build(county), _say_nothing)
    noted = ask(county, "select expectation from audit.gate_result where not success")
    assert ("id_number_shaped:SFZH",) in noted
    assert outcome.warnings == len(noted)


def test_a_broken_file_that_waits_is_noted(county: Engine) -> None:
    do(
        county,
        "insert into audit.file_ledger (batch_id, delivery_date, system, folder, file_name,"
        " state) values (1, '2025-01-01', 'B', 'B', 'cut.txt', 'refused')",
    )
    run_gate(county, "landing", begin_build(county), _say_nothing)
    noted = ask(county, "select expectation from audit.gate_result where not success")
    assert ("nothing_waiting",) in noted


def test_a_column_that_a_vendor_added_is_noted(county: Engine) -> None:
    do(county, "update audit.file_ledger set columns_added = '{BZ2}' where file_id = 1")
    run_gate(county, "landing", begin_build(county), _say_nothing)
    noted = ask(
        county,
        "select failing_keys from audit.gate_result where expectation = 'columns_added'",
    )
    assert noted == [(["file 1"],)]


def test_a_column_that_is_suddenly_empty_stops(county: Engine) -> None:
    do(county, 'update landing.a01_ms_brda set "BRXM" = null')
    with pytest.raises(GateRefusedError, match="name_filled:BRXM"):
        run_gate(county, "landing", begin_build(county), _say_nothing)


def test_a_snapshot_that_broke_off_stops(county: Engine) -> None:
    do(
        county,
        "insert into audit.file_ledger (batch_id, delivery_date, system, folder, file_name,"
        " feed, logical_date, is_full, state, rows_read, rows_duplicate)"
        " select 1, day, 'E', 'E', 'contracts.jsonl', 'E02', day, true, 'landed', 0, 0"
        " from unnest(array['2025-01-01', '2025-01-02']::date[]) as day",
        "update audit.file_ledger set rows_read = 100, rows_rejected = 100"
        " where feed = 'E02' and logical_date = '2025-01-01'",
    )
    said: list[str] = []
    with pytest.raises(GateRefusedError, match="snapshot_kept"):
        run_gate(county, "landing", begin_build(county), said.append)
    assert any("snapshot_kept: 1 not as expected (feed E02)" in line for line in said)


def test_dates_read_with_the_wrong_rule_stop(county: Engine) -> None:
    do(
        county,
        "update landing.a02_ys_mz_jzls set \"KSSJ\" = '2024-03-01 08:00:00'",
        "update staging.stg_a__ys_mz_jzls set started_at = null",
    )
    with pytest.raises(GateRefusedError, match="readable_bounded"):
        run_gate(county, "staging", begin_build(county), _say_nothing)
    (keys,) = ask(
        county,
        "select failing_keys from audit.gate_result"
        " where expectation = 'readable_bounded' and not success",
    )
    assert keys == (["column started_at"],)
