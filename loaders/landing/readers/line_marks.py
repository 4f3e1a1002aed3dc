"""Where the lines of a block and their TABs are, found with a few passes over all bytes.

Goes in: lines in COPY's text form; all end with LF, or all with CR LF. Comes out: arrays
with a place per line, so that questions about lines need no loop over them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loaders.landing.copy_form import CR, CRLF, LF, TAB

Flags = NDArray[np.bool_]
Places = NDArray[np.intp]


class LineMarks:
    """The marks of some lines; `lengths` are without line ends."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.codes = np.frombuffer(data, np.uint8)
        # TAB and LF are neighbours: what is below TAB turns into something large.
        self._stops = np.flatnonzero(self.codes - np.uint8(TAB[0]) < 2)
        # Which of the stops are line ends.
        self._last = np.flatnonzero(self.codes[self._stops] == LF[0])
        self._ends = self._stops[self._last]
        self._has_cr = data.endswith(CRLF)
        self.begins: Places = np.concatenate(([0], self._ends[:-1] + 1))
        self.lengths: Places = self._ends - self.begins - self._has_cr
        self.tab_counts: Places = np.diff(self._last, prepend=-1) - 1

    def lines(self) -> list[bytes]:
        """All lines without their ends."""
        if not self._has_cr:
            return self.data.split(LF)[:-1]
        # Two LF at the end of each: a single byte is found much faster than a pair.
        both = self.codes - (self.codes == CR[0]) * np.uint8(CR[0] - LF[0])
        data: bytes = both.tobytes()
        return data.split(LF)[:-1:2]

    def line(self, place: int) -> bytes:
        """One line without its end."""
        begin = self.begins[place]
        return self.data[begin : begin + self.lengths[place]]

    def lines_with(self, mark: bytes) -> Places:
        """The places of the lines in which this byte stands."""
        found = np.flatnonzero(self.codes == mark[0])
        # How many there are before the end of each line.
        before = np.searchsorted(found, self._ends)
        return np.flatnonzero(np.diff(before, prepend=0))

    def begin_with(self, word: bytes) -> Flags:
        """Which lines begin with these bytes."""
        same = np.ones(len(self.begins), np.bool_)
        for place, code in enumerate(word):
            # The last line ends before some of these places: with LF, which is in no word.
            same &= self.codes[np.minimum(self.begins + place, self._ends)] == code
        return same

    def cell_starts(self, place: int, width: int, which: Places | slice) -> Places:
        """Where a cell begins, of lines with so many TABs."""
        if place == 0:
            return self.begins[which]
        return self._stops[self._last[which] - width + place - 1] + 1
