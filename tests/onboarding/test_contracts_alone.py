"""Feeds of another country, on-boarded with contracts alone: no model is written by hand.

A copy of the project gets the contracts that the benchmark has for Synthea's CSVs: numbers
with letters, moments in UTC, names of files without a day, facts without a number of their
own. Its staging models follow from the contracts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from benchmarks.synthea_files import deliver
from benchmarks.synthea_ours import CONTRACTS
from loaders.settings import PROJECT
from tests.onboarding.synthea_sample import ANNA, BO, EXPORT, LATER_EXPORT, VISIT

PLAIN = "dbt_project/models/1_staging/plain"
# Landing, then the models of these feeds only: the county's own have tests of their own.
PROGRAM = """
import sys
from pathlib import Path
from loaders.changes.reading import prepare
from loaders.landing.land import land
from loaders.settings import load_settings
from loaders.transform import invoke_dbt
from loaders.warehouse.connect import open_warehouse

engine = open_warehouse()
prepare(engine)
print(land(engine, Path(sys.argv[1]), None, None, 0, print))
selected = ["path:functions", "path:models/1_staging/plain"]
invoke_dbt(load_settings(), ["build", "--full-refresh", "--select", *selected], "staging")
"""


class Copy:
    """A copy of the project with Synthea's contracts, on a warehouse of its own."""

    def __init__(self, place: Path, engine: Engine) -> None:
        self.folder = place / "project"
        self.engine = engine
        self._home = place / "home"
        for name in ("loaders", "dbt_project", "expectations"):
            ignored = shutil.ignore_patterns("__pycache__", "target", "logs")
            shutil.copytree(PROJECT / name, self.folder / name, ignore=ignored)
        # How the linters are told what is in form.
        for name in ("pyproject.toml", ".yamllint"):
            shutil.copy(PROJECT / name, self.folder)
        shutil.copytree(CONTRACTS, self.folder / "loaders" / "contracts" / CONTRACTS.name)

    def python(self, *arguments: str) -> str:
        dsn = self.engine.url.set(drivername="postgresql")
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=os.environ
            | {
                "ONECARD_HOME": str(self._home),
                "ONECARD_DSN": dsn.render_as_string(hide_password=False),
                "PYTHONPATH": str(self.folder),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]


@pytest.fixture(scope="module")
def on_boarded(
    make_database: Callable[[], Engine], tmp_path_factory: pytest.TempPathFactory
) -> Copy:
    place = tmp_path_factory.mktemp("synthea")
    deliveries = place / "deliveries"
    for day, export in (("20250101", EXPORT), ("20250201", LATER_EXPORT)):
        csvs = place / day
        csvs.mkdir()
        for name, lines in export.items():
            (csvs / name).write_text(lines, "utf-8")
        deliver(csvs, deliveries, day)
    copy = Copy(place, make_database())
    copy.python("-m", "loaders.cli", "generate")
    copy.python("-c", PROGRAM, str(deliveries))
    return copy


def test_the_derived_files_are_as_the_check_wants_them(on_boarded: Copy) -> None:
    on_boarded.python("-m", "loaders.cli", "generate", "--check")
    on_boarded.python("-m", "yamllint", "--strict", PLAIN)
    # Of these one has numbers of its own, and one has an empty column in its key.
    for model in ("stg_s__patients.sql", "stg_s__medications.sql"):
        on_boarded.python("-m", "sqlfluff", "lint", "--nocolor", f"{PLAIN}/{model}")


def test_every_line_is_in_the_ledger(on_boarded: Copy) -> None:
    files = on_boarded.ask(
        """
        select
            file_name, state, rows_read, rows_accepted, rows_rejected, rows_duplicate,
            rows_superseded
        from audit.file_ledger
        where delivery_date = '2025-01-01'
        order by file_name
        """
    )
    assert files == [
        ("conditions.csv", "landed", 4, 2, 1, 1, 0),
        ("encounters.csv", "landed", 3, 3, 0, 0, 0),
        ("medications.csv", "landed", 2, 2, 0, 0, 0),
        ("observations.csv", "landed", 4, 4, 0, 0, 0),
        ("patients.csv", "landed", 2, 2, 0, 0, 0),
        ("payers.csv", "landed", 2, 2, 0, 0, 0),
    ]
    assert on_boarded.ask("select reason_code from landing.reject") == [("key_missing",)]
    unbalanced = on_boarded.ask(
        """
        select file_name from audit.file_ledger
        where rows_read <> rows_accepted + rows_rejected + rows_duplicate + rows_superseded
        """
    )
    assert unbalanced == []


def test_values_have_the_types_of_the_contract(on_boarded: Copy) -> None:
    patients = on_boarded.ask(
        f"""
        select
            born_on, died_on, birthplace, latitude, healthcare_expenses, set_aside_because
        from staging.stg_s__patients where patient_id = '{ANNA}'
        """
    )
    assert patients == [
        (
            date(1961, 5, 2), None, "Nowhere, Elsewhere", Decimal("41.123456789012345"),
            Decimal("1023.4500000000003"), None,
        )
    ]  # fmt: skip
    payers = on_boarded.ask(
        "select customer_count, quality_of_life from staging.stg_s__payers order by 1"
    )
    assert payers == [(0, None), (2, Decimal("0.95"))]


def test_a_moment_in_another_zone_is_shown_by_the_clock_of_the_county(
    on_boarded: Copy,
) -> None:
    begun = on_boarded.ask(
        """
        select started_at, set_aside_because from staging.stg_s__encounters
        order by encounter_id
        """
    )
    assert begun == [
        (datetime(2024, 1, 6, 1, 30), None),
        (datetime(2023, 12, 1, 7, 59, 59), None),
        (None, "impossible_date"),
    ]


def test_facts_with_an_empty_column_in_the_key_are_told_apart(on_boarded: Copy) -> None:
    courses = on_boarded.ask(
        """
        select stopped_at, dispense_count from staging.stg_s__medications
        order by stopped_at nulls last
        """
    )
    assert courses == [(datetime(2024, 1, 6, 1, 30), 1), (None, 12)]
    values = on_boarded.ask(
        """
        select code, encounter_id is null as is_outside, value
        from staging.stg_s__observations order by code
        """
    )
    assert values == [
        ("3001", False, "0"),
        ("3002", False, "Never smoked, not once"),
        ("3003", False, None),
        ("QOLS", True, "0.9"),
    ]
    key = f"2024-01-05T17:30:00Z+{ANNA}+{VISIT}+4001+"
    history = on_boarded.python(
        "-m", "loaders.cli", "history", "--feed", "S05", "--key", key
    )
    assert "medications.csv" in history


def test_the_newest_export_stands_though_its_files_have_the_same_names(
    on_boarded: Copy,
) -> None:
    conditions = on_boarded.ask(
        "select patient_id, started_on, stopped_on from staging.stg_s__conditions"
    )
    assert conditions == [(ANNA, date(2024, 1, 5), date(2024, 1, 19))]
    states = on_boarded.ask(
        """
        select file_name, state from audit.file_ledger
        where delivery_date = '2025-02-01' order by file_name
        """
    )
    assert dict(states)["conditions.csv"] == "landed"
    everybody = on_boarded.ask("select patient_id from staging.stg_s__patients order by 1")
    assert everybody == [(ANNA,), (BO,)]


def test_the_fictional_county_does_not_mind(on_boarded: Copy, tmp_path: Path) -> None:
    on_boarded.python(
        "-m", "loaders.demo_county", "--out", str(tmp_path), "--residents", "20"
    )
    systems = {folder.name for folder in (tmp_path / "deliveries").glob("*/*")}
    assert "H_ADMIN" in systems
    assert "SYNTHEA" not in systems
