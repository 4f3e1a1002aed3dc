"""From records to rows of a landing table: columns by name, nulls, hash, rejects.

Goes in: a reading and its contract. Comes out: rows whose values stand in the contract's
order, and rejects with a rule. Nothing is cast, trimmed or repaired here.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from xxhash import xxh3_128_digest

from loaders.contracts.model import Contract
from loaders.contracts.spelling import by_contract
from loaders.landing.copy_form import NULL, copy_line
from loaders.landing.readers.cells import faulty_place, is_encodable, raw_cells
from loaders.landing.readers.reading import (
    LONGEST_KEY,
    BadRecord,
    PlainRun,
    Reading,
    Record,
)
from loaders.landing.refusal import FileRefusedError
from loaders.landing.starts import with_starts

BATCH = 1000
# The period that a file's name says can be part of a key: key: [_period, …].
PERIOD = "_period"

RULES = {
    "too_few_fields": "fewer fields than the header has columns",
    "too_many_fields": "more fields than the header has columns",
    "undecodable": "bytes that are not in the encoding of the contract",
    "nul_byte": "a NUL byte",
    "not_rfc_4180": "quoting that RFC 4180 does not know",
    "broken_json": "not a JSON document",
    "not_an_object": "a JSON document that is not an object",
    "name_twice": "an object that carries a name twice",
    "name_unusable": "an object with a name that no column can have",
    "too_deep": "values nested deeper than any real ones",
    "formula_without_value": "a cell with a formula whose result was not saved",
    "key_missing": "no value in a key column",
    "key_too_long": f"more than {LONGEST_KEY} bytes in a key column, which is no key",
}


class CopyLines(NamedTuple):
    """Rows as COPY takes them, provenance first; so many of them."""

    row_count: int
    data: bytes


class ColumnCheck(NamedTuple):
    """The columns that came under the contract's names, and how they differ from it."""

    columns: list[str]
    added: list[str]
    missing: list[str]
    renamed: list[str]


def compare_columns(contract: Contract, columns: list[str]) -> ColumnCheck:
    """What was added, is missing or came under another name.

    Raises: FileRefusedError without a required column, and where the contract's policy on
    drift says so.
    """
    named, renamed = by_contract(contract, columns)
    came = set(named)
    needed = [*contract.required_columns, contract.watermark]
    if lacking := [name for name in needed if name and name not in came]:
        raise FileRefusedError(f"columns missing: {', '.join(lacking)}")
    known = set(contract.column_names)
    added = [name for name in named if name not in known]
    missing = [name for name in contract.column_names if name not in came]
    if added and contract.drift.added == "refuse":
        # Where the header is missing these are values: their number may be said, no name.
        raise FileRefusedError(f"{len(added)} columns that the contract does not allow")
    if missing and contract.drift.missing == "refuse":
        raise FileRefusedError(f"columns missing: {', '.join(missing)}")
    return ColumnCheck(named, added, missing, renamed)


class LandingRows:
    """The rows of one reading on their way into the table."""

    def __init__(
        self, contract: Contract, period: str, file_id: int, reading: Reading
    ) -> None:
        self._builder = _Builder(contract, period, file_id)
        self._reading = reading

    def __iter__(self) -> Iterator[CopyLines | BadRecord]:
        """Every record as a line to store, many lines at a time, or as a reject to keep."""
        return _landing_rows(self._builder, self._reading)

    def may_hold_copies(self) -> bool:
        """Whether rows that came so far can be alike; a no is certain. Asked once."""
        marks = np.frombuffer(self._builder.marks, np.uint64)
        marks.sort()
        return bool((marks[1:] == marks[:-1]).any())


def _landing_rows(builder: _Builder, reading: Reading) -> Iterator[CopyLines | BadRecord]:
    waiting: list[bytes] = []
    for item in _rows_and_runs(builder, reading):
        if not isinstance(item, bytes):
            yield item
            continue
        waiting.append(item)
        if len(waiting) == BATCH:
            yield CopyLines(len(waiting), b"".join(waiting))
            waiting.clear()
    yield CopyLines(len(waiting), b"".join(waiting))


def _rows_and_runs(
    builder: _Builder, reading: Reading
) -> Iterator[CopyLines | bytes | BadRecord]:
    for item in reading.records:
        if isinstance(item, BadRecord):
            yield _with_name(item, builder.contract, reading.columns)
        elif isinstance(item, PlainRun):
            run = builder.of_run(item, reading.columns)
            if isinstance(run, CopyLines):
                yield run
            else:
                yield from run
        else:
            yield builder.of_record(item, reading.columns)


class _Builder:
    """Builds rows of one table; knows where each column of the contract stands."""

    def __init__(self, contract: Contract, period: str, file_id: int) -> None:
        self.contract = contract
        self._names = contract.column_names
        self._nulls = frozenset(contract.nulls)
        self._null = null_mark(contract)
        self._no_extra = self._null.encode()
        self._file_id = b"%d" % file_id
        self._key = [self._names.index(name) for name in contract.filled_key]
        # Where the period is part of the key, equal rows of two periods are not copies.
        self._salt = f"{period}\n".encode() if PERIOD in contract.key else b""
        self._places: list[int | None] = []
        self._extra: list[tuple[int, str]] = []
        self._width = -1
        # Eight bytes of every row's digest, enough to say that no two rows are alike.
        self.marks = array("Q")

    def of_run(
        self, run: PlainRun, columns: list[str]
    ) -> CopyLines | Iterator[bytes | BadRecord]:
        """A run's rows, one by one where columns have to be put in another order."""
        if len(columns) != self._width:
            self._find_columns(columns)
        # An empty value is null, or nothing is: either way it stays as it is.
        nulls_stay = "" in self._nulls or not self._nulls
        if nulls_stay and not self._extra and self._places == list(range(self._width)):
            return self._lines(run.line_number, run.lines)
        records = map(run.record, range(len(run.lines)))
        return (self.of_record(record, columns) for record in records)

    def of_record(self, record: Record, columns: list[str]) -> bytes | BadRecord:
        """One row, or the rule that it breaks."""
        if len(columns) != self._width:
            self._find_columns(columns)
        fields = record.fields
        count = len(fields)
        nulls = self._nulls
        values: list[str | None] = []
        for place in self._places:
            value = fields[place] if place is not None and place < count else None
            values.append(None if value in nulls else value)
        kept = {n: fields[i] if i < count else None for i, n in self._extra}
        rule = _fault(values + list(kept.values()))
        unusable = None if rule else self._unusable_key(values)
        if rule or unusable:
            raw = record.raw if record.raw is not None else raw_cells(fields)
            bad = BadRecord(record.line_number, record.byte_offset, rule or "", raw)
            if unusable:
                return bad._replace(rule=unusable[0], column=unusable[1])
            return _with_name(
                bad._replace(place=faulty_place(fields)), self.contract, columns
            )
        line = copy_line(values, self._null).encode()
        digest = xxh3_128_digest(self._salt + line)
        self.marks.frombytes(digest[:8])
        extra = json.dumps(kept, ensure_ascii=False) if kept else None
        more = copy_line([extra], self._null).encode()
        return b"%b\t%d\t%b\t%b\t%b\n" % (
            self._file_id, record.line_number, digest.hex().encode(), more, line,
        )  # fmt: skip

    def _lines(self, number: int, lines: list[bytes]) -> CopyLines:
        salt, count = self._salt, len(lines)
        if salt:
            digests = b"".join([xxh3_128_digest(salt + line) for line in lines])
        else:
            digests = b"".join(map(xxh3_128_digest, lines))
        self.marks.frombytes(memoryview(digests).cast("Q")[::2].tobytes())
        return CopyLines(
            count, with_starts(self._file_id, number, digests, self._no_extra, lines)
        )

    def _unusable_key(self, values: list[str | None]) -> tuple[str, str] | None:
        """The rule that a key column breaks, and which column; the first is told."""
        for place in self._key:
            value = values[place]
            if value is None or not value.strip():
                return "key_missing", self._names[place]
            if len(value) * 4 > LONGEST_KEY and len(value.encode()) > LONGEST_KEY:
                return "key_too_long", self._names[place]
        return None

    def _find_columns(self, columns: list[str]) -> None:
        columns, _ = by_contract(self.contract, columns)
        place = {name: index for index, name in enumerate(columns)}
        self._places = [place.get(name) for name in self._names]
        known = set(self._names)
        self._extra = [(i, name) for i, name in enumerate(columns) if name not in known]
        self._width = len(columns)


def null_mark(contract: Contract) -> str:
    """How COPY writes null: as nothing where the source's empty value means null, too."""
    return "" if "" in contract.nulls else NULL


def _with_name(bad: BadRecord, contract: Contract, columns: list[str]) -> BadRecord:
    """The reject with the contract's name of the column that breaks the rule."""
    if bad.place is None or bad.place > len(columns):
        return bad
    name = by_contract(contract, columns)[0][bad.place - 1]
    return bad._replace(column=name) if name in contract.column_names else bad


def _fault(values: list[str | None]) -> str | None:
    text = "".join([value for value in values if value])
    if "\x00" in text:
        return "nul_byte"
    return None if is_encodable(text) else "undecodable"
