"""Cards: under which number a hospital or centre knows a person, and since when.

Card numbers follow from the person, so anybody's number is known without a register:
that of a relative whose card somebody used, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from loaders.demo_county.county import Institution, Town
from loaders.demo_county.events import Visit
from loaders.demo_county.population import Person
from loaders.demo_county.world import World

NEWBORN_DAYS = 45
OLD_CARD_SHARE = {"A": 0.42, "B": 0.22, "C": 0.7}
SPLIT_CARD = 3


@dataclass(frozen=True, slots=True)
class Card:
    """One card as the institution issued it."""

    system: str
    place: Institution
    number: int
    person: Person
    issued_on: date
    is_for_newborn: bool
    replaces_first: bool


def centre_of(world: World, place: Institution) -> Institution:
    """The centre that keeps the patients of a centre or village clinic."""
    return next(t.centre for t in world.county.towns if t.code == place.unit[:9])


def birth_place(world: World, child: Person) -> str:
    """Where a child of the history was born: A, B, or outside."""
    drawn = world.dice.share("birth place", child.mother and child.mother.number)
    return "A" if drawn < 0.55 else "B" if drawn < 0.8 else "outside"


def has_old_card(world: World, system: str, person: Person) -> bool:
    """Whether the person had a card before the history began."""
    if not world.calendar.first_day > person.born or not person.is_resident:
        return False
    return world.dice.share("old card", system, person.number) < OLD_CARD_SHARE[system]


def lends_card(world: World, person: Person) -> Person | None:
    """On whose card of the county hospital this person was seen, if on another's."""
    lender = person.spouse
    if lender is None or lender.household != person.household or not person.is_resident:
        return None
    if has_old_card(world, "A", person) or not has_old_card(world, "A", lender):
        return None
    kinds = ("shared_card", "borrowed_card")
    is_lent = any(world.mess.hits(kind, "A", person.number) for kind in kinds)
    return lender if is_lent else None


def card_split_on(world: World, person: Person) -> date | None:
    """When the county hospital finds out and issues a card of the person's own, if ever."""
    if not world.mess.hits("shared_card", "A", person.number):
        return None
    return world.later_day("card split", person.number)


def holder_on(visit: Visit) -> Person:
    """Whose name stands on what was printed for a visit, as long as nobody finds out."""
    return visit.person if visit.card_split_on else visit.card_person


def card_number(
    world: World, system: str, place: Institution, person: Person, on: date
) -> int:
    """The number of the card that the person shows on a day."""
    return _number(system, place, person, _which(world, system, place, person, on))


def split_card_number(world: World, person: Person) -> int:
    """The card that the county hospital issued when it found two people on one card."""
    return _number("A", world.county.hospitals["A"], person, SPLIT_CARD)


def booked_card(world: World, visit: Visit, at: datetime) -> int:
    """The card of the county hospital under which a visit is booked at a moment."""
    place, on = visit.place, visit.at.date()
    if lends_card(world, visit.person) is None:
        return card_number(world, "A", place, visit.person, on)
    split_on = visit.card_split_on
    if visit.card_person is visit.person or (split_on and at.date() >= split_on):
        return split_card_number(world, visit.person)
    # What is lent is the card from before the history: a later one may never be issued.
    return card_number(world, "A", place, visit.card_person, date.min)


def cards_of(
    world: World, person: Person, used: set[tuple[str, Institution, date]]
) -> list[Card]:
    """All cards of a person: old ones, and those issued when one was needed."""
    home: Town = person.village_on(world.calendar.first_day).town
    for system in ("A", "B", "C"):
        place = home.centre if system == "C" else world.county.hospitals[system]
        if has_old_card(world, system, person):
            used = used | {(system, place, date.min)}
    cards: dict[tuple[str, int, str], Card] = {}
    for system, place, on in sorted(used, key=lambda use: (use[0], use[1].code22, use[2])):
        which = _which(world, system, place, person, on)
        first_issued = _issued_on(world, system, person, on)
        second_on = _second_card_on(world, system, place, person)
        card = Card(
            system=system,
            place=place,
            number=_number(system, place, person, which),
            person=person,
            issued_on=second_on if which == 1 and second_on else first_issued,
            is_for_newborn=which == 2,
            replaces_first=which == 1,
        )
        cards.setdefault((system, card.number, place.code22), card)
    return list(cards.values())


def _which(world: World, system: str, place: Institution, person: Person, on: date) -> int:
    if _is_newborn_card(world, system, person, on):
        return 2
    second_on = _second_card_on(world, system, place, person)
    return 1 if second_on and on >= second_on else 0


def _is_newborn_card(world: World, system: str, person: Person, on: date) -> bool:
    if person.mother is None or person.born < world.calendar.first_day or on == date.min:
        return False
    young = on < person.born + timedelta(days=NEWBORN_DAYS)
    named_after_mother = world.mess.hits("newborn_under_mother", "all", person.number)
    return young and named_after_mother and birth_place(world, person) == system


def _second_card_on(
    world: World, system: str, place: Institution, person: Person
) -> date | None:
    if person.born.year >= world.calendar.first_year - 1:
        return None
    if not world.mess.hits("second_card", system, place.code22, person.number):
        return None
    drawn = world.dice.share("second card", system, place.code22, person.number)
    return world.calendar.first_day + timedelta(days=int(drawn * 300))


def _issued_on(world: World, system: str, person: Person, used_on: date) -> date:
    if has_old_card(world, system, person):
        earliest = max(person.born, date(2012, 1, 1))
        span = (world.calendar.first_day - earliest).days
        drawn = world.dice.share("card issued", system, person.number)
        return earliest + timedelta(days=int(drawn * span))
    return used_on


def _number(system: str, place: Institution, person: Person, which: int) -> int:
    if system == "C" and place.unit[:9] == person.village.town.code:
        # Centres number their own people from the same start: numbers meet between centres.
        return 20000 + person.rank_in_town * 4 + which
    offset = {"A": 100000, "B": 0, "C": 4000000}[system]
    return offset + person.number * 4 + which
