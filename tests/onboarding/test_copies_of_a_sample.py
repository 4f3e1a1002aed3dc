"""What the benchmark multiplies is other patients with the same lives, and adds up."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from benchmarks.synthea import SKIPPED, VARIABLE, measure
from benchmarks.synthea_files import CSVS, deliver, write_copies
from tests.onboarding.synthea_sample import EXPORT

COPIES = 3


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    checkout = tmp_path / "checkout"
    (checkout / CSVS).mkdir(parents=True)
    for name, lines in EXPORT.items():
        (checkout / CSVS / name).write_text(lines, "utf-8")
    rows = write_copies(checkout, tmp_path / "csvs", COPIES)
    assert rows == COPIES * sum(len(text.splitlines()) - 1 for text in EXPORT.values())
    return tmp_path / "csvs"


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_copy_is_of_other_patients(copied: Path) -> None:
    patients = [row["Id"] for row in _rows(copied, "patients")]
    assert len(set(patients)) == len(patients) == 2 * COPIES


def test_what_names_a_patient_names_one_of_its_own_copy(copied: Path) -> None:
    patients = [row["Id"] for row in _rows(copied, "patients")]
    visits = {row["Id"]: row["PATIENT"] for row in _rows(copied, "encounters")}
    assert set(visits.values()) == set(patients)
    for course in _rows(copied, "medications"):
        assert visits[course["ENCOUNTER"]] == course["PATIENT"]


def test_the_manifest_says_what_was_written(copied: Path, tmp_path: Path) -> None:
    root = deliver(copied, tmp_path / "deliveries")
    (manifest,) = root.rglob("*.ok")
    said = dict(line.split("\t")[:2] for line in manifest.read_text("utf-8").splitlines())
    assert said == {
        f"{name}.csv": str(len(_rows(copied, name)))
        for name in (path.stem for path in copied.glob("*.csv"))
    }


def test_without_a_checkout_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    nowhere = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert measure(nowhere, tmp_path, tmp_path, (1,), 1) == [SKIPPED]
