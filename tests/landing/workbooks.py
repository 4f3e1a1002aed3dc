"""Workbooks made for tests, also such as no program would write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import xlwt
from openpyxl import Workbook

Cells = Sequence[object]


def xlsx(**sheets: Sequence[Cells]) -> bytes:
    """A workbook of these sheets and rows; an empty row stays a row."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def xls(**sheets: Sequence[Cells]) -> bytes:
    """The same in the old binary format; `#…` becomes an error cell."""
    workbook = xlwt.Workbook()
    for title, rows in sheets.items():
        sheet = workbook.add_sheet(title)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str) and value.startswith("#"):
                    sheet.row(number).set_cell_error(column, value)
                elif value is not None:
                    sheet.write(number, column, value)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def with_sheet_xml(rows: str, head: str = "") -> bytes:
    """A workbook whose only sheet has exactly these `<row>` elements."""
    sheet = (
        f"{head}<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>"
        f"<sheetData>{rows}</sheetData></worksheet>"
    )
    return with_part(xlsx(S=[]), "xl/worksheets/sheet1.xml", sheet.encode())


def with_shared_strings(strings: str, rows: str, head: str = "") -> bytes:
    """A workbook whose texts stand in a part of their own, as most programs write it."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    book = with_sheet_xml(rows)
    with zipfile.ZipFile(io.BytesIO(book)) as opened:
        types = opened.read("[Content_Types].xml").decode()
    if "sharedStrings" not in types:
        part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
        book = with_part(
            book, "[Content_Types].xml", types.replace("</Types>", part).encode()
        )
    texts = f"{head}<sst xmlns='{namespace}'>{strings}</sst>"
    return with_part(book, "xl/sharedStrings.xml", texts.encode())


def with_part(workbook: bytes, name: str, data: bytes) -> bytes:
    """The workbook with one part replaced or added."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info.filename, old.read(info))
        new.writestr(name, data)
    return target.getvalue()
