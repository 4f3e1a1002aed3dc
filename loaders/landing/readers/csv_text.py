"""Comma-separated text with RFC 4180 quoting; line breaks inside values are kept."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import IO

from loaders.landing.readers.lines import (
    Line,
    first_fault,
    header_of,
    is_total,
    read_lines,
)
from loaders.landing.readers.reading import BadRecord, Reading, Record

LONGEST_VALUE = 1 << 24


def read_csv(stream: IO[bytes], encoding: str | None) -> Reading:
    """The table in a stream. Raises: FileRefusedError, also while records are read."""
    parts = _parts(stream, encoding)
    for lines, header in parts:
        if header is None or any(header):
            columns = header_of(lines[0], header or [])
            return Reading(columns, _records(parts, header or []))
    return Reading(header_of(None, []), iter(()))


def _parts(
    stream: IO[bytes], encoding: str | None
) -> Iterator[tuple[list[Line], list[str] | None]]:
    """Rows, each with the physical lines that it was written on; None: cannot be read."""
    csv.field_size_limit(LONGEST_VALUE)
    taken: list[Line] = []

    def texts() -> Iterator[str]:
        for line in read_lines(stream, encoding):
            taken.append(line)
            yield line.text

    reader = csv.reader(texts())
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            # The lines taken so far are one bad record; the next line starts afresh.
            row = None
        if not taken:
            return
        lines, taken[:] = list(taken), []
        yield lines, row


def _records(
    parts: Iterator[tuple[list[Line], list[str] | None]], header: list[str]
) -> Iterator[Record | BadRecord]:
    for lines, row in parts:
        if row is not None and (not any(row) or row == header or is_total(row[0])):
            continue
        start = lines[0]
        raw = start.raw if len(lines) == 1 else b"".join(line.raw for line in lines)
        rule = first_fault(lines) or _fault(row, len(header))
        if row is None or rule:
            yield BadRecord(start.number, start.offset, rule or "", raw)
        else:
            yield Record(start.number, start.offset, row, raw)


def _fault(row: list[str] | None, width: int) -> str | None:
    if row is None:
        return "not_rfc_4180"
    if len(row) == width:
        return None
    return "too_few_fields" if len(row) < width else "too_many_fields"
