"""A table of texts in every format, as a careful program would write it."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from tests.landing.test_landing_dbf import dbf, record
from tests.landing.workbooks import xls

Rows = Sequence[Sequence[str | None]]
Names = Sequence[str]
FIELD = 240


def delimited(
    names: Names,
    rows: Rows,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    quoting: int | None = csv.QUOTE_MINIMAL,
    end: str = "\r\n",
    last: str = "",
    null: str = "",
) -> bytes:
    """Text with or without quotes; without, no value may hold delimiter or line break."""
    lines = [names, *([null if value is None else value for value in row] for row in rows)]
    if quoting is None:
        text = "".join(delimiter.join(line) + last + end for line in lines)
    else:
        target = io.StringIO(newline="")
        csv.writer(
            target, delimiter=delimiter, quoting=quoting, lineterminator=end  # type: ignore[arg-type]
        ).writerows(lines)  # fmt: skip
        text = target.getvalue()
    return text.encode(encoding)


def json_lines(names: Names, rows: Rows) -> bytes:
    objects = [dict(zip(names, row, strict=True)) for row in rows]
    return "".join(json.dumps(o, ensure_ascii=False) + "\n" for o in objects).encode()


def json_array(names: Names, rows: Rows) -> bytes:
    objects = [dict(zip(names, row, strict=True)) for row in rows]
    return json.dumps(objects, ensure_ascii=False, indent=1).encode()


def xml(names: Names, rows: Rows) -> bytes:
    """Carriage returns are written as references: XML would turn them into line feeds."""
    made = ["<?xml version='1.0' encoding='UTF-8'?>\n<t>\n"]
    for row in rows:
        cells = (
            f"<{name}/>" if value is None
            else f"<{name}>{escape(value, {chr(13): '&#13;'})}</{name}>"
            for name, value in zip(names, row, strict=True)
        )  # fmt: skip
        made.append(f"<r>{''.join(cells)}</r>\n")
    return "".join([*made, "</t>\n"]).encode()


def workbook(names: Names, rows: Rows) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (names, *rows):
        cells = [WriteOnlyCell(sheet, value) for value in row]
        for cell in cells:
            # What begins like a formula or an error is a text, too.
            cell.data_type = "s"
        sheet.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def old_workbook(names: Names, rows: Rows) -> bytes:
    return xls(S=[names, *rows])


def dbase(names: Names, rows: Rows) -> bytes:
    fields = [(name, "C", FIELD) for name in names]
    records = [record(*(value or "" for value in row), fields=fields) for row in rows]
    return dbf(records, fields)


def sqlite(names: Names, rows: Rows) -> bytes:
    columns = ", ".join(f'"{name}"' for name in (*names, "stamp"))
    marks = ", ".join("?" for _ in (*names, "stamp"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.db"
        with sqlite3.connect(path) as database:
            database.execute(f"create table T ({columns})")
            database.executemany(
                f"insert into T values ({marks})",
                [(*row, f"2024-12-01 00:{n:04}") for n, row in enumerate(rows)],
            )
        database.close()
        return path.read_bytes()


WRITERS: dict[str, Callable[[Names, Rows], bytes]] = {
    "csv": lambda names, rows: delimited(names, rows, encoding="gb18030"),
    "csv8": delimited,
    "csv16": lambda names, rows: delimited(names, rows, encoding="utf-16"),
    "bar": lambda names, rows: delimited(
        names, rows, delimiter="|", quoting=None, encoding="utf-8-sig", null="-"
    ),
    "tab": lambda names, rows: delimited(
        names, rows, delimiter="\t", quoting=None, last="\t", null="null"
    ),
    "jsonl": json_lines,
    "json": json_array,
    "xml": xml,
    "xlsx": workbook,
    "xls": old_workbook,
    "dbf": dbase,
    "sqlite": sqlite,
}
