"""Long forms come in pages, and pages come in every state."""

from __future__ import annotations

from tests.landing.looking import Landing
from tests.landing.sending import Sender, row_of, sheet_bytes

D, NEXT, MONDAY = "20250104", "20250105", "20250106"


def archives(*numbers: int) -> list[dict[str, object]]:
    return [row_of("D01", phrId=f"P{n}", empiId=f"E{n}") for n in numbers]


def page(number: int, day: str = D, mark: str = "") -> str:
    return f"EHR_HealthRecord_{day}{mark}_第{number}页.xlsx"


def test_a_page_without_header_takes_that_of_page_1(
    sender: Sender, landing: Landing
) -> None:
    names = list(reversed(row_of("D01")))
    first = sheet_bytes("D01", archives(1, 2), names=names)
    bare = sheet_bytes(
        "D01", archives(3), names=names, title=False, header=False, total=True
    )
    sender.put(D, "D01", page(1), first, 2)
    sender.put(D, "D01", page(2), bare, 1)
    landing.land()
    assert landing.rows("D01", "phrId", "empiId") == [
        ("P1", "E1"),
        ("P2", "E2"),
        ("P3", "E3"),
    ]


def test_a_page_without_header_may_have_a_title_or_a_header_at_a_page_break(
    sender: Sender, landing: Landing
) -> None:
    rows = archives(*range(20, 35))
    bare = sheet_bytes("D01", rows, title=True, header=False, header_again_after=12)
    sender.put(D, "D01", page(1), sheet_bytes("D01", archives(1)), 1)
    sender.put(D, "D01", page(2), bare, 15)
    landing.land()
    assert len(landing.rows("D01", "phrId")) == 16


def test_the_row_that_a_page_repeats_is_a_duplicate(
    sender: Sender, landing: Landing
) -> None:
    sender.put(D, "D01", page(1), sheet_bytes("D01", archives(1, 2)), 2)
    sender.put(D, "D01", page(2), sheet_bytes("D01", archives(2, 3), header=False), 2)
    landing.land()
    assert landing.counts("D01") == [(2, 2, 0, 0, 0), (2, 1, 0, 1, 0)]


def test_a_page_without_header_waits_for_page_1(sender: Sender, landing: Landing) -> None:
    first = sheet_bytes("D01", archives(1))
    sender.put(D, "D01", page(1), first[:-50], 1, announced=first)
    sender.put(D, "D01", page(2), sheet_bytes("D01", archives(2), header=False), 1)
    landing.land()
    assert [row.state for row in landing.ledger("D01")] == ["refused", "refused"]

    sender.put(NEXT, "D01", page(1), first, 1)
    landing.land()
    assert [row.state for row in landing.ledger("D01")] == ["refused", "landed", "landed"]
    assert landing.rows("D01", "phrId") == [("P2",), ("P1",)]


def test_in_one_pass_a_page_finds_a_page_1_of_a_later_folder(
    sender: Sender, landing: Landing
) -> None:
    sender.put(D, "D01", page(2), sheet_bytes("D01", archives(2), header=False), 1)
    sender.put(NEXT, "D01", page(1), sheet_bytes("D01", archives(1)), 1)
    landing.land()
    assert [row.state for row in landing.ledger("D01")] == ["landed", "landed"]


def test_page_10_is_read_after_page_2(sender: Sender, landing: Landing) -> None:
    sender.put(D, "D01", page(10), sheet_bytes("D01", archives(10), header=False), 1)
    sender.put(D, "D01", page(1), sheet_bytes("D01", archives(1)), 1)
    landing.land()
    assert {row.state for row in landing.ledger("D01")} == {"landed"}


def test_a_first_page_without_header_is_refused(sender: Sender, landing: Landing) -> None:
    sender.put(D, "D01", page(1), sheet_bytes("D01", archives(1), header=False), 1)
    landing.land()
    (row,) = landing.ledger("D01")
    assert row.state_reason == "no header row within the first 10 rows of any sheet"


def test_the_first_delivery_is_full_without_a_mark(
    sender: Sender, landing: Landing
) -> None:
    for day, mark in ((D, ""), (NEXT, ""), (MONDAY, "_全量")):
        sender.put(day, "D01", page(1, day, mark), sheet_bytes("D01", archives(1)), 1)
    landing.land()
    assert [row.is_full for row in landing.ledger("D01")] == [True, False, True]


def test_an_earlier_first_delivery_that_comes_late_takes_the_mark(
    sender: Sender, landing: Landing
) -> None:
    for day in (D, NEXT):
        sender.put(day, "D01", page(1, day), sheet_bytes("D01", archives(1)), 1)
    sender.hide(D)
    landing.land()
    assert [row.is_full for row in landing.ledger("D01")] == [True]
    sender.show(D)
    landing.land()
    assert [row.is_full for row in landing.ledger("D01")] == [True, False]


def test_a_full_list_is_complete_when_no_page_is_open(
    sender: Sender, landing: Landing
) -> None:
    def complete() -> list[bool]:
        query = "select is_complete from landing.full_list where feed = 'D01'"
        return [row.is_complete for row in landing.ask(query)]

    second = sheet_bytes("D01", archives(2))
    sender.put(MONDAY, "D01", page(1, MONDAY, "_全量"), sheet_bytes("D01", archives(1)), 1)
    sender.put(MONDAY, "D01", page(2, MONDAY, "_全量"), second[:-30], 1, announced=second)
    landing.land()
    assert complete() == [False]
    sender.put("20250107", "D01", page(2, MONDAY, "_全量"), second, 1)
    landing.land()
    assert complete() == [True]
