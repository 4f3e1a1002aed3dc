"""The population: households and visitors, their identity numbers and fates.

Everybody's identity number is valid, unique and begins with 99, regions that do not exist.
"""

from __future__ import annotations

from datetime import date, timedelta

from loaders.demo_county.county import County
from loaders.demo_county.dice import Dice
from loaders.demo_county.households import Household, visitor
from loaders.demo_county.mess import Mess
from loaders.demo_county.numbers import identity_number
from loaders.demo_county.population import Person, Population

NEW_REGION_FROM = date(2000, 1, 1)
MORTALITY = ((45, 0.001), (65, 0.006), (75, 0.02), (85, 0.05), (200, 0.12))
RESIDENTS_PER_VISITOR = 50
RESIDENTS_PER_STRANGER = 400


class Settlers:
    """Makes the people of one county."""

    def __init__(self, county: County, dice: Dice, mess: Mess, year: int) -> None:
        self._county = county
        self._dice = dice
        self._mess = mess
        self._year = year
        self._numbers: set[str] = set()
        self._ranks: dict[str, int] = {}
        self._people: list[Person] = []

    def settle(self, residents: int) -> Population:
        """A population with so many residents, and some people from elsewhere."""
        number = 0
        while (room := residents - len(self._people)) > 0:
            number += 1
            household = Household(self._county, self._dice, number, self._year)
            self._make_twins(number, household.children)
            for person in household.people[:room]:
                self._join(person)
        for nth in range(residents // RESIDENTS_PER_VISITOR):
            self._join(visitor(self._county, self._dice, number + 1 + nth, self._year))
        if self._mess.is_on("stranger"):
            self._make_strangers(residents // RESIDENTS_PER_STRANGER)
        for person in self._people:
            self._give_number(person)
            self._give_fate(person)
        return Population(self._people)

    def _join(self, person: Person) -> None:
        person.number = len(self._people) + 1
        town = person.village.town.code
        self._ranks[town] = self._ranks.get(town, 0) + 1
        person.rank_in_town = self._ranks[town]
        self._people.append(person)

    def _make_twins(self, household: int, children: list[Person]) -> None:
        if len(children) >= 2 and self._mess.hits("twin", "all", household):
            first, second = children[:2]
            second.born = first.born
            first.is_twin = second.is_twin = True

    def _make_strangers(self, pairs: int) -> None:
        """People of different towns who have name, sex and birthday in common."""
        rng = self._dice.stream("strangers")
        for _ in range(pairs):
            one = rng.choice(self._people)
            like = [
                other
                for other in rng.choices(self._people, k=200)
                if other.sex == one.sex
                and other.village.town is not one.village.town
                and abs((other.born - one.born).days) < 1500
                and not (other.is_twin or other.is_stranger or other.mother)
            ]
            if like:
                like[0].name, like[0].born = one.name, one.born
                like[0].is_stranger = one.is_stranger = True

    def _give_number(self, person: Person) -> None:
        # Twins are registered one after the other: same region, nearly the same serial.
        mother = person.mother.number if person.is_twin and person.mother else 0
        rng = self._dice.stream("number", mother, person.born if mother else person.number)
        if rng.random() < 0.12:
            region = rng.choice(self._county.other_regions)
        elif person.born < NEW_REGION_FROM:
            region = self._county.former_division
        else:
            region = self._county.division
        serial = rng.randint(50, 480) * 2 + (person.sex == 1)
        while (number := identity_number(region, person.born, serial)) in self._numbers:
            serial = (serial + 2) % 1000
        self._numbers.add(number)
        person.id_number = number

    def _give_fate(self, person: Person) -> None:
        """Who dies in the year, and who has moved to another town since 2018."""
        rng = self._dice.stream("fate", person.number)
        age = self._year - person.born.year
        risk = next(r for until, r in MORTALITY if age < until)
        day = date(self._year, 1, 1) + timedelta(days=rng.randint(0, 365))
        if person.is_resident and rng.random() < risk and day > person.born:
            person.died_on = day
        # Everybody who moves has settled, and has the second archive, before the year ends.
        moved_on = date(2018, 1, 1) + timedelta(days=rng.randint(0, 2400))
        grown_up = 20 <= age < 85 and person.is_resident and person.died_on is None
        if grown_up and self._mess.hits("second_archive", "all", person.number):
            town = person.village.town
            elsewhere = [v for v in self._county.villages if v.town is not town]
            person.moved_from, person.moved_on = rng.choice(elsewhere), moved_on
