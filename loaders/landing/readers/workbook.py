"""Workbooks of either kind as sheets of filled rows with their numbers, as text.

What a file is is told by its first bytes: people rename. An xlsx is read as it comes; of
its parts only the shared strings are held in memory. An xls is held in memory whole, by a
process of its own.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import IO, Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError

from openpyxl import DEFUSEDXML, load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import (
    DATA_TAG,
    FORMULA_TAG,
    ROW_TAG,
    VALUE_TAG,
    WorkSheetParser,
)
from openpyxl.xml.functions import iterparse

from loaders.landing.readers.archive import safe_members
from loaders.landing.readers.cells import cell_text
from loaders.landing.readers.legacy_workbook import legacy_sheets
from loaders.landing.refusal import FileRefusedError

ZIP_MARK = b"PK"
OLE_MARK = bytes.fromhex("d0cf11e0a1b11ae1")
MOST_BYTES = 1 << 32
SHARED_STRINGS = "xl/sharedStrings.xml"
MOST_SHARED_BYTES = 1 << 28
LAST_ROW = 1 << 20
NO_WORKBOOK = "the file is not a readable xlsx or xls workbook"
UNREADABLE = (
    zipfile.BadZipFile,
    InvalidFileException,
    ParseError,
    zlib.error,
    AttributeError,
    EOFError,
    LookupError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
)


class SheetRow(NamedTuple):
    """A row that is not empty; trailing empty cells are cut off."""

    number: int
    cells: list[str | None]
    rule: str | None = None


@dataclass
class Sheet:
    """One sheet; its rows can be read once."""

    title: str
    rows: Iterator[SheetRow]


def open_sheets(stream: IO[bytes]) -> Iterator[Sheet]:
    """The sheets of a workbook in a stream that can seek.

    Raises: FileRefusedError, also while rows are read.
    """
    mark = stream.read(len(OLE_MARK))
    stream.seek(0)
    if mark == OLE_MARK:
        for title, rows in legacy_sheets(stream):
            yield Sheet(title, _filled((number, cells, None) for number, cells in rows))
    elif mark.startswith(ZIP_MARK):
        yield from _xlsx_sheets(stream)
    else:
        raise FileRefusedError(NO_WORKBOOK)


def _xlsx_sheets(stream: IO[bytes]) -> Iterator[Sheet]:
    if not DEFUSEDXML:
        raise RuntimeError("openpyxl must read XML by defusedxml: see OPENPYXL_DEFUSEDXML")
    if safe_members(stream, MOST_BYTES).get(SHARED_STRINGS, 0) > MOST_SHARED_BYTES:
        raise FileRefusedError(f"texts of the workbook exceed {MOST_SHARED_BYTES} bytes")
    try:
        with warnings.catch_warnings():
            # openpyxl complains about missing styles, which we do not read.
            warnings.simplefilter("ignore")
            book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except UNREADABLE as error:
        raise FileRefusedError(NO_WORKBOOK) from error
    for sheet in book.worksheets:
        yield Sheet(sheet.title, _filled(_rows(book, sheet)))


def _rows(book: Any, sheet: Any) -> Iterator[tuple[int, list[str | None], str | None]]:
    last = 0
    try:
        with sheet._get_source() as source:
            parser = _RowParser(
                source,
                sheet._shared_strings,
                data_only=True,
                epoch=book.epoch,
                date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )
            for number, cells in parser.parse():
                if not last < number <= LAST_ROW:
                    raise FileRefusedError(f"rows out of order after row {last}")
                last = number
                texts, rule = _texts(number, cells)
                yield number, texts, rule
    except UNREADABLE as error:
        raise FileRefusedError(NO_WORKBOOK) from error


def _texts(number: int, cells: list[dict[str, Any]]) -> tuple[list[str | None], str | None]:
    texts: list[str | None] = []
    rule = None
    for cell in cells:
        place = cell["column"] - 1
        if place < len(texts):
            raise FileRefusedError(f"cells out of order in row {number}")
        texts.extend([None] * (place - len(texts)))
        value = cell["value"]
        if isinstance(value, _Uncalculated):
            rule = "formula_without_value"
            value = value.formula
        texts.append(cell_text(value))
    return texts, rule


def _filled(
    rows: Iterator[tuple[int, list[str | None], str | None]],
) -> Iterator[SheetRow]:
    for number, cells, rule in rows:
        while cells and not (cells[-1] or "").strip():
            cells.pop()
        if cells:
            yield SheetRow(number, cells, rule)


class _Uncalculated(NamedTuple):
    """The value of a formula that no program has calculated yet."""

    formula: str


class _RowParser(WorkSheetParser):
    """Rows only, none kept; sees the formula of a cell without a value.

    openpyxl either gives formulas or values. A second pass for the formulas would double
    the time; to look at the element again where there is no value costs next to nothing.
    """

    def parse(self) -> Generator[tuple[int, list[dict[str, Any]]], None, None]:
        for _, element in iterparse(self.source):
            if element.tag == ROW_TAG:
                yield self.parse_row(element)
                element.clear()
            elif element.tag == DATA_TAG:
                return

    def parse_row(self, row: Any) -> tuple[int, list[dict[str, Any]]]:
        self.row_counter = int(row.get("r", self.row_counter + 1))
        self.col_counter = 0
        return self.row_counter, [self.parse_cell(element) for element in row]

    def parse_cell(self, element: Element) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None:
            formula = element.find(FORMULA_TAG)
            # A calculated text may be empty: then there is a value, of type str.
            is_text = element.get("t") == "str" and element.find(VALUE_TAG) is not None
            if formula is not None and not is_text:
                cell["value"] = _Uncalculated(f"={formula.text or ''}")
        return cell
