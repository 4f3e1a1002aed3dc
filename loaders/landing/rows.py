"""From records to rows of a landing table: columns by name, nulls, hash, rejects.

Goes in: a reading and its contract. Comes out: rows whose values stand in the contract's
order, and rejects with a rule. Nothing is cast, trimmed or repaired here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from loaders.contracts.model import Contract
from loaders.landing.readers.cells import raw_cells
from loaders.landing.readers.reading import BadRecord, Reading, Record
from loaders.landing.refusal import FileRefusedError

# PostgreSQL keeps a key in an index page; a longer key is never a real one.
LONGEST_KEY_BYTES = 2000
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
    "key_too_long": "a key longer than any real one",
}


class LandingRow(NamedTuple):
    """One row as it will be stored."""

    line_number: int
    row_hash: str
    extra: str | None
    values: list[str | None]


class ColumnCheck(NamedTuple):
    """How the columns that came differ from the contract's."""

    added: list[str]
    missing: list[str]


def compare_columns(contract: Contract, columns: list[str]) -> ColumnCheck:
    """What was added, what is missing. Raises: FileRefusedError without a required one."""
    came = set(columns)
    needed = [*contract.required_columns, contract.watermark]
    if lacking := [name for name in needed if name and name not in came]:
        raise FileRefusedError(f"columns missing: {', '.join(lacking)}")
    known = set(contract.column_names)
    return ColumnCheck(
        added=[name for name in columns if name not in known],
        missing=[name for name in contract.column_names if name not in came],
    )


def landing_rows(
    contract: Contract, period: str, reading: Reading
) -> Iterator[LandingRow | BadRecord]:
    """Every record as a row to store or a reject to keep."""
    builder = _Builder(contract, period)
    for record in reading.records:
        if isinstance(record, BadRecord):
            yield record
        else:
            yield builder.build(record, reading.columns)


class _Builder:
    """Builds rows of one table; knows where each column of the contract stands."""

    def __init__(self, contract: Contract, period: str) -> None:
        self._names = contract.column_names
        self._nulls = frozenset(contract.nulls)
        self._key = [self._names.index(name) for name in contract.key if name != PERIOD]
        # Where the period is part of the key, equal rows of two periods are not copies.
        self._hashed_first = f"={period}\x00" if PERIOD in contract.key else ""
        self._places: list[int | None] = []
        self._extra: list[tuple[int, str]] = []
        self._width = -1

    def build(self, record: Record, columns: list[str]) -> LandingRow | BadRecord:
        if len(columns) != self._width:
            self._find_columns(columns)
        fields = record.fields
        count = len(fields)
        nulls = self._nulls
        values: list[str | None] = []
        for place in self._places:
            value = fields[place] if place is not None and place < count else None
            values.append(None if value in nulls else value)
        extra = self._extra_of(fields) if self._extra else None
        # No value holds a NUL, so that two different rows never look the same here.
        content = self._hashed_first + "\x00".join(
            ["" if value is None else "=" + value for value in values]
        )
        if rule := self._fault(values, content, extra):
            raw = record.raw if record.raw is not None else raw_cells(fields)
            return BadRecord(record.line_number, record.byte_offset, rule, raw)
        row_hash = hashlib.md5(content.encode(), usedforsecurity=False).hexdigest()
        kept = json.dumps(extra, ensure_ascii=False) if extra else None
        return LandingRow(record.line_number, row_hash, kept, values)

    def _find_columns(self, columns: list[str]) -> None:
        place = {name: index for index, name in enumerate(columns)}
        self._places = [place.get(name) for name in self._names]
        known = set(self._names)
        self._extra = [(i, name) for i, name in enumerate(columns) if name not in known]
        self._width = len(columns)

    def _extra_of(self, fields: Sequence[str | None]) -> dict[str, str | None]:
        return {name: fields[i] if i < len(fields) else None for i, name in self._extra}

    def _fault(
        self,
        values: list[str | None],
        content: str,
        extra: dict[str, str | None] | None,
    ) -> str | None:
        unknown = "".join(value or "" for value in (extra or {}).values())
        separators = len(values) - 1 + bool(self._hashed_first)
        if content.count("\x00") != separators or "\x00" in unknown:
            return "nul_byte"
        if not is_encodable(content) or not is_encodable(unknown):
            return "undecodable"
        size = 0
        for place in self._key:
            value = values[place]
            if value is None or not value.strip():
                return "key_missing"
            size += len(value)
        return "key_too_long" if 4 * size > LONGEST_KEY_BYTES else None


def is_encodable(text: str) -> bool:
    """Whether a text has no lone surrogates, which are in no encoding."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
