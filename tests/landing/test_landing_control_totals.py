"""What amounts add up to is noted with the rows, read as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import text

from loaders.landing.control_totals import plain_amount
from tests.landing.looking import Landing
from tests.landing.sending import Sender, row_of

D, NEXT = "20250101", "20250102"


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("12", "12"), ("-12.5", "-12.5"), ("1,234.50", "1234.50"), ("￥8.00", "8"),
        ("（1，234.00）", "-1234"), ("(2.5)", "-2.5"), ("１２。５", "12.5"), ("5元", "5"),
        ("+3", "3"), ("7.", "7"), (" 9 ", "9"), ("", None), ("无", None), ("1-2", None),
        ("1e5", None), ("NaN", None), ("(1", None), ("-", None), ("1.2.3", None),
        ("99999999999999999", None),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(
    landing: Landing, written: str, amount: str | None
) -> None:
    with landing.engine.connect() as connection:
        found = connection.scalar(
            text(f"select {plain_amount('cast(:cell as text)')}"), {"cell": written}
        )
    assert found == (None if amount is None else Decimal(amount))


def totals(landing: Landing, feed: str, column: str) -> list[tuple[object, ...]]:
    found = landing.ask(
        "select file.state, total.cell_count, total.unreadable_count, total.total"
        " from audit.file_control_total as total"
        " inner join audit.file_ledger as file on total.file_id = file.file_id"
        " where file.feed = :feed and total.column_name = :column"
        " order by file.delivery_date, file.file_id",
        feed=feed,
        column=column,
    )
    return [tuple(row) for row in found]


def test_a_file_notes_what_it_stored(sender: Sender, landing: Landing) -> None:
    rows = [
        row_of("F02", SETL_ID="1", MEDFEE_SUMAMT="1,000.10"),
        row_of("F02", SETL_ID="2", MEDFEE_SUMAMT="(0.10)"),
        row_of("F02", SETL_ID="3", MEDFEE_SUMAMT="面议"),
        row_of("F02", SETL_ID="4"),
        row_of("F02", SETL_ID=" ", MEDFEE_SUMAMT="7"),
    ]
    sender.settlements(D, rows)
    landing.land()
    assert totals(landing, "F02", "MEDFEE_SUMAMT") == [("landed", 3, 1, Decimal("1000"))]


def test_totals_go_with_the_rows_to_the_file_that_was_first(
    sender: Sender, landing: Landing
) -> None:
    rows = [row_of("F02", SETL_ID="1", MEDFEE_SUMAMT="5")]
    sender.settlements(D, rows)
    sender.settlements(NEXT, rows, file_day=D, mark=" (1)")
    sender.hide(D)
    landing.land()
    assert totals(landing, "F02", "MEDFEE_SUMAMT") == [("landed", 1, 0, Decimal(5))]
    sender.show(D)
    landing.land()
    assert totals(landing, "F02", "MEDFEE_SUMAMT") == [("landed", 1, 0, Decimal(5))]
    assert [row.state for row in landing.ledger("F02")] == ["landed", "duplicate"]


def test_a_late_database_takes_its_rows_from_the_totals_of_later_ones(
    sender: Sender, landing: Landing
) -> None:
    old = row_of("C05", jgid="1", mzxh=1, zjje="2.50", gxsj="2024-12-01 08:00:00")
    new = row_of("C05", jgid="1", mzxh=2, zjje="4", gxsj="2024-12-02 08:00:00")
    sender.database(D, {"C05": [old]})
    sender.database(NEXT, {"C05": [old, new]})
    sender.hide(D)
    landing.land()
    assert totals(landing, "C05", "zjje") == [("landed", 2, 0, Decimal("6.5"))]
    sender.show(D)
    landing.land()
    assert totals(landing, "C05", "zjje") == [
        ("landed", 1, 0, Decimal("2.5")),
        ("landed", 1, 0, Decimal(4)),
    ]
