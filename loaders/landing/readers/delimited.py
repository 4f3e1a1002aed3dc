"""Delimited text: commas, bars or TABs, quoted by RFC 4180 or not at all.

Most lines of most files are plain: no quote, no odd byte, as many delimiters as the header.
These go on as runs, a block at a time, without being taken apart. All others are read line
by line: values in quotes, rows that continue on the next line, repeated headers, totals.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import IO

from loaders.contracts.model import Contract, TextLayout
from loaders.contracts.spelling import by_contract
from loaders.landing.readers.blocks import LONGEST_LINE, Block, read_blocks
from loaders.landing.readers.lines import (
    Line,
    first_fault,
    header_of,
    is_total,
    line_of,
)
from loaders.landing.readers.plain_lines import PlainLines
from loaders.landing.readers.reading import BadRecord, PlainRun, Reading, Record

# A record that has not come to its end by then never will.
MOST_LINES = 1000


def read_delimited(stream: IO[bytes], contract: Contract) -> Reading:
    """The table in a stream. Raises: FileRefusedError, also while records are read."""
    csv.field_size_limit(LONGEST_LINE)
    layout = contract.text or TextLayout()
    cursor = _Cursor(read_blocks(stream, contract.encoding))
    first = cursor.next_line()
    while first is not None and not first.content.strip():
        first = cursor.next_line()
    names = _names(first, layout)
    header = header_of(first, names)
    promised, _ = by_contract(contract, header)
    key_places = [promised.index(name) for name in contract.key if name in promised]
    content = first.content if first else ""
    cursor.expect(PlainLines(layout, frozenset(contract.nulls), names, content, key_places))
    surplus_to = None
    if layout.overflow_column in header:
        surplus_to = header.index(layout.overflow_column)
    one_by_one = _Quoted if layout.quote else _Unquoted
    return Reading(header, _records(cursor, one_by_one(cursor, layout, surplus_to)))


def _names(line: Line | None, layout: TextLayout) -> list[str]:
    if line is None:
        return []
    if layout.quote:
        return next(csv.reader([line.text], delimiter=layout.delimiter), [])
    content = line.content
    if layout.trailing_delimiter:
        content = content.removesuffix(layout.delimiter)
    return content.split(layout.delimiter)


def _records(
    cursor: _Cursor, one_by_one: _Quoted | _Unquoted
) -> Iterator[Record | BadRecord | PlainRun]:
    while cursor.has_more():
        run = cursor.plain_run()
        if run is not None:
            yield run
            continue
        record = one_by_one.read()
        if record is not None:
            yield record


class _Cursor:
    """Where reading is: in which block, at which line, with which lines taken back."""

    def __init__(self, blocks: Iterator[Block]) -> None:
        self._blocks = blocks
        self._plain: PlainLines | None = None
        self.names: Sequence[str] = ()
        self._block: Block | None = None
        self._count = 0
        self._lines: list[bytes] = []
        self._odd: list[int] = []
        self._at = 0
        self._taken_back: list[Line] = []

    @property
    def width(self) -> int:
        return len(self.names)

    def expect(self, plain: PlainLines) -> None:
        """From here on there are plain lines, too."""
        self._plain, self.names = plain, plain.names
        if self._block is not None:
            self._find_plain_lines(self._block)

    def has_more(self) -> bool:
        """Whether a line is left."""
        if self._taken_back:
            return True
        while self._at >= self._count:
            self._block = next(self._blocks, None)
            if self._block is None:
                self._count = 0
                return False
            self._at, self._count = 0, self._block.line_count
            self._find_plain_lines(self._block)
        return True

    def plain_run(self) -> PlainRun | None:
        """The plain lines from here on; None when the next line is none."""
        if self._taken_back or self._block is None or self._plain is None:
            return None
        while self._odd and self._odd[-1] < self._at:
            self._odd.pop()
        first, stop = self._at, self._odd[-1] if self._odd else self._count
        if first == stop:
            return None
        self._at = stop
        lines = self._lines[first:stop]
        if self._plain.layout.trailing_delimiter:
            lines = [line[:-1] for line in lines]
        return PlainRun(self._block, first, lines)

    def next_line(self) -> Line | None:
        """The next line as it was delivered; None at the end."""
        if self._taken_back:
            return self._taken_back.pop()
        if not self.has_more() or self._block is None:
            return None
        self._at += 1
        return line_of(self._block, self._at - 1)

    def take_back(self, lines: list[Line]) -> None:
        """Read these lines once more."""
        self._taken_back += reversed(lines)

    def _find_plain_lines(self, block: Block) -> None:
        if self._plain is not None:
            self._lines, odd = self._plain.of(block)
            self._odd = odd[::-1]


class _Quoted:
    """Lines with quotes: a value in quotes may hold delimiters, quotes and line breaks."""

    def __init__(self, cursor: _Cursor, layout: TextLayout, surplus_to: int | None) -> None:
        self._cursor = cursor
        self._delimiter = layout.delimiter
        self._surplus_to = surplus_to

    def read(self) -> Record | BadRecord | None:
        """The next record; None for a line that is no data."""
        taken: list[Line] = []
        reader = csv.reader(self._texts(taken), delimiter=self._delimiter, strict=True)
        try:
            row = next(reader, None)
        except csv.Error:
            row = None
            if reader.line_num == len(taken) and self._is_open(taken):
                # A quote that nobody closes costs its own line, not those after it.
                self._cursor.take_back(taken[1:])
                del taken[1:]
        if not taken or (row is not None and self._is_noise(row)):
            return None
        raw = b"".join(line.raw for line in taken)
        first, rule = taken[0], first_fault(taken)
        if row is None:
            return BadRecord(first.number, first.offset, rule or "not_rfc_4180", raw)
        rule = rule or _misfit(len(row), self._cursor.width)
        if rule == "too_many_fields" and self._surplus_to is not None:
            row = _with_surplus(row, self._cursor.width, self._surplus_to, self._delimiter)
            rule = None
        if rule:
            return BadRecord(first.number, first.offset, rule, raw)
        return Record(first.number, first.offset, row, raw)

    def _texts(self, taken: list[Line]) -> Iterator[str]:
        for line in islice(iter(self._cursor.next_line, None), MOST_LINES):
            taken.append(line)
            yield line.text

    def _is_open(self, taken: list[Line]) -> bool:
        return len(taken) == MOST_LINES or not self._cursor.has_more()

    def _is_noise(self, row: list[str]) -> bool:
        return not any(row) or is_total(row[0]) or row == self._cursor.names


class _Unquoted:
    """Lines without quoting; where the layout says so, a short one continues."""

    def __init__(self, cursor: _Cursor, layout: TextLayout, surplus_to: int | None) -> None:
        self._cursor = cursor
        self._layout = layout
        self._surplus_to = surplus_to

    def read(self) -> Record | BadRecord | None:
        """The next record; None for a line that is no data."""
        line = self._cursor.next_line()
        if line is None or not line.content.strip() or self._is_noise(line):
            return None
        started = [line]
        while self._continues(started):
            following = self._cursor.next_line()
            if following is None:
                break
            if self._stands_alone(following):
                # The short line before was cut.
                self._cursor.take_back([following])
                break
            started.append(following)
        return self._record(started)

    def _continues(self, started: list[Line]) -> bool:
        if not self._layout.continues or len(started) >= MOST_LINES:
            return False
        return self._delimiters(started) < self._cursor.width - 1

    def _stands_alone(self, line: Line) -> bool:
        due = self._cursor.width - 1
        return self._is_noise(line) or self._delimiters([line]) == due

    def _delimiters(self, lines: Iterable[Line]) -> int:
        return sum(line.text.count(self._layout.delimiter) for line in lines)

    def _is_noise(self, line: Line) -> bool:
        cells = line.content.split(self._layout.delimiter)
        if self._layout.trailing_delimiter and not cells[-1]:
            cells.pop()
        return cells == self._cursor.names or (bool(cells) and is_total(cells[0]))

    def _record(self, lines: list[Line]) -> Record | BadRecord | None:
        width, delimiter = self._cursor.width, self._layout.delimiter
        raw = b"".join(line.raw for line in lines)
        first, rule = lines[0], first_fault(lines)
        fields = "\n".join(line.content for line in lines).split(delimiter)
        # Only the delimiter after the last column is extra; a last column may be empty.
        if self._layout.trailing_delimiter and len(fields) == width + 1 and not fields[-1]:
            fields.pop()
        if not any(fields):
            return None
        rule = rule or _misfit(len(fields), width)
        if rule == "too_many_fields" and self._surplus_to is not None:
            fields = _with_surplus(fields, width, self._surplus_to, delimiter)
            rule = None
        if rule:
            return BadRecord(first.number, first.offset, rule, raw)
        return Record(first.number, first.offset, fields, raw)


def _misfit(found: int, width: int) -> str | None:
    if found == width:
        return None
    return "too_few_fields" if found < width else "too_many_fields"


def _with_surplus(fields: list[str], width: int, place: int, delimiter: str) -> list[str]:
    """The fields with the surplus ones put back into the text that they came from."""
    end = place + 1 + len(fields) - width
    return [*fields[:place], delimiter.join(fields[place:end]), *fields[end:]]
