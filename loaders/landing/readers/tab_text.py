"""TAB-separated text without quoting, in which header and rows end with an extra TAB."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from loaders.landing.readers.lines import Line, header_of, is_total, read_lines
from loaders.landing.readers.reading import BadRecord, Reading, Record

TAB = "\t"


def read_tab_text(stream: IO[bytes], encoding: str | None) -> Reading:
    """The table in a stream. Raises: FileRefusedError."""
    lines = read_lines(stream, encoding)
    first = next((line for line in lines if line.content.strip()), None)
    header = first.content.removesuffix(TAB) if first else ""
    names = header.split(TAB)
    return Reading(header_of(first, names), _records(lines, header, len(names)))


def _records(
    lines: Iterator[Line], header: str, width: int
) -> Iterator[Record | BadRecord]:
    for line in lines:
        content = line.content
        if not content.strip() or content.removesuffix(TAB) == header:
            continue
        fields = content.split(TAB)
        # Only the TAB after the last column is extra; a last column may be empty.
        if len(fields) == width + 1 and not fields[-1]:
            fields.pop()
        if is_total(fields[0]):
            continue
        rule = line.rule
        if rule is None and len(fields) != width:
            rule = "too_few_fields" if len(fields) < width else "too_many_fields"
        if rule:
            yield BadRecord(line.number, line.offset, rule, line.raw)
        else:
            yield Record(line.number, line.offset, fields, line.raw)
