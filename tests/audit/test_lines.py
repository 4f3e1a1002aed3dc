"""A line says what became of it: which row, why not, and what stands in its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from loaders.console.audit.asked import NothingLandedError
from loaders.console.trace.line import files_named, show_fate
from tests.audit.conftest import NAME, SECRET
from tests.landing.looking import Landing

Said = Callable[[], str]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """What was printed since the last time; never a personal value."""

    def read() -> str:
        words = capsys.readouterr().out
        assert SECRET not in words
        assert NAME not in words
        return words

    return read


def fate(built: Landing, line: str) -> None:
    name, _, number = line.rpartition(":")
    with built.engine.connect() as connection:
        show_fate(connection, files_named(connection, name, None), int(number))


def test_a_line_says_which_row_it_became(built: Landing, said: Said) -> None:
    fate(built, "MS_MZXX_20250103.csv:2")
    words = said()
    assert "现行 current\tkey 1" in words
    assert "row in staging\tusable\tstg_a__ms_mzxx" in words


def test_a_line_says_what_stands_in_its_place(built: Landing, said: Said) -> None:
    fate(built, "MS_MZXX_20250101.csv:2")
    words = said()
    assert "旧版本 older version" in words
    stands = "20250103 XYYHIS_20250103_01.zip/MS_MZXX_20250103.csv line 2"
    assert stands in words


def test_a_line_says_why_it_was_rejected(built: Landing, said: Said) -> None:
    fate(built, "TB_YL_PATIENT_INFORMATION_20250101.txt:3")
    assert "too_few_fields" in said()


def test_a_personal_key_is_masked(built: Landing, said: Said) -> None:
    fate(built, "SETL_D_20250101.txt:2")
    words = said()
    assert "row in staging\tusable\tstg_f__setl_d" in words
    fate(built, "MS_BRDA_20250101.csv:2")
    assert "key *" in said()


def test_a_copy_of_a_file_leads_to_the_rows_it_repeats(built: Landing, said: Said) -> None:
    fate(built, "YB_SETL_D_20250101 (1).zip:2")
    words = said()
    assert "duplicate" in words
    assert "row in staging\tusable" in words


def test_a_header_is_no_row(built: Landing, said: Said) -> None:
    fate(built, "MS_MZXX_20250103.csv:1")
    assert "no data row starts here" in said()
    with pytest.raises(NothingLandedError):
        fate(built, "nothing.csv:1")
