"""The files of H: lists with the history and on change, monthly and yearly reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from loaders.contracts.model import Contract
from loaders.demo_county.chronicle import Cell
from loaders.demo_county.exports_h import institution_rows, population_rows
from loaders.demo_county.finance import Accounts
from loaders.demo_county.finance_report import LEADING, finance_sheets
from loaders.demo_county.reports_h import (
    bed_rows,
    equipment_rows,
    month_end,
    posting_rows,
    roster_rows,
    with_beds,
)
from loaders.demo_county.shipment import BAD_DAY, GOOD_DAY, Shipment
from loaders.demo_county.workbook import write_workbook
from loaders.demo_county.writers import csv_blocks
from loaders.demo_county.xlsx import write_sheet

CORRECTED = "_更正"
BOM = b"\xef\xbb\xbf"
Rows = Iterable[dict[str, Cell]]


def ship_h(shipment: Shipment, accounts: Accounts) -> None:
    """Everything with the history; later the new roster, changed postings, a correction."""
    feeds = {contract.feed: contract for contract in shipment.contracts}
    calendar = shipment.world.calendar
    years = range(calendar.first_year, calendar.year + 1)
    if shipment.nth == 0:
        _ship_history(shipment, feeds, accounts)
    if shipment.nth == BAD_DAY:
        _ship_roster(shipment, feeds["H02"], f"{shipment.day:%Y%m}")
    if shipment.nth == GOOD_DAY:
        _ship_postings(shipment, feeds["H03"], years[-1])
        if shipment.world.mess.is_on("finance_corrected"):
            period = f"{years[-1]}12"
            name = _ship_finance(shipment, feeds["H05"], accounts, period, CORRECTED)
            shipment.note("finance_corrected", feeds["H05"], name)
            shipment.replace(feeds["H05"], name.replace(CORRECTED, ""))
    shipment.seal()


def _ship_history(
    shipment: Shipment, feeds: dict[str, Contract], accounts: Accounts
) -> None:
    world, calendar = shipment.world, shipment.world.calendar
    _csv(
        shipment,
        feeds["H01"],
        f"_{shipment.day:%Y%m%d}",
        institution_rows(world.county),
        "utf-8",
    )
    _ship_roster(shipment, feeds["H02"], f"{calendar.history_end:%Y%m}")
    for year in range(calendar.first_year, calendar.year + 1):
        _ship_postings(shipment, feeds["H03"], year)
        _csv(shipment, feeds["H04"], f"_{year}", bed_rows(world, year), "gb18030")
        for month in range(1, 13):
            _ship_finance(shipment, feeds["H05"], accounts, f"{year}{month:02d}", "")
        equipment = equipment_rows(world, feeds["H07"], year)
        _csv(shipment, feeds["H07"], f"_{year}", equipment, "utf-8-sig")
    for year in range(calendar.first_year - 1, calendar.year + 1):
        counted = population_rows(world.county, world.population, year)
        title = f"{world.county.name}{year}年末常住人口统计表"
        _sheet(shipment, feeds["H06"], str(year), f"_{year}", title, counted, 1)


def _ship_roster(shipment: Shipment, contract: Contract, period: str) -> None:
    world = shipment.world
    staff = list(roster_rows(world, contract, shipment.day))
    totals = 0
    if world.mess.is_on("total_row"):
        totals = 1
        shipment.note("total_row", contract, f"{contract.table}_{period}.xlsx")
        staff.append({"序号": "合计", "姓名": f"{len(staff)}人"})
    title = f"{world.county.name}医共体人员花名册({period})"
    _sheet(shipment, contract, "在职", f"_{period}", title, staff, totals)


def _ship_postings(shipment: Shipment, contract: Contract, year: int) -> None:
    """The postings of a year; sent again they replace what was sent before."""
    known_by = month_end(year, 12) if shipment.nth == 0 else shipment.day
    rows = posting_rows(shipment.world, contract, year, known_by)
    title = "二级及以上医疗机构人员下沉派驻登记表"
    name = f"{contract.table}_{year}.xlsx"
    shipment.replace(contract, name)
    _sheet(shipment, contract, "派驻", f"_{year}", title, rows, 0)


def _ship_finance(
    shipment: Shipment, contract: Contract, accounts: Accounts, period: str, mark: str
) -> str:
    """One month; December is not closed when it is reported, unless it is corrected."""
    is_early = not mark and period == f"{shipment.world.calendar.year}12"
    closed = not (is_early and shipment.world.mess.is_on("finance_corrected"))
    name = f"医共体{contract.table}_{period}{mark}.xlsx"
    path = shipment.path(contract, name)
    write_workbook(
        path, finance_sheets(shipment, accounts, contract, period + mark, closed)
    )
    rows = len(LEADING) * len(with_beds(shipment.world))
    shipment.add(path, rows)
    shipment.record(contract, name, rows)
    return name


def _csv(
    shipment: Shipment, contract: Contract, mark: str, rows: Rows, encoding: str
) -> None:
    """Comma-separated text, with a byte order mark where the contract has one."""
    path = shipment.path(contract, f"{contract.table}{mark}.csv")
    listed = [[row.get(name) for name in contract.column_names] for row in rows]
    plain = "utf-8" if encoding == "utf-8-sig" else encoding
    blocks = csv_blocks(contract.column_names, listed, plain)
    path.write_bytes((BOM if plain != encoding else b"") + b"".join(blocks))
    shipment.add(path, len(listed))
    shipment.record(contract, path.name, len(listed))


def _sheet(
    shipment: Shipment,
    contract: Contract,
    sheet: str,
    mark: str,
    title: str,
    rows: Rows,
    totals: int,
) -> None:
    """A title over all columns, the header, the rows; so many of them are totals."""
    path = shipment.path(contract, f"{contract.table}{mark}.xlsx")
    names = contract.column_names
    listed = [[row.get(name) for name in names] for row in rows]
    head = list[Cell](names)
    write_sheet(path, sheet, _lines(title, head, listed), len(head))
    shipment.add(path, len(listed) - totals)
    shipment.record(contract, path.name, len(listed) - totals)


def _lines(title: str, head: list[Cell], rows: list[list[Cell]]) -> Iterator[list[Cell]]:
    yield [title]
    yield head
    yield from rows
