"""Which lines of a block are plain, found for a whole block at a time.

A plain line has as many delimiters as the header, no quote and no NUL, and something in
every key column: it can go into COPY as it is. All others are odd and looked at one by one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from loaders.contracts.model import TextLayout
from loaders.landing.copy_form import copy_data, copy_line
from loaders.landing.readers.blocks import Block
from loaders.landing.readers.lines import TOTAL_MARK, is_total

TAB, LF, QUOTE, NUL = b"\t", b"\n", b'"', b"\x00"
# What a value can begin with that is blank; these bytes begin the wide spaces, too.
BLANKS = np.frombuffer(b"\t\n \xc2\xe1\xe2\xe3", np.uint8)
Places = NDArray[np.int64]


@dataclass
class PlainLines:
    """What makes lines of one file plain; asked once per block."""

    layout: TextLayout
    nulls: frozenset[str]
    names: Sequence[str]
    header: str
    key_places: Sequence[int]
    null_words: list[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self._delimiter = self.layout.delimiter.encode()
        self._due = len(self.names) - (0 if self.layout.trailing_delimiter else 1)
        # A word for null can be made empty only where empty means null, too.
        words = sorted(self.nulls - {""}) if "" in self.nulls else []
        self.null_words = [copy_data(word.encode(), self._delimiter, ()) for word in words]
        self._header_line = copy_data(self.header.encode(), self._delimiter, ())

    def of(self, block: Block) -> tuple[list[bytes], list[int]]:
        """The lines in the form of COPY, and the places of the odd ones."""
        if block.rule:
            return [b""], [0]
        data = copy_data(block.utf8, self._delimiter, self.null_words)
        if not data.endswith(LF):
            data += LF
        lines = data.split(LF)
        lines.pop()
        odd = self._odd_places(data, len(lines))
        odd |= self._noise(block, lines)
        if self.layout.quote and QUOTE in data:
            quoted = _lines_with(data, QUOTE)
            odd |= quoted
            if "" in self.nulls:
                odd -= self._unquote(block, lines, sorted(quoted))
        if self.layout.trailing_delimiter:
            odd |= {i for i, line in enumerate(lines) if not line.endswith(TAB)}
        return lines, sorted(odd)

    def _odd_places(self, data: bytes, count: int) -> set[int]:
        """Lines with another number of delimiters, a NUL, or an empty key column."""
        codes = np.frombuffer(data, np.uint8)
        ends = np.flatnonzero(codes == LF[0])
        tabs = np.flatnonzero(codes == TAB[0])
        after = np.searchsorted(tabs, ends)
        found = np.diff(after, prepend=0)
        regular = np.flatnonzero(found == self._due)
        odd = set(range(count)) - set(regular.tolist()) if len(regular) < count else set()
        if len(regular) and self.key_places:
            begins = np.concatenate(([0], ends[:-1] + 1))
            for place in self.key_places:
                first = after[regular] - self._due + place
                start = begins[regular] if place == 0 else tabs[first - 1] + 1
                blank = np.isin(codes[start], BLANKS)
                odd |= set(regular[blank].tolist())
        if NUL in data:
            odd |= _lines_with(data, NUL)
        return odd

    def _noise(self, block: Block, lines: list[bytes]) -> set[int]:
        """Totals, the header again, lines that hold delimiters only."""
        odd: set[int] = set()
        if TOTAL_MARK in block.text:
            mark = TOTAL_MARK.encode()
            odd |= {i for i, line in enumerate(lines) if line.lstrip().startswith(mark)}
        if self.header in block.text:
            odd |= {i for i, line in enumerate(lines) if line == self._header_line}
        if self.layout.delimiter * max(self._due, 1) in block.text or not self._due:
            # Known by what was sent: words for null have been made empty in `lines`.
            ends = f"{self.layout.delimiter}\r\n"
            odd |= {i for i, text in enumerate(block.text_lines) if not text.strip(ends)}
        return odd

    def _unquote(self, block: Block, lines: list[bytes], quoted: list[int]) -> set[int]:
        """Make plain the lines whose quotes open and close in the line; returns which.

        Nothing is made plain when one of them would go on in the next line after all.
        """
        texts = _texts_at(block, quoted)
        closed = [
            i for i, text in zip(quoted, texts, strict=True) if not text.count('"') % 2
        ]
        reader = csv.reader(
            (text for text in texts if not text.count('"') % 2),
            delimiter=self.layout.delimiter,
            strict=True,
        )
        try:
            rows = list(reader)
        except csv.Error:
            return set()
        if len(rows) != len(closed):
            return set()
        made: set[int] = set()
        more_nulls = self.nulls - {""}
        for i, row in zip(closed, rows, strict=True):
            keys_filled = all(
                place < len(row) and row[place].strip() for place in self.key_places
            )
            if len(row) != len(self.names) or not keys_filled or self._is_noise(row):
                continue
            values = ["" if v in more_nulls else v for v in row] if more_nulls else row
            lines[i] = copy_line(values, "").encode()
            made.add(i)
        return made

    def _is_noise(self, row: list[str]) -> bool:
        return (
            row == self.names or is_total(row[0]) or any("\x00" in value for value in row)
        )


def _lines_with(data: bytes, mark: bytes) -> set[int]:
    codes = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(codes == LF[0])
    return set(np.searchsorted(ends, np.flatnonzero(codes == mark[0])).tolist())


def _texts_at(block: Block, places: Iterable[int]) -> list[str]:
    """Some lines of a block as they were delivered, line ends included."""
    data = block.utf8
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == LF[0]).tolist()
    begins = [0, *(end + 1 for end in ends)]
    return [
        data[begins[i] : begins[i + 1] if i < len(ends) else None].decode() for i in places
    ]
