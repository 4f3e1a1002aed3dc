"""Text delimited by vertical bars, without quoting.

A line with too few fields continues on the next one. If the next line is complete by
itself, the short one was cut and is set aside.
"""

from __future__ import annotations

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

BAR = "|"
# A record that has not come to its end by then never will.
MOST_LINES = 1000


def read_pipe_text(stream: IO[bytes], encoding: str | None) -> Reading:
    """The table in a stream. Raises: FileRefusedError."""
    lines = read_lines(stream, encoding)
    first = next((line for line in lines if line.content.strip()), None)
    header = first.content if first else ""
    return Reading(header_of(first, header.split(BAR)), _records(lines, header))


def _records(lines: Iterator[Line], header: str) -> Iterator[Record | BadRecord]:
    bars = header.count(BAR)
    started: list[Line] = []
    for line in lines:
        content = line.content
        noise = content == header or is_total(content.split(BAR, 1)[0])
        if started and (noise or content.count(BAR) == bars or len(started) == MOST_LINES):
            yield _bad(started, "too_few_fields")
            started = []
        if noise or not (started or content.strip()):
            continue
        started.append(line)
        found = sum(part.text.count(BAR) for part in started)
        if found >= bars:
            yield _whole(started) if found == bars else _bad(started, "too_many_fields")
            started = []
    if started:
        yield _bad(started, "too_few_fields")


def _whole(lines: list[Line]) -> Record | BadRecord:
    if rule := first_fault(lines):
        return _bad(lines, rule)
    fields = "\n".join(line.content for line in lines).split(BAR)
    return Record(lines[0].number, lines[0].offset, fields, _raw(lines))


def _bad(lines: list[Line], rule: str) -> BadRecord:
    return BadRecord(
        lines[0].number, lines[0].offset, first_fault(lines) or rule, _raw(lines)
    )


def _raw(lines: list[Line]) -> bytes:
    return b"".join(line.raw for line in lines)
