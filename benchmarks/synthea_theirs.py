"""dbt-synthea on PostgreSQL, as its README says: dbt seed, then dbt run.

It runs in a copy of the checkout, in a database of its own, with the dbt of this
environment. `dbt deps` must have been run in the checkout, or its packages laid there.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, text

from benchmarks.synthea_files import CSVS
from benchmarks.timing import Took, run_timed

DATABASE = "bench_dbt_synthea"
PROFILE = """\
synthea_omop_etl:
  target: bench
  outputs:
    bench:
      type: postgres
      host: "{host}"
      port: {port}
      user: "{user}"
      password: "{{{{ env_var('DBT_ENV_SECRET_BENCH_PASSWORD') }}}}"
      dbname: {database}
      schema: omop
      threads: 2
"""
CONCEPTS = Path("seeds/vocabulary/concept_seed.csv")
# PostgreSQL, unlike DuckDB, does not take a date for a text in the second half of a union.
UNION = Path("models/intermediate/int__source_to_standard_vocab_map.sql")
AS_SENT = 'translate_type("date")) }} AS target_invalid_reason'
MENDED = 'translate_type("varchar")) }} AS target_invalid_reason'
STAGING = "path:models/staging"
VOCABULARY = frozenset(
    {"concept", "concept_ancestor", "concept_class", "concept_relationship",
     "concept_synonym", "domain", "drug_strength", "relationship", "vocabulary",
     "source_to_concept_map"}
)  # fmt: skip


@dataclass(frozen=True)
class Theirs:
    """What its steps took; the vocabulary is part of no ratio."""

    seeded: Took
    staged: Took
    vocabulary: Took | None
    built: Took | None
    omop_rows: int
    notes: tuple[str, ...]


def is_complete(checkout: Path) -> bool:
    """Whether the folder holds dbt-synthea with its sample and the packages it needs."""
    needed = ("dbt_project.yml", CSVS / "patients.csv", "dbt_packages/dbt_utils")
    return all((checkout / name).exists() for name in needed)


def run_theirs(
    checkout: Path, csvs: Path, engine: Engine, server: Path, workplace: Path
) -> Theirs:
    """Seed the CSVs and build everything; OMOP only where the vocabulary is there."""
    project = workplace / "dbt_synthea"
    shutil.copytree(checkout, project, ignore=shutil.ignore_patterns(".git", "target"))
    for path in csvs.glob("*.csv"):
        shutil.copy(path, project / CSVS)
    notes = _mend(project)
    url = _new_database(engine)
    dbt = _Dbt(project, url, server)
    dbt.run("parse")
    seeded = dbt.run("seed", "--select", f"path:{CSVS}")
    vocabulary = built = None
    if (project / CONCEPTS).is_file():
        vocabulary = dbt.run("seed", "--exclude", f"path:{CSVS}")
        staged = dbt.run("run", "--select", STAGING)
        built = dbt.run("run", "--exclude", STAGING)
    else:
        notes.append(f"the checkout lacks {CONCEPTS}: its OMOP tables were not built")
        staged = dbt.run("run", "--select", f"{STAGING}/synthea")
    rows = _omop_rows(engine, url) if built else 0
    return Theirs(seeded, staged, vocabulary, built, rows, tuple(notes))


def _mend(project: Path) -> list[str]:
    sql = (project / UNION).read_text("utf-8")
    if AS_SENT not in sql:
        return []
    (project / UNION).write_text(sql.replace(AS_SENT, MENDED), "utf-8")
    return [f"as it is, PostgreSQL refuses {UNION.stem}: one cast was mended in the copy"]


def _new_database(engine: Engine) -> URL:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"drop database if exists {DATABASE} with (force)"))
        connection.execute(text(f"create database {DATABASE}"))
    return engine.url.set(database=DATABASE)


@dataclass(frozen=True)
class _Dbt:
    project: Path
    url: URL
    server: Path

    def run(self, *command: str) -> Took:
        profile = PROFILE.format(
            host=self.url.host, port=self.url.port, user=self.url.username,
            database=self.url.database,
        )  # fmt: skip
        (self.project / "profiles.yml").write_text(profile, "utf-8")
        return run_timed(
            [str(Path(sys.executable).with_name("dbt")), "--quiet", "--no-version-check",
             *command, "--project-dir", ".", "--profiles-dir", "."],
            self.project,
            {
                "DBT_ENV_SECRET_BENCH_PASSWORD": self.url.password or "",
                "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
                "DO_NOT_TRACK": "1",
            },
            self.server,
        )  # fmt: skip


def _omop_rows(engine: Engine, url: URL) -> int:
    """Rows of all that dbt run built on top of staging, without the vocabulary's tables."""
    other = create_engine(url)
    try:
        with other.connect() as connection:
            names = connection.scalars(
                text(
                    "select table_name from information_schema.tables"
                    " where table_schema = 'omop' and table_type = 'BASE TABLE'"
                )
            ).all()
            return sum(
                int(connection.scalar(text(f'select count(*) from omop."{name}"')) or 0)
                for name in names
                if name not in VOCABULARY and not name.startswith("int__")
            )
    finally:
        other.dispose()
