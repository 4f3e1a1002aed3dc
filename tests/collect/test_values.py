"""What a driver hands out becomes text that loses nothing."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest

from loaders.collect.values import value_text

CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", ""),
        (" 张三😀 ", " 张三😀 "),
        (True, "true"),
        (False, "false"),
        (18446744073709551615, "18446744073709551615"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.0000001"), "0.0000001"),
        (Decimal("NaN"), "NaN"),
        (0.1, "0.1"),
        (1e22, "10000000000000000000000"),
        (2.0, "2.0"),
        (float("inf"), "inf"),
        (datetime(2025, 1, 2), "2025-01-02 00:00:00"),
        (datetime(2025, 1, 2, 3, 4, 5, 60), "2025-01-02 03:04:05.000060"),
        (datetime(2025, 1, 2, 3, tzinfo=CHINA), "2025-01-02 03:00:00+08:00"),
        (date(1980, 2, 29), "1980-02-29"),
        (time(1, 2, 3), "01:02:03"),
        (timedelta(hours=-1, minutes=-2, seconds=-3), "-01:02:03"),
        (timedelta(hours=838, microseconds=5), "838:00:00.000005"),
        (b"\x00\xff", "00ff"),
        (memoryview(b"\x0a"), "0a"),
        ({"甲": [1, "x"]}, '{"甲":[1,"x"]}'),
        ([Decimal("1.50"), None], '["1.50",null]'),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_a_value_as_text(value: object, text: str | None) -> None:
    assert value_text(value) == text
