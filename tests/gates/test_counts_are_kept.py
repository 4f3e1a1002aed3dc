"""Counts that follow what is written are those that a new count would find."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import Engine, text

from expectations.gate import GateRefusedError, run_gate
from tests.tiny_county import ask, begin_build

VISITS = "staging.stg_a__ys_mz_jzls"
LANDED = "landing.a02_ys_mz_jzls"
OF_TABLE = """
    select row_count, keyless_count, repeated_count, aside_count, lineless_count
    from audit.table_count where suite = 'staging.stg_a__ys_mz_jzls'
"""
OF_COLUMNS = """
    select column_name, landed_count, unreadable_count, staged_count, implausible_count
    from audit.column_count where suite = 'staging.stg_a__ys_mz_jzls' order by 1
"""
# What somebody might write; of each kind of mistake that is counted there is one.
WAYS = (
    "insert into {t} values ('{key}', {aside}, {at}, '{sex}', {fee}, 2, {line})",
    "insert into {t} values ('{key}', {aside}, {at}, '{sex}', {fee}, 2, {line})",
    "insert into {t} select * from {t} where _line_number < {line}",
    "delete from {t} where _line_number % 3 = {third}",
    "delete from {t} where false",
    "update {t} set started_at = {at}, sex_code = '{sex}' where _line_number = {line}",
    "update {t} set record_key = '{key}' where _line_number in ({line}, {third})",
    "update {t} set record_key = null where _line_number = {line}",
    "update {t} set net_fee_fen = {fee}, set_aside_because = {aside}",
    "update {t} set _line_number = {line} where _line_number = {third}",
    "update {t} set started_at = started_at",
)
# What no trigger sees, or what makes wrong what they saw.
UNSEEN = (
    "set session_replication_role = replica; delete from {t} where _line_number = 3;"
    " reset session_replication_role",
    "alter table {t} disable trigger user; delete from {t}",
    "drop trigger counted_gone on {t}; delete from {t} where _line_number = 3",
    "truncate {t}",
    "create table staging.other as table {t}; drop table {t} cascade;"
    " alter table staging.other rename to stg_a__ys_mz_jzls",
    "update {landed} set \"KSSJ\" = 'sometime' where _line_number = 3",
    "delete from {landed} where _line_number = 3",
)


def _counts(county: Engine) -> tuple[object, object]:
    return ask(county, OF_TABLE), ask(county, OF_COLUMNS)


def _write(county: Engine, *statements: str) -> None:
    with county.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
        connection.execute(text("select pg_stat_force_next_flush()"))


def _ask_gate(county: Engine) -> None:
    """Whatever it says: most of what is written here is wrong."""
    try:
        run_gate(county, "staging", begin_build(county), lambda _: None)
    except GateRefusedError as refused:
        assert "critical expectations not met" in str(refused)


def _count_anew(county: Engine) -> tuple[object, object]:
    _write(county, "truncate audit.table_count, audit.column_count",
           "update audit.gate_result set of_state = null")  # fmt: skip
    _ask_gate(county)
    return _counts(county)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_written_is_counted(county: Engine, seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - repeatable
    _ask_gate(county)
    for _ in range(8):
        line = dice.randrange(1, 12)
        words = {
            "key": f"key {dice.randrange(8)}",
            "aside": dice.choice(["null", "'test_row'"]),
            "at": dice.choice(["null", "timestamp '2024-05-05'", "timestamp '1066-10-14'"]),
            "sex": dice.choice("129"),
            "fee": dice.choice(["null", "100", "99999999999999"]),
            "line": line,
            "third": dice.randrange(4),
            "t": VISITS,
        }
        _write(county, dice.choice(WAYS).format(**words))
    kept = _counts(county)
    _ask_gate(county)
    assert _counts(county) == kept == _count_anew(county)


def _counted_anew(county: Engine) -> bool:
    """Whether the next gate counts the table again, seen by a mark on its counts."""
    _write(county, "update audit.table_count set aside_count = 1066")
    _ask_gate(county)
    return ask(county, OF_TABLE)[0][3] != 1066


def test_what_the_triggers_saw_is_not_counted_again(county: Engine) -> None:
    _ask_gate(county)
    _write(county, f"update {VISITS} set net_fee_fen = 5 where _line_number = 3")
    assert not _counted_anew(county)


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_they_did_not_see_is(county: Engine, unseen: str) -> None:
    _ask_gate(county)
    _write(county, unseen.format(t=VISITS, landed=LANDED))
    assert _counted_anew(county)
    assert _counts(county) == _count_anew(county)


def test_what_was_taken_back_is_not_counted(county: Engine) -> None:
    _ask_gate(county)
    before = _counts(county)
    with county.connect() as connection:
        connection.execute(text(f"delete from {VISITS}"))
        connection.execute(text("select pg_stat_force_next_flush()"))
        connection.rollback()
    assert _counts(county) == before
    # The server counts them all the same.
    assert _counted_anew(county)


def test_lines_that_only_landed_change_no_count(county: Engine) -> None:
    _ask_gate(county)
    _write(county, f"insert into {LANDED} (_file_id, _line_number, _row_hash)"
                   " values (2, 99, md5('99')::uuid)")  # fmt: skip
    assert not _counted_anew(county)


def test_without_counts_nothing_is_met(
    county: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("expectations.staging.keep_counts", lambda *_: None)
    with pytest.raises(GateRefusedError, match="not met"):
        run_gate(county, "staging", begin_build(county), lambda _: None)
