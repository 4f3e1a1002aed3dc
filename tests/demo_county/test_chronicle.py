"""What was known when: newest versions, changes of a day, deletions, drift."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from loaders.demo_county.chronicle import Chronicle, ContractDriftError

MONDAY, TUESDAY, WEDNESDAY = date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 3)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Chronicle]:
    book = Chronicle(tmp_path / "work.db")
    yield book
    book.close()


def _names(book: Chronicle, before: date, since: date = date.min) -> list[object]:
    at = book.contracts["E02"].column_names.index("favoreeName")
    return [row[at] for row in book.state("E02", before, since)]


def test_a_state_holds_the_newest_version(book: Chronicle) -> None:
    book.add("E02", MONDAY, {"SCID": "1", "favoreeName": "甲"})
    book.add("E02", TUESDAY, {"SCID": "1", "favoreeName": "乙"})
    book.index()
    assert _names(book, TUESDAY) == ["甲"]
    assert _names(book, WEDNESDAY) == ["乙"]


def test_changes_are_those_of_the_days_asked_for(book: Chronicle) -> None:
    book.add("E02", MONDAY, {"SCID": "1", "favoreeName": "甲"})
    book.add("E02", TUESDAY, {"SCID": "2", "favoreeName": "乙"})
    book.index()
    assert _names(book, WEDNESDAY, TUESDAY) == ["乙"]


def test_what_was_deleted_is_gone(book: Chronicle) -> None:
    book.add("E02", MONDAY, {"SCID": "1", "favoreeName": "甲"})
    book.delete("E02", TUESDAY, {"SCID": "1"})
    book.index()
    assert _names(book, TUESDAY) == ["甲"]
    assert _names(book, WEDNESDAY) == []


def test_changes_come_by_the_day_on_which_they_became_known(book: Chronicle) -> None:
    book.add("G01", MONDAY, {"reserveNo": "2", "status": "1"})
    book.add("G01", MONDAY, {"reserveNo": "1", "status": "3"})
    book.add("G01", TUESDAY, {"reserveNo": "2", "status": "3"})
    book.index()
    at = book.contracts["G01"].column_names.index("reserveNo")
    changes = [(day, row[at]) for day, row in book.changes("G01", WEDNESDAY, MONDAY)]
    assert changes == [(MONDAY, "2"), (MONDAY, "1"), (TUESDAY, "2")]
    assert [day for day, _ in book.changes("G01", TUESDAY, date.min)] == [MONDAY, MONDAY]


def test_two_doses_that_only_their_clinics_tell_apart_are_two_rows(
    book: Chronicle,
) -> None:
    dose = dict.fromkeys(book.contracts["D18"].column_names, "1")
    for clinic in ("甲", "乙", "乙"):
        book.add("D18", MONDAY, dose | {"接种单位": clinic})
    book.index()
    assert len(list(book.state("D18", TUESDAY))) == 2


def test_a_column_that_is_not_promised_is_refused(book: Chronicle) -> None:
    with pytest.raises(ContractDriftError, match=r"E02: columns \['surprise'\]"):
        book.add("E02", MONDAY, {"SCID": "1", "surprise": "1"})
