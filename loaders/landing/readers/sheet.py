"""The first table of an xlsx workbook: title, header, data, repeated headers, totals.

A page after the first may lack title and header: then its columns are those of page 1.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from loaders.contracts.model import Contract, SheetLayout
from loaders.landing.readers.cells import cell_text, raw_cells
from loaders.landing.readers.lines import distinct_names
from loaders.landing.readers.reading import BadRecord, Reading, Record
from loaders.landing.refusal import FileRefusedError

# A header stands within this many filled rows, or there is none.
TOP_ROWS = 10
UNREADABLE = (
    zipfile.BadZipFile,
    InvalidFileException,
    ParseError,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    EOFError,
)
Row = tuple[int, list[str | None]]
# The columns of page 1; raises WaitsForPageError where it has not been landed.
PageOne = Callable[[], list[str]]


def read_sheet(path: Path, contract: Contract, page_one: PageOne | None) -> Reading:
    """The table of a workbook; `page_one` for pages that may lack a header.

    Raises: FileRefusedError, also while records are read.
    """
    layout = contract.sheet or SheetLayout()
    names = set(contract.column_names)
    for rows in _sheets(path):
        top: list[Row] = []
        for number, cells in rows:
            if _is_header(cells, names):
                columns = distinct_names(_header_names(cells))
                return Reading(columns, _records(rows, columns, layout))
            top.append((number, cells))
            if len(top) == TOP_ROWS:
                break
        if top and page_one is not None:
            columns = page_one()
            data = chain(_without_title(top, layout), rows)
            return Reading(columns, _records(data, columns, layout))
    raise FileRefusedError(f"no header row within the first {TOP_ROWS} rows of any sheet")


def _sheets(path: Path) -> Iterator[Iterator[Row]]:
    try:
        with warnings.catch_warnings():
            # openpyxl complains about missing styles, which we do not read.
            warnings.simplefilter("ignore")
            workbook = load_workbook(path, read_only=True, data_only=True)
    except UNREADABLE as error:
        raise FileRefusedError("the file is not a readable xlsx workbook") from error
    for sheet in workbook.worksheets:
        yield _rows(sheet)


def _rows(sheet: object) -> Iterator[Row]:
    """Filled rows with their numbers; trailing empty cells are cut off."""
    # The size that a sheet announces may be that of an earlier version of it.
    sheet.reset_dimensions()  # type: ignore[attr-defined]
    rows = sheet.iter_rows(values_only=True)  # type: ignore[attr-defined]
    try:
        for number, values in enumerate(rows, start=1):
            cells = [cell_text(value) for value in values]
            while cells and not (cells[-1] or "").strip():
                cells.pop()
            if cells:
                yield number, cells
    except UNREADABLE as error:
        raise FileRefusedError("the file is not a readable xlsx workbook") from error


def _is_header(cells: list[str | None], names: set[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    known = sum(cell in names for cell in filled)
    return known >= 2 and 2 * known >= len(filled)


def _header_names(cells: list[str | None]) -> list[str]:
    # A column without a name keeps its values under its place.
    return [
        (cell or "").strip() or f"(column {place})"
        for place, cell in enumerate(cells, start=1)
    ]


def _without_title(top: list[Row], layout: SheetLayout) -> list[Row]:
    titles = 0
    for _, cells in top[: layout.title_rows]:
        if sum(bool(cell) for cell in cells) > 1:
            break
        titles += 1
    return top[titles:]


def _records(
    rows: Iterator[Row],
    columns: list[str],
    layout: SheetLayout,
) -> Iterator[Record | BadRecord]:
    for number, cells in rows:
        first = next(cell for cell in cells if (cell or "").strip())
        if (first or "").strip().startswith(layout.total_marks):
            continue
        # Headers are repeated at page breaks, also on a page that begins without one.
        if (first or "").strip() in columns and _header_names(cells) == columns:
            continue
        if len(cells) > len(columns):
            yield BadRecord(number, 0, "too_many_fields", raw_cells(cells))
        else:
            yield Record(number, 0, cells, None)
