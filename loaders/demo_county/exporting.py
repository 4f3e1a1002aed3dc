"""What all exports need: the world, the clerk, the chronicle, and the cards of a life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from loaders.demo_county.cards import Card, cards_of, centre_of, lends_card
from loaders.demo_county.chronicle import Chronicle
from loaders.demo_county.clerk import Clerk, Written
from loaders.demo_county.county import Institution
from loaders.demo_county.life import Life
from loaders.demo_county.world import World

# What stands on the cards that a life has used, by system, institution and number.
Entries = dict[tuple[str, str, int], Written]


@dataclass(frozen=True)
class Desk:
    """Where the rows of all systems are written."""

    world: World
    clerk: Clerk
    book: Chronicle

    @property
    def last_day(self) -> date:
        return self.world.calendar.last_day

    def cards(self, life: Life) -> list[Card]:
        """All cards of the person, with those that the visits and stays needed."""
        used: set[tuple[str, Institution, date]] = set()
        borrows = lends_card(self.world, life.person) is not None
        for visit in life.visits:
            if not (borrows and visit.system == "A"):
                place = (
                    centre_of(self.world, visit.place)
                    if visit.system == "C"
                    else visit.place
                )
                used.add((visit.system, place, visit.at.date()))
        for stay in life.stays:
            used.add((stay.system, stay.place, stay.admitted_at.date()))
        return cards_of(self.world, life.person, used)

    def write_card(self, card: Card, table: str, native_id: object) -> Written:
        """What stands on a card; a newborn's names the mother."""
        if card.is_for_newborn:
            written = self.clerk.newborn(table, card.system, native_id, card.person)
        else:
            written = self.clerk.write(
                card.system, table, native_id, card.person, card.issued_on
            )
        if card.replaces_first:
            self.world.mess.note(
                "second_card", card.system, table, native_id, card.issued_on
            )
        return written

    def correction_day(
        self, system: str, table: str, native_id: object, known_on: date
    ) -> date | None:
        """The later day on which a row of the history is changed, if it is."""
        if known_on > self.world.calendar.history_end:
            return None
        on = self.world.later_day("correction", table, native_id)
        if on is None or not self.world.mess.hits("correction", system, table, native_id):
            return None
        self.world.mess.note("correction", system, table, native_id, on)
        return on


def health_index(life: Life, on: date) -> str | None:
    """The person's key on the public-health platform, as far as there is one on a day."""
    found = [a.health_index for a in life.archives if a.created_on <= on]
    return found[-1] if found else None
