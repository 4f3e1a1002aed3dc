"""Daily texts of B and its front pages by month, with what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from loaders.contracts.model import Contract
from loaders.demo_county.chronicle import Row
from loaders.demo_county.dbf import write_dbf
from loaders.demo_county.shipment import Shipment, cut, empty
from loaders.demo_county.writers import Counter, write_pipe_text

HEADER_EVERY = 400
PHANTOM = "9999999"
# Which upload goes wrong in which way; its good copy comes with the next delivery.
BROKEN: dict[str, tuple[str, Callable[[Path], None]]] = {
    "B08": ("cut_text", cut),
    "B10": ("empty_upload", empty),
}
LATE_FEED, CORRECTED_FEED = "B09", "B02"


def ship_b(shipment: Shipment) -> None:
    """One text per table with the rows that are new or changed, and corrections."""
    for contract in shipment.contracts:
        if contract.format == "dbf":
            _ship_months(shipment, contract)
            continue
        _ship_day(shipment, contract)
        _put_right(shipment, contract)
    shipment.seal()


def _ship_day(shipment: Shipment, contract: Contract) -> None:
    name = _name(contract, shipment.day)
    rows = shipment.book.versions(contract.feed, shipment.day, shipment.day_before)
    if contract.feed == LATE_FEED and shipment.bad_day("late_file"):
        shipment.note("late_file", contract, name)
        return
    if contract.feed == CORRECTED_FEED and shipment.bad_day("b_correction"):
        shipment.note("b_correction", contract, name)
        _write(shipment, contract, name, _spoil(shipment, contract, rows), "replaced")
        return
    kind, spoil = BROKEN.get(contract.feed, ("", None))
    if spoil and shipment.bad_day(kind):
        path = _write(shipment, contract, name, rows, "refused")
        shipment.note(kind, contract, name)
        spoil(path)
        return
    _write(shipment, contract, name, rows, "landed")


def _put_right(shipment: Shipment, contract: Contract) -> None:
    """What the day before should have brought."""
    if contract.feed == CORRECTED_FEED and (day := shipment.good_day("b_correction")):
        name = f"{contract.table}_{day:%Y%m%d}_R1.txt"
        _write(shipment, contract, name, _rows_of(shipment, contract, day), "landed")
    kind = (
        "late_file" if contract.feed == LATE_FEED else BROKEN.get(contract.feed, ("",))[0]
    )
    if kind and (day := shipment.good_day(kind)):
        rows = _rows_of(shipment, contract, day)
        _write(shipment, contract, _name(contract, day), rows, "landed")


def _name(contract: Contract, day: date) -> str:
    return f"{contract.table}_{day:%Y%m%d}.txt"


def _rows_of(shipment: Shipment, contract: Contract, day: date) -> Iterator[Row]:
    return shipment.book.versions(contract.feed, day, day - timedelta(days=1))


def _write(
    shipment: Shipment, contract: Contract, name: str, rows: Iterator[Row], state: str
) -> Path:
    path = shipment.path(contract, name)
    counted = Counter(shipment.with_copies(contract, rows))
    mess = shipment.world.mess
    money = next((c.name for c in contract.columns if c.name == "MXXMJE"), None)
    total_at = contract.column_names.index(money) if money else None
    write_pipe_text(
        path,
        contract.column_names,
        counted,
        HEADER_EVERY if mess.is_on("repeated_header") else None,
        total_at if mess.is_on("total_row") else None,
    )
    if counted.count > HEADER_EVERY and mess.is_on("repeated_header"):
        shipment.note("repeated_header", contract, name)
    if counted.count and total_at is not None and mess.is_on("total_row"):
        shipment.note("total_row", contract, name)
    shipment.add(path, counted.count)
    rows_read = 0 if state == "refused" else counted.count
    shipment.record(contract, name, rows_read, state=state)
    return path


def _spoil(shipment: Shipment, contract: Contract, rows: Iterator[Row]) -> Iterator[Row]:
    """What the hospital takes back next day: a wrong department, a visit that never was."""
    names = contract.column_names
    for row in rows:
        row[names.index("JZKSBM")] = "0301"
        yield row
    model = next(shipment.book.versions(contract.feed, shipment.day), None)
    if model:
        model[names.index("JZLSH")] = PHANTOM
        yield model


def _ship_months(shipment: Shipment, contract: Contract) -> None:
    """Every month of discharge in which a front page is new or changed, whole."""
    since = shipment.day_before
    for month in shipment.book.periods(contract.feed, shipment.day, since):
        name = f"hqms_{month}.dbf"
        path = shipment.path(contract, name)
        rows = shipment.book.period(contract.feed, shipment.day, month)
        live = write_dbf(path, contract.columns, rows, shipment.day)
        shipment.add(path, live)
        shipment.replace(contract, name)
        shipment.record(contract, name, live)
