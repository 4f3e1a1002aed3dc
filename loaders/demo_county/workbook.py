"""Workbooks of several sheets with merged cells, as finance offices make them.

Texts stand in their cells, not in a shared list. The same rows give the same bytes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from loaders.demo_county.chronicle import Cell
from loaders.demo_county.xlsx import (
    CONTENT,
    DECLARATION,
    PACKAGE,
    RELATIONS,
    SHEET,
    ZIP_TIME,
)


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, its rows, and which ranges of cells are merged."""

    name: str
    rows: Sequence[Sequence[Cell]]
    merged: Sequence[str]


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write the sheets, in this order."""
    numbers = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": _content_types(numbers),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": _workbook(sheets),
        "xl/_rels/workbook.xml.rels": _links(numbers),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(_info(name), DECLARATION + content)
        for number, sheet in zip(numbers, sheets, strict=True):
            with archive.open(_info(f"xl/worksheets/sheet{number}.xml"), "w") as part:
                part.write(_worksheet(sheet).encode())


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, ZIP_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _worksheet(sheet: Sheet) -> str:
    rows = "".join(
        f'<row r="{number}">{"".join(map(_cell, row))}</row>'
        for number, row in enumerate(sheet.rows, 1)
    )
    merged = "".join(f'<mergeCell ref="{cells}"/>' for cells in sheet.merged)
    if merged:
        merged = f'<mergeCells count="{len(sheet.merged)}">{merged}</mergeCells>'
    return (
        f'{DECLARATION}<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData>'
        f"{merged}</worksheet>"
    )


def _cell(value: Cell) -> str:
    """A cell without address: it follows the one before it."""
    if value is None:
        return "<c/>"
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def _workbook(sheets: Sequence[Sheet]) -> str:
    listed = "".join(
        f'<sheet name="{escape(sheet.name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, 1)
    )
    return (
        f'<workbook xmlns="{SHEET}" xmlns:r="{RELATIONS}">'
        f"<sheets>{listed}</sheets></workbook>"
    )


def _links(numbers: Sequence[int]) -> str:
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONS}/worksheet" '
        f'Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'


def _content_types(numbers: Sequence[int]) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" '
        f'ContentType="{CONTENT}.worksheet+xml"/>'
        for number in numbers
    )
    relation = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{relation}"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{CONTENT}.sheet.main+xml"/>'
        f"{sheets}</Types>"
    )
