"""The register of runs in `audit.run`: begun, at which step, how they ended."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, text

from loaders.contracts.model import contracts_folder
from loaders.failure import ExpectedFailure
from loaders.settings import PROJECT
from loaders.warehouse.connect import MAKING_LOCK, open_warehouse

RUN_TABLE = Path(__file__).with_name("runs.sql")
# Where the words of stewards are kept: of records that are one person's, and of events.
DECISIONS = ("identity.steward_decision", "identity.event_decision")


class RunOvertakenError(ExpectedFailure):
    """A later build has begun; this one must not go on over it."""


def begin_run(kind: str, through: date | None) -> int:
    """Open a run in `audit.run`; `kind` is land or build. Returns its number."""
    engine = open_warehouse()
    with engine.begin() as connection:
        connection.execute(MAKING_LOCK)
        if connection.scalar(text("select to_regclass('audit.run')")) is None:
            connection.execute(text(RUN_TABLE.read_text("utf-8")))
    # Not in the transaction that makes the table: with wal_level minimal, PostgreSQL would
    # issue the same numbers again after a crash.
    with engine.begin() as connection:
        run_id = connection.scalar(
            text(
                "insert into audit.run (kind, through, code_digest)"
                " values (:kind, :through, :digest) returning run_id"
            ),
            {"kind": kind, "through": through, "digest": code_digest()},
        )
    engine.dispose()
    return int(run_id or 0)


def finish_run(run_id: int, state: str, message: str = "") -> None:
    """Close a run as published, unchanged, landed or failed."""
    engine = open_warehouse()
    with engine.begin() as connection:
        connection.execute(
            text(
                "update audit.run set state = :state, message = :message,"
                " finished_at = clock_timestamp() where run_id = :run_id"
            ),
            {"run_id": run_id, "state": state, "message": message},
        )
    engine.dispose()


def is_up_to_date(engine: Engine) -> bool:
    """Whether the last build published all that is landed and decided, with this code."""
    with engine.connect() as connection:
        if connection.scalar(text("select to_regclass('audit.run')")) is None:
            return False
        row = connection.execute(
            text(
                "select state, code_digest, started_at from audit.run"
                " where kind = 'build' order by run_id desc limit 1"
            )
        ).one_or_none()
        if row is None or row.state not in ("published", "unchanged"):
            return False
        newer = connection.scalar(
            text("select count(*) from audit.file_ledger where recorded_at > :since"),
            {"since": row.started_at},
        )
        for table in DECISIONS:
            if connection.scalar(text("select to_regclass(:table)"), {"table": table}):
                newer += connection.scalar(
                    text(f"select count(*) from {table} where decided_at > :since"),
                    {"since": row.started_at},
                )
    return newer == 0 and str(row.code_digest) == code_digest()


def code_digest() -> str:
    """A digest of what decides results: code, SQL, seeds, contracts and thresholds."""
    digest = hashlib.sha256()
    folders = [PROJECT / name for name in ("loaders", "dbt_project", "expectations")]
    # A county's own contracts lie outside the project.
    if not contracts_folder().is_relative_to(PROJECT):
        folders.append(contracts_folder())
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".py", ".sql", ".yml", ".csv"} and path.is_file():
                digest.update(str(path.relative_to(folder.parent)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def stop_if_overtaken(engine: Engine, run_id: int) -> None:
    """Raises: RunOvertakenError when a later build has begun."""
    with engine.connect() as connection:
        newest = connection.scalar(
            text("select max(run_id) from audit.run where kind = 'build'")
        )
    if newest != run_id:
        raise RunOvertakenError(
            f"Build {run_id} stops here: build {newest} has begun since and does its work."
        )


def note_step(engine: Engine, run_id: int, name: str) -> None:
    """Say which step a run is at."""
    with engine.begin() as connection:
        connection.execute(
            text("update audit.run set step = :step where run_id = :run_id"),
            {"step": name, "run_id": run_id},
        )
