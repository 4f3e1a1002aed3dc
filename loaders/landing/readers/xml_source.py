"""The bytes of an XML document: handed to the parser, and found again for a reject.

expat reads UTF-8 and UTF-16; other encodings are put into UTF-8 on the way, and places in
that text are counted back into bytes of the file.
"""

from __future__ import annotations

import codecs
import re

from loaders.landing.readers.encoding import BOMS, exact_errors
from loaders.landing.refusal import FileRefusedError

DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
# Without a byte order mark UTF-16 shows by how the first `<` is written.
UNMARKED = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
READ_BY_EXPAT = {"utf-8", "ascii", "utf-16-le", "utf-16-be"}
# Each with the codec that knows all of its characters.
TRANSLATED = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "iso8859-1": "latin-1",
    "cp1252": "cp1252",
}


class XmlSource:
    """What the parser was given, from the last place on that a record may need."""

    def __init__(self, head: bytes, encoding: str | None) -> None:
        codec = _codec_of(head, encoding)
        # What the parser is told to read; None of its own guesses.
        self.codec = codec if codec in READ_BY_EXPAT else "utf-8"
        # How many bytes the parser was given.
        self.given = 0
        self._buffer = b""
        self._base = 0
        self._codec = codec
        self._decoder = None
        if codec not in READ_BY_EXPAT:
            self._decoder = codecs.getincrementaldecoder(codec)(exact_errors(codec))
        self._lines = 1
        self._counted = (0, 0)

    def give(self, chunk: bytes) -> bytes:
        """The next bytes of the file as the parser reads them; empty: the end.

        Raises: FileRefusedError on bytes that are not in the document's encoding.
        """
        if self._decoder is not None:
            chunk = self._translated(self._decoder.decode(chunk, final=not chunk))
        self._buffer += chunk
        self.given += len(chunk)
        return chunk

    def forget(self, before: int) -> None:
        """Nothing before this place will be asked for."""
        if before > self._base:
            self.offset(before)
            self._buffer = self._buffer[before - self._base :]
            self._base = before

    def offset(self, place: int) -> int:
        """The byte of the file at a place of the parser; places must not go back."""
        if self._decoder is None:
            return place
        start, counted = self._counted
        counted += len(self._original(start, place))
        self._counted = (place, counted)
        return counted

    def raw(self, start: int, end: int) -> bytes:
        """The bytes of the file between two places of the parser."""
        return self._original(start, end)

    def end_of_tag(self, place: int) -> int:
        """The place behind an end tag; an empty element has ended already."""
        rest = self._buffer[place - self._base :]
        opening, closing = "</".encode(self.codec), ">".encode(self.codec)
        if not rest.startswith(opening):
            return place
        width = len(closing)
        at = rest.index(closing)
        while at % width:
            at = rest.index(closing, at + 1)
        return place + at + width

    def _original(self, start: int, end: int) -> bytes:
        part = self._buffer[start - self._base : end - self._base]
        return part if self._decoder is None else part.decode().encode(self._codec)

    def _translated(self, text: str) -> bytes:
        try:
            chunk = text.encode()
        except UnicodeEncodeError as error:
            line = self._lines + text.count("\n", 0, error.start)
            raise FileRefusedError(
                f"line {line}: bytes that are not in the document's encoding"
            ) from error
        self._lines += text.count("\n")
        return chunk


def _codec_of(head: bytes, encoding: str | None) -> str:
    for mark, codec in (*BOMS, *UNMARKED):
        if head.startswith(mark):
            return codec
    declared = DECLARED.match(head)
    name = declared[1].decode("ascii") if declared else encoding or "utf-8"
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        codec = ""
    if codec in ("utf-8-sig", "utf-16"):
        # Nothing in the bytes bears UTF-16 out; the parser will say what is wrong.
        return "utf-8"
    if codec in READ_BY_EXPAT:
        return codec
    if codec not in TRANSLATED:
        raise FileRefusedError("the document declares an encoding that is not supported")
    return TRANSLATED[codec]
