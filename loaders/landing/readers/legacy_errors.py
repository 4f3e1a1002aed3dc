"""Cells of an xls that hold an error such as #N/A, found in the bytes of the file.

Goes in: the bytes of a compound file. Comes out: per sheet the text of each error cell by
row and column, from 1 on. The library that reads the values gives such cells as empty, and
does not say of an encrypted workbook that it is one.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterator

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
# Names of the stream that holds the workbook, in files of Excel 97 and of Excel 95.
WORKBOOK = {"Workbook", "Book"}
# What an encrypted xlsx is put into.
PACKAGE = "EncryptedPackage"
LAST_SECTOR = 0xFFFFFFF9
FORMULA, EOF, FILEPASS, BOUNDSHEET, BOOLERR = 0x0006, 0x000A, 0x002F, 0x0085, 0x0205
BEGINNINGS = {0x0809, 0x0409, 0x0209, 0x0009}
Places = dict[tuple[int, int], str]


class EncryptedError(Exception):
    """The workbook cannot be read without its password."""


def error_cells(data: bytes) -> defaultdict[int, Places]:
    """The error cells of every sheet that has some.

    Raises: EncryptedError; ValueError and LookupError when the file is broken.
    """
    try:
        stream = _workbook(data)
        found: defaultdict[int, Places] = defaultdict(dict)
        for number, start in enumerate(_sheet_starts(stream)):
            if errors := dict(_errors(stream, start)):
                found[number] = errors
        return found
    except struct.error as error:
        raise ValueError("not a compound file with a workbook") from error


def _sheet_starts(stream: bytes) -> list[int]:
    starts = []
    for kind, body in _records(stream, 0):
        if kind == FILEPASS:
            raise EncryptedError
        if kind == BOUNDSHEET:
            starts.append(struct.unpack_from("<I", body)[0])
    return starts


def _errors(stream: bytes, start: int) -> Iterator[tuple[tuple[int, int], str]]:
    for kind, body in _records(stream, start):
        code = None
        if kind == BOOLERR:
            value, is_error = struct.unpack_from("<BB", body, 6)
            code = value if is_error else None
        elif kind == FORMULA and body[6] == 2 and body[12:14] == b"\xff\xff":
            code = body[8]
        if code is not None:
            row, column = struct.unpack_from("<HH", body)
            yield (row + 1, column + 1), ERRORS.get(code, "#ERROR!")


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of the stream; parts inside it (charts) are left out."""
    place, depth = start, 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        depth += kind in BEGINNINGS
        if kind == EOF:
            depth -= 1
            if depth <= 0:
                return
        if depth == 1:
            yield kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _workbook(data: bytes) -> bytes:
    shift, short_shift = struct.unpack_from("<HH", data, 30)
    if not (7 <= shift <= 16 and 2 <= short_shift < shift):
        raise ValueError("sectors of no known size")
    directory, cutoff, short_table = struct.unpack_from("<I4xII", data, 48)
    table = _sector_table(data, shift)
    short_start = short_size = 0
    for entry in _entries(_chain(data, table, directory, shift)):
        name, kind, start, size = entry
        if kind == 5:
            short_start, short_size = start, size
        elif name == PACKAGE:
            raise EncryptedError
        elif kind == 2 and name in WORKBOOK:
            if size >= cutoff:
                return _chain(data, table, start, shift)[:size]
            short = _chain(data, table, short_start, shift)[:short_size]
            links = _numbers(_chain(data, table, short_table, shift))
            return _chain(short, links, start, short_shift, first=0)[:size]
    raise LookupError("no workbook in the compound file")


def _sector_table(data: bytes, shift: int) -> list[int]:
    sectors = list(struct.unpack_from("<109I", data, 76))
    more, count = struct.unpack_from("<II", data, 68)
    per_sector = (1 << shift) // 4
    for _ in range(min(count, len(data) >> shift)):
        part = _numbers(data[(more + 1) << shift :][: 1 << shift])
        sectors += part[: per_sector - 1]
        more = part[-1]
    table: list[int] = []
    for sector in sectors:
        if sector <= LAST_SECTOR:
            table += _numbers(data[(sector + 1) << shift :][: 1 << shift])
    return table


def _chain(data: bytes, table: list[int], start: int, shift: int, first: int = 1) -> bytes:
    parts: list[bytes] = []
    sector = start
    while sector <= LAST_SECTOR:
        parts.append(data[(sector + first) << shift : (sector + first + 1) << shift])
        if len(parts) > len(table):
            raise ValueError("sectors that follow each other in a circle")
        sector = table[sector]
    return b"".join(parts)


def _entries(directory: bytes) -> Iterator[tuple[str, int, int, int]]:
    for place in range(0, len(directory) - 127, 128):
        length, kind = struct.unpack_from("<HB", directory, place + 64)
        start, size = struct.unpack_from("<II", directory, place + 116)
        name = directory[place : place + max(length - 2, 0)].decode("utf-16-le", "replace")
        yield name, kind, start, size


def _numbers(part: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(part) // 4}I", part[: len(part) // 4 * 4]))
