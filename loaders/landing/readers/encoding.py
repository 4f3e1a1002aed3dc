"""Which encoding the bytes of a document are in, by its mark or else by its contract."""

from __future__ import annotations

import codecs

import numpy as np

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Codecs that look for a mark themselves would write one with every value encoded.
WITHOUT_MARK = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}


def codec_of(head: bytes, encoding: str | None) -> tuple[str, int]:
    """Codec and length of the byte order mark; the mark is believed before the contract."""
    for bom, codec in BOMS:
        if head.startswith(bom):
            return codec, len(bom)
    name = codecs.lookup(encoding or "utf-8").name
    return WITHOUT_MARK.get(name, name), 0


def exact_errors(codec: str) -> str:
    """How to decode so that what cannot be decoded becomes the same bytes again."""
    return "surrogatepass" if codec.startswith("utf-16") else "surrogateescape"


def is_common_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8 of the kind that most texts are, found without decoding.

    A no says nothing: characters of four bytes, a few scripts that no county here writes
    in and data that does not end with ASCII are left to the decoder.
    """
    codes = np.frombuffer(data, np.uint8)
    if len(codes) < 2 or codes[-1] >= 0x80 or codes.max() >= 0xF0:
        return False
    # 0xC0 to 0xDF begin two bytes and 0xE0 to 0xEF three; 0x80 to 0xBF, below -64 as signed
    # numbers, go on. Of C0, C1, E0 and ED not everything that can follow is allowed.
    due = codes[:-1] >= 0xC0
    due[1:] |= codes[:-2] >= 0xE0
    goes_on = codes.view(np.int8) < -64
    if goes_on[0] or not np.array_equal(due, goes_on[1:]):
        return False
    return not any((codes == code).any() for code in (0xC0, 0xC1, 0xE0, 0xED))
