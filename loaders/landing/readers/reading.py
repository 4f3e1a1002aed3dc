"""What every reader hands out.

A reader is lazy: memory holds one record or one block at a time, whatever the size of the
file. Line numbers grow from record to record. Where several records can stand on one line
(JSON, XML), a record has the number of its line or, if that is taken, the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from loaders.landing.copy_form import values_of
from loaders.landing.readers.blocks import Block

# Bytes. Longer than any real record: what goes on for so long has lost its end.
LONGEST_RECORD = 1 << 25
# The columns of page 1; raises WaitsForPageError where it has not been landed.
PageOne = Callable[[], list[str]]


# Bytes of a key column. What is longer was typed or shifted into it, and names nothing; the
# keys of two records must fit together into one entry of an index (2,704 bytes).
LONGEST_KEY = 300


class Record(NamedTuple):
    """One data row; `fields` follow the reading's columns and may be shorter (null)."""

    line_number: int
    byte_offset: int
    fields: Sequence[str | None]
    # As delivered; None where the source has no lines (sheets, databases).
    raw: bytes | None


class PlainRun(NamedTuple):
    """Rows of consecutive lines that need no taking apart, in the form of COPY."""

    block: Block
    # The place of the first line in the block.
    first: int
    lines: list[bytes]

    @property
    def line_number(self) -> int:
        return self.block.number + self.first

    def record(self, index: int) -> Record:
        """One of the rows taken apart after all; nulls are empty texts."""
        place = self.first + index
        return Record(
            self.block.number + place,
            self.block.offsets[place],
            values_of(self.lines[index]),
            self.block.raw_lines[place],
        )


class BadRecord(NamedTuple):
    """One data row that cannot be taken apart, and the rule that it breaks."""

    line_number: int
    byte_offset: int
    rule: str
    raw: bytes
    # Which column breaks the rule, from 1 on, where that can be said.
    place: int | None = None
    # The same by the name that the contract has for it.
    column: str | None = None


@dataclass
class Reading:
    """Columns and records of one delivered table.

    Where `columns_grow`, names appear as records are read (JSON has no header).
    """

    columns: list[str]
    records: Iterator[Record | BadRecord | PlainRun] = field(repr=False)
    columns_grow: bool = False

    def one_by_one(self) -> Iterator[Record | BadRecord]:
        """The records with every run taken apart."""
        for item in self.records:
            if isinstance(item, PlainRun):
                yield from map(item.record, range(len(item.lines)))
            else:
                yield item
