"""Rows and rejects into PostgreSQL by COPY, as text, a bounded batch at a time.

PostgreSQL quotes a value that it cannot cast or encode; so nothing is cast here, and
whatever goes wrong is reported without PostgreSQL's own words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.copy import QueuedLibpqWriter
from sqlalchemy import Connection

from loaders.contracts.model import Contract
from loaders.landing.copy_form import NULL, copy_line
from loaders.landing.points import reached
from loaders.landing.readers.reading import BadRecord
from loaders.landing.refusal import FileRefusedError
from loaders.landing.rows import RULES, CopyLines, null_mark
from loaders.landing.schema import PROVENANCE, quoted
from loaders.warehouse.lost import WarehouseLostError, is_lost

# Rejects are held back while a COPY of rows runs; so many bytes of them at most.
HELD_BACK = 1 << 22
# Classes of codes that say: it is the data, not the server.
DATA_FAULTS = {"22", "54"}
REJECT_COLUMNS = (
    "file_id", "line_number", "byte_offset", "reason_code", "reason", "raw_line", "raw",
)  # fmt: skip


class _Writer(QueuedLibpqWriter):
    """Rows are prepared while those before them, a few buffers, are on their way."""

    BUFFERS = 64

    def __init__(self, cursor: psycopg.Cursor[Any]) -> None:
        super().__init__(cursor)
        # The driver's own queue holds a thousand, a hundred megabytes and more.
        self._queue.maxsize = self.BUFFERS


class StoreError(Exception):
    """COPY failed; the message names table and error code, never a value."""


@dataclass
class Tally:
    """What went into the table and what was set aside."""

    stored: int = 0
    rejected: int = 0


def store_rows(
    connection: Connection,
    target: str,
    contract: Contract,
    file_id: int,
    label: str,
    items: Iterable[CopyLines | BadRecord],
) -> Tally:
    """Store rows in `target` and rejects in `landing.reject`, under one file."""
    tally = Tally()
    names = [*PROVENANCE, *map(quoted, contract.column_names)]
    iterator = iter(items)
    ended = False
    while not ended:
        rejects: list[BadRecord] = []

        def lines(rejects: list[BadRecord] = rejects) -> Iterator[bytes]:
            nonlocal ended
            held_back = 0
            for item in iterator:
                if isinstance(item, CopyLines):
                    tally.stored += item.row_count
                    yield item.data
                    reached("rows_chunk")
                    continue
                rejects.append(item)
                held_back += len(item.raw)
                if held_back > HELD_BACK:
                    return
            ended = True

        _copy(connection, target, names, null_mark(contract), lines())
        reached("rows_copied")
        if rejects:
            rows = _reject_lines(file_id, label, contract, rejects)
            _copy(connection, "landing.reject", REJECT_COLUMNS, NULL, rows)
            tally.rejected += len(rejects)
            reached("rejects_copied")
    return tally


def _reject_lines(
    file_id: int, label: str, contract: Contract, rejects: list[BadRecord]
) -> Iterator[bytes]:
    for reject in rejects:
        yield _reject_line(file_id, label, contract, reject)
        reached("reject_chunk")


def _reject_line(file_id: int, label: str, contract: Contract, reject: BadRecord) -> bytes:
    codec = contract.encoding or "utf-8"
    values = [
        str(file_id),
        str(reject.line_number),
        str(reject.byte_offset),
        reject.rule,
        f"{label}, line {reject.line_number}{_in_column(reject)}: {RULES[reject.rule]}",
        reject.raw.decode(codec, "replace").replace("\x00", "\ufffd"),
        "\\x" + reject.raw.hex(),
    ]
    return copy_line(values, NULL).encode("utf-8", "replace") + b"\n"


def _in_column(reject: BadRecord) -> str:
    # By name only if it is the contract's: any other may be a value that lost its way.
    column = reject.column or reject.place
    return f", column {column}" if column else ""


def _copy(
    connection: Connection,
    target: str,
    names: Iterable[str],
    null: str,
    chunks: Iterator[bytes],
) -> None:
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("landing needs psycopg: other drivers have no COPY")
    # Nothing is opened for nothing: most files have no rejects, many no rows.
    first = next((chunk for chunk in chunks if chunk), None)
    if first is None:
        return
    mark = null.replace("\\", "\\\\")
    statement = f"copy {target} ({', '.join(names)}) from stdin (null e'{mark}')"
    try:
        with driver.cursor() as cursor:
            with cursor.copy(statement.encode(), writer=_Writer(cursor)) as copy:
                copy.write(first)
                for chunk in chunks:
                    copy.write(chunk)
    except psycopg.Error as error:
        if is_lost(error):
            raise WarehouseLostError from None
        if (error.sqlstate or "")[:2] in DATA_FAULTS:
            raise FileRefusedError(
                f"PostgreSQL does not take what is in it (code {error.sqlstate})"
            ) from None
        raise StoreError(
            f"COPY into {target} failed: {type(error).__name__} {error.sqlstate or ''}"
        ) from None
