"""Spreadsheets, written row by row: one sheet, shared texts, real dates, a merged title.

The same rows give the same bytes: no author, no time of writing.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from loaders.demo_county.cells import SERIAL_ZERO
from loaders.demo_county.chronicle import Cell

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "http://schemas.openxmlformats.org"
SHEET = f"{OFFICE}/spreadsheetml/2006/main"
RELATIONS = f"{OFFICE}/officeDocument/2006/relationships"
PACKAGE = f"{OFFICE}/package/2006"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
WORKSHEET, SHARED = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
ZIP_TIME = (2025, 1, 1, 0, 0, 0)


def write_sheet(path: Path, sheet: str, rows: Iterable[list[Cell]], width: int) -> None:
    """Write one sheet whose first row is a title over `width` columns, or ordinary.

    A row of one cell at the very top is merged over the width. Memory holds one row, and
    the different texts of the sheet.
    """
    texts: dict[str, int] = {}
    with zipfile.ZipFile(path, "w") as archive:
        with archive.open(_info(WORKSHEET), "w", force_zip64=True) as part:
            for block in _worksheet(rows, width, texts):
                part.write(block.encode())
        with archive.open(_info(SHARED), "w", force_zip64=True) as part:
            opening = f'<sst xmlns="{SHEET}" uniqueCount="{len(texts)}">'
            part.write((DECLARATION + opening).encode())
            for text in texts:
                item = f'<si><t xml:space="preserve">{escape(text)}</t></si>'
                part.write(item.encode())
            part.write(b"</sst>")
        for name, content in _small_parts(sheet).items():
            archive.writestr(_info(name), DECLARATION + content)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, ZIP_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _worksheet(
    rows: Iterable[list[Cell]], width: int, texts: dict[str, int]
) -> Iterator[str]:
    yield f'{DECLARATION}<worksheet xmlns="{SHEET}"><sheetData>'
    merge = ""
    for number, row in enumerate(rows, 1):
        if number == 1 and len(row) == 1 and width > 1:
            last = f"{_column(width - 1)}1"
            merge = f'<mergeCells count="1"><mergeCell ref="A1:{last}"/></mergeCells>'
        cells = "".join(
            [
                _cell(f"{_column(at)}{number}", value, texts)
                for at, value in enumerate(row)
                if value is not None
            ]
        )
        yield f'<row r="{number}">{cells}</row>'
    yield f"</sheetData>{merge}</worksheet>"


def _small_parts(sheet: str) -> dict[str, str]:
    return {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": (
            f'<workbook xmlns="{SHEET}" xmlns:r="{RELATIONS}"><sheets>'
            f'<sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": _relations(
            {
                "rId1": ("worksheet", "worksheets/sheet1.xml"),
                "rId2": ("styles", "styles.xml"),
                "rId3": ("sharedStrings", "sharedStrings.xml"),
            }
        ),
        "xl/styles.xml": _styles(),
    }


@cache
def _column(index: int) -> str:
    first, second = divmod(index, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)


def _cell(where: str, value: Cell, texts: dict[str, int]) -> str:
    if isinstance(value, str):
        return f'<c r="{where}" t="s"><v>{texts.setdefault(value, len(texts))}</v></c>'
    if isinstance(value, dict):
        serial = (date.fromisoformat(value["on"]) - SERIAL_ZERO).days
        return f'<c r="{where}" s="1"><v>{serial}</v></c>'
    return f'<c r="{where}"><v>{value}</v></c>'


def _content_types() -> str:
    kinds = {
        "/xl/workbook.xml": "sheet.main",
        "/xl/worksheets/sheet1.xml": "worksheet",
        "/xl/styles.xml": "styles",
        "/xl/sharedStrings.xml": "sharedStrings",
    }
    overrides = "".join(
        f'<Override PartName="{part}" ContentType="{CONTENT}.{kind}+xml"/>'
        for part, kind in kinds.items()
    )
    relation = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{relation}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="{key}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'


def _styles() -> str:
    """Two cell formats: general, and a date (built-in number format 14)."""
    return (
        f'<styleSheet xmlns="{SHEET}"><fonts count="1"><font/></fonts>'
        '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>'
        '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
        "</cellStyles></styleSheet>"
    )
