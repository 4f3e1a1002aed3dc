"""How people get into registers: what a clerk writes down, and what goes wrong in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from loaders.demo_county.households import pick_phone
from loaders.demo_county.lunar import lunar_date
from loaders.demo_county.numbers import short_identity_number
from loaders.demo_county.population import Person
from loaders.demo_county.world import World

OLD_NUMBERS_UNTIL = date(1999, 10, 1)
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@dataclass(frozen=True, slots=True)
class Written:
    """A person as a register has it; empty texts where it has nothing."""

    name: str
    id_number: str
    sex: int
    born: str
    phone: str
    address: str
    kinds: tuple[str, ...] = field(default=())


class Clerk:
    """Writes people into the registers of all systems."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._damage: dict[str, Callable[[Random, Person], str | None]] = {
            "id_missing": lambda rng, person: "",
            "id_placeholder": lambda rng, person: rng.choice(world.county.unknown_numbers),
            "id_wrong_digit": _wrong_digit,
            "id_swapped_digits": _swapped_digits,
            "id_15_digits": _old_number,
            "id_full_width": lambda rng, person: person.id_number.translate(FULL_WIDTH),
            "id_lower_x": _lower_x,
            "id_wrapped": _wrapped,
        }
        self._misspelling: dict[str, Callable[[Random, str], str]] = {
            "name_middle_dot": lambda rng, name: name.replace(
                "·", rng.choice(("", ".", "•", "・"))
            ),
            "name_traditional": self._traditional,
            "name_homophone": self._homophone,
            "name_inner_space": lambda rng, name: (
                name[:-1] + rng.choice((" ", "\u3000")) + name[-1]
            ),
            "name_suffix": lambda rng, name: name + rng.choice(world.county.names.suffixes),
        }

    def write(
        self,
        system: str,
        table: str,
        native_id: object,
        person: Person,
        known_on: date,
        custom: str = "",
    ) -> Written:
        """A new entry; `custom` names whose habits apply when they are not the system's."""
        if person.is_test:
            born = person.born.isoformat()
            return Written(
                person.name, person.id_number, person.sex, born, "", person.address
            )
        key = (table, native_id)
        habits = custom or system
        kinds: list[str] = []
        written = Written(
            name=self._name(habits, key, person, kinds),
            id_number=self._id_number(habits, key, person, kinds),
            sex=self._sex(habits, key, person, kinds),
            born=self._born(habits, key, person, kinds),
            phone=self._phone(habits, key, person, kinds),
            address=person.address,
        )
        kinds += ["twin"] * person.is_twin + ["stranger"] * person.is_stranger
        return self.copy(
            replace(written, kinds=tuple(kinds)), system, table, native_id, known_on
        )

    def copy(
        self, written: Written, system: str, table: str, native_id: object, known_on: date
    ) -> Written:
        """The same entry in another row: what was wrong in it is wrong there, too."""
        for kind in written.kinds:
            self._world.mess.note(kind, system, table, native_id, known_on)
        return written

    def newborn(self, table: str, system: str, native_id: object, child: Person) -> Written:
        """A child as its mother's son or daughter, with her number or none."""
        mother = child.mother
        if mother is None:
            raise ValueError("a newborn card needs a mother")
        on = child.born
        self._world.mess.note("newborn_under_mother", system, table, native_id, on)
        has_number = self._world.dice.share("mother's number", child.number) < 0.5
        return Written(
            name=f"{mother.name}之{'子' if child.sex == 1 else '女'}",
            id_number=mother.id_number if has_number else "",
            sex=child.sex,
            born=on.isoformat(),
            phone=mother.phone,
            address=mother.address,
        )

    def _name(
        self, habits: str, key: tuple[object, ...], person: Person, kinds: list[str]
    ) -> str:
        for kind, misspell in self._misspelling.items():
            if self._world.mess.hits(kind, habits, *key):
                name = misspell(self._world.dice.stream(kind, *key), person.name)
                if name != person.name:
                    kinds.append(kind)
                    return name
        return person.name

    def _id_number(
        self, habits: str, key: tuple[object, ...], person: Person, kinds: list[str]
    ) -> str:
        for kind, damage in self._damage.items():
            if self._world.mess.hits(kind, habits, *key):
                number = damage(self._world.dice.stream(kind, *key), person)
                if number is not None and number != person.id_number:
                    kinds.append(kind)
                    return number
        return person.id_number

    def _sex(
        self, habits: str, key: tuple[object, ...], person: Person, kinds: list[str]
    ) -> int:
        if self._world.mess.hits("sex_wrong", habits, *key):
            kinds.append("sex_wrong")
            return 3 - person.sex
        return person.sex

    def _born(
        self, habits: str, key: tuple[object, ...], person: Person, kinds: list[str]
    ) -> str:
        if self._world.mess.hits("birth_lunar", habits, *key):
            year, month, day = lunar_date(person.born)
            # The 30th of the second month is a lunar day that no date column takes.
            if (month, day) not in ((2, 29), (2, 30)):
                kinds.append("birth_lunar")
                return f"{year}-{month:02d}-{day:02d}"
        if self._world.mess.hits("birth_first_january", habits, *key):
            kinds.append("birth_first_january")
            return f"{person.born.year}-01-01"
        return person.born.isoformat()

    def _phone(
        self, habits: str, key: tuple[object, ...], person: Person, kinds: list[str]
    ) -> str:
        if self._world.mess.hits("phone_group", habits, *key):
            kinds.append("phone_group")
            rng = self._world.dice.stream("village phone", person.village.code)
            return pick_phone(self._world.county, rng)
        return "" if self._world.dice.share("no phone", *key) < 0.07 else person.phone

    def _traditional(self, rng: Random, name: str) -> str:
        return "".join(self._world.county.names.traditional.get(c, c) for c in name)

    def _homophone(self, rng: Random, name: str) -> str:
        same_sound = self._world.county.names.homophones
        places = [i for i, c in enumerate(name) if c in same_sound]
        if not places:
            return name
        at = rng.choice(places)
        return name[:at] + same_sound[name[at]] + name[at + 1 :]


def _wrong_digit(rng: Random, person: Person) -> str:
    at = rng.randint(6, 16)
    wrong = (int(person.id_number[at]) + rng.randint(1, 9)) % 10
    return f"{person.id_number[:at]}{wrong}{person.id_number[at + 1 :]}"


def _swapped_digits(rng: Random, person: Person) -> str | None:
    number = person.id_number
    places = [i for i in range(6, 16) if number[i] != number[i + 1]]
    if not places:
        return None
    at = rng.choice(places)
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def _old_number(rng: Random, person: Person) -> str | None:
    return (
        short_identity_number(person.id_number) if person.born < OLD_NUMBERS_UNTIL else None
    )


def _lower_x(rng: Random, person: Person) -> str | None:
    if not person.id_number.endswith("X"):
        return None
    return person.id_number[:-1] + rng.choice(("x", "x", "Ｘ", "ｘ"))


def _wrapped(rng: Random, person: Person) -> str:
    wrapping = rng.choice(("'{}", '="{}"', "\u200b{}", "{}\u00a0", " {} "))
    return wrapping.format(person.id_number)
