"""Daily files of A, C, E and F, each in its own format."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from loaders.contracts.model import Contract
from loaders.demo_county.chronicle import Cell, Row
from loaders.demo_county.exports_f import NEW_YEAR_LIST
from loaders.demo_county.reports_h import budget_rows
from loaders.demo_county.shipment import GOOD_DAY, Shipment, cut, damage_zip
from loaders.demo_county.writers import (
    Counter,
    ManifestLine,
    ZipWriter,
    csv_blocks,
    md5_of,
    tab_blocks,
    write_database,
    write_json_lines,
    write_manifest,
)
from loaders.demo_county.xlsx import write_sheet

WINDOW = timedelta(days=35)
NEW_COLUMN, NEW_COLUMN_AT = "JZLY", 5
FILTERED_FEED, FILTERED_SHARE = "C11", timedelta(days=11)
# What may happen to the upload of a day.
BREAK_A: dict[str, Callable[[Path], None]] = {"cut_zip": cut, "crc_zip": damage_zip}


def ship_a(shipment: Shipment) -> None:
    """One zip of all tables; the rows changed in the last 35 days."""
    contracts = shipment.contracts
    path = shipment.path(contracts[0], f"XYYHIS_{shipment.day:%Y%m%d}_01.zip")
    lines = []
    with ZipWriter(path) as archive:
        for contract in contracts:
            rows = Counter(_rows_of_a(shipment, contract))
            member = f"{contract.table}_{shipment.day:%Y%m%d}.csv"
            columns = list(contract.column_names)
            if _has_new_column(shipment, contract):
                columns.insert(NEW_COLUMN_AT, NEW_COLUMN)
                shipment.note("added_column", contract, path.name)
            md5 = archive.add(member, csv_blocks(columns, rows, "gb18030"))
            lines.append(ManifestLine(member, rows.count, md5))
    head = ManifestLine(path.name, len(lines), md5_of(path))
    manifest = shipment.system.manifest.format(file=path.name)
    write_manifest(shipment.folder() / manifest, [head, *lines])
    breaks = next((kind for kind in BREAK_A if shipment.bad_day(kind)), None)
    for contract, line in zip(contracts, lines, strict=True):
        state = "refused" if breaks else "landed"
        rows_read = 0 if breaks else line.rows
        shipment.record(contract, path.name, rows_read, member=line.name, state=state)
    if breaks:
        shipment.note(breaks, contracts[0], path.name)
        _break(shipment, contracts, path, lines, breaks)


def _rows_of_a(shipment: Shipment, contract: Contract) -> Iterator[Row]:
    since = date.min if shipment.nth == 0 else shipment.day - WINDOW
    if contract.feed == "A01" and shipment.day.weekday() == 0:
        since = date.min
    for row in shipment.book.state(contract.feed, shipment.day, since):
        if _has_new_column(shipment, contract):
            row.insert(NEW_COLUMN_AT, "1")
        yield row


def _has_new_column(shipment: Shipment, contract: Contract) -> bool:
    last = len(shipment.world.calendar.deliveries) - 1
    starts = min(GOOD_DAY, last)
    is_on = shipment.world.mess.is_on("added_column")
    return is_on and contract.feed == "A02" and 0 < starts <= shipment.nth


def _break(
    shipment: Shipment,
    contracts: list[Contract],
    path: Path,
    lines: list[ManifestLine],
    kind: str,
) -> None:
    """The upload goes wrong; the whole file comes in the folder of the next day."""
    good_day = shipment.day + timedelta(days=1)
    manifest = shipment.system.manifest.format(file=path.name)
    shutil.copy(path, shipment.folder(good_day) / path.name)
    shutil.copy(path.with_name(manifest), shipment.folder(good_day) / manifest)
    BREAK_A[kind](path)
    for contract, line in zip(contracts, lines, strict=True):
        shipment.record(contract, path.name, line.rows, member=line.name, day=good_day)


def ship_c(shipment: Shipment) -> None:
    """The whole database."""
    contracts = shipment.contracts
    path = shipment.path(contracts[0], "township_his.db")
    counts = write_database(path, [(c, _rows_of_c(shipment, c)) for c in contracts])
    lines = [ManifestLine(path.name, len(counts), md5_of(path))]
    for contract in contracts:
        rows = counts[contract.table]
        lines.append(ManifestLine(contract.table, rows, "-"))
        shipment.record(contract, path.name, rows, member=contract.table)
    write_manifest(
        shipment.folder() / shipment.system.manifest.format(file=path.name), lines
    )


def _rows_of_c(shipment: Shipment, contract: Contract) -> Iterator[Row]:
    """A table of the database; one day a filter lets only the oldest results through."""
    rows = shipment.book.state(contract.feed, shipment.day)
    if contract.feed != FILTERED_FEED or not shipment.bad_day("volume_drop"):
        yield from rows
        return
    shipment.note("volume_drop", contract, contract.table)
    calendar = shipment.world.calendar
    until = calendar.first_day + FILTERED_SHARE * calendar.years
    changed_at = contract.column_names.index("gxsj")
    yield from (row for row in rows if str(row[changed_at]) < until.isoformat())


def ship_e(shipment: Shipment) -> None:
    """Every table complete."""
    for contract in shipment.contracts:
        path = shipment.path(contract, f"{contract.table}_{shipment.day:%Y%m%d}.jsonl")
        rows = Counter(shipment.book.state(contract.feed, shipment.day))
        write_json_lines(path, contract.column_names, rows)
        shipment.add(path, rows.count)
        shipment.record(contract, path.name, rows.count)
    shipment.seal()


def ship_f(shipment: Shipment) -> None:
    """Settlements every day, the list of the insured with the history and in January."""
    insured, settled, filed, budget = shipment.contracts
    year = shipment.world.calendar.year
    if shipment.nth in (0, NEW_YEAR_LIST):
        period = str(year if shipment.nth == 0 else year + 1)
        _write_f(shipment, insured, period)
        _ship_budget(shipment, budget, insured, period)
    for contract in (settled, filed):
        _write_f(shipment, contract, f"{shipment.day:%Y%m%d}")
    if bad_day := shipment.good_day("sent_twice"):
        first = shipment.folder(bad_day) / f"YB_{settled.table}_{bad_day:%Y%m%d}.zip"
        again = shipment.path(settled, f"{first.stem}(1).zip")
        shutil.copy(first, again)
        rows = next(
            x.rows_read
            for x in shipment.ledger
            if x.file_name == first.name and x.delivered_on == bad_day
        )
        shipment.add(again, rows)
        member = f"{settled.table}_{bad_day:%Y%m%d}.txt"
        shipment.record(settled, again.name, rows, member=member, state="duplicate")
        shipment.note("sent_twice", settled, again.name)
    shipment.seal()


def _ship_budget(
    shipment: Shipment, contract: Contract, insured: Contract, period: str
) -> None:
    """The budget of a year, by who is insured in it; the last line holds the sums."""
    found = shipment.book.state(insured.feed, shipment.day, shipment.day_before)
    rows = budget_rows(shipment.world, int(period), found, insured)
    if shipment.world.mess.is_on("total_row"):
        shipment.note("total_row", contract, f"{contract.table}_{period}.xlsx")
    else:
        rows.pop()
    path = shipment.path(contract, f"{contract.table}_{period}.xlsx")
    names = contract.column_names
    title = f"{shipment.world.county.name}{period}年度城乡居民医保基金医共体总额预算"
    head = list[Cell](names)
    listed = [[row.get(name) for name in names] for row in rows]
    write_sheet(path, "预算", [[title], head, *listed], len(names))
    count = sum(row["年度"] != "合计" for row in rows)
    shipment.add(path, count)
    shipment.record(contract, path.name, count)


def _write_f(shipment: Shipment, contract: Contract, period: str) -> None:
    path = shipment.path(contract, f"YB_{contract.table}_{period}.zip")
    member = f"{contract.table}_{period}.txt"
    found = shipment.book.state(contract.feed, shipment.day, shipment.day_before)
    rows = Counter(shipment.with_copies(contract, found))
    with ZipWriter(path) as archive:
        archive.add(member, tab_blocks(contract.column_names, rows))
    shipment.add(path, rows.count)
    shipment.record(contract, path.name, rows.count, member=member)
