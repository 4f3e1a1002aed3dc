"""Households: some generations under one roof, with names, phones and insurance."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from loaders.demo_county.county import County, Village
from loaders.demo_county.dice import Dice, pick_early, pick_weighted
from loaders.demo_county.population import Person

KINDS = ("old pair", "old alone", "family", "three generations", "one")
KIND_WEIGHTS = (20, 9, 34, 28, 9)
GROWN_UP = 26


class Household:
    """The people of one household, oldest generation first."""

    def __init__(self, county: County, dice: Dice, number: int, year: int) -> None:
        self._county = county
        self._rng = dice.stream("household", number)
        self._number = number
        self._year = year
        rng = self._rng
        self._village = pick_weighted(rng, county.villages, county.village_weights)
        self._address = (
            f"{self._village.town.name}{self._village.name}"
            f"{pick_early(rng, county.hamlets)}{rng.randint(1, 120)}号"
        )
        self._surname = pick_surname(county, rng)
        self.people: list[Person] = []
        self._fill(pick_weighted(rng, KINDS, KIND_WEIGHTS))
        self.people[0].is_head = True
        self._equip()

    @property
    def children(self) -> list[Person]:
        return [person for person in self.people if person.mother]

    def _fill(self, kind: str) -> None:
        rng = self._rng
        if kind in ("old pair", "three generations"):
            self._pair(min(92, 58 + int(rng.expovariate(1 / 11))))
        if kind == "old alone":
            self._add(rng.choice((1, 2, 2)), min(96, 64 + int(rng.expovariate(1 / 9))))
        if kind in ("family", "three generations"):
            mother = self._pair(rng.randint(23, 55))
            self._bear(mother, pick_weighted(rng, (0, 1, 2, 3), (2, 4, 4, 1)))
        if kind == "one":
            self._add(rng.choice((1, 2)), rng.randint(20, 60))

    def _pair(self, age: int) -> Person:
        him = self._add(1, age)
        her = self._add(2, max(18, age - self._rng.randint(0, 4)), by_marriage=True)
        him.spouse, her.spouse = her, him
        return her

    def _bear(self, mother: Person, count: int) -> None:
        mother_age = self._year - mother.born.year
        oldest, youngest = max(0, mother_age - 19), max(0, mother_age - 44)
        for age in sorted(self._rng.randint(youngest, oldest) for _ in range(count)):
            if age < GROWN_UP:
                self._add(self._rng.choice((1, 2)), age).mother = mother

    def _add(self, sex: int, age: int, by_marriage: bool = False) -> Person:
        born = date(self._year - age, 1, 1) + timedelta(days=self._rng.randint(0, 364))
        surname = pick_surname(self._county, self._rng) if by_marriage else self._surname
        name = pick_name(self._county, self._rng, sex, surname)
        person = Person(0, self._number, name, sex, born, self._village, self._address)
        self.people.append(person)
        return person

    def _equip(self) -> None:
        rng, groups = self._rng, self._county.ethnic_groups
        phone = pick_phone(self._county, rng)
        for person in self.people:
            age = self._year - person.born.year
            has_own = 14 <= age < 70 and rng.random() < 0.75
            person.phone = pick_phone(self._county, rng) if has_own else phone
            person.ethnicity = pick_weighted(rng, tuple(groups), tuple(groups.values()))
            self._insure(person, age)

    def _insure(self, person: Person, age: int) -> None:
        rng = self._rng
        is_employee = 20 <= age < 70 and rng.random() < 0.14
        drawn = rng.random()
        number, second = rng.randint(1, 10**12), rng.randint(1, 10**12)
        if drawn < 0.95:
            person.scheme = "310" if is_employee else "390"
            person.insurance_number = f"9915{number:016d}"
        if drawn < 0.004:
            person.second_insurance_number = f"9915{second:016d}"


def visitor(county: County, dice: Dice, number: int, year: int) -> Person:
    """Somebody from elsewhere, known to the county hospital only."""
    rng = dice.stream("visitor", number)
    village: Village = pick_weighted(rng, county.villages, county.village_weights)
    sex = rng.choice((1, 2))
    name = pick_name(county, rng, sex, pick_surname(county, rng))
    born = date(year - rng.randint(3, 80), rng.randint(1, 12), rng.randint(1, 28))
    person = Person(0, number, name, sex, born, village, "", is_resident=False)
    person.phone = pick_phone(county, rng)
    return person


def pick_surname(county: County, rng: Random) -> str:
    """A family name; a middle dot alone stands for names that are built differently."""
    drawn = rng.random()
    if drawn < 0.008:
        return rng.choice(county.names.double_surnames)
    return "·" if drawn < 0.016 else pick_early(rng, county.names.surnames)


def pick_name(county: County, rng: Random, sex: int, surname: str) -> str:
    """A full name."""
    names = county.names
    if surname == "·":
        return f"{rng.choice(names.dotted_first)}·{rng.choice(names.dotted_second)}"
    own = (names.men if sex == 1 else names.women) + names.either
    given = pick_early(rng, own)
    return surname + given + (pick_early(rng, own) if rng.random() < 0.82 else "")


def pick_phone(county: County, rng: Random) -> str:
    """A number of a block that no operator uses."""
    return f"{rng.choice(county.phone_blocks)}{rng.randint(0, 99999999):08d}"
