"""The truth beside the deliveries: persons and their traits, indicators, mess, files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import md5
from pathlib import Path

from loaders.contracts.model import Contract, PersonKey
from loaders.demo_county.cells import day_of
from loaders.demo_county.chronicle import WITHOUT_KEY, Cell, Chronicle, Row
from loaders.demo_county.shipment import LedgerLine
from loaders.demo_county.truth import Figure
from loaders.demo_county.truth_events import EVENT_COLUMNS, true_events
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
# When a front page has no number: admission, identity number, name.
TELL_APART = {
    "A11": (("RYSJ", "RYSJS"), "SFZH", "XM"),
    "B13": (("P22",), "P13", "P4"),
}
# Charge lines that may be a newborn's: system, feed of stays, the stay's number in a line.
NEWBORN_LINES = {"A09": ("A", "A08", "ZYH"), "B08": ("B", "B06", "ZYLSH")}
TEAM_COLUMNS = ("teamId", "manaUnitId")
MESS_COLUMNS = ("kind", "system", "table", "native_id")
TRAIT_COLUMNS = ("true_person", "trait")
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
    """Write the six files of `truth/`."""
    folder.mkdir(parents=True)
    write = _Writer(folder)
    write("persons.csv", PERSON_COLUMNS, _persons(world, book))
    write("events.csv", EVENT_COLUMNS, true_events(world, book))
    write("traits.csv", TRAIT_COLUMNS, _traits(world))
    write(
        "indicators.csv",
        FIGURE_COLUMNS,
        (
            [f.indicator, f.period, f.grain, f.org_code, f.numerator, f.denominator]
            for f in figures
        ),
    )
    write("mess.csv", MESS_COLUMNS, world.mess.notes)
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
    """Whom each current person-bearing record is about."""
    last: date = world.calendar.deliveries[-1]
    for contract in book.contracts.values():
        if contract.person is not None:
            addresses = _Addresses(world, book, contract, contract.person)
            for row, owner in book.people(contract.feed, last):
                yield [*addresses.of(row), owner]
    for feed in NEWBORN_LINES:
        yield from _newborns_on_stays(world, book, feed)


def _newborns_on_stays(world: World, book: Chronicle, feed: str) -> Iterator[list[str]]:
    """Whom the lines of a mother's stay are about that were charged for her newborn."""
    system, stays, number = NEWBORN_LINES[feed]
    table = book.contracts[stays].table
    hospital = world.county.hospitals[system]
    org = hospital.credit_code if system == "A" else hospital.code22
    at = book.contracts[feed].column_names.index(number)
    last: date = world.calendar.deliveries[-1]
    # Lines of mothers have no owner of their own: the stay is known by its card.
    found = {str(row[at]): owner for row, owner in book.people(feed, last) if owner}
    for native, owner in sorted(found.items()):
        yield [system, table, org, native, "newborn", owner]


def _traits(world: World) -> Iterator[tuple[str, str]]:
    """What makes some people hard to recognise, whichever record names them."""
    for person in world.population.people:
        traits = {
            "minority_name": "·" in person.name,
            "out_of_county": not person.is_resident,
            "born_in_history": person.born >= world.calendar.first_day,
            "twin": person.is_twin,
            "stranger": person.is_stranger,
            "died": person.died_on is not None,
        }
        for trait, has_it in traits.items():
            if has_it and not person.is_test:
                yield person.code, trait


class _Addresses:
    """How the records of one table are addressed in `identity.person_link`."""

    def __init__(
        self, world: World, book: Chronicle, contract: Contract, key: PersonKey
    ) -> None:
        self._contract = contract
        self._key = key
        self._hospital = world.county.hospitals.get(contract.system)
        last = world.calendar.deliveries[-1]
        team, unit = (book.contracts["E01"].column_names.index(n) for n in TEAM_COLUMNS)
        self._units = {row[team]: str(row[unit]) for row in book.state("E01", last)}

    def of(self, row: Row) -> list[str]:
        values = dict(zip(self._contract.column_names, row, strict=True))
        native = str(values[self._key.native_id])
        parts = [self._part(name, values[name]) for name in self._key.native_part]
        if self._contract.feed in TELL_APART and native == "0":
            parts += self._told_apart_by(values)
        system, table = self._contract.system, self._contract.table
        return [system, table, self._org(values), native, "+".join(parts)]

    def _part(self, name: str, cell: Cell) -> str:
        """A part of the key; dates tell rows apart, not how a clerk spelled them."""
        is_date = self._contract.column(name).type == "date"
        if is_date and self._contract.feed in WITHOUT_KEY:
            return day_of(cell).isoformat()
        return str(cell)

    def _told_apart_by(self, values: dict[str, Cell]) -> list[str]:
        """What tells front pages without number apart, as the handbook says about A11.

        The number or name itself belongs in no key, so six characters of its digest do.
        """
        admission, number, name = TELL_APART[self._contract.feed]
        known = [str(values[column] or "").strip(" ") for column in (number, name)]
        who = next((text for text in known if text not in self._contract.nulls), "")
        digest = md5(who.encode(), usedforsecurity=False).hexdigest()[:6]
        return [*(str(values[column]) for column in admission), digest]

    def _org(self, values: dict[str, Cell]) -> str:
        if self._key.org_from_system and self._hospital:
            return self._hospital.credit_code
        if self._key.org_column:
            return str(values[self._key.org_column])
        # A contract is known by its team, and the team by its centre.
        return self._units[values["teamId"]] if "teamId" in values else ""
