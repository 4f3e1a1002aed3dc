"""The frame of the simulation: calendar, county, people, chance, mess and numbers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from loaders.demo_county.county import County
from loaders.demo_county.dice import Dice, poisson
from loaders.demo_county.mess import Mess
from loaders.demo_county.numbers import Numbering
from loaders.demo_county.population import Person, Population


@dataclass(frozen=True)
class Calendar:
    """The years of the history, and the days that later deliveries tell about."""

    year: int
    later_days: int
    years: int = 1

    @property
    def first_year(self) -> int:
        return self.year - self.years + 1

    @property
    def first_day(self) -> date:
        return date(self.first_year, 1, 1)

    @property
    def epoch(self) -> date:
        """A day before everything that gets a running number."""
        return date(self.first_year - 1, 1, 1)

    @property
    def history_end(self) -> date:
        return date(self.year, 12, 31)

    @property
    def last_day(self) -> date:
        """The last day that any delivery knows of."""
        return self.history_end + timedelta(days=self.later_days)

    @property
    def deliveries(self) -> list[date]:
        """Each delivery is made in the morning after the last day it knows of."""
        first = self.history_end + timedelta(days=1)
        return [first + timedelta(days=n) for n in range(self.later_days + 1)]

    @property
    def first_full_delivery(self) -> date | None:
        """The first Monday after the initial delivery, when masters come complete."""
        return next((day for day in self.deliveries[1:] if day.weekday() == 0), None)


@dataclass
class World:
    county: County
    calendar: Calendar
    dice: Dice
    mess: Mess
    numbering: Numbering
    population: Population
    children: dict[int, list[Person]] = field(default_factory=lambda: defaultdict(list))
    pages_without_number: set[tuple[object, ...]] = field(default_factory=set)

    def __post_init__(self) -> None:
        for person in self.population.people:
            if person.mother:
                self.children[person.mother.number].append(person)

    def later_day(self, *key: object) -> date | None:
        """One of the days after the history, for changes that come late."""
        if not self.calendar.later_days:
            return None
        nth = int(self.dice.share("later day", *key) * self.calendar.later_days)
        return self.calendar.history_end + timedelta(days=1 + nth)

    def event_days(self, what: str, person: Person, per_year: float) -> list[date]:
        """On which days something happens to somebody that happens so often a year.

        The days of the history do not depend on how many days follow.
        """
        rng = self.dice.stream(what, person.number)
        start = self.calendar.first_day
        length = (self.calendar.history_end - start).days + 1
        year_length = length / self.calendar.years
        days = [
            start + timedelta(days=rng.randrange(length))
            for _ in range(poisson(rng, per_year * self.calendar.years))
        ]
        for nth in range(self.calendar.later_days):
            if self.dice.share(what, person.number, "later", nth) < per_year / year_length:
                days.append(self.calendar.history_end + timedelta(days=1 + nth))
        return sorted(day for day in days if person.is_alive(day))


def office_time(rng: Random, on: date) -> datetime:
    """A moment of a working day."""
    moment = time(rng.randint(8, 16), rng.randint(0, 59), rng.randint(0, 59))
    return datetime.combine(on, moment)
