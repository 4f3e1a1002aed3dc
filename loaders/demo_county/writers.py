"""Files as the systems write them: encodings, delimiters, zips, manifests.

Goes in: rows in the order of the contract's columns. Comes out: files whose bytes depend on
nothing but the rows, and for each table the number of data rows as manifests count them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from loaders.contracts.model import Contract
from loaders.demo_county.chronicle import Row
from loaders.demo_county.xlsx import ZIP_TIME

BATCH = 500
SQL_TYPES = {"integer": "INTEGER"}


@dataclass(frozen=True)
class ManifestLine:
    name: str
    rows: int
    md5: str

    def __str__(self) -> str:
        return f"{self.name}\t{self.rows}\t{self.md5}\n"


def md5_of(path: Path) -> str:
    """The checksum that manifests carry."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def write_manifest(path: Path, lines: Iterable[ManifestLine]) -> None:
    path.write_text("".join(map(str, lines)), "utf-8", newline="\n")


class ZipWriter:
    """A zip whose members are written as streams, with their checksums."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)

    def __enter__(self) -> ZipWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def add(self, name: str, blocks: Iterable[bytes]) -> str:
        """One member; returns its checksum."""
        info = zipfile.ZipInfo(name, ZIP_TIME)
        info.compress_type = zipfile.ZIP_DEFLATED
        digest = hashlib.md5(usedforsecurity=False)
        with self._zip.open(info, "w", force_zip64=True) as member:
            for block in blocks:
                digest.update(block)
                member.write(block)
        return digest.hexdigest()


class Counter:
    """Counts the rows that run through it."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row


def csv_blocks(
    columns: Sequence[str], rows: Iterable[Row], encoding: str
) -> Iterator[bytes]:
    """Comma-separated, CRLF, quoted where needed, with a header line."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    for number, row in enumerate(rows, 1):
        writer.writerow(["" if value is None else value for value in row])
        if number % BATCH == 0:
            yield buffer.getvalue().encode(encoding)
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode(encoding)


def tab_blocks(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """Separated by TAB with one more at the end of each line; null is a word."""
    yield ("\t".join(columns) + "\t\n").encode()
    for row in rows:
        texts = ("null" if value is None else str(value) for value in row)
        yield ("\t".join(texts) + "\t\n").encode()


def write_pipe_text(
    path: Path,
    columns: Sequence[str],
    rows: Iterable[Row],
    repeat_header_after: int | None,
    total_column: int | None,
) -> None:
    """Vertical bars, BOM, CRLF, no quoting; header again now and then, a line of totals."""
    header = "|".join(columns) + "\r\n"
    total = Decimal(0)
    with path.open("w", encoding="utf-8-sig", newline="") as text:
        text.write(header)
        for number, row in enumerate(rows):
            if repeat_header_after and number and number % repeat_header_after == 0:
                text.write(header)
            values = ["-" if value in (None, "") else str(value) for value in row]
            text.write("|".join(values) + "\r\n")
            if total_column is not None:
                total += Decimal(values[total_column])
        if total_column is not None and total:
            cells = ["合计", *[""] * (len(columns) - 1)]
            cells[total_column] = str(total)
            text.write("|".join(cells) + "\r\n")


def write_json_lines(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """One object per line, without spaces."""
    with path.open("w", encoding="utf-8", newline="\n") as text:
        for row in rows:
            record = dict(zip(columns, row, strict=True))
            text.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")


def write_database(
    path: Path, tables: Iterable[tuple[Contract, Iterable[Row]]]
) -> dict[str, int]:
    """A SQLite file with one table per contract; returns the rows of each table."""
    counts: dict[str, int] = {}
    path.unlink(missing_ok=True)
    file = sqlite3.connect(path)
    file.execute("pragma journal_mode = off")
    file.execute("pragma synchronous = off")
    for contract, rows in tables:
        columns = ", ".join(
            f"{c.name} {SQL_TYPES.get(c.type, 'TEXT')}" for c in contract.columns
        )
        key = ", ".join(contract.key)
        file.execute(
            f"create table {contract.table} ({columns}, primary key ({key})) without rowid"
        )
        marks = ", ".join("?" * len(contract.columns))
        counted = Counter(rows)
        file.executemany(f"insert into {contract.table} values ({marks})", iter(counted))
        counts[contract.table] = counted.count
    file.commit()
    file.close()
    return counts
