"""What is kept of a file, as a reading: stored rows and the bytes of rejected lines.

Goes in: the ledger row of a file that may lie nowhere any more. Comes out: its records in
the order of lines, to be taken in anew under the contract of today. Rejected lines go
through the very readers that landing uses, behind a header made from the columns that the
ledger has; lines that lay next to one another are read together, so that a record that goes
on over several of them is found.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, text

from loaders.contracts.model import Contract, TextLayout
from loaders.landing.readers.opening import READERS
from loaders.landing.readers.reading import BadRecord, PlainRun, Reading, Record
from loaders.landing.refusal import FileRefusedError
from loaders.landing.rows import compare_columns
from loaders.landing.schema import landing_table, quoted

# Their columns appear as records name them.
GROWING = frozenset({"jsonl", "json", "xml"})
# What these formats keep of a reject are its cells, not its bytes …
OF_CELLS = frozenset({"sheet", "database"})
# … so that only what was wrong with the values can be judged anew.
JUDGED_BY_VALUES = frozenset({"key_missing", "key_too_long", "nul_byte", "undecodable"})
BATCH = 5000


class _Kept(NamedTuple):
    """One record with its values by name, or a reject that stays one."""

    line_number: int
    byte_offset: int
    values: Mapping[str, str | None]
    raw: bytes | None
    reject: BadRecord | None = None


def kept_reading(
    connection: Connection, contract: Contract, file: Row[Any], with_rows: bool
) -> Reading:
    """The records kept of a file; without its stored rows only those that were rejected.

    The connection must be one that nothing else uses while records are read.
    Raises: FileRefusedError when the contract cannot do without a column that did not come.
    """
    columns = list(file.columns or [])
    grows = contract.format in GROWING
    rejects = _rejects(connection, contract, file, columns)
    kept: Iterable[_Kept] = rejects
    if with_rows:
        stored = _stored(connection, contract, file, columns)
        kept = merge(stored, rejects, key=lambda one: (one.line_number, one.byte_offset))
    seen = [] if grows and with_rows else list(columns)
    return Reading(seen, _records(kept, columns, seen, grows), columns_grow=grows)


def header_line(contract: Contract, columns: list[str]) -> bytes:
    """The header of a delimited file as its sender would write it; else nothing."""
    if contract.format != "delimited" or not columns:
        return b""
    layout = contract.text or TextLayout()
    if layout.quote:
        line = io.StringIO()
        csv.writer(line, delimiter=layout.delimiter).writerow(columns)
        words = line.getvalue()
    else:
        end = layout.delimiter if layout.trailing_delimiter else ""
        words = f"{layout.delimiter.join(columns)}{end}\r\n"
    return words.encode(contract.encoding or "utf-8")


def _records(
    kept: Iterable[_Kept], columns: list[str], seen: list[str], grows: bool
) -> Iterator[Record | BadRecord]:
    for one in kept:
        if one.reject is not None:
            yield one.reject
            continue
        if grows:
            # Names appear in the order in which the file brought them.
            upto = max((n for n, name in enumerate(columns, 1) if name in one.values),
                       default=0)  # fmt: skip
            for name in [*columns[:upto], *one.values]:
                if name not in seen:
                    seen.append(name)
        fields = [one.values.get(name) for name in seen]
        yield Record(one.line_number, one.byte_offset, fields, one.raw)


def _stored(
    connection: Connection, contract: Contract, file: Row[Any], columns: list[str]
) -> Iterator[_Kept]:
    """The stored rows under the names that the file gave their columns."""
    renamed = dict(zip(columns, compare_columns(contract, columns).columns, strict=True))
    known = set(contract.column_names)
    names = ", ".join(map(quoted, contract.column_names)).replace(":", r"\:")
    query = text(
        f"""
        select _line_number, _extra, {names} from {landing_table(contract)}
        where _file_id = :file_id
        order by _line_number
        """
    ).execution_options(yield_per=BATCH)
    for row in connection.execute(query, {"file_id": file.file_id}):
        stored, extra = row._mapping, row._extra or {}
        values = {}
        for name in columns:
            if name in extra:
                values[name] = extra[name]
            elif renamed[name] in known and stored[renamed[name]] is not None:
                values[name] = stored[renamed[name]]
        yield _Kept(row._line_number, 0, values, None)


def _rejects(
    connection: Connection, contract: Contract, file: Row[Any], columns: list[str]
) -> Iterator[_Kept]:
    # Few enough to hold: what is rejected is waited for by somebody.
    rows = connection.execute(
        text(
            """
            select line_number, byte_offset, reason_code, raw from landing.reject
            where file_id = :file_id
            order by line_number, byte_offset
            """
        ),
        {"file_id": file.file_id},
    ).all()
    rejects = [BadRecord(r.line_number, r.byte_offset, r.reason_code, bytes(r.raw))
               for r in rows]  # fmt: skip
    for group in _neighbours(contract, rejects):
        yield from _read_again(contract, columns, group)


def _neighbours(contract: Contract, rejects: list[BadRecord]) -> Iterator[list[BadRecord]]:
    """Rejects that lay next to one another in a file of lines; others one by one."""
    group: list[BadRecord] = []
    for reject in rejects:
        last = group[-1] if group else None
        if last is None or (
            contract.format == "delimited"
            and last.byte_offset + len(last.raw) == reject.byte_offset
        ):
            group.append(reject)
        else:
            yield group
            group = [reject]
    if group:
        yield group


def _read_again(
    contract: Contract, columns: list[str], group: list[BadRecord]
) -> Iterator[_Kept]:
    first = group[0]
    if contract.format in OF_CELLS:
        yield _of_cells(columns, first)
        return
    if contract.format == "dbf":
        # A record is a stretch of bytes that only the file's own header can divide.
        yield _as_it_was(first)
        return
    raw = b"".join(reject.raw for reject in group)
    before, after = _around(contract, columns)
    # A header takes the first line; nothing else is put on lines of its own.
    lines_before = 1 if contract.format == "delimited" else 0
    try:
        reading = READERS[contract.format](io.BytesIO(before + raw + after), contract, None)
        records = [one for item in reading.records for one in _one_by_one(item)]
    except FileRefusedError:
        # By itself it is no document: what was wrong with it still is.
        yield from map(_as_it_was, group)
        return
    for record in records:
        number = first.line_number + record.line_number - 1 - lines_before
        offset = first.byte_offset + record.byte_offset - len(before)
        if isinstance(record, BadRecord):
            reject = BadRecord(number, offset, record.rule, record.raw)
            yield _Kept(number, offset, {}, None, reject)
        else:
            values = dict(zip(reading.columns, record.fields, strict=False))
            yield _Kept(number, offset, values, record.raw)


def _one_by_one(item: Record | BadRecord | PlainRun) -> Iterator[Record | BadRecord]:
    if isinstance(item, PlainRun):
        yield from (item.record(index) for index in range(len(item.lines)))
    else:
        yield item


def _around(contract: Contract, columns: list[str]) -> tuple[bytes, bytes]:
    """What makes a table of rejected records: a header, brackets, a root element."""
    codec = contract.encoding or "utf-8"
    if contract.format == "delimited":
        return header_line(contract, columns), b""
    if contract.format == "json":
        return "[".encode(codec), "]".encode(codec)
    if contract.format == "xml":
        head = f'<?xml version="1.0" encoding="{codec}"?><records>'
        return head.encode(codec), "</records>".encode(codec)
    return b"", b""


def _of_cells(columns: list[str], reject: BadRecord) -> _Kept:
    if reject.rule not in JUDGED_BY_VALUES:
        return _as_it_was(reject)
    cells = json.loads(reject.raw.decode("utf-8", "surrogateescape"))
    values = dict(zip(columns, cells, strict=False))
    return _Kept(reject.line_number, reject.byte_offset, values, reject.raw)


def _as_it_was(reject: BadRecord) -> _Kept:
    return _Kept(reject.line_number, reject.byte_offset, {}, None, reject)
