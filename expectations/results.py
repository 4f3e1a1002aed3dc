"""What the gates said, in `audit.gate_run` and `audit.gate_result`.

A gate that has begun stands as 'running' until it has answered: whoever reads it meanwhile,
or after the process was killed, reads a no.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from expectations.check import Answer
from expectations.written import Look, note_asked

TABLES = Path(__file__).with_name("results.sql")
NEWEST = """
    select to_regclass('audit.written_row') is not null
"""
STAGES = ("landing", "staging", "record", "indicators")


def begin_gate(engine: Engine, run_id: int, stage: str) -> None:
    """Note that a gate is being asked; forgets what it said earlier in this run."""
    with engine.begin() as connection:
        make_tables(connection)
        _forget(connection, run_id, stage)
        connection.execute(
            text(
                "insert into audit.gate_run (run_id, stage, state)"
                " values (:run_id, :stage, 'running')"
            ),
            {"run_id": run_id, "stage": stage},
        )


def finish_gate(
    engine: Engine,
    run_id: int,
    stage: str,
    state: str,
    message: str,
    answers: Sequence[Answer] = (),
    look: Look | None = None,
) -> None:
    """Write a gate's answers, its state, and what it has looked at, in one transaction."""
    with engine.begin() as connection:
        if look:
            note_asked(connection, look)
        if answers:
            connection.execute(
                text(
                    "insert into audit.gate_result (run_id, stage, suite, expectation,"
                    " severity, success, element_count, unexpected_count, failing_keys,"
                    " meaning_zh, meaning_en, look_at, of_state, answered_by_run)"
                    " values (:run_id, :stage, :suite, :expectation, :severity, :success,"
                    " :element_count, :unexpected_count, :failing_keys, :zh, :en, :look_at,"
                    " :of_state, :answered_by_run)"
                ),
                [_row(run_id, stage, answer) for answer in answers],
            )
        connection.execute(
            text(
                "update audit.gate_run set state = :state, message = :message,"
                " finished_at = clock_timestamp()"
                " where run_id = :run_id and stage = :stage"
            ),
            {"run_id": run_id, "stage": stage, "state": state, "message": message},
        )


def gate_states(connection: Connection, run_id: int) -> dict[str, str]:
    """What each gate said in this run; a gate that was not asked is not in it."""
    if connection.scalar(text("select to_regclass('audit.gate_run')")) is None:
        return {}
    rows = connection.execute(
        text("select stage, state from audit.gate_run where run_id = :run_id"),
        {"run_id": run_id},
    )
    return {row.stage: row.state for row in rows}


def make_tables(connection: Connection) -> None:
    """Make the tables where they are not there yet, or are of an earlier version."""
    if not connection.scalar(text(NEWEST)):
        connection.execute(text(TABLES.read_text("utf-8")))


def _forget(connection: Connection, run_id: int, stage: str) -> None:
    for table in ("audit.gate_result", "audit.gate_run"):
        connection.execute(
            text(f"delete from {table} where run_id = :run_id and stage = :stage"),
            {"run_id": run_id, "stage": stage},
        )


def _row(run_id: int, stage: str, answer: Answer) -> dict[str, object]:
    return {
        "run_id": run_id,
        "stage": stage,
        "suite": answer.check.table,
        "expectation": answer.check.name,
        "severity": answer.check.severity,
        "success": answer.success,
        "element_count": answer.element_count,
        "unexpected_count": answer.unexpected_count,
        "failing_keys": list(answer.failing_keys),
        "zh": answer.check.zh,
        "en": answer.check.en,
        "look_at": answer.check.look_at,
        "of_state": answer.of_state,
        "answered_by_run": answer.answered_by_run,
    }
