"""Which lines of delimited text are plain, and where reading is.

Goes in: blocks of a file. Comes out: runs of lines that need no taking apart, already in
the form of COPY, and between them the lines that do, one by one. Both must mean the same:
a line is called odd sooner than plain.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import compress, repeat
from operator import contains

from loaders.contracts.model import TextLayout
from loaders.landing.copy_form import copy_line, copy_lines
from loaders.landing.readers.blocks import Block
from loaders.landing.readers.lines import TOTAL_MARK, Line, is_total, line_of
from loaders.landing.readers.reading import PlainRun

TAB = b"\t"
# Files that were put together keep the mark of each; old DOS programs end a file with ^Z.
MARK, END_OF_FILE = "\ufeff", "\x1a"


def is_blank(content: str, delimiter: str) -> bool:
    """Whether a line has no value, or nothing but blanks without a delimiter."""
    if delimiter in content:
        return not content.strip(delimiter)
    return not content.strip().strip(END_OF_FILE)


class Cursor:
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
