"""Rejected lines are counted per institution and go back as they were received."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from loaders.console.rejects import export_rejects, show_rejects
from tests.audit.conftest import NAME, SECRET, send_care
from tests.landing.looking import Landing
from tests.landing.sending import Sender


@pytest.fixture
def landed(landing: Landing, sender: Sender) -> Landing:
    send_care(sender)
    landing.land()
    return landing


def test_they_are_counted_by_reason_and_institution(
    landed: Landing, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show_rejects(landed.engine, None, None) == 6
    words = capsys.readouterr().out
    rows = [line.split("\t")[:5] for line in words.splitlines()[1:]]
    assert rows == [
        ["A01", "MS_BRDA", "key_missing", "A_XYY_HIS", "3"],
        ["B01", "TB_YL_PATIENT_INFORMATION", "too_few_fields", "4", "1"],
        ["C05", "ms_mzxx", "key_missing", "1001", "2"],
    ]
    assert SECRET not in words


def test_lines_are_exported_byte_for_byte(landed: Landing, tmp_path: Path) -> None:
    folder = tmp_path / "back"
    assert export_rejects(landed.engine, folder, None, None) == (6, 6)
    name = "TB_YL_PATIENT_INFORMATION_20250101.txt"
    sent = next(landed.deliveries.rglob(name)).read_bytes()
    back = (folder / "B_4" / f"20250101_{name}").read_bytes()
    header, line = back.split(b"\r\n", 1)
    assert header == sent.split(b"\r\n")[0]
    assert line == sent.split(b"\r\n", 2)[2]


def test_cells_of_a_database_are_exported_as_csv(landed: Landing, tmp_path: Path) -> None:
    folder = tmp_path / "back"
    export_rejects(landed.engine, folder, "c05", None)
    paths = sorted((folder / "C_1001").iterdir())
    assert len(paths) == 2
    with paths[0].open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["jgid"], row["zjje"], row["jzxh"]) == ("1001", "7.00", SECRET)


def test_the_index_says_where_and_why_and_nothing_personal(
    landed: Landing, tmp_path: Path
) -> None:
    folder = tmp_path / "back"
    export_rejects(landed.engine, folder, None, None)
    words = (folder / "index.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(words.splitlines()))
    assert SECRET not in words
    assert NAME not in words
    assert all((folder / row["exported_as"]).is_file() for row in rows)
    (row,) = [row for row in rows if row["feed"] == "B01"]
    assert (row["line"], row["rule"]) == ("3", "too_few_fields")


def test_nobody_else_can_read_them(landed: Landing, tmp_path: Path) -> None:
    folder = tmp_path / "back"
    export_rejects(landed.engine, folder, None, None)
    modes = {path.stat().st_mode & 0o077 for path in [folder, *folder.rglob("*")]}
    assert modes == {0}
