"""The truth beside the deliveries: persons, indicators, mess, what must be read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from loaders.contracts.model import Contract
from loaders.demo_county.chronicle import Chronicle, Row
from loaders.demo_county.mess import Note
from loaders.demo_county.shipment import LedgerLine
from loaders.demo_county.truth import Figure
from loaders.demo_county.world import World

PERSON_COLUMNS = (
    "source_system",
    "source_table",
    "org_code",
    "native_id",
    "native_part",
    "true_person",
)
FIGURE_COLUMNS = (
    "indicator_code",
    "period",
    "grain",
    "org_code",
    "numerator",
    "denominator",
)
MESS_COLUMNS = ("kind", "system", "table", "native_id")
LEDGER_COLUMNS = (
    "delivery_date",
    "system",
    "file_name",
    "member_name",
    "feed",
    "rows_read",
    "state",
)


def write_truth(
    folder: Path,
    world: World,
    book: Chronicle,
    figures: list[Figure],
    ledger: list[LedgerLine],
) -> None:
    """Write the four files of `truth/`."""
    folder.mkdir(parents=True)
    write = _Writer(folder)
    write("persons.csv", PERSON_COLUMNS, _persons(world, book))
    write(
        "indicators.csv",
        FIGURE_COLUMNS,
        (
            [f.indicator, f.period, f.grain, f.org_code, f.numerator, f.denominator]
            for f in figures
        ),
    )
    notes: list[Note] = world.mess.notes
    write("mess.csv", MESS_COLUMNS, notes)
    write("ledger.csv", LEDGER_COLUMNS, (_ledger_row(line) for line in sorted(ledger)))


class _Writer:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(
        self, name: str, columns: Iterable[str], rows: Iterable[Iterable[object]]
    ) -> None:
        with (self._folder / name).open("w", encoding="utf-8", newline="") as text:
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)


def _ledger_row(line: LedgerLine) -> list[object]:
    return [
        f"{line.delivered_on:%Y-%m-%d}",
        line.system,
        line.file_name,
        line.member_name,
        line.feed,
        line.rows_read,
        line.state,
    ]


def _persons(world: World, book: Chronicle) -> Iterator[list[str]]:
    """Whom each person-bearing record is about, in the words of `identity.person_link`."""
    last: date = world.calendar.deliveries[-1]
    for contract in book.contracts.values():
        if contract.person is not None:
            for row, owner in book.people(contract.feed, last):
                yield [*_address(world, contract, row), owner]


def _address(world: World, contract: Contract, row: Row) -> list[str]:
    key = contract.person
    if key is None:
        raise ValueError(f"{contract.feed} does not name people")
    values = dict(zip(contract.column_names, map(str, row), strict=True))
    org = values[key.org_column] if key.org_column else ""
    if key.org_from_system:
        org = world.county.hospitals[contract.system].credit_code
    part = "+".join(values[name] for name in key.native_part)
    return [contract.system, contract.table, org, values[key.native_id], part]
