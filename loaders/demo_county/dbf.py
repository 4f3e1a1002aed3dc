"""dBase III tables, written record by record: text fields padded with blanks.

Goes in: columns, and rows with whether they are flagged as deleted. Comes out: a file, and
how many of its records are not flagged. The code page byte is 0: readers must be told.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from loaders.contracts.model import Column
from loaders.demo_county.chronicle import ContractDriftError, Row

ENCODING = "gbk"
VERSION, FIELD_END, FILE_END = 3, b"\r", b"\x1a"
LIVE, DELETED = b" ", b"*"
FIELD_SIZE = 32
WIDTHS = {"money": 12, "text": 40}
PII_WIDTHS = {"name": 30, "address": 60, "id_number": 40}
OTHER_WIDTH = 20


def write_dbf(
    path: Path, columns: Iterable[Column], rows: Iterable[tuple[Row, bool]], day: date
) -> int:
    """Write a table as of a day; returns its live records. Raises: ContractDriftError."""
    fields = [(column.name, _width(column)) for column in columns]
    records = live = 0
    with path.open("wb") as file:
        file.write(_header(fields, 0, day))
        for row, is_deleted in rows:
            file.write(DELETED if is_deleted else LIVE)
            for (name, width), value in zip(fields, row, strict=True):
                file.write(_field(name, width, value))
            records += 1
            live += not is_deleted
        file.write(FILE_END)
        file.seek(0)
        file.write(_header(fields, records, day))
    return live


def _width(column: Column) -> int:
    return PII_WIDTHS.get(column.pii) or WIDTHS.get(column.type, OTHER_WIDTH)


def _field(name: str, width: int, value: object) -> bytes:
    text = ("" if value is None else str(value)).encode(ENCODING, "replace")
    if len(text) > width:
        raise ContractDriftError(f"{name}: a value is longer than {width} bytes")
    return text.ljust(width)


def _header(fields: list[tuple[str, int]], records: int, day: date) -> bytes:
    size = FIELD_SIZE * (len(fields) + 1) + len(FIELD_END)
    record = 1 + sum(width for _, width in fields)
    head = struct.pack(
        "<4B I 2H 20x", VERSION, day.year - 1900, day.month, day.day, records, size, record
    )
    described = b"".join(
        struct.pack("<11s c 4x B 15x", name.encode("ascii"), b"C", width)
        for name, width in fields
    )
    return head + described + FIELD_END
