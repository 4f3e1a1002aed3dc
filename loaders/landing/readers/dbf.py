"""Tables of dBase III and its kin: a header, then records of one fixed length.

A record is numbered by its place in the file, deleted ones included, so that it can be
found again; deleted records are no data rows. The contract says the encoding: what
programs write into the code page byte is rarely true.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple

from loaders.contracts.model import Contract
from loaders.landing.readers.lines import distinct_names
from loaders.landing.readers.reading import BadRecord, PageOne, Reading, Record
from loaders.landing.refusal import FileRefusedError

BLOCK = 1 << 18
PREFIX = 32
DESCRIPTOR = 32
END_OF_FIELDS = b"\r"
END_OF_DATA = b"\x1a"
# dBase III and later, and Visual FoxPro, without a memo file.
PLAIN = {0x03, 0x30, 0x31}
WITH_MEMO = {0x83, 0x8B, 0xCB, 0xF5, 0xFB}
# Character, number, date, logical, floating: all of them are kept as text in the record.
TEXT_TYPES = frozenset("CNDLF")
# Numbers stand at the right of their field, so their padding is on the left.
RIGHT_ALIGNED = frozenset("NF")
LIVE, DELETED = 0x20, 0x2A


class Field(NamedTuple):
    """One column: where its bytes stand in a record."""

    name: str
    kind: str
    start: int
    end: int


class _Header(NamedTuple):
    record_count: int
    header_length: int
    record_length: int
    fields: list[Field]


def read_dbf(stream: IO[bytes], contract: Contract, _: PageOne | None) -> Reading:
    """The table in a stream. Raises: FileRefusedError, also while records are read."""
    codec = contract.encoding or "gb18030"
    header = _read_header(stream, codec)
    columns = distinct_names([field.name for field in header.fields])
    return Reading(columns, _records(stream, header, codec))


def _read_header(stream: IO[bytes], codec: str) -> _Header:
    prefix = stream.read(PREFIX)
    if len(prefix) < PREFIX:
        raise FileRefusedError("the file is too short to be a dBase table")
    version, count, header_length, record_length = struct.unpack_from("<B3xIHH", prefix)
    if version in WITH_MEMO:
        raise FileRefusedError("the dBase table keeps texts in a memo file")
    if version not in PLAIN:
        raise FileRefusedError(f"not a dBase III table (its first byte is {version:#04x})")
    block = stream.read(max(header_length - PREFIX, 0))
    if len(block) < header_length - PREFIX:
        raise FileRefusedError("truncated: the dBase header is not complete")
    fields = _fields(block, codec)
    length = fields[-1].end if fields else 0
    if not fields or length != record_length:
        raise FileRefusedError(
            f"the dBase header contradicts itself: fields of {length} bytes"
            f" in records of {record_length}"
        )
    return _Header(count, header_length, record_length, fields)


def _fields(block: bytes, codec: str) -> list[Field]:
    fields: list[Field] = []
    # The first byte of a record is its deletion flag.
    start = 1
    for place in range(0, len(block), DESCRIPTOR):
        if block[place : place + 1] == END_OF_FIELDS:
            return fields
        part = block[place : place + DESCRIPTOR]
        if len(part) < DESCRIPTOR:
            break
        number = len(fields) + 1
        try:
            name = part[:11].split(b"\x00", 1)[0].decode(codec).strip()
        except UnicodeDecodeError as error:
            raise FileRefusedError(
                f"the name of dBase field {number} is not in the contract's encoding"
            ) from error
        kind, length = chr(part[11]), part[16]
        if kind == "C":
            # Clipper and FoxPro keep the upper byte of a long field's length here.
            length += part[17] << 8
        if kind in "MGPB":
            raise FileRefusedError(f"dBase field {number} keeps its text in a memo file")
        if kind not in TEXT_TYPES or not name or not length:
            raise FileRefusedError(f"dBase field {number} is of no known kind")
        fields.append(Field(name, kind, start, start + length))
        start += length
    raise FileRefusedError("the list of fields in the dBase header has no end")


def _records(
    stream: IO[bytes], header: _Header, codec: str
) -> Iterator[Record | BadRecord]:
    length = header.record_length
    number, buffer = 0, b""
    while number < header.record_count:
        fresh = stream.read(BLOCK)
        buffer += fresh
        whole = min(len(buffer) // length, header.record_count - number)
        for place in range(whole):
            raw = buffer[place * length : (place + 1) * length]
            offset = header.header_length + number * length
            number += 1
            if raw[0] == LIVE:
                yield _record(number, offset, raw, header.fields, codec)
            elif raw[0] != DELETED:
                raise _misplaced(number, header.record_count, raw)
        buffer = buffer[whole * length :]
        if not fresh and number < header.record_count:
            raise FileRefusedError(
                f"truncated: the header announces {header.record_count} records,"
                f" {number} are there"
            )
    _check_end(stream, buffer)


def _record(
    number: int, offset: int, raw: bytes, fields: Sequence[Field], codec: str
) -> Record | BadRecord:
    values: list[str | None] = []
    # Field by field: the last byte of one must not become a character with the next.
    for place, field in enumerate(fields, start=1):
        part = raw[field.start : field.end].rstrip(b" ")
        if field.kind in RIGHT_ALIGNED:
            part = part.lstrip(b" ")
        try:
            values.append(part.decode(codec))
        except UnicodeDecodeError:
            return BadRecord(number, offset, "undecodable", raw, place)
    return Record(number, offset, values, raw)


def _misplaced(number: int, announced: int, raw: bytes) -> FileRefusedError:
    if raw[:1] == END_OF_DATA:
        return FileRefusedError(
            f"truncated: the header announces {announced} records, {number - 1} are there"
        )
    return FileRefusedError(f"record {number} begins with no deletion flag: bytes are lost")


def _check_end(stream: IO[bytes], rest: bytes) -> None:
    # Whatever follows the announced records must not be one: nothing is lost unseen.
    while rest:
        if rest.strip(END_OF_DATA + b"\x00"):
            raise FileRefusedError("more bytes than the header announces records for")
        rest = stream.read(BLOCK)
