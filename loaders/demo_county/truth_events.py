"""Whose each visit, stay and newborn's charge is, and on whose card it stands.

Goes in: the chronicle as the last delivery has it. Comes out: one row per event. The two
persons differ where somebody is seen on a relative's card, and for a child on its mother's
stay; once a hospital has split a card, its visits come again and the two agree.
"""

from __future__ import annotations

from collections.abc import Iterator

from loaders.demo_county.chronicle import Chronicle
from loaders.demo_county.world import World

EVENT_COLUMNS = (
    "source_system",
    "source_table",
    "org_code",
    "native_id",
    "true_person",
    "booked_on",
)
# Visits and stays, with the column of the card where another's can be in it.
ENCOUNTERS = {
    "A02": "BRBH",
    "B02": None,
    "C02": None,
    "A08": None,
    "B06": None,
    "C07": None,
}
# Lines that may be charged for a newborn, with the stay's feed and number.
NEWBORN_LINES = {"A09": ("A08", "ZYH"), "B08": ("B06", "ZYLSH")}
CARDS = ("A01", "BRID")


def true_events(world: World, book: Chronicle) -> Iterator[list[str]]:
    """The rows of `events.csv`, those of nobody left out."""
    owners = _owners(world, book, *CARDS)
    for feed, card in ENCOUNTERS.items():
        for values, owner in _rows(world, book, feed):
            booked_on = owners.get(values[card], "") if card else owner
            if owner:
                yield [*_address(world, book, feed, values), owner, booked_on]
    for feed, (stays, number) in NEWBORN_LINES.items():
        mothers = _owners(world, book, stays, number)
        for values, child in _rows(world, book, feed):
            if child:
                address = _address(world, book, feed, values)
                yield [*address, child, mothers.get(values[number], "")]


def _owners(world: World, book: Chronicle, feed: str, number: str) -> dict[str, str]:
    return {values[number]: owner for values, owner in _rows(world, book, feed)}


def _rows(world: World, book: Chronicle, feed: str) -> Iterator[tuple[dict[str, str], str]]:
    names = book.contracts[feed].column_names
    for row, owner in book.people(feed, world.calendar.deliveries[-1]):
        yield dict(zip(names, map(str, row), strict=True)), owner


def _address(world: World, book: Chronicle, feed: str, values: dict[str, str]) -> list[str]:
    """As the first parts of `record_key` have it; one hospital has no code of its own."""
    contract = book.contracts[feed]
    *org, native = contract.key
    code = values[org[0]] if org else world.county.hospitals[contract.system].credit_code
    return [contract.system, contract.table, code, values[native]]
