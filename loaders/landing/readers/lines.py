"""Physical lines of a text file, decoded one by one.

Goes in: a binary stream. Comes out: lines with number, offset and text. A line that cannot
be decoded is marked, so that the others of its file can still be used. Splitting by LF
before decoding is safe in UTF-8 and GB18030; splitting by anything else is not: a GB18030
character may end with the byte of `|`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple

from loaders.landing.refusal import FileRefusedError

BOM = b"\xef\xbb\xbf"
TOTAL_MARKS = ("合计",)


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
    """All lines of a stream; an UTF-8 byte order mark is dropped."""
    codec = (encoding or "utf-8").lower()
    is_utf8 = codec in ("utf-8", "utf8", "utf-8-sig")
    codec = "utf-8" if is_utf8 else codec
    offset = 0
    for number, raw in enumerate(_buffered(stream), start=1):
        rule = None
        body = raw.removeprefix(BOM) if number == 1 and is_utf8 else raw
        try:
            text = body.decode(codec)
        except UnicodeDecodeError:
            text = body.decode(codec, "replace")
            rule = "undecodable"
        if "\x00" in text:
            rule = "nul_byte"
        yield Line(number, offset, text, raw, rule)
        offset += len(raw)


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
    return first_cell is not None and first_cell.strip().startswith(TOTAL_MARKS)


def _buffered(stream: IO[bytes]) -> IO[bytes]:
    # A zip member reads line by line in Python unless something buffers it.
    if isinstance(stream, io.BufferedReader):
        return stream
    return io.BufferedReader(stream, 1 << 18)  # type: ignore[type-var]
