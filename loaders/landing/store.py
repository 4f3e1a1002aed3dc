"""Rows and rejects into PostgreSQL by COPY, as text, a bounded batch at a time.

PostgreSQL quotes a value that it cannot cast or encode; so nothing is cast here, and
whatever goes wrong is reported without PostgreSQL's own words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import psycopg
from sqlalchemy import Connection

from loaders.contracts.model import Contract
from loaders.landing.readers.reading import BadRecord
from loaders.landing.rows import RULES, LandingRow
from loaders.landing.schema import PROVENANCE, quoted

BATCH = 10_000
NULL = r"\N"
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


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
    items: Iterable[LandingRow | BadRecord],
) -> Tally:
    """Store rows in `target` and rejects in `landing.reject`, under one file."""
    tally = Tally()
    names = [*PROVENANCE, *map(quoted, contract.column_names)]
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        rows = [item for item in batch if isinstance(item, LandingRow)]
        rejects = [item for item in batch if isinstance(item, BadRecord)]
        _copy(connection, target, names, (_row_values(file_id, row) for row in rows))
        if rejects:
            _copy(
                connection,
                "landing.reject",
                ["file_id", "line_number", "byte_offset", "reason_code", "reason",
                 "raw_line", "raw"],
                (_reject_values(file_id, label, contract, reject) for reject in rejects),
            )  # fmt: skip
        tally.stored += len(rows)
        tally.rejected += len(rejects)
    return tally


def _row_values(file_id: int, row: LandingRow) -> list[str | None]:
    return [str(file_id), str(row.line_number), row.row_hash, row.extra, *row.values]


def _reject_values(
    file_id: int, label: str, contract: Contract, reject: BadRecord
) -> list[str | None]:
    codec = contract.encoding or "utf-8"
    return [
        str(file_id),
        str(reject.line_number),
        str(reject.byte_offset),
        reject.rule,
        f"{label}, line {reject.line_number}: {RULES[reject.rule]}",
        reject.raw.decode(codec, "replace").replace("\x00", "\ufffd"),
        "\\x" + reject.raw.hex(),
    ]


def _copy(
    connection: Connection,
    target: str,
    names: list[str],
    rows: Iterator[list[str | None]],
) -> None:
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("landing needs psycopg: other drivers have no COPY")
    statement = f"copy {target} ({', '.join(names)}) from stdin"
    try:
        with driver.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            while block := "".join(map(_line, islice(rows, 1000))):
                copy.write(block)
    except psycopg.Error as error:
        raise StoreError(
            f"COPY into {target} failed: {type(error).__name__} {error.sqlstate or ''}"
        ) from None


def _line(values: list[str | None]) -> str:
    line = "\t".join([NULL if value is None else value for value in values])
    # A backslash belongs to a null, a TAB to the join; anything more must be escaped.
    nulls = values.count(None)
    if (
        line.count("\\") == nulls
        and line.count("\t") == len(values) - 1
        and "\n" not in line
        and "\r" not in line
    ):
        return line + "\n"
    return "\t".join([NULL if v is None else v.translate(ESCAPES) for v in values]) + "\n"
