"""Physical lines of a text file, and what is known of them before they are taken apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple

from loaders.landing.readers.blocks import Block, read_blocks
from loaders.landing.refusal import FileRefusedError

TOTAL_MARK = "合计"


class Line(NamedTuple):
    """One physical line with its line end; `rule` names what is wrong with its bytes."""

    number: int
    offset: int
    text: str
    raw: bytes
    rule: str | None

    @property
    def content(self) -> str:
        """The text without its line end."""
        return self.text.removesuffix("\n").removesuffix("\r")


def read_lines(stream: IO[bytes], encoding: str | None) -> Iterator[Line]:
    """All lines of a stream; a byte order mark is dropped. Raises: FileRefusedError."""
    for block in read_blocks(stream, encoding):
        for place in range(len(block.text_lines)):
            yield line_of(block, place)


def line_of(block: Block, place: int) -> Line:
    """One line of a block."""
    raw = block.raw_lines[place]
    # Only a file's last line can lack its end.
    ends = place + 1 < len(block.raw_lines) or block.text.endswith("\n")
    text = block.text_lines[place] + ("\n" if ends else "")
    rule = "nul_byte" if "\x00" in text else block.rule
    number, offset = block.number + place, block.offsets[place]
    return Line(number, offset, text, raw, rule)


def first_fault(lines: Sequence[Line]) -> str | None:
    """The rule that the bytes of a record break, if they break one."""
    return next((line.rule for line in lines if line.rule), None)


def header_of(line: Line | None, names: Sequence[str]) -> list[str]:
    """The column names of a header.

    Raises: FileRefusedError when there is none, or none that can be relied on.
    """
    if line is None:
        raise FileRefusedError("the file has no header line")
    if line.rule:
        raise FileRefusedError(f"the header line breaks the rule {line.rule}")
    return distinct_names(names)


def distinct_names(names: Sequence[str]) -> list[str]:
    """The names without blanks around them. Raises: FileRefusedError on a name twice."""
    clean = [name.strip() for name in names]
    twice = [str(place) for place, name in enumerate(clean, 1) if clean.count(name) > 1]
    if twice:
        # Where the header is missing these are values: places may be said, names not.
        raise FileRefusedError(f"the header names columns twice: {', '.join(twice)}")
    return clean


def is_total(first_cell: str | None) -> bool:
    """Whether a row with this first cell is a total, not data."""
    return first_cell is not None and first_cell.strip().startswith(TOTAL_MARK)
