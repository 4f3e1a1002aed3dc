"""The people: households of some generations in the villages of the county.

Comes out: `Population`, a list in the order of the households. Everybody's identity number
is valid, unique and begins with 99 or 98, regions that do not exist.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from loaders.demo_county.county import County, Village
from loaders.demo_county.dice import Dice, pick_early, pick_weighted
from loaders.demo_county.mess import Mess
from loaders.demo_county.numbers import identity_number

NEW_REGION_FROM = date(2000, 1, 1)
MORTALITY = ((45, 0.001), (65, 0.006), (75, 0.02), (85, 0.05), (200, 0.12))


@dataclass(slots=True)
class Person:
    """A human being of the simulation, as he or she really is."""

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
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))

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


class Settlers:
    """Makes the people of one county."""

    def __init__(self, county: County, dice: Dice, mess: Mess, year: int) -> None:
        self._county = county
        self._dice = dice
        self._mess = mess
        self._year = year
        self._numbers: set[str] = set()
        self._ranks: dict[str, int] = {}
        self._population = Population()

    def settle(self, residents: int) -> Population:
        """A population with so many residents, and some people from elsewhere."""
        household = 0
        while len(self._population.people) < residents:
            household += 1
            self._household(household, residents - len(self._population.people))
        for _ in range(residents // 50):
            household += 1
            self._visitor(household)
        if self._mess.is_on("stranger"):
            self._make_strangers(max(1, residents // 400))
        for person in self._population.people:
            self._give_number(person)
            self._give_fate(person)
        return self._population

    def _household(self, household: int, room: int) -> None:
        rng = self._dice.stream("household", household)
        village = pick_weighted(rng, self._county.villages, self._county.village_weights)
        address = (
            f"{village.town.name}{village.name}{pick_early(rng, self._county.hamlets)}"
            f"{rng.randint(1, 120)}号"
        )
        surname = self._surname(rng)
        kind = pick_weighted(
            rng, ("old pair", "old alone", "family", "three", "one"), (20, 9, 34, 28, 9)
        )
        made: list[Person] = []

        def add(sex: int, age: int, mother: Person | None = None, own: bool = True) -> Person:
            born = date(self._year - age, 1, 1) + timedelta(days=rng.randint(0, 364))
            name = self._name(rng, sex, surname if own else self._surname(rng))
            person = Person(0, household, name, sex, born, village, address, mother=mother)
            made.append(person)
            return person

        def pair(age: int) -> Person:
            him, her = add(1, age), add(2, max(18, age - rng.randint(0, 4)), own=False)
            him.spouse, her.spouse = her, him
            return her

        def children(mother: Person, count: int) -> None:
            mother_age = self._year - mother.born.year
            oldest, youngest = max(0, mother_age - 19), max(0, mother_age - 44)
            ages = sorted(rng.randint(youngest, oldest) for _ in range(count))
            for age in ages:
                if age < 26:
                    add(rng.choice((1, 2)), age, mother)
            self._make_twins(household, [p for p in made if p.mother is mother])

        if kind in ("old pair", "three"):
            pair(min(92, 58 + int(rng.expovariate(1 / 11))))
        if kind == "old alone":
            add(rng.choice((1, 2, 2)), min(96, 64 + int(rng.expovariate(1 / 9))))
        if kind in ("family", "three"):
            children(pair(rng.randint(23, 55)), pick_weighted(rng, (0, 1, 2, 3), (2, 4, 4, 1)))
        if kind == "one":
            add(rng.choice((1, 2)), rng.randint(20, 60))
        made[0].is_head = True
        phone = self._phone(rng)
        for person in made[:room]:
            age = self._year - person.born.year
            own_phone = 14 <= age < 70 and rng.random() < 0.75
            person.phone = self._phone(rng) if own_phone else phone
            person.ethnicity = pick_weighted(
                rng, tuple(self._county.ethnic_groups), tuple(self._county.ethnic_groups.values())
            )
            self._insure(person, rng)
            self._join(person)

    def _visitor(self, household: int) -> None:
        rng = self._dice.stream("visitor", household)
        village = pick_weighted(rng, self._county.villages, self._county.village_weights)
        sex = rng.choice((1, 2))
        name = self._name(rng, sex, self._surname(rng))
        born = date(self._year - rng.randint(3, 80), rng.randint(1, 12), rng.randint(1, 28))
        person = Person(0, household, name, sex, born, village, "", is_resident=False)
        person.phone = self._phone(rng)
        self._join(person)

    def _join(self, person: Person) -> None:
        person.number = len(self._population.people) + 1
        town = person.village.town.code
        self._ranks[town] = self._ranks.get(town, 0) + 1
        person.rank_in_town = self._ranks[town]
        self._population.people.append(person)

    def _insure(self, person: Person, rng: Random) -> None:
        employee = 20 <= self._year - person.born.year < 70 and rng.random() < 0.14
        insured, number, second = rng.random(), rng.randint(1, 10**12), rng.randint(1, 10**12)
        if insured < 0.95:
            person.scheme = "310" if employee else "390"
            person.insurance_number = f"9915{number:016d}"
            if insured < 0.004:
                person.second_insurance_number = f"9915{second:016d}"

    def _surname(self, rng: Random) -> str:
        names = self._county.names
        drawn = rng.random()
        if drawn < 0.008:
            return rng.choice(names.double_surnames)
        return "·" if drawn < 0.016 else pick_early(rng, names.surnames)

    def _name(self, rng: Random, sex: int, surname: str) -> str:
        names = self._county.names
        if surname == "·":
            return f"{rng.choice(names.dotted_first)}·{rng.choice(names.dotted_second)}"
        own = (names.men if sex == 1 else names.women) + names.either
        given = pick_early(rng, own)
        return surname + given + (pick_early(rng, own) if rng.random() < 0.82 else "")

    def _phone(self, rng: Random) -> str:
        return f"{rng.choice(self._county.phone_blocks)}{rng.randint(0, 99999999):08d}"

    def _make_twins(self, household: int, children: list[Person]) -> None:
        if len(children) >= 2 and self._mess.hits("twin", "all", household):
            first, second = children[:2]
            second.born = first.born
            first.is_twin = second.is_twin = True

    def _make_strangers(self, pairs: int) -> None:
        rng = self._dice.stream("strangers")
        for _ in range(pairs):
            one = rng.choice(self._population.people)
            like = [
                other
                for other in rng.choices(self._population.people, k=200)
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
        moved_on = date(2018, 1, 1) + timedelta(days=rng.randint(0, 2400))
        grown_up = 20 <= age < 85 and person.is_resident
        if not grown_up or not self._mess.hits("second_archive", "all", person.number):
            return
        elsewhere = [v for v in self._county.villages if v.town is not person.village.town]
        if person.died_on is None:
            person.moved_from, person.moved_on = rng.choice(elsewhere), moved_on
