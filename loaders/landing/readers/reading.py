"""What every reader hands out.

A reader is lazy: memory holds one record at a time, whatever the size of the file. Line
numbers grow from record to record. Where several records can stand on one line (JSON, XML),
a record has the number of its line or, if that is taken, the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

# Bytes. Longer than any real record: what goes on for so long has lost its end.
LONGEST_RECORD = 1 << 25


class Record(NamedTuple):
    """One data row; `fields` follow the reading's columns and may be shorter (null)."""

    line_number: int
    byte_offset: int
    fields: Sequence[str | None]
    # As delivered; None where the source has no lines (sheets, databases).
    raw: bytes | None


class BadRecord(NamedTuple):
    """One data row that cannot be taken apart, and the rule that it breaks."""

    line_number: int
    byte_offset: int
    rule: str
    raw: bytes


@dataclass
class Reading:
    """Columns and records of one delivered table.

    Where `columns_grow`, names appear as records are read (JSON has no header).
    """

    columns: list[str]
    records: Iterator[Record | BadRecord] = field(repr=False)
    columns_grow: bool = False
