"""Which encoding the bytes of a document are in, by its mark or else by its contract."""

from __future__ import annotations

import codecs

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
