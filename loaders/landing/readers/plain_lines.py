"""Which lines of a block are plain, found for a whole block at a time.

A plain line has as many delimiters as the header, no open quote and no NUL, and something
in every key column that is short enough for a key: it can go into COPY as it is. All others
are odd and looked at one by one. Both ways must mean the same: a line is called odd sooner
than plain.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from loaders.contracts.model import TextLayout
from loaders.landing.copy_form import CR, LF, TAB, copy_data, copy_line
from loaders.landing.readers.blocks import Block
from loaders.landing.readers.line_marks import Flags, LineMarks, Places
from loaders.landing.readers.lines import TOTAL_MARK, is_total
from loaders.landing.readers.quoted_lines import QUOTE, is_easy, without_quotes
from loaders.landing.readers.reading import LONGEST_KEY

NUL, TOTAL = b"\x00", TOTAL_MARK.encode()
# What a value can begin with that is blank: the wide spaces begin with one of the last
# four, a backslash begins a TAB that was escaped, and CR ends a line with an empty value.
BLANKS = b"\t\n\r \x0b\x0c\x1c\x1d\x1e\x1f\\\xc2\xe1\xe2\xe3"
IS_BLANK = np.isin(np.arange(256), np.frombuffer(BLANKS, np.uint8))
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
        self._header_lines = {
            copy_data(text.encode(), self._delimiter, ())
            for text in (self.header, delimiter.join(self.names))
        }

    def of(self, block: Block) -> tuple[list[bytes], list[int]]:
        """The lines in the form of COPY, and the places of the odd ones."""
        if block.rule:
            return [b""], [0]
        data = copy_data(block.utf8, self._delimiter, self.null_words)
        if not data.endswith(LF):
            data += LF
        marks = LineMarks(data)
        lines = marks.lines()
        odd = self._misfits(marks)
        if self.layout.quote and QUOTE in data:
            quoted = marks.lines_with(QUOTE)
            odd[quoted] = True
            if "" in self.nulls:
                odd[self._unquote(block, lines, quoted)] = False
        odd |= self._noise(marks)
        return lines, np.flatnonzero(odd).tolist()

    def is_noise(self, row: Sequence[str]) -> bool:
        """Whether a row is a total, or the header again, with the mark of its file."""
        if is_total(row[0]):
            return True
        return [row[0].removeprefix(MARK), *row[1:]] == self.names or row == self.names

    def _misfits(self, marks: LineMarks) -> Flags:
        """Lines with another number of delimiters, a NUL, or an empty key column."""
        odd: Flags = marks.tab_counts != self._due
        regular = np.flatnonzero(~odd) if odd.any() else slice(None)
        for place in self.key_places:
            blank = IS_BLANK[marks.codes[marks.cell_starts(place, self._due, regular)]]
            odd[regular] |= blank
        self._find_long_keys(marks, odd)
        if self.layout.trailing_delimiter:
            odd |= marks.codes[marks.begins + marks.lengths - 1] != TAB[0]
        if NUL in marks.data:
            odd[marks.lines_with(NUL)] = True
        return odd

    def _find_long_keys(self, marks: LineMarks, odd: Flags) -> None:
        """Call lines odd that hold too much in a key column; few are long enough for it."""
        long = np.flatnonzero(~odd & (marks.lengths > LONGEST_KEY))
        if not long.size:
            return
        for place in self.key_places:
            begins = marks.cell_starts(place, self._due, long)
            if place < self._due:
                ends = marks.cell_starts(place + 1, self._due, long) - 1
            else:
                ends = marks.begins[long] + marks.lengths[long]
            odd[long] |= ends - begins > LONGEST_KEY

    def _noise(self, marks: LineMarks) -> Flags:
        """Totals, the header again, lines that hold delimiters only."""
        first, length = marks.codes[marks.begins], marks.lengths
        if self._due:
            # Where words for null were made empty it is more than such a line.
            odd: Flags = length == self._due
        else:
            odd = IS_BLANK[first] | (first == END_OF_FILE.encode()[0])
        blank = IS_BLANK[first] & (first != TAB[0])
        for place in np.flatnonzero(blank | marks.begin_with(TOTAL)).tolist():
            odd[place] |= TOTAL in marks.line(place).split(TAB, 1)[0]
        mark = MARK.encode()
        for header in self._header_lines:
            alike = (length == len(header)) | (length == len(header) + len(mark))
            for place in np.flatnonzero(alike).tolist():
                odd[place] |= marks.line(place).removeprefix(mark) == header
        return odd

    def _unquote(self, block: Block, lines: list[bytes], quoted: Places) -> list[int]:
        """Make plain the lines whose quotes open and close in the line; returns which."""
        raw = dict(zip(quoted.tolist(), _raw_at(block, quoted), strict=True))
        made = self._unquote_easy(raw, lines)
        for i in made:
            del raw[i]
        return made + self._unquote_others(raw, lines)

    def _unquote_easy(self, raw: dict[int, bytes], lines: list[bytes]) -> list[int]:
        """Make plain those that need not be read as CSV."""
        easy = [i for i, line in raw.items() if is_easy(line)]
        if not easy or len(self._delimiter) > 1:
            return []
        data, wrong = without_quotes([raw[i] for i in easy], self._delimiter)
        marks = LineMarks(copy_data(data, TAB, self.null_words))
        wrong |= self._misfits(marks) | self._noise(marks)
        made = [
            (i, line)
            for i, line, is_wrong in zip(easy, marks.lines(), wrong.tolist(), strict=True)
            if not is_wrong
        ]
        for i, line in made:
            lines[i] = line
        return [i for i, _ in made]

    def _unquote_others(self, raw: dict[int, bytes], lines: list[bytes]) -> list[int]:
        """Make plain those that `csv` can read.

        Nothing is made plain when one of them would go on in the next line after all.
        """
        closed = {
            i: line.decode()
            for i, line in raw.items()
            if line.count(QUOTE) % 2 == 0 and CR not in line
        }
        delimiter = self.layout.delimiter
        try:
            rows = list(csv.reader(closed.values(), delimiter=delimiter, strict=True))
        except csv.Error:
            return []
        if len(rows) != len(closed):
            return []
        made: list[int] = []
        more_nulls = self.nulls - {""}
        for i, row in zip(closed, rows, strict=True):
            if len(row) != len(self.names) or not any(row) or self.is_noise(row):
                continue
            keys = [row[place] for place in self.key_places]
            if not all(key.strip() for key in keys) or "\x00" in closed[i]:
                continue
            if any(len(key.encode()) > LONGEST_KEY for key in keys):
                continue
            values = ["" if v in more_nulls else v for v in row] if more_nulls else row
            lines[i] = copy_line(values, "").encode()
            made.append(i)
        return made


def _raw_at(block: Block, places: Places) -> list[bytes]:
    """Some lines of a block as they were delivered, without their ends, in UTF-8."""
    data, ends = block.utf8, block.line_ends
    begins = np.concatenate(([0], ends + 1))[places].tolist()
    stops = np.append(ends, len(data.removesuffix(LF)))[places].tolist()
    return [data[i:j].removesuffix(CR) for i, j in zip(begins, stops, strict=True)]
