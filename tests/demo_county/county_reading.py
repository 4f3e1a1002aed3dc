"""Reads deliveries back with nothing but standard readers: a second opinion on exports."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import sqlite3
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree  # noqa: S405

from openpyxl import load_workbook

from loaders.contracts.model import Contract, contract_of, load_contracts

Row = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """One delivered table as it stands in a file."""

    delivered_on: date
    contract: Contract
    path: Path
    member: str
    rows: list[Row]

    @property
    def logical_date(self) -> str:
        found = re.search(r"\d{8}", self.path.name)
        return found.group() if found else f"{self.delivered_on:%Y%m%d}"


def tables(deliveries: Path, feed: str = "") -> Iterator[Table]:
    """Every readable table of every delivery, in the order of delivery and name."""
    for path in sorted(deliveries.rglob("*")):
        if not path.is_file() or path.suffix == ".ok":
            continue
        delivered_on = date.fromisoformat(path.relative_to(deliveries).parts[0])
        for contract in load_contracts():
            if not contract.file_pattern.fullmatch(path.name):
                continue
            if feed and contract.feed != feed or is_broken(path):
                continue
            for member, rows in _read(path, contract.feed):
                yield Table(delivered_on, contract, path, member, rows)


@cache
def _read(path: Path, feed: str) -> list[tuple[str, list[Row]]]:
    """The tables of one file; read once, as many tests look at the same county."""
    contract = contract_of(feed)
    return list(READERS[_form(contract)](path, contract))


def _form(contract: Contract) -> str:
    if contract.text is None:
        return contract.format
    return f"{contract.text.delimiter}{' in zip' if contract.member_name else ''}"


def read_truth(county: Path, name: str) -> list[Row]:
    """One of the files of the truth."""
    with (county / "truth" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def _manifest(folder: Path) -> dict[str, str]:
    """The checksum of every file of a folder, as its manifests say."""
    lines = [m.read_text("utf-8").splitlines() for m in sorted(folder.glob("*.ok"))]
    cells = [line.split("\t") for part in lines for line in part]
    return {name: md5 for name, _, md5 in cells}


@cache
def is_broken(path: Path) -> bool:
    """Whether a file is not what its manifest describes."""
    content = hashlib.md5(path.read_bytes()).hexdigest()
    return _manifest(path.parent)[path.name] != content


def _members(path: Path, contract: Contract) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            if contract.member_pattern and contract.member_pattern.fullmatch(name):
                yield name, archive.read(name).decode(contract.encoding or "utf-8")


def _csv_in_zip(path: Path, contract: Contract) -> Iterator[tuple[str, list[Row]]]:
    for name, text in _members(path, contract):
        yield name, list(csv.DictReader(io.StringIO(text, newline="")))


def _tab_in_zip(path: Path, contract: Contract) -> Iterator[tuple[str, list[Row]]]:
    for name, text in _members(path, contract):
        lines = text.split("\n")
        assert lines.pop() == ""
        assert all(line.endswith("\t") for line in lines)
        header, *values = [line[:-1].split("\t") for line in lines]
        rows = [dict(zip(header, line, strict=True)) for line in values]
        yield (
            name,
            [{k: None if v == "null" else v for k, v in row.items()} for row in rows],
        )


def _pipe_text(path: Path, contract: Contract) -> Iterator[tuple[str, list[Row]]]:
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8-sig").split("\r\n")
    assert lines.pop() == ""
    header = lines[0].split("|")
    rows: list[Row] = []
    waiting = ""
    for line in lines[1:]:
        waiting = f"{waiting}\n{line}" if waiting else line
        values = _without_surplus(waiting.split("|"), header, contract)
        if len(values) < len(header):
            continue
        waiting = ""
        if values != header and values[0] != "合计":
            cells = zip(header, values, strict=True)
            rows.append({k: None if v == "-" else v for k, v in cells})
    assert not waiting
    yield "", rows


def _without_surplus(values: list[str], header: list[str], contract: Contract) -> list[str]:
    """Bars too many belong to the one free text that may hold them."""
    surplus = len(values) - len(header)
    free = contract.text.overflow_column if contract.text else None
    if surplus <= 0 or free is None:
        return values
    at = header.index(free)
    return [
        *values[:at],
        "|".join(values[at : at + surplus + 1]),
        *values[at + surplus + 1 :],
    ]


def _dbf(path: Path, contract: Contract) -> Iterator[tuple[str, list[Row]]]:
    content = path.read_bytes()
    records, size, record = struct.unpack_from("<IHH", content, 4)
    assert (content[0], content[29], content[size - 1], content[-1]) == (3, 0, 13, 26)
    assert len(content) == size + records * record + 1
    fields = [
        (content[at : at + 11].rstrip(b"\0").decode(), content[at + 16])
        for at in range(32, size - 1, 32)
    ]
    assert sum(width for _, width in fields) + 1 == record
    rows: list[Row] = []
    for nth in range(records):
        at = size + nth * record
        if content[at : at + 1] == b"*":
            continue
        at += 1
        row: Row = {}
        for name, width in fields:
            row[name] = content[at : at + width].decode("gbk").rstrip(" ") or None
            at += width
        rows.append(row)
    yield "", rows


def deleted_records(path: Path) -> int:
    """How many records of a DBF are flagged as deleted."""
    content = path.read_bytes()
    records, size, record = struct.unpack_from("<IHH", content, 4)
    flags = [content[size + nth * record] for nth in range(records)]
    return flags.count(ord("*"))


def _database(path: Path, contract: Contract) -> Iterator[tuple[str, list[Row]]]:
    file = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    file.row_factory = sqlite3.Row
    rows = [dict(row) for row in file.execute(f"select * from {contract.table}")]
    file.close()
    yield contract.table, rows


def _json_lines(path: Path, contract: Contract) -> Iterator[tuple[str, list[Row]]]:
    yield "", [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _csv(path: Path, contract: Contract) -> Iterator[tuple[str, list[Row]]]:
    text = path.read_text(contract.encoding or "utf-8")
    yield "", list(csv.DictReader(io.StringIO(text)))


def _xlsx(path: Path, contract: Contract) -> Iterator[tuple[str, list[Row]]]:
    if contract.sheet and contract.sheet.all_sheets:
        yield "", list(_group_sheets(path, contract))
        return
    names = contract.column_names
    sheet = load_workbook(path).active
    assert sheet is not None
    rows: list[Row] = []
    for cells in sheet.iter_rows(values_only=True):
        values = [*cells, *[None] * (len(names) - len(cells))]
        is_title = values[0] is not None and all(value is None for value in values[1:])
        is_blank = all(value is None for value in values)
        is_data = values[0] not in (names[0], "合计") and not is_blank
        if is_data and not is_title:
            rows.append({n: _plain(v) for n, v in zip(names, values, strict=True)})
    yield "", rows


def _group_sheets(path: Path, contract: Contract) -> Iterator[Row]:
    """Every sheet of a workbook: title, unit, two rows of names, rows, sums."""
    for sheet in load_workbook(path):
        _, unit, upper, lower, *lines = sheet.iter_rows(values_only=True)
        names: list[str] = []
        group = ""
        for above, below in zip(upper, lower, strict=True):
            # A merged cell has its text in the first column that it covers.
            group = str(above) if above is not None else group
            names.append(group if below is None else f"{group}/{below}")
        shown = {"集团": sheet.title, "单位": str(unit[0]).rpartition(":")[2]}
        for line in lines:
            if line[0] not in ("小计", "合计"):
                cells = map(_plain, line)
                yield shown | dict(zip(names, cells, strict=True))


def _json_array(path: Path, contract: Contract) -> Iterator[tuple[str, list[Row]]]:
    rows = json.loads(path.read_text("utf-8"))
    assert isinstance(rows, list)
    yield "", rows


def _xml(path: Path, contract: Contract) -> Iterator[tuple[str, list[Row]]]:
    # Ours, from this test session: nothing in it that a parser must be protected from.
    root = ElementTree.parse(path).getroot()  # noqa: S314
    assert root.tag == "Referrals"
    yield "", [{field.tag: field.text for field in record} for record in root]


def _plain(value: object) -> object:
    return value.date().isoformat() if isinstance(value, datetime) else value


READERS = {
    ", in zip": _csv_in_zip,
    "\t in zip": _tab_in_zip,
    "|": _pipe_text,
    "database": _database,
    "jsonl": _json_lines,
    ",": _csv,
    "sheet": _xlsx,
    "dbf": _dbf,
    "json": _json_array,
    "xml": _xml,
}
