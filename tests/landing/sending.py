"""Deliveries of a county made by hand: a few rows, exactly in the forms of the handbook.

Nobody in here exists: identity numbers begin with region 99.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sqlite3
import zipfile
from pathlib import Path

from openpyxl import Workbook

from loaders.contracts.model import Contract, contract_of, load_contracts

FOLDERS = {
    "A": "A_XYY_HIS",
    "B": "B_ZYY_HIS",
    "C": "C_TOWNSHIP_HIS",
    "D": "D_PUBLIC_HEALTH",
    "E": "E_FAMILY_DOCTOR",
    "F": "F_INSURANCE",
    "H": "H_ADMIN",
}
Row = dict[str, object]


def row_of(feed: str, **given: object) -> Row:
    """A row with the given values; everything else is null as the source writes it."""
    contract = contract_of(feed)
    empty = contract.nulls[0] if contract.nulls else None
    return {name: given.get(name, empty) for name in contract.column_names}


def csv_bytes(feed: str, rows: list[Row], header: list[str] | None = None) -> bytes:
    contract = contract_of(feed)
    names = header or list(contract.column_names)
    lines = [names, *([row.get(name, "") for name in names] for row in rows)]
    text = "".join(",".join(map(_quoted, line)) + "\r\n" for line in lines)
    return text.encode(contract.encoding or "utf-8")


def pipe_bytes(feed: str, rows: list[Row], header: list[str] | None = None) -> bytes:
    names = header or list(contract_of(feed).column_names)
    lines = [names, *([row.get(name, "-") for name in names] for row in rows)]
    text = "".join("|".join(map(str, line)) + "\r\n" for line in lines)
    return text.encode("utf-8-sig")


def tab_bytes(feed: str, rows: list[Row]) -> bytes:
    names = contract_of(feed).column_names
    lines = [names, *([row[name] for name in names] for row in rows)]
    return "".join("\t".join(map(str, line)) + "\t\n" for line in lines).encode()


def json_bytes(rows: list[Row]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def sheet_bytes(
    feed: str,
    rows: list[Row],
    *,
    title: bool = True,
    header: bool = True,
    total: bool = False,
    header_again_after: int | None = None,
    names: list[str] | None = None,
) -> bytes:
    names = names or list(contract_of(feed).column_names)
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    if title:
        sheet.append(["某表  导出日期:2025-01-01"])
    if header:
        sheet.append(names)
    for number, row in enumerate(rows):
        if number == header_again_after:
            sheet.append(names)
        sheet.append([row.get(name) or None for name in names])
    if total:
        sheet.append([])
        sheet.append(["合计", None, len(rows)])
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def zip_bytes(members: dict[str, bytes], day: str = "20250101") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            when = (int(day[:4]), int(day[4:6]), int(day[6:]), 3, 0, 0)
            archive.writestr(zipfile.ZipInfo(name, when), data)
    return stream.getvalue()


class Sender:
    """Puts files and their manifests into a folder of deliveries."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(
        self,
        day: str,
        feed: str,
        name: str,
        data: bytes | None,
        rows: int | None,
        announced: bytes | None = None,
    ) -> Path:
        """A file with its manifest line; without data it is announced and not there."""
        folder = self._folder(day, feed[0])
        if rows is not None:
            line = _line(name, rows, announced if announced is not None else data or b"")
            with (folder / f"{folder.name}_{day}.ok").open("a", encoding="utf-8") as ok:
                ok.write(line)
        if data is not None:
            (folder / name).write_bytes(data)
        return folder / name

    def csv_zip(
        self,
        day: str,
        tables: dict[str, tuple[bytes, int]],
        *,
        zip_day: str | None = None,
        name: str | None = None,
        manifest: bool = True,
        cut: bool = False,
    ) -> Path:
        """System A: a zip of CSV files, by feed or by member name, with its manifest."""
        zip_day = zip_day or day
        members = {_member(feed, zip_day): data for feed, (data, _) in tables.items()}
        rows = {_member(feed, zip_day): count for feed, (_, count) in tables.items()}
        data = zip_bytes(members, zip_day)
        path = self._folder(day, "A") / (name or f"XYYHIS_{zip_day}_01.zip")
        path.write_bytes(data[: len(data) // 2] if cut else data)
        if manifest:
            lines = [_line(path.name, len(members), data)]
            lines += [_line(m, rows[m], content) for m, content in members.items()]
            Path(f"{path}.ok").write_text("".join(lines), "utf-8")
        return path

    def settlements(
        self, day: str, rows: list[Row], *, file_day: str | None = None, mark: str = ""
    ) -> Path:
        """System F: the settlements of a day in their zip."""
        file_day = file_day or day
        data = zip_bytes({f"SETL_D_{file_day}.txt": tab_bytes("F02", rows)}, file_day)
        return self.put(day, "F02", f"YB_SETL_D_{file_day}{mark}.zip", data, len(rows))

    def database(
        self, day: str, tables: dict[str, list[Row]], *, only: frozenset[str] | None = None
    ) -> Path:
        """System C: the database with the table of every contract, or of `only` those."""
        path = self._folder(day, "C") / "township_his.db"
        path.unlink(missing_ok=True)
        contracts = [contract for contract in load_contracts() if contract.system == "C"]
        if only is not None:
            contracts = [contract for contract in contracts if contract.feed in only]
        with sqlite3.connect(path) as database:
            for contract in contracts:
                _make_table(database, contract, tables.get(contract.feed, []))
        database.close()
        lines = [_line(path.name, len(contracts), path.read_bytes())]
        for contract in contracts:
            lines.append(f"{contract.table}\t{len(tables.get(contract.feed, []))}\t-\n")
        Path(f"{path}.ok").write_text("".join(lines), "utf-8")
        return path

    def hide(self, day: str) -> None:
        """Make a day as if it had not been delivered yet."""
        shutil.move(self.root / day, self.root.parent / f"later_{day}")

    def show(self, day: str) -> None:
        """Deliver a hidden day."""
        shutil.move(self.root.parent / f"later_{day}", self.root / day)

    def _folder(self, day: str, system: str) -> Path:
        folder = self.root / day / FOLDERS[system]
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def _member(feed: str, day: str) -> str:
    return f"{contract_of(feed).table}_{day}.csv" if feed[1:].isdecimal() else feed


def _line(name: str, rows: int, data: bytes) -> str:
    return f"{name}\t{rows}\t{hashlib.md5(data).hexdigest()}\n"


def _quoted(value: object) -> str:
    text = "" if value is None else str(value)
    if any(mark in text for mark in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _make_table(database: sqlite3.Connection, contract: Contract, rows: list[Row]) -> None:
    columns = ", ".join(f'"{name}"' for name in contract.column_names)
    key = ", ".join(f'"{name}"' for name in contract.key)
    database.execute(f'create table "{contract.table}" ({columns}, primary key ({key}))')
    marks = ", ".join("?" for _ in contract.column_names)
    database.executemany(
        f'insert into "{contract.table}" values ({marks})',
        [[row[name] for name in contract.column_names] for row in rows],
    )
