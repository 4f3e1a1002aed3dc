"""Which lines of a block are plain, found for a whole block at a time.

A plain line has as many delimiters as the header, no open quote and no NUL, and something
in every key column: it can go into COPY as it is. All others are odd and looked at one by
one. Both ways must mean the same: a line is called odd sooner than plain.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from loaders.contracts.model import TextLayout
from loaders.landing.copy_form import copy_data, copy_line
from loaders.landing.readers.blocks import Block
from loaders.landing.readers.lines import TOTAL_MARK, is_total

TAB, LF, QUOTE, NUL = b"\t", b"\n", b'"', b"\x00"
# What a value can begin with that is blank: the wide spaces begin with one of the last
# four, and a backslash begins a TAB that was escaped.
BLANKS = np.frombuffer(b"\t\n \x0b\x0c\x1c\x1d\x1e\x1f\\\xc2\xe1\xe2\xe3", np.uint8)
# Files that were put together keep the mark of each; old DOS programs end a file with ^Z.
MARK, END_OF_FILE = "\ufeff", "\x1a"


def is_blank(content: str, delimiter: str) -> bool:
    """Whether a line has no value, or nothing but blanks without a delimiter."""
    if delimiter in content:
        return not content.strip(delimiter)
    return not content.strip().strip(END_OF_FILE)


@dataclass
class PlainLines:
    """What makes lines of one file plain; asked once per block."""

    layout: TextLayout
    nulls: frozenset[str]
    header: str
    names: list[str]
    key_places: Sequence[int]
    null_words: list[bytes] = field(init=False)

    def __post_init__(self) -> None:
        delimiter = self.layout.delimiter
        self._delimiter = delimiter.encode()
        self._due = len(self.names) - (0 if self.layout.trailing_delimiter else 1)
        # A word for null can be made empty only where empty means null, too.
        words = sorted(self.nulls - {""}) if "" in self.nulls else []
        self.null_words = [copy_data(word.encode(), self._delimiter, ()) for word in words]
        # Where the header comes again it may be quoted in another way.
        self._headers = {self.header, delimiter.join(self.names)}
        self._header_lines = {
            copy_data(text.encode(), self._delimiter, ()) for text in self._headers
        }

    def of(self, block: Block) -> tuple[list[bytes], list[int]]:
        """The lines in the form of COPY, and the places of the odd ones."""
        if block.rule:
            return [b""], [0]
        data = copy_data(block.utf8, self._delimiter, self.null_words)
        if not data.endswith(LF):
            data += LF
        lines = data.split(LF)
        lines.pop()
        odd = self._misfits(data, len(lines))
        if self.layout.quote and QUOTE in data:
            quoted = _lines_with(data, QUOTE)
            odd |= quoted
            if "" in self.nulls:
                odd -= self._unquote(block, lines, sorted(quoted))
        odd |= self._noise(block, lines)
        if self.layout.trailing_delimiter:
            odd |= {i for i, line in enumerate(lines) if not line.endswith(TAB)}
        return lines, sorted(odd)

    def is_noise(self, row: Sequence[str]) -> bool:
        """Whether a row is a total, or the header again, with the mark of its file."""
        if is_total(row[0]):
            return True
        return [row[0].removeprefix(MARK), *row[1:]] == self.names or row == self.names

    def _misfits(self, data: bytes, count: int) -> set[int]:
        """Lines with another number of delimiters, a NUL, or an empty key column."""
        codes = np.frombuffer(data, np.uint8)
        ends = np.flatnonzero(codes == LF[0])
        tabs = np.flatnonzero(codes == TAB[0])
        # How many TABs come before the end of each line.
        after = np.searchsorted(tabs, ends)
        regular = np.flatnonzero(np.diff(after, prepend=0) == self._due)
        odd = set(range(count)) - set(regular.tolist()) if len(regular) < count else set()
        begins = np.concatenate(([0], ends[:-1] + 1))
        for place in self.key_places:
            before = after[regular] - self._due + place
            start = begins[regular] if place == 0 else tabs[before - 1] + 1
            odd |= set(regular[np.isin(codes[start], BLANKS)].tolist())
        if NUL in data:
            odd |= _lines_with(data, NUL)
        return odd

    def _noise(self, block: Block, lines: list[bytes]) -> set[int]:
        """Totals, the header again, lines that hold delimiters only."""
        odd: set[int] = set()
        if TOTAL_MARK in block.text:
            mark = TOTAL_MARK.encode()
            odd |= {i for i, line in enumerate(lines) if mark in line.split(TAB, 1)[0]}
        if any(header in block.text for header in self._headers):
            again, mark = self._header_lines, MARK.encode()
            odd |= {i for i, line in enumerate(lines) if line.removeprefix(mark) in again}
        delimiter = self.layout.delimiter
        if not self._due or delimiter * self._due in block.text:
            # Known by what was sent: words for null have been made empty in `lines`.
            texts = enumerate(block.text_lines)
            odd |= {i for i, t in texts if is_blank(t.removesuffix("\r"), delimiter)}
        return odd

    def _unquote(self, block: Block, lines: list[bytes], quoted: list[int]) -> set[int]:
        """Make plain the lines whose quotes open and close in the line; returns which.

        Nothing is made plain when one of them would go on in the next line after all.
        """
        closed: dict[int, str] = {}
        for i, text in zip(quoted, _texts_at(block, quoted), strict=True):
            if text.count('"') % 2 == 0 and "\r" not in text.rstrip("\n").removesuffix(
                "\r"
            ):
                closed[i] = text
        delimiter = self.layout.delimiter
        try:
            rows = list(csv.reader(closed.values(), delimiter=delimiter, strict=True))
        except csv.Error:
            return set()
        if len(rows) != len(closed):
            return set()
        made: set[int] = set()
        more_nulls = self.nulls - {""}
        for i, row in zip(closed, rows, strict=True):
            if len(row) != len(self.names) or not any(row) or self.is_noise(row):
                continue
            if (
                not all(row[place].strip() for place in self.key_places)
                or "\x00" in closed[i]
            ):
                continue
            values = ["" if v in more_nulls else v for v in row] if more_nulls else row
            lines[i] = copy_line(values, "").encode()
            made.add(i)
        return made


def _lines_with(data: bytes, mark: bytes) -> set[int]:
    codes = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(codes == LF[0])
    return set(np.searchsorted(ends, np.flatnonzero(codes == mark[0])).tolist())


def _texts_at(block: Block, places: Iterable[int]) -> list[str]:
    """Some lines of a block as they were delivered, line ends included."""
    data = block.utf8
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == LF[0]).tolist()
    begins = [0, *(end + 1 for end in ends), len(data)]
    return [data[begins[i] : begins[i + 1]].decode() for i in places]
