"""Workbooks of either kind as sheets of filled rows with their numbers, as text.

What a file is is told by its first bytes: people rename. An xlsx is read as it comes; of
its parts only the shared strings are held in memory. An xls is held in memory whole, by a
process of its own.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Collection, Generator, Iterator
from dataclasses import dataclass
from itertools import starmap
from typing import IO, Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError

from openpyxl import DEFUSEDXML
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.datetime import from_excel
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
from loaders.landing.readers.reading import LONGEST_RECORD
from loaders.landing.refusal import FileRefusedError

ZIP_MARK = b"PK"
OLE_MARK = bytes.fromhex("d0cf11e0a1b11ae1")
# Unpacked: all of a workbook, its texts, and what else is held in memory (styles, lists).
MOST_BYTES = 1 << 32
MOST_SHARED_BYTES = 1 << 28
MOST_HELD_BYTES = 1 << 25
SHARED_STRINGS = "xl/sharedStrings.xml"
STREAMED = ("xl/worksheets/", SHARED_STRINGS)
LAST_ROW = 1 << 20
KIND = "xlsx workbook"
NO_WORKBOOK = f"the file is not a readable {KIND}"
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
    # What is wrong with a cell, and in which column, from 1 on.
    rule: str | None = None
    place: int | None = None


@dataclass
class Sheet:
    """One sheet; its rows can be read once."""

    title: str
    rows: Iterator[SheetRow]


def open_sheets(stream: IO[bytes]) -> Iterator[Sheet]:
    """The sheets of a workbook in a stream that can seek; hidden ones are not sent.

    Raises: FileRefusedError, also while rows are read.
    """
    mark = stream.read(len(OLE_MARK))
    stream.seek(0)
    if mark == OLE_MARK:
        for title, rows in legacy_sheets(stream):
            yield Sheet(title, _filled(starmap(SheetRow, rows)))
    elif mark.startswith(ZIP_MARK):
        yield from _xlsx_sheets(stream)
    else:
        raise FileRefusedError("the file is neither an xlsx nor an xls workbook")


def _xlsx_sheets(stream: IO[bytes]) -> Iterator[Sheet]:
    if not DEFUSEDXML:
        raise RuntimeError("openpyxl must read XML by defusedxml: see OPENPYXL_DEFUSEDXML")
    _check_sizes(safe_members(stream, MOST_BYTES, KIND))
    reader = ExcelReader(stream, read_only=True, data_only=True, keep_links=False)
    try:
        with warnings.catch_warnings():
            # openpyxl complains about missing styles, which we do not read.
            warnings.simplefilter("ignore")
            # Step by step: what else it would read (pictures, properties) may be broken.
            reader.read_manifest()
            reader.read_strings()
            reader.read_workbook()
            apply_stylesheet(reader.archive, reader.wb)
            parts = [
                (sheet.name, relation.target)
                for sheet, relation in reader.parser.find_sheets()
                if "chartsheet" not in relation.Type and sheet.state == "visible"
            ]
    except (*UNREADABLE, OSError) as error:
        raise FileRefusedError(NO_WORKBOOK) from error
    for title, part in parts:
        yield Sheet(title, _filled(_rows(reader, part)))


def _check_sizes(sizes: dict[str, int]) -> None:
    held = sum(n for name, n in sizes.items()
               if name.endswith(".xml") and not name.startswith(STREAMED))  # fmt: skip
    if sizes.get(SHARED_STRINGS, 0) > MOST_SHARED_BYTES or held > MOST_HELD_BYTES:
        raise FileRefusedError("the workbook has more texts or styles than memory may hold")


def _rows(reader: ExcelReader, part: str) -> Iterator[SheetRow]:
    book: Any = reader.wb
    last = 0
    try:
        with reader.archive.open(part) as source:
            metered = _Metered(source)
            parser = _RowParser(
                book._date_formats,
                book._timedelta_formats,
                metered,
                reader.shared_strings,
                data_only=True,
                epoch=book.epoch,
                # Dates are made here: what is none would become an error there, with
                # its value in a warning.
                date_formats=frozenset(),
                timedelta_formats=frozenset(),
            )
            for number, cells in parser.parse():
                if not last < number <= LAST_ROW:
                    raise FileRefusedError(f"rows out of order after row {last}")
                last = number
                metered.since_row = 0
                yield _row(number, cells)
    except UNREADABLE as error:
        raise FileRefusedError(NO_WORKBOOK) from error


def _row(number: int, cells: list[dict[str, Any]]) -> SheetRow:
    texts: list[str | None] = []
    rule, faulty = None, None
    for cell in cells:
        place = cell["column"] - 1
        if place < len(texts):
            raise FileRefusedError(f"cells out of order in row {number}")
        texts.extend([None] * (place - len(texts)))
        value = cell["value"]
        if isinstance(value, _Uncalculated):
            rule, faulty = "formula_without_value", place + 1
            value = value.formula
        texts.append(cell_text(value))
    return SheetRow(number, texts, rule, faulty)


def _filled(rows: Iterator[SheetRow]) -> Iterator[SheetRow]:
    for row in rows:
        while row.cells and not (row.cells[-1] or "").strip():
            row.cells.pop()
        if row.cells:
            yield row


class _Uncalculated(NamedTuple):
    """The value of a formula that no program has calculated yet."""

    formula: str


class _Metered:
    """The bytes of a sheet; stops where a row does not come to its end."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.since_row = 0

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.since_row += len(data)
        if self.since_row > LONGEST_RECORD:
            raise FileRefusedError("a row of the workbook has no end")
        return data


class _RowParser(WorkSheetParser):
    """Rows only, none kept; sees the formula of a cell without a value.

    openpyxl either gives formulas or values. A second pass for the formulas would double
    the time; to look at the element again where there is no value costs next to nothing.
    """

    def __init__(
        self, dates: Collection[int], spans: Collection[int], source: _Metered, *args: Any,
        **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(source, *args, **more)
        self._dates, self._spans = dates, spans

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
        if cell["data_type"] == "n" and cell["style_id"] in self._dates:
            cell["value"] = self._moment(cell["value"], cell["style_id"] in self._spans)
        if cell["value"] is None:
            formula = element.find(FORMULA_TAG)
            # A calculated text may be empty: then there is a value, of type str.
            is_text = element.get("t") == "str" and element.find(VALUE_TAG) is not None
            if formula is not None and not is_text:
                cell["value"] = _Uncalculated(f"={formula.text or ''}")
        return cell

    def _moment(self, value: Any, is_span: bool) -> Any:
        """The date of a number; the number where that is no date."""
        if value is None or value < 0:
            return value
        try:
            return from_excel(value, self.epoch, timedelta=is_span)
        except (OverflowError, ValueError):
            return value
