"""Daily files of A, B, C, E and F, each in its own format."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from loaders.contracts.model import Contract
from loaders.demo_county.chronicle import Row
from loaders.demo_county.exports_f import NEW_YEAR_LIST
from loaders.demo_county.shipment import GOOD_DAY, Shipment
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
    write_pipe_text,
)

WINDOW = timedelta(days=35)
CUT_AT = 0.6
NEW_COLUMN, NEW_COLUMN_AT = "JZLY", 5
HEADER_EVERY = 400
PHANTOM = "9999999"


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
    is_cut = shipment.bad_day("cut_zip")
    for contract, line in zip(contracts, lines, strict=True):
        state = "refused" if is_cut else "landed"
        rows_read = 0 if is_cut else line.rows
        shipment.record(contract, path.name, rows_read, member=line.name, state=state)
    if is_cut:
        _cut(shipment, contracts, path, lines)


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


def _cut(
    shipment: Shipment, contracts: list[Contract], path: Path, lines: list[ManifestLine]
) -> None:
    """The upload breaks off; the whole file comes in the folder of the next day."""
    good_day = shipment.world.calendar.deliveries[GOOD_DAY]
    manifest = shipment.system.manifest.format(file=path.name)
    shutil.copy(path, shipment.folder(good_day) / path.name)
    shutil.copy(path.with_name(manifest), shipment.folder(good_day) / manifest)
    with path.open("r+b") as content:
        content.truncate(int(path.stat().st_size * CUT_AT))
    shipment.note("cut_zip", contracts[0], path.name)
    for contract, line in zip(contracts, lines, strict=True):
        shipment.record(contract, path.name, line.rows, member=line.name, day=good_day)


def ship_b(shipment: Shipment) -> None:
    """One text per table with the rows that are new or changed, and corrections."""
    for contract in shipment.contracts:
        rows = shipment.book.versions(contract.feed, shipment.day, shipment.day_before)
        name, state = f"{contract.table}_{shipment.day:%Y%m%d}.txt", "landed"
        if contract.feed == "B02" and shipment.bad_day("b_correction"):
            rows, state = _spoil(shipment, contract, rows), "replaced"
            shipment.note("b_correction", contract, name)
        _write_b(shipment, contract, name, rows, state)
        bad_day = shipment.good_day("b_correction")
        if contract.feed == "B02" and bad_day:
            name = f"{contract.table}_{bad_day:%Y%m%d}_R1.txt"
            since = bad_day - timedelta(days=1)
            _write_b(
                shipment,
                contract,
                name,
                shipment.book.versions("B02", bad_day, since),
                "landed",
            )
    shipment.seal()


def _write_b(
    shipment: Shipment, contract: Contract, name: str, rows: Iterator[Row], state: str
) -> None:
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
    shipment.record(contract, name, counted.count, state=state)


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


def ship_c(shipment: Shipment) -> None:
    """The whole database."""
    contracts = shipment.contracts
    path = shipment.path(contracts[0], "township_his.db")
    counts = write_database(
        path, [(c, shipment.book.state(c.feed, shipment.day)) for c in contracts]
    )
    lines = [ManifestLine(path.name, len(counts), md5_of(path))]
    for contract in contracts:
        rows = counts[contract.table]
        lines.append(ManifestLine(contract.table, rows, "-"))
        shipment.record(contract, path.name, rows, member=contract.table)
    write_manifest(
        shipment.folder() / shipment.system.manifest.format(file=path.name), lines
    )


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
    insured, settled = shipment.contracts
    year = shipment.world.calendar.year
    if shipment.nth in (0, NEW_YEAR_LIST):
        period = str(year if shipment.nth == 0 else year + 1)
        _write_f(shipment, insured, period)
    _write_f(shipment, settled, f"{shipment.day:%Y%m%d}")
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


def _write_f(shipment: Shipment, contract: Contract, period: str) -> None:
    path = shipment.path(contract, f"YB_{contract.table}_{period}.zip")
    member = f"{contract.table}_{period}.txt"
    found = shipment.book.state(contract.feed, shipment.day, shipment.day_before)
    rows = Counter(shipment.with_copies(contract, found))
    with ZipWriter(path) as archive:
        archive.add(member, tab_blocks(contract.column_names, rows))
    shipment.add(path, rows.count)
    shipment.record(contract, path.name, rows.count, member=member)
