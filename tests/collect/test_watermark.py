"""The highest value seen: never beyond what was read."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from loaders.collect.queries import Bound
from loaders.collect.watermark import Mark, Passing

DAY = date(2025, 1, 2)


def passed(*values: object) -> Passing:
    passing = Passing(DAY)
    for value in values:
        passing.see(value)
    return passing


@pytest.mark.parametrize(
    "value",
    [
        "2025-01-02 03:04:05",
        7,
        Decimal("1.50"),
        1.5,
        datetime(2025, 1, 2, 3, 4, 5, 60),
        datetime(2025, 1, 2, 3, tzinfo=timezone(timedelta(hours=8))),
        date(2025, 1, 2),
        b"\x00\x00\x07\xd1",
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_watermark_is_kept_as_text_and_comes_back(value: Bound) -> None:
    mark = passed(value).mark
    assert mark is not None
    assert mark.bound == value
    assert type(mark.bound) is type(value)


def test_it_is_the_highest() -> None:
    assert passed(2, 10, 9).mark == Mark("integer", "10")


def test_rows_without_a_value_are_counted() -> None:
    passing = passed(None, 2, None)
    assert (passing.null_rows, passing.mark) == (2, Mark("integer", "2"))


def test_without_any_value_there_is_none() -> None:
    passing = passed(None)
    assert (passing.mark, passing.is_mixed) == (None, False)


@pytest.mark.parametrize(
    ("now", "later"),
    [
        (datetime(2025, 1, 2, 23, 59), datetime(2025, 1, 3)),
        (date(2025, 1, 2), date(2099, 1, 1)),
        ("2025-01-02 23:59:59", "2025-01-03 00:00:00"),
    ],
)
def test_a_time_after_the_day_does_not_hide_what_comes_before_it(
    now: Bound, later: Bound
) -> None:
    passing = passed(later, now)
    assert passing.future_rows == 1
    assert passing.mark is not None
    assert passing.mark.bound == now


def test_values_that_cannot_be_compared_give_no_watermark() -> None:
    passing = passed(20250101, "2025-01-01")
    assert (passing.mark, passing.is_mixed) == (None, True)


def test_what_is_no_time_beside_times_is_passed_over() -> None:
    passing = passed("0000-00-00 00:00:00", datetime(2025, 1, 1))
    assert passing.mark == Mark("datetime", "2025-01-01 00:00:00")


def test_not_a_number_is_no_watermark() -> None:
    assert passed(Decimal("NaN"), Decimal("1")).mark is None


@pytest.mark.parametrize(
    ("mark", "earlier"),
    [
        (Mark("datetime", "2025-01-02 03:00:00"), datetime(2024, 12, 31, 3)),
        (Mark("date", "2025-01-02"), date(2024, 12, 31)),
        (Mark("text", "2025-01-02 03:00:00"), "2024-12-31 03:00:00"),
        (Mark("text", "2025-01-02"), "2024-12-31"),
    ],
)
def test_it_can_be_taken_back_by_days(mark: Mark, earlier: Bound) -> None:
    assert mark.earlier(2) == earlier


@pytest.mark.parametrize("mark", [Mark("integer", "7"), Mark("text", "abc")])
def test_what_is_no_time_cannot(mark: Mark) -> None:
    with pytest.raises(TypeError):
        mark.earlier(2)
