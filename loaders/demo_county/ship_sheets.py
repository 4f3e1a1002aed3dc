"""Spreadsheets of D, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

from loaders.contracts.model import Contract
from loaders.demo_county.chronicle import Cell, Row
from loaders.demo_county.shipment import Shipment
from loaders.demo_county.xlsx import write_sheet

PAGE_ROWS = 700
HEADER_EVERY = 300
TOTAL_FROM = 20
MONDAY = 0


def ship_d(shipment: Shipment) -> None:
    """New and changed rows; master forms complete in the first delivery and on Mondays."""
    for contract in shipment.contracts:
        is_master = contract.delivery == "delta_and_full"
        full_again = is_master and shipment.nth > 0 and shipment.day.weekday() == MONDAY
        since = date.min if full_again else shipment.day_before
        mark = "_全量" if full_again else ""
        rows = shipment.with_copies(
            contract, shipment.book.state(contract.feed, shipment.day, since)
        )
        for page, data, is_last, total in _pages(shipment, contract, rows):
            name = f"{contract.table}_{shipment.day:%Y%m%d}{mark}_第{page}页.xlsx"
            path = shipment.path(contract, name)
            sheet = _sheet(shipment, contract, name, page, data, total if is_last else 0)
            write_sheet(path, "Sheet1", sheet, len(contract.columns))
            shipment.add(path, len(data))
            shipment.record(contract, name, len(data))
    shipment.seal()


def _pages(
    shipment: Shipment, contract: Contract, rows: Iterable[Row]
) -> Iterator[tuple[int, list[Row], bool, int]]:
    """Number, rows, whether it is the last, and the rows so far of every page."""
    source = iter(rows)
    data = list(islice(source, PAGE_ROWS))
    page, total = 0, 0
    while data:
        page += 1
        following = list(islice(source, 1))
        total += len(data)
        yield page, data, not following, total
        if following and _lacks_header(shipment, contract, page + 1):
            following.insert(0, data[-1])
        # Only now, so that memory holds one page and not two.
        data = following
        data += islice(source, PAGE_ROWS - 1 if following else 0)


def _lacks_header(shipment: Shipment, contract: Contract, page: int) -> bool:
    is_on = shipment.world.mess.is_on("page_without_header")
    return is_on and page == 2 and contract.delivery == "delta_and_full"


def _sheet(
    shipment: Shipment,
    contract: Contract,
    name: str,
    page: int,
    data: list[Row],
    total: int,
) -> Iterator[list[Cell]]:
    mess, header = shipment.world.mess, list[Cell](contract.column_names)
    if _lacks_header(shipment, contract, page):
        shipment.note("page_without_header", contract, name)
    else:
        yield [f"{contract.title.zh}  导出日期:{shipment.day}"]
        yield header
    for number, row in enumerate(data):
        if number and number % HEADER_EVERY == 0 and mess.is_on("repeated_header"):
            shipment.note("repeated_header", contract, name)
            yield header
        yield row
    if total >= TOTAL_FROM and mess.is_on("total_row"):
        shipment.note("total_row", contract, name)
        yield []
        yield ["合计", None, total]
