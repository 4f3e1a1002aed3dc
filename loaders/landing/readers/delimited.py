"""Delimited text: commas, bars or TABs, quoted by RFC 4180 or not at all.

Most lines of most files are plain: no quote, no odd byte, as many delimiters as the header.
These go on as runs, a block at a time, without being taken apart. All others are read line
by line: values in quotes, rows that continue on the next line, repeated headers, totals.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import compress, islice, repeat
from operator import contains
from typing import IO

from loaders.contracts.model import Contract, TextLayout
from loaders.landing.copy_form import copy_line, copy_lines
from loaders.landing.readers.blocks import LONGEST_LINE, Block, read_blocks
from loaders.landing.readers.cells import faulty_place
from loaders.landing.readers.lines import (
    TOTAL_MARK,
    Line,
    first_fault,
    header_of,
    is_total,
    line_of,
)
from loaders.landing.readers.reading import BadRecord, PlainRun, Reading, Record
from loaders.landing.refusal import FileRefusedError

# A record that has not come to its end by then never will.
MOST_LINES = 1000
TAB = b"\t"
# `csv` takes a carriage return for a line end; it must not see one in a value.
ESCAPE = "\U0010ffff"
ESCAPED = (ESCAPE + "e", ESCAPE + "r")
# Files that were put together keep the mark of each; old DOS programs end a file with ^Z.
MARK, END_OF_FILE = "\ufeff", "\x1a"


def read_delimited(stream: IO[bytes], contract: Contract) -> Reading:
    """The table in a stream. Raises: FileRefusedError, also while records are read."""
    csv.field_size_limit(LONGEST_LINE)
    layout = contract.text or TextLayout()
    cursor = _Cursor(read_blocks(stream, contract.encoding), layout, contract.nulls)
    first = cursor.next_line()
    while first is not None and is_blank(first.content, layout.delimiter):
        first = cursor.next_line()
    names = _names(first, layout)
    header = header_of(first, names)
    cursor.expect(first.content.lstrip(MARK) if first else "", names)
    surplus_to = None
    if layout.overflow_column in header:
        surplus_to = header.index(layout.overflow_column)
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


def is_blank(content: str, delimiter: str) -> bool:
    """Whether a line has no value, or nothing but blanks without a delimiter."""
    if delimiter in content:
        return not content.strip(delimiter)
    return not content.strip().strip(END_OF_FILE)


class _Cursor:
    """Where reading is: in which block, at which line, with which lines taken back."""

    def __init__(
        self, blocks: Iterator[Block], layout: TextLayout, nulls: tuple[str, ...]
    ) -> None:
        self._blocks = blocks
        self._delimiter = layout.delimiter.encode()
        self._quote = layout.quote.encode() if layout.quote else None
        self._trailing = layout.trailing_delimiter
        self._nulls = frozenset(nulls)
        # A word for null can be made empty only where empty means null, too.
        words = sorted(nulls) if "" in nulls else []
        self._null_words = [
            copy_lines(word.encode(), self._delimiter, ())[0] for word in words if word
        ]
        self._headers: set[str] = set()
        self.names: list[str] = []
        self._delimiters = -1
        self._header_lines: set[bytes] = set()
        self._block: Block | None = None
        self._lines: list[bytes] = []
        self._odd: list[int] = []
        self._at = 0
        self._taken_back: list[Line] = []

    @property
    def width(self) -> int:
        return len(self.names)

    def expect(self, header: str, names: list[str]) -> None:
        """From here on lines are compared with this header."""
        self.names = names
        self._delimiters = len(names) - (0 if self._trailing else 1)
        # Where it comes again it may be quoted in another way.
        delimiter = self._delimiter.decode()
        self._headers = {header, delimiter.join(names)}
        self._header_lines = {
            copy_lines(text.encode(), self._delimiter, ())[0] for text in self._headers
        }
        self._odd = self._find_odd()

    def has_more(self) -> bool:
        """Whether a line is left."""
        if self._taken_back:
            return True
        while self._block is None or self._at >= len(self._lines):
            block = next(self._blocks, None)
            if block is None:
                return False
            self._enter(block)
        return True

    def plain_run(self) -> PlainRun | None:
        """The plain lines from here on; None when the next line is none."""
        if self._taken_back or self._block is None:
            return None
        while self._odd and self._odd[-1] < self._at:
            self._odd.pop()
        first, stop = self._at, self._odd[-1] if self._odd else len(self._lines)
        if first == stop:
            return None
        self._at = stop
        lines = self._lines[first:stop]
        if self._trailing:
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

    def _enter(self, block: Block) -> None:
        self._block, self._at = block, 0
        self._lines = copy_lines(block.utf8, self._delimiter, self._null_words)
        self._odd = self._find_odd()

    def _find_odd(self) -> list[int]:
        """The lines that are not plain, last one first."""
        lines, block = self._lines, self._block
        if block is None or block.rule or self._delimiters < 0 or b"\x00" in block.utf8:
            return list(range(len(lines) - 1, -1, -1))
        due = self._delimiters
        counts = list(map(bytes.count, lines, repeat(TAB)))
        odd: set[int] = set()
        if counts.count(due) != len(counts):
            odd = {i for i, count in enumerate(counts) if count != due}
        if not due:
            texts = enumerate(block.text_lines)
            odd |= {i for i, text in texts if is_blank(text, self._delimiter.decode())}
        if self._quote and self._quote in block.utf8:
            has_quote = map(contains, lines, repeat(self._quote))
            quoted = list(compress(range(len(lines)), has_quote))
            odd |= set(quoted)
            if "" in self._nulls:
                odd -= self._unquote(block, quoted)
        if TOTAL_MARK in block.text:
            mark = TOTAL_MARK.encode()
            odd |= {i for i, line in enumerate(lines) if mark in line.split(TAB, 1)[0]}
        if self._trailing:
            odd |= {i for i, line in enumerate(lines) if not line.endswith(TAB)}
        empty = self._delimiter.decode() * due
        if empty in block.text:
            # Known by what was sent: words for null have been made empty in `lines`.
            ends = f"{self._delimiter.decode()}\r\n"
            odd |= {i for i, text in enumerate(block.text_lines) if not text.strip(ends)}
        if any(header in block.text for header in self._headers):
            again, mark = self._header_lines, MARK.encode()
            odd |= {i for i, line in enumerate(lines) if line.removeprefix(mark) in again}
        return sorted(odd, reverse=True)

    def _unquote(self, block: Block, quoted: list[int]) -> set[int]:
        """Make plain the lines whose quotes open and close in the line; returns which.

        Nothing is made plain when one of them would go on in the next line after all.
        """
        texts = block.text_lines
        closed = [i for i in quoted if texts[i].count('"') % 2 == 0]
        if "\r" in block.text:
            closed = [i for i in closed if "\r" not in texts[i].removesuffix("\r\n")]
        texts = [texts[i] for i in closed]
        reader = csv.reader(texts, delimiter=self._delimiter.decode(), strict=True)
        try:
            rows = list(reader)
        except csv.Error:
            return set()
        if len(rows) != len(closed):
            return set()
        made: set[int] = set()
        for i, row in zip(closed, rows, strict=True):
            if len(row) == self.width and any(row) and not self.is_noise(row):
                values = [None if value in self._nulls else value for value in row]
                self._lines[i] = copy_line(values, "").encode()
                made.add(i)
        return made

    def is_noise(self, row: list[str]) -> bool:
        """Whether a row is a total, or the header again, with the mark of its file."""
        if is_total(row[0]):
            return True
        return row == self.names or [row[0].removeprefix(MARK), *row[1:]] == self.names


class _Quoted:
    """Lines with quotes: a value in quotes may hold delimiters, quotes and line breaks."""

    def __init__(self, cursor: _Cursor, layout: TextLayout, surplus_to: int | None) -> None:
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

    def __init__(self, cursor: _Cursor, layout: TextLayout, surplus_to: int | None) -> None:
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
