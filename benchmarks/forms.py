"""The forms in which the same charge lines are delivered: writers and contracts.

What all contracts say stands in `lines/lines.yml`. To measure another form, write its
writer (from a path and rows to a file) and add it to `FORMS`.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from shutil import copyfile
from typing import Any
from xml.sax.saxutils import escape

import yaml
from openpyxl import Workbook

from loaders.contracts.model import Column
from loaders.demo_county.dbf import write_dbf

HERE = Path(__file__).resolve().parent / "lines"
COMMON = yaml.safe_load((HERE / "lines.yml").read_text("utf-8"))
COLUMNS = tuple(column["name"] for column in COMMON["columns"])
DBF_COLUMNS = tuple(Column(**column) for column in COMMON["columns"])
BLOCK = 20_000
# The rows of a sheet but the one with the names.
FULL_SHEET = 1_048_575
Rows = Iterable[list[str]]


def write_csv(encoding: str, path: Path, rows: Rows) -> None:
    with path.open("wb") as out:
        out.write(_as_csv([COLUMNS]).encode(encoding))
        for block in _blocks(rows):
            out.write(_as_csv(block).encode(encoding))


def write_zip(path: Path, rows: Rows) -> None:
    """A CSV in GB18030 in a zip."""
    inner = path.with_suffix(".csv")
    write_csv("gb18030", inner, rows)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(inner, inner.name)
    inner.unlink()


def write_json_lines(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8") as out:
        out.writelines(f"{_as_json(row)}\n" for row in rows)


def write_json_array(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8") as out:
        for number, row in enumerate(rows):
            out.write(f"{',' if number else '['}\n{_as_json(row)}")
        out.write("\n]\n")


def write_xml(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8") as out:
        out.write("<Lines>\n")
        for row in rows:
            cells = zip(COLUMNS, map(escape, row), strict=True)
            out.write(f"<Line>{''.join(f'<{n}>{v}</{n}>' for n, v in cells)}</Line>\n")
        out.write("</Lines>\n")


def write_table(path: Path, rows: Rows) -> None:
    write_dbf(path, DBF_COLUMNS, ((row, False) for row in rows), date(2025, 1, 1))


def write_sheet(path: Path, rows: Rows) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("lines")
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append(row)
    book.save(path)


@dataclass(frozen=True)
class Form:
    """One form: its name to readers, its feed, its file, what its contract says."""

    label: str
    feed: str
    table: str
    suffix: str
    write: Callable[[Path, Rows], None]
    contract: dict[str, Any]
    bytes_per_row: int
    most_rows: int | None = None

    @property
    def name(self) -> str:
        return f"{self.feed.lower()}_{self.table.lower()}"

    def file_name(self, day: str) -> str:
        return f"{self.table}_{day}.{self.suffix}"


TEXT = {"format": "delimited", "text": {"delimiter": ",", "quote": '"'}}
GB18030, UTF_8 = {"encoding": "gb18030"}, {"encoding": "utf-8"}
LINES_GB = Form(
    "CSV, GB18030", "Y01", "LINES_GB", "csv", partial(write_csv, "gb18030"),
    {**TEXT, **GB18030}, 186,
)  # fmt: skip
LINES_UTF8 = Form(
    "CSV, UTF-8", "Y02", "LINES_UTF8", "csv", partial(write_csv, "utf-8"),
    {**TEXT, **UTF_8}, 199,
)  # fmt: skip
LINES_ZIP = Form(
    "CSV in a zip", "Y03", "LINES_ZIP", "zip", write_zip,
    {**TEXT, **GB18030, "member_name": r"LINES_ZIP_(?P<date>\d{8})\.csv"}, 186,
)  # fmt: skip
LINES_JSONL = Form(
    "JSON Lines", "Y04", "LINES_JSONL", "jsonl", write_json_lines,
    {"format": "jsonl", **UTF_8}, 408,
)  # fmt: skip
LINES_JSON = Form(
    "JSON, one array", "Y05", "LINES_JSON", "json", write_json_array,
    {"format": "json", **UTF_8}, 408,
)  # fmt: skip
LINES_XML = Form(
    "XML", "Y06", "LINES_XML", "xml", write_xml,
    {"format": "xml", "xml": {"record": "Line"}, **UTF_8}, 398,
)  # fmt: skip
LINES_DBF = Form(
    "DBF", "Y07", "LINES_DBF", "dbf", write_table, {"format": "dbf", **GB18030}, 745
)  # fmt: skip
LINES_XLSX = Form(
    "xlsx, a full sheet", "Y08", "LINES_XLSX", "xlsx", write_sheet,
    {"format": "sheet", "sheet": {"title_rows": 0}}, 186, FULL_SHEET,
)  # fmt: skip
FORMS = (
    LINES_GB, LINES_UTF8, LINES_ZIP, LINES_JSONL, LINES_JSON, LINES_XML, LINES_DBF,
    LINES_XLSX,
)  # fmt: skip


def write_contracts(folder: Path) -> None:
    """The contracts of all forms, as the only system of a folder."""
    place = folder / "bench"
    place.mkdir(parents=True, exist_ok=True)
    copyfile(HERE / "_system.yml", place / "_system.yml")
    for form in FORMS:
        pattern = rf"{form.table}_(?P<date>\d{{8}})\.{form.suffix}"
        names = {"feed": form.feed, "table": form.table, "name": form.name}
        said = names | form.contract | {"file_name": pattern} | COMMON
        text = yaml.safe_dump(said, allow_unicode=True, sort_keys=False)
        (place / f"{form.table.lower()}.yml").write_text(text, "utf-8")


def _blocks(rows: Rows) -> Iterator[list[list[str]]]:
    rest = iter(rows)
    while block := list(islice(rest, BLOCK)):
        yield block


def _as_csv(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _as_json(row: list[str]) -> str:
    return json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False)
