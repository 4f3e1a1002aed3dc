"""The same CSVs on-boarded here: contracts, and nothing else that somebody writes.

A copy of the project gets the contracts beside this module, derives the staging models from
them and stands empty, in a database of its own, before anything is measured.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from benchmarks.synthea_files import DAY, deliver
from benchmarks.timing import Took, run_timed
from loaders.settings import PROJECT

CONTRACTS = Path(__file__).resolve().parent / "on_boarding" / "synthea"
DATABASE = "bench_synthea"
LATER = "20251231"
STEPS = """
import sys
from datetime import date
from pathlib import Path
from loaders.pipeline import begin_run, finish_run, run_step

deliveries, day, *steps = sys.argv[1:]
through = date.fromisoformat(day)
run = begin_run("build", through)
for step in steps:
    run_step(
        step, run_id=run, deliveries=Path(deliveries), through=through,
        report=lambda _: None,
    )
finish_run(run, "unchanged")
"""
RECORD = ("candidates", "link", "golden", "record")


@dataclass(frozen=True)
class Ours:
    """What the steps took, and what the ledger and staging say of the CSVs."""

    landed: Took
    staged: Took
    ledger: dict[str, int]
    staged_rows: int
    set_aside: int


@dataclass(frozen=True)
class Record:
    """What the record of a county took, from staging on."""

    took: Took
    source_rows: int
    record_rows: int


class Installation:
    """A copy of the project with Synthea's contracts, and its empty warehouse."""

    def __init__(self, engine: Engine, server: Path, workplace: Path) -> None:
        self._server = server
        self._folder = workplace / "on_boarded"
        self._home = workplace / "on_boarded_home"
        for name in ("loaders", "dbt_project", "expectations"):
            ignored = shutil.ignore_patterns("__pycache__", "target", "logs")
            shutil.copytree(PROJECT / name, self._folder / name, ignore=ignored)
        shutil.copytree(CONTRACTS, self._folder / "loaders" / "contracts" / CONTRACTS.name)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"drop database if exists {DATABASE} with (force)"))
            connection.execute(text(f"create database {DATABASE}"))
        self._url = engine.url.set(database=DATABASE)
        self._python("-m", "loaders.cli", "generate")
        nothing = workplace / "nothing"
        nothing.mkdir()
        self._steps(nothing, DAY, "landing", "staging")

    def run(self, csvs: Path, root: Path) -> Ours:
        """Land and stage the CSVs. Raises: RuntimeError when the ledger does not add up."""
        deliver(csvs, root)
        landed = self._steps(root, DAY, "landing")
        staged = self._steps(root, DAY, "staging")
        ledger = self._ask(
            "select coalesce(sum(rows_read), 0) as read,"
            " coalesce(sum(rows_accepted), 0) as accepted,"
            " coalesce(sum(rows_rejected), 0) as rejected,"
            " coalesce(sum(rows_duplicate), 0) as duplicate,"
            " coalesce(sum(rows_superseded), 0) as superseded"
            " from audit.file_ledger where system = 'S'"
        )
        if ledger["read"] != sum(ledger.values()) - ledger["read"]:
            raise RuntimeError(f"the ledger does not add up: {ledger}")
        models = sorted((self._folder / "dbt_project/models/1_staging/plain").glob("*.sql"))
        counts = [
            self._ask(
                "select count(*) as rows, count(set_aside_because) as aside"
                f" from staging.{model.stem}"
            )
            for model in models
        ]
        return Ours(
            landed, staged, ledger,
            sum(count["rows"] for count in counts), sum(count["aside"] for count in counts),
        )  # fmt: skip

    def record(self, root: Path, residents: int) -> Record:
        """The record of a made-up county: it has no models for what Synthea sends."""
        self._python(
            "-m", "loaders.demo_county", "--out", str(root), "--residents", str(residents)
        )
        self._steps(root / "deliveries", LATER, "landing", "staging")
        took = self._steps(root / "deliveries", LATER, *RECORD)
        source = self._ask(
            "select sum(rows_accepted) as rows from audit.file_ledger where system <> 'S'"
        )
        names = self._names("record")
        rows = sum(self._ask(f'select count(*) as n from record."{n}"')["n"] for n in names)
        return Record(took, source["rows"], rows)

    def _steps(self, deliveries: Path, day: str, *steps: str) -> Took:
        return self._python("-c", STEPS, str(deliveries), day, *steps)

    def _python(self, *arguments: str) -> Took:
        return run_timed(
            [sys.executable, *arguments],
            self._folder,
            {
                "PYTHONPATH": str(self._folder),
                "ONECARD_HOME": str(self._home),
                "ONECARD_DSN": self._url.set(drivername="postgresql").render_as_string(
                    hide_password=False
                ),
                # Those of the copy, whatever is measured beside.
                "ONECARD_CONTRACTS": "",
            },
            self._server,
        )

    def _ask(self, query: str) -> dict[str, int]:
        engine = create_engine(self._url)
        try:
            with engine.connect() as connection:
                row = connection.execute(text(query)).one()
                return {name: int(value) for name, value in row._mapping.items()}
        finally:
            engine.dispose()

    def _names(self, schema: str) -> list[str]:
        engine = create_engine(self._url)
        try:
            with engine.connect() as connection:
                return list(
                    connection.scalars(
                        text(
                            "select table_name from information_schema.tables"
                            " where table_schema = :schema and table_type = 'BASE TABLE'"
                        ),
                        {"schema": schema},
                    )
                )
        finally:
            engine.dispose()
