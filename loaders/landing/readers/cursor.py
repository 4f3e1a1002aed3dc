"""Where the reading of delimited text is: runs of plain lines, and the odd ones between.

Goes in: blocks of a file. Comes out: runs of lines that need no taking apart, already in
the form of COPY, and between them the lines that do, one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loaders.landing.readers.blocks import Block
from loaders.landing.readers.lines import Line, line_of
from loaders.landing.readers.plain_lines import PlainLines
from loaders.landing.readers.reading import PlainRun


class Cursor:
    """In which block, at which line, with which lines taken back."""

    def __init__(self, blocks: Iterator[Block]) -> None:
        self._blocks = blocks
        self._plain: PlainLines | None = None
        self._block: Block | None = None
        self._count = 0
        self._lines: list[bytes] = []
        self._odd: list[int] = []
        self._at = 0
        self._taken_back: list[Line] = []

    @property
    def width(self) -> int:
        """The number of columns; none before the header is known."""
        return len(self._plain.names) if self._plain else 0

    def expect(self, plain: PlainLines) -> None:
        """From here on there are plain lines, too."""
        self._plain = plain
        if self._block is not None:
            self._find_plain_lines(self._block)

    def is_noise(self, row: Sequence[str]) -> bool:
        """Whether a row is a total, or the header again."""
        return self._plain is not None and self._plain.is_noise(row)

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
