"""The table of a workbook: title, header, data, repeated headers, totals, on each sheet.

A page after the first may lack title and header: then its columns are those of page 1. Rows
of several sheets are numbered as if the sheets were pasted one below the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO

from loaders.contracts.model import Contract, SheetLayout
from loaders.contracts.spelling import folded
from loaders.landing.readers.cells import raw_cells
from loaders.landing.readers.lines import distinct_names
from loaders.landing.readers.reading import BadRecord, PageOne, Reading, Record
from loaders.landing.readers.workbook import Sheet, SheetRow, open_sheets
from loaders.landing.refusal import FileRefusedError

__all__ = ["PageOne", "read_sheet"]

# A header stands within this many filled rows, or there is none.
TOP_ROWS = 10


@dataclass
class _Table:
    """The data of one sheet: what its columns are, and what holds for all of its rows."""

    columns: list[str]
    # The rows of the header as they stand, to know them again at page breaks.
    header: list[list[str]]
    common: list[str]
    rows: Iterator[SheetRow]
    last_number: int


def read_sheet(stream: IO[bytes], contract: Contract, page_one: PageOne | None) -> Reading:
    """The table of a workbook in a stream that can seek.

    `page_one` is for pages that may lack a header. Raises: FileRefusedError, also while
    records are read.
    """
    layout = contract.sheet or SheetLayout()
    finder = _Finder(contract, layout, page_one)
    tables = finder.tables(open_sheets(stream))
    first = next(tables, None)
    if first is None:
        raise FileRefusedError(
            f"no header row within the first {TOP_ROWS} rows of any sheet"
        )
    columns = distinct_names([*first.columns, *finder.common_names])
    return Reading(columns, _all_records(first, tables, layout))


class _Finder:
    """Finds the table of each sheet by the names that the contract knows."""

    def __init__(
        self, contract: Contract, layout: SheetLayout, page_one: PageOne | None
    ) -> None:
        self._layout = layout
        self._page_one = page_one
        self._names = {
            folded(name)
            for column in contract.columns
            for name in (column.name, *column.aliases)
        }
        named = [layout.sheet_name] if layout.sheet_name else []
        self.common_names = [*layout.above_header, *named]

    def tables(self, sheets: Iterator[Sheet]) -> Iterator[_Table]:
        """The tables in order: of all sheets, or of the first that has one."""
        for place, sheet in enumerate(sheets, start=1):
            table, is_empty = self._table(sheet, place)
            if table is not None:
                yield table
                if not self._layout.all_sheets:
                    return
            elif self._layout.all_sheets and not is_empty:
                raise FileRefusedError(f"sheet {place} has no header row")

    def _table(self, sheet: Sheet, place: int) -> tuple[_Table | None, bool]:
        top = list(islice(sheet.rows, TOP_ROWS))
        end = self._header_end(top)
        header = top[end - self._layout.header_rows : end] if end else []
        above = top[: end - self._layout.header_rows] if end else []
        names = _joined([each.cells for each in header]) if header else []
        # Below rows of data it stands at a page break: the page began without one.
        at_break = self._page_one is not None and _holds_rows(above, names)
        if end and not at_break:
            columns = distinct_names(_named(names))
            common = self._common(sheet, place, above)
            plain = [_stripped(each.cells) for each in header]
            rows = chain(top[end:], sheet.rows)
            return _Table(columns, plain, common, rows, header[-1].number), False
        if not top or self._page_one is None:
            return None, not top
        columns = [name for name in self._page_one() if name not in self.common_names]
        title = _title_length(top, self._layout)
        common = self._common(sheet, place, top[:title])
        rows = chain(top[title:], sheet.rows)
        return _Table(columns, [columns], common, rows, 0), False

    def _header_end(self, top: list[SheetRow]) -> int:
        """The number of rows up to the end of the header; none when there is no header.

        A line of the title with the upper row of the header below it can look like a
        header of two rows: of rows that overlap those with the most known names are it.
        """
        depth = self._layout.header_rows
        found = {
            end: self._known(top[end - depth : end]) for end in range(depth, len(top) + 1)
        }
        first = next((end for end, known in found.items() if known), 0)
        overlapping = range(first, min(first + depth, len(top) + 1))
        return max(overlapping, key=lambda end: found[end]) if first else 0

    def _known(self, header: list[SheetRow]) -> int:
        """How many names of the contract these rows hold, when they can be a header."""
        if not _follow(header):
            return 0
        filled = [name for name in _joined([row.cells for row in header]) if name]
        known = sum(folded(name) in self._names for name in filled)
        return known if known >= 2 and 2 * known >= len(filled) else 0

    def _common(self, sheet: Sheet, place: int, above: list[SheetRow]) -> list[str]:
        values = []
        for name, pattern in self._layout.above_header.items():
            cells = (cell for row in above for cell in row.cells if cell)
            found = next(filter(None, (re.search(pattern, cell) for cell in cells)), None)
            if found is None:
                raise FileRefusedError(
                    f"sheet {place} does not say {name} above its header"
                )
            values.append(found[1].strip())
        return [*values, sheet.title] if self._layout.sheet_name else values


def _all_records(
    first: _Table, others: Iterator[_Table], layout: SheetLayout
) -> Iterator[Record | BadRecord]:
    numbered_from = 0
    for place, table in enumerate(chain([first], others), start=1):
        if table.columns != first.columns:
            raise FileRefusedError(
                f"table {place} of the workbook has another header than the first"
            )
        yield from _records(table, numbered_from, layout)
        numbered_from += table.last_number


def _records(
    table: _Table, numbered_from: int, layout: SheetLayout
) -> Iterator[Record | BadRecord]:
    width = len(table.columns)
    header_starts = {next(filter(None, cells), "") for cells in table.header}
    for row in table.rows:
        cells = row.cells
        table.last_number = row.number
        number = numbered_from + row.number
        first = next(cell.strip() for cell in cells if cell and cell.strip())
        if first.startswith(layout.total_marks):
            continue
        # Headers are repeated at page breaks, also on a page that begins without one.
        if first in header_starts and _stripped(cells) in table.header:
            continue
        if len(cells) > width:
            yield BadRecord(number, 0, "too_many_fields", raw_cells(cells))
        elif row.rule:
            yield BadRecord(number, 0, row.rule, raw_cells(cells), row.place)
        elif table.common:
            gap = [None] * (width - len(cells))
            yield Record(number, 0, [*cells, *gap, *table.common], None)
        else:
            yield Record(number, 0, cells, None)


def _joined(rows: Sequence[Sequence[str | None]]) -> list[str]:
    """Column names of a header of several rows: the names above one another, by a slash.

    Of merged cells only the first has the name; it holds to the right as long as there are
    names below it and those above it do not change.
    """
    width = max(map(len, rows))
    grid = [_stripped(cells, width) for cells in rows]
    paths: list[list[str]] = [[] for _ in range(width)]
    for level, cells in enumerate(grid):
        parents = [tuple(path) for path in paths]
        merged = ""
        for place, cell in enumerate(cells):
            has_below = any(below[place] for below in grid[level + 1 :])
            goes_on = has_below and parents[place] == parents[max(place - 1, 0)]
            name = cell or (merged if goes_on else "")
            merged = name if has_below else ""
            if name:
                paths[place].append(name)
    return ["/".join(path) for path in paths]


def _follow(rows: Sequence[SheetRow]) -> bool:
    return rows[-1].number - rows[0].number == len(rows) - 1


def _holds_rows(above: list[SheetRow], names: Sequence[str]) -> bool:
    """Whether a row above a header is as full as a row of data."""
    due = sum(map(bool, names))
    return any(2 * sum(map(bool, row.cells)) > due for row in above)


def _named(names: Sequence[str]) -> list[str]:
    # A column without a name keeps its values under its place.
    return [name or f"(column {place})" for place, name in enumerate(names, start=1)]


def _stripped(cells: Sequence[str | None], width: int = 0) -> list[str]:
    gap = [""] * (width - len(cells))
    return [(cell or "").strip() for cell in cells] + gap


def _title_length(top: list[SheetRow], layout: SheetLayout) -> int:
    titles = 0
    for row in top[: layout.title_rows]:
        if sum(bool(cell) for cell in row.cells) > 1:
            break
        titles += 1
    return titles
