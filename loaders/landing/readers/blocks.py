"""Text files in blocks of whole lines, decoded a block at a time.

Goes in: a binary stream. Comes out: blocks of about a megabyte that end at a line end, with
the number and the byte offset of their first line. A block with bytes that are not in the
encoding is halved until the lines with the fault stand alone. LF never is part of another
character in UTF-8 and GB18030; in UTF-16 it is looked for at even offsets only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import IO

import numpy as np
from numpy.typing import NDArray

from loaders.landing.copy_form import LF
from loaders.landing.readers.encoding import codec_of, is_common_utf8
from loaders.landing.refusal import FileRefusedError

BLOCK = 1 << 20
LONGEST_LINE = 1 << 24
# So many characters beyond ASCII are not UTF-8 by chance: each has its chance of 1 in 30.
TELLING = 8


@dataclass(frozen=True)
class Block:
    """Whole physical lines; `rule` names what is wrong with the bytes of a single one."""

    number: int
    offset: int
    raw: bytes
    codec: str
    rule: str | None = None

    @cached_property
    def text(self) -> str:
        """The text; what cannot be decoded is replaced only where a rule says so."""
        return self.raw.decode(self.codec, "replace" if self.rule else "strict")

    @cached_property
    def utf8(self) -> bytes:
        """The text as UTF-8, whatever it was delivered in."""
        if self.codec == "utf-8" and self.rule is None:
            return self.raw
        return self.text.encode("utf-8", "replace")

    @cached_property
    def raw_lines(self) -> list[bytes]:
        """The lines as delivered, line ends included."""
        return _split(self.raw, _line_end(self.codec))

    @cached_property
    def text_lines(self) -> list[str]:
        """The decoded lines without LF."""
        return self.text.removesuffix("\n").split("\n")

    @cached_property
    def line_ends(self) -> NDArray[np.intp]:
        """Where LF stands in the text as UTF-8."""
        return np.flatnonzero(np.frombuffer(self.utf8, np.uint8) == LF[0])

    @cached_property
    def line_count(self) -> int:
        if self.rule:
            return 1
        return len(self.line_ends) + (not self.utf8.endswith(LF))

    @cached_property
    def offsets(self) -> list[int]:
        """The byte at which each line of this block begins in its file."""
        return list(accumulate(map(len, self.raw_lines), initial=self.offset))


def read_blocks(stream: IO[bytes], encoding: str | None) -> Iterator[Block]:
    """All blocks of a stream; a byte order mark is believed and dropped.

    Raises: FileRefusedError when a line has no end within 16 megabytes, and when a block
    that should be GB18030 is UTF-8: it would decode, into other characters.
    """
    rest = stream.read(BLOCK)
    codec, offset = codec_of(rest, encoding)
    end = _line_end(codec)
    number = 1
    rest = rest[offset:]
    more = bool(rest)
    while more:
        cut = _last_line_end(rest, end)
        if codec == "gb18030":
            _refuse_utf8(rest[:cut])
        for block in _decoded(rest[:cut], codec, number, offset):
            yield block
            number += block.line_count
        offset += cut
        chunk = stream.read(BLOCK)
        rest, more = rest[cut:] + chunk, bool(chunk)
    # The last line may lack its end.
    if codec == "gb18030" and number == 1:
        _refuse_utf8(rest)
    yield from _decoded(rest, codec, number, offset)


def _line_end(codec: str) -> bytes:
    return {"utf-16-le": b"\n\x00", "utf-16-be": b"\x00\n"}.get(codec, b"\n")


def _last_line_end(data: bytes, end: bytes) -> int:
    """Where the last whole line ends; 0 when there is none."""
    at = data.rfind(end)
    while at % len(end) and at > 0:
        at = data.rfind(end, 0, at + len(end) - 1)
    if at < 0 or at % len(end):
        if len(data) > LONGEST_LINE:
            raise FileRefusedError(
                f"a line is longer than {LONGEST_LINE >> 20} MB: no line end when due"
            )
        return 0
    return at + len(end)


def _split(data: bytes, end: bytes) -> list[bytes]:
    if len(end) == 1:
        lines = data.split(end)
    else:
        lines, start, at = [], 0, data.find(end)
        while at >= 0:
            if at % 2 == 0:
                lines.append(data[start:at])
                start = at + 2
            at = data.find(end, at + 1)
        lines.append(data[start:])
    last = lines.pop()
    return [line + end for line in lines] + ([last] if last else [])


def _decoded(raw: bytes, codec: str, number: int, offset: int) -> Iterator[Block]:
    """The block, or its parts: good ones as long as possible, bad ones of one line."""
    if not raw:
        return
    block = Block(number, offset, raw, codec)
    if _can_be_decoded(block):
        yield block
        return
    lines = _split(raw, _line_end(codec))
    if len(lines) == 1:
        yield Block(number, offset, raw, codec, "undecodable")
        return
    half = len(lines) // 2
    for part, first in ((lines[:half], 0), (lines[half:], half)):
        where = offset + sum(map(len, lines[:first]))
        yield from _decoded(b"".join(part), codec, number + first, where)


def _can_be_decoded(block: Block) -> bool:
    # Of UTF-8 the text itself is seldom asked for: its bytes go through as they are.
    if block.codec == "utf-8" and (block.raw.isascii() or is_common_utf8(block.raw)):
        return True
    try:
        _decoded_now = block.text
    except UnicodeDecodeError:
        return False
    return True


def _refuse_utf8(raw: bytes) -> None:
    # Text in GB18030 ends this at its first character: it costs nothing.
    if raw.isascii():
        return
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return
    if sum(map("\x7f".__lt__, text)) >= TELLING:
        raise FileRefusedError("the file is in UTF-8, the contract says gb18030")
