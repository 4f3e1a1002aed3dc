"""Values of typed cells as text, the way a person would have typed them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

# NUL, and what stands for bytes that could not be decoded.
FAULTY = {"\x00", "\ufffd"}


def cell_text(value: object) -> str | None:
    """Dates as YYYY-MM-DD[ HH:MM:SS], whole numbers without .0, others in shortest form."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return f"{value:%Y-%m-%d}" if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return str(value)


def raw_cells(cells: Sequence[str | None]) -> bytes:
    """A row that never was a line, as bytes that can be kept."""
    return json.dumps(list(cells), ensure_ascii=False).encode("utf-8", "surrogateescape")


def is_encodable(text: str) -> bool:
    """Whether a text has no lone surrogates, which are in no encoding."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def faulty_place(values: Sequence[str | None]) -> int | None:
    """Which value, from 1 on, holds a NUL or something that was in no encoding."""
    for place, value in enumerate(values, start=1):
        if value and (FAULTY & set(value) or not is_encodable(value)):
            return place
    return None


def _number(value: float) -> str:
    if value.is_integer():
        return f"{value:.0f}"
    # repr() is the shortest text that reads back the same; never with an exponent.
    return format(Decimal(repr(value)), "f")
