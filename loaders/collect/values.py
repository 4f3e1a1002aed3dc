"""Values that a database driver hands out, as text: exact, and the same on every machine.

Unlike cells of a spreadsheet nothing is shortened: a time at midnight stays a time,
microseconds stay, decimals keep their zeros, bytes are hexadecimal.
"""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal


def value_text(value: object) -> str | None:
    """NULL as None, dates in ISO form, decimals and floats without exponent."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        # repr() is the shortest text that reads back the same.
        number = Decimal(repr(value))
        return format(number, "f") if number.is_finite() else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _duration(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict | list | tuple):
        return json.dumps(
            value, ensure_ascii=False, separators=(",", ":"), default=value_text
        )
    return str(value)


def _duration(value: timedelta) -> str:
    """A MySQL TIME: it may be negative and longer than a day."""
    sign = "-" if value < timedelta() else ""
    value = abs(value)
    minutes, seconds = divmod(value.days * 86400 + value.seconds, 60)
    text = f"{sign}{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return f"{text}.{value.microseconds:06d}" if value.microseconds else text
