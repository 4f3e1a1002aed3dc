"""Rejected lines as work: how many of what, whose they are, and back to the sender.

Goes in: the ledger and its rejects. Comes out: a table by reason, feed and institution, or
a folder with the lines byte for byte as they were received. Only the exported lines hold
personal values; no message and no index does.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from loaders.console.audit.asked import FILES, Asked, need_ledger
from loaders.console.table import print_table
from loaders.contracts.model import Contract, contract_of, load_systems
from loaders.generate.staged_feeds import staged_feeds
from loaders.landing.kept import OF_CELLS, header_line
from loaders.landing.schema import quoted

REJECTS = f"""
    select file.file_id, file.feed, file.system, file.delivery_date, file.file_name,
           file.member_name, file.columns, reject.line_number, reject.byte_offset,
           reject.reason_code, reject.raw
    from landing.reject as reject
    inner join audit.file_ledger as file on reject.file_id = file.file_id
    where {FILES}
    order by file.feed, file.delivery_date, file.file_name, file.member_name,
             file.file_id, reject.line_number, reject.byte_offset
"""
INDEX = "index.csv"
INDEX_COLUMNS = (
    "exported_as", "feed", "delivery_date", "file", "line", "byte_offset", "rule",
)  # fmt: skip
# What a file system or a spreadsheet could take for something else.
UNSAFE = re.compile(r"[^\w.\-]+")
Institution = Callable[[bytes], str]


def show_rejects(engine: Engine, feed: str | None, day: date | None) -> int:
    """Print the rejected lines by feed, reason and institution; returns how many."""
    counts: Counter[tuple[str, str, str, str]] = Counter()
    first: dict[tuple[str, str, str, str], Row[Any]] = {}
    with engine.connect() as connection:
        for row, institution in _rejects(engine, connection, feed, day):
            contract = contract_of(row.feed)
            what = (row.feed, contract.table, row.reason_code, institution)
            counts[what] += 1
            first.setdefault(what, row)
    print_table(
        "拒收 rejected lines by reason",
        ["feed", "table", "reason", "institution", "lines", "first_delivery",
         "for_instance", "at_line"],
        [
            (*what, count, f"{first[what].delivery_date:%Y%m%d}", _label(first[what]),
             first[what].line_number)
            for what, count in sorted(counts.items())
        ],
    )  # fmt: skip
    return sum(counts.values())


def export_rejects(
    engine: Engine, folder: Path, feed: str | None, day: date | None
) -> tuple[int, int]:
    """Write the rejected lines per institution and file; returns lines and files.

    A text file begins with its header; lines follow byte for byte. What came as cells of a
    sheet or a database is written as CSV. `index.csv` says of each line where it stood and
    which rule it breaks. Only the account that exports can read the folder.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chmod(folder, 0o700)
    grouped: dict[tuple[str, str, int], list[Row[Any]]] = defaultdict(list)
    with engine.connect() as connection:
        for row, institution in _rejects(engine, connection, feed, day):
            grouped[(row.system, institution, row.file_id)].append(row)
    index = []
    for (system, institution, _), rows in grouped.items():
        name = _write(folder, system, institution, rows)
        index += [
            (name, row.feed, f"{row.delivery_date:%Y%m%d}", _label(row), row.line_number,
             row.byte_offset, row.reason_code)
            for row in rows
        ]  # fmt: skip
    with _private(folder / INDEX) as stream:
        words = io.TextIOWrapper(stream, "utf-8-sig", newline="")
        writer = csv.writer(words)
        writer.writerow(INDEX_COLUMNS)
        writer.writerows(index)
        words.flush()
    return len(index), len(grouped)


def _rejects(
    engine: Engine, connection: Connection, feed: str | None, day: date | None
) -> Iterator[tuple[Row[Any], str]]:
    """Every reject with the institution that it seems to come from."""
    need_ledger(connection)
    asked = Asked(feed=feed.upper() if feed else None, day=day)
    names: dict[tuple[str, tuple[str, ...]], Institution] = {}
    systems = {system.system: system.folder for system in load_systems()}
    query = text(REJECTS).execution_options(yield_per=1000)
    for row in connection.execute(query, asked.parameters):
        columns = tuple(row.columns or ())
        if (row.feed, columns) not in names:
            with engine.connect() as beside:
                names[(row.feed, columns)] = _reader_of(beside, row.feed, columns)
        yield row, names[(row.feed, columns)](bytes(row.raw)) or systems[row.system]


def _reader_of(connection: Connection, feed: str, columns: tuple[str, ...]) -> Institution:
    """Reads the institution's code from a rejected line; empty when it cannot be read.

    A line that is broken may be shifted: only a code that good rows carry is believed.
    """
    contract = contract_of(feed)
    column = next((s.org_column for s in staged_feeds() if s.feed == feed), None)
    if column is None and contract.person:
        column = contract.person.org_column
    if column is None or not (column in columns or contract.format == "jsonl"):
        return lambda _: ""
    name = quoted(column).replace(":", r"\:")
    query = f"select distinct btrim({name}) from landing.{contract.name}"
    known = frozenset(code for code in connection.scalars(text(query)) if code)
    return partial(_code_in, contract, columns, column, known)


def _code_in(
    contract: Contract,
    columns: tuple[str, ...],
    column: str,
    known: frozenset[str],
    raw: bytes,
) -> str:
    words = raw.decode(contract.encoding or "utf-8", "replace")
    code = ""
    if contract.format == "jsonl":
        found = re.search(rf'"{re.escape(column)}"\s*:\s*"?([^",}}]*)', words)
        code = found[1] if found else ""
    elif contract.format == "delimited" and contract.text:
        place, mark = columns.index(column), contract.text.delimiter
        cells = words.split(mark)
        if contract.text.quote:
            cells = next(csv.reader([words], delimiter=mark), [])
        code = cells[place] if place < len(cells) else ""
    elif contract.format in OF_CELLS:
        cells = json.loads(raw.decode("utf-8", "surrogateescape"))
        place = columns.index(column)
        code = (cells[place] or "") if place < len(cells) else ""
    return code.strip() if code.strip() in known else ""


def _write(folder: Path, system: str, institution: str, rows: list[Row[Any]]) -> str:
    """One institution's lines of one file; returns the name below the folder."""
    contract, first = contract_of(rows[0].feed), rows[0]
    place = folder / _safe(f"{system}_{institution}")
    place.mkdir(exist_ok=True, mode=0o700)
    of_cells = contract.format in OF_CELLS
    stem = f"{first.delivery_date:%Y%m%d}_{_label(first)}"
    path = place / (_safe(stem) + (".csv" if of_cells else ""))
    columns = list(first.columns or [])
    with _private(path) as stream:
        if of_cells:
            words = io.TextIOWrapper(stream, "utf-8", "surrogateescape", newline="")
            writer = csv.writer(words)
            writer.writerow(columns)
            for row in rows:
                writer.writerow(
                    json.loads(bytes(row.raw).decode("utf-8", "surrogateescape"))
                )
            words.flush()
        else:
            stream.write(header_line(contract, columns))
            for row in rows:
                stream.write(bytes(row.raw))
    return f"{place.name}/{path.name}"


def _private(path: Path) -> Any:
    # The lines are full of personal values: nobody else on the machine may read them.
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _label(row: Row[Any]) -> str:
    return "/".join(name for name in (row.file_name, row.member_name) if name)


def _safe(name: str) -> str:
    return UNSAFE.sub("_", name).strip(".") or "_"
