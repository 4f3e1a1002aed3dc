"""Delimited text: commas, bars or TABs, quoted by RFC 4180 or not at all.

Most lines of most files are plain: no quote, no odd byte, as many delimiters as the header.
These go on as runs, a block at a time, without being taken apart. All others are read line
by line: values in quotes, rows that continue on the next line, repeated headers, totals.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO

from loaders.contracts.model import Contract, TextLayout
from loaders.contracts.spelling import by_contract
from loaders.landing.readers.blocks import LONGEST_LINE, read_blocks
from loaders.landing.readers.cells import faulty_place
from loaders.landing.readers.cursor import Cursor
from loaders.landing.readers.lines import Line, first_fault, header_of
from loaders.landing.readers.plain_lines import MARK, PlainLines, is_blank
from loaders.landing.readers.reading import BadRecord, PlainRun, Reading, Record
from loaders.landing.refusal import FileRefusedError

# A record that has not come to its end by then never will.
MOST_LINES = 1000
# `csv` takes a carriage return for a line end; it must not see one in a value.
ESCAPE = "\U0010ffff"
ESCAPED = (ESCAPE + "e", ESCAPE + "r")


def read_delimited(stream: IO[bytes], contract: Contract) -> Reading:
    """The table in a stream. Raises: FileRefusedError, also while records are read."""
    csv.field_size_limit(LONGEST_LINE)
    layout = contract.text or TextLayout()
    cursor = Cursor(read_blocks(stream, contract.encoding))
    first = cursor.next_line()
    while first is not None and is_blank(first.content, layout.delimiter):
        first = cursor.next_line()
    names = _names(first, layout)
    header = header_of(first, names)
    promised, _ = by_contract(contract, header)
    key_places = [promised.index(n) for n in contract.filled_key if n in promised]
    content = first.content.lstrip(MARK) if first else ""
    nulls = frozenset(contract.nulls)
    cursor.expect(PlainLines(layout, nulls, content, names, key_places))
    surplus_to = None
    if layout.overflow_column in promised:
        surplus_to = promised.index(layout.overflow_column)
    one_by_one = _Quoted if layout.quote else _Unquoted
    return Reading(header, _records(cursor, one_by_one(cursor, layout, surplus_to)))


def _names(line: Line | None, layout: TextLayout) -> list[str]:
    if line is None:
        return []
    content = line.content.lstrip(MARK)
    if line.rule:
        return [content]
    if "\r" in content:
        raise FileRefusedError("the header line has carriage returns: lines end with LF")
    if layout.quote:
        return next(csv.reader([content], delimiter=layout.delimiter), [])
    if layout.trailing_delimiter:
        content = content.removesuffix(layout.delimiter)
    return content.split(layout.delimiter)


def _records(
    cursor: Cursor, one_by_one: _Quoted | _Unquoted
) -> Iterator[Record | BadRecord | PlainRun]:
    while cursor.has_more():
        run = cursor.plain_run()
        if run is not None:
            yield run
            continue
        record = one_by_one.read()
        if record is not None:
            yield record


class _Quoted:
    """Lines with quotes: a value in quotes may hold delimiters, quotes and line breaks."""

    def __init__(self, cursor: Cursor, layout: TextLayout, surplus_to: int | None) -> None:
        self._cursor = cursor
        self._delimiter = layout.delimiter
        self._surplus_to = surplus_to
        # Whether the lines of the record at hand were given to `csv` in another form.
        self._escaped = False

    def read(self) -> Record | BadRecord | None:
        """The next record; None for a line that is no data."""
        taken: list[Line] = []
        row = self._parse(taken)
        if not taken or self._is_noise(taken, row):
            return None
        if row is None:
            self._keep_broken(taken)
        raw = b"".join(line.raw for line in taken)
        first, rule = taken[0], first_fault(taken)
        if row is None:
            return BadRecord(first.number, first.offset, rule or "not_rfc_4180", raw)
        rule = rule or _misfit(len(row), self._cursor.width)
        if rule == "too_many_fields" and self._surplus_to is not None:
            row = _with_surplus(row, self._cursor.width, self._surplus_to, self._delimiter)
            rule = None
        if rule:
            place = _place_of(rule, row, self._cursor.width)
            return BadRecord(first.number, first.offset, rule, raw, place)
        return Record(first.number, first.offset, row, raw)

    def _parse(self, taken: list[Line]) -> list[str] | None:
        """The values of the next record, and the lines they stand on; None if broken."""
        self._escaped = False
        reader = csv.reader(self._texts(taken), delimiter=self._delimiter, strict=True)
        try:
            row = next(reader, None)
        except csv.Error:
            return None
        if row and self._escaped:
            return [v.replace(ESCAPED[1], "\r").replace(ESCAPED[0], ESCAPE) for v in row]
        return row

    def _texts(self, taken: list[Line]) -> Iterator[str]:
        for line in islice(iter(self._cursor.next_line, None), MOST_LINES):
            taken.append(line)
            content = line.content
            if "\r" in content or ESCAPE in content:
                self._escaped = True
                end = line.text[len(content) :]
                yield content.replace(ESCAPE, ESCAPED[0]).replace("\r", ESCAPED[1]) + end
            else:
                yield line.text

    def _keep_broken(self, taken: list[Line]) -> None:
        """Leave of the lines taken those of the broken record; the others are read again.

        A quote that nobody closes costs its own row, not those after it: the next row
        begins where a line has as many delimiters as the header, or can be read.
        """
        self._cursor.take_back(taken[1:])
        del taken[1:]
        while len(taken) < MOST_LINES:
            line = self._cursor.next_line()
            if line is None:
                return
            if self._begins_a_row(line):
                self._cursor.take_back([line])
                return
            taken.append(line)

    def _begins_a_row(self, line: Line) -> bool:
        if line.content.count(self._delimiter) == self._cursor.width - 1:
            return True
        self._cursor.take_back([line])
        ahead: list[Line] = []
        row = self._parse(ahead)
        self._cursor.take_back(ahead[1:])
        return row is not None and len(row) == self._cursor.width

    def _is_noise(self, taken: list[Line], row: list[str] | None) -> bool:
        if len(taken) == 1 and is_blank(taken[0].content, self._delimiter):
            return True
        return row is not None and (not any(row) or self._cursor.is_noise(row))


class _Unquoted:
    """Lines without quoting; where the layout says so, a short one continues."""

    def __init__(self, cursor: Cursor, layout: TextLayout, surplus_to: int | None) -> None:
        self._cursor = cursor
        self._layout = layout
        self._surplus_to = surplus_to

    def read(self) -> Record | BadRecord | None:
        """The next record; None for a line that is no data."""
        line = self._cursor.next_line()
        if line is None or is_blank(line.content, self._layout.delimiter):
            return None
        if self._is_noise(line):
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
        return self._cursor.is_noise(cells)

    def _record(self, lines: list[Line]) -> Record | BadRecord | None:
        width, delimiter = self._cursor.width, self._layout.delimiter
        raw = b"".join(line.raw for line in lines)
        first, rule = lines[0], first_fault(lines)
        fields = "\n".join(line.content for line in lines).split(delimiter)
        # A last column may be empty: then the line ends with two delimiters.
        if self._layout.trailing_delimiter and not fields[-1]:
            fields.pop()
        if not any(fields):
            return None
        rule = rule or _misfit(len(fields), width)
        if rule == "too_many_fields" and self._surplus_to is not None:
            fields = _with_surplus(fields, width, self._surplus_to, delimiter)
            rule = None
        if rule:
            place = _place_of(rule, fields, width)
            return BadRecord(first.number, first.offset, rule, raw, place)
        return Record(first.number, first.offset, fields, raw)


def _place_of(rule: str, fields: list[str], width: int) -> int | None:
    """The column that holds the bytes that break the rule, where fields are columns."""
    if rule not in {"nul_byte", "undecodable"} or len(fields) != width:
        return None
    return faulty_place(fields)


def _misfit(found: int, width: int) -> str | None:
    if found == width:
        return None
    return "too_few_fields" if found < width else "too_many_fields"


def _with_surplus(fields: list[str], width: int, place: int, delimiter: str) -> list[str]:
    """The fields with the surplus ones put back into the text that they came from."""
    end = place + 1 + len(fields) - width
    return [*fields[:place], delimiter.join(fields[place:end]), *fields[end:]]
