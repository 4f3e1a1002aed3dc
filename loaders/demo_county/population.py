"""The people of the county, as they really are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from loaders.demo_county.county import Village


@dataclass(slots=True)
class Person:
    """A human being of the simulation; test patients are the exception."""

    number: int
    household: int
    name: str
    sex: int
    born: date
    village: Village
    address: str
    id_number: str = ""
    ethnicity: str = "01"
    phone: str = ""
    is_resident: bool = True
    is_head: bool = False
    mother: Person | None = None
    spouse: Person | None = None
    rank_in_town: int = 0
    scheme: str = ""
    insurance_number: str = ""
    second_insurance_number: str = ""
    died_on: date | None = None
    moved_from: Village | None = None
    moved_on: date | None = None
    is_twin: bool = False
    is_stranger: bool = False
    is_test: bool = False

    @property
    def code(self) -> str:
        """How the truth files call this person; nothing for what is no person."""
        return "" if self.is_test else f"N{self.number:07d}"

    def age(self, on: date) -> int:
        """Completed years."""
        return (
            on.year
            - self.born.year
            - ((on.month, on.day) < (self.born.month, self.born.day))
        )

    def village_on(self, on: date) -> Village:
        if self.moved_from and self.moved_on and on < self.moved_on:
            return self.moved_from
        return self.village

    def is_alive(self, on: date) -> bool:
        return self.born <= on and (self.died_on is None or self.died_on > on)


@dataclass
class Population:
    people: list[Person] = field(default_factory=list)

    def residents(self, on: date) -> list[Person]:
        """Who lives in the county at the end of a day."""
        return [p for p in self.people if p.is_resident and p.is_alive(on)]
