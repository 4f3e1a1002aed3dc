"""How people get into registers: what a clerk writes down, and what goes wrong in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from loaders.demo_county.damage import (
    FULL_WIDTH,
    lower_x,
    nearly_x,
    old_number,
    swapped_digits,
    wrapped,
    wrong_digit,
)
from loaders.demo_county.households import pick_phone
from loaders.demo_county.lunar import lunar_date
from loaders.demo_county.population import Person
from loaders.demo_county.world import World

NO_BIRTH_DATE = "1900-01-01"
NULL_WORDS = ("不详", "无", "未知", "0", "-")
NAMELESS = ("无名氏", "未知", "患者", "不详")
UNSHOWN = ("?", "□", "*", "〓")
ALL_PARTS = frozenset(
    {"id", "name", "sex", "birth", "phone", "address", "twin", "stranger"}
)


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
            "id_wrong_digit": wrong_digit,
            "id_swapped_digits": swapped_digits,
            "id_15_digits": old_number,
            "id_full_width": lambda rng, person: person.id_number.translate(FULL_WIDTH),
            "id_lower_x": lower_x,
            "id_wrapped": wrapped,
            "id_nearly_x": nearly_x,
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
            "name_placeholder": lambda rng, name: rng.choice(NAMELESS),
            "name_unshown_character": lambda rng, name: name[:-1] + rng.choice(UNSHOWN),
            "name_compatibility_form": self._compatibility_form,
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
        written = self.entry(custom or system, table, native_id, person)
        return self.copy(written, system, table, native_id, known_on)

    def entry(self, habits: str, table: str, native_id: object, person: Person) -> Written:
        """What stands in an entry, whoever asks and how often."""
        if person.is_test:
            born = person.born.isoformat()
            return Written(
                person.name, person.id_number, person.sex, born, "", person.address
            )
        key = (table, native_id)
        kinds: list[str] = []
        written = Written(
            name=self._name(habits, key, person, kinds),
            id_number=self._id_number(habits, key, person, kinds),
            sex=self._sex(habits, key, person, kinds),
            born=self._born(habits, key, person, kinds),
            phone=self._phone(habits, key, person, kinds),
            address=self._address(habits, key, person, kinds),
        )
        for kind, applies in (("twin", person.is_twin), ("stranger", person.is_stranger)):
            kinds += [kind] * (applies and self._world.mess.is_on(kind))
        return replace(written, kinds=tuple(kinds))

    def copy(
        self,
        written: Written,
        system: str,
        table: str,
        native_id: object,
        known_on: date,
        parts: frozenset[str] = ALL_PARTS,
    ) -> Written:
        """The same entry in another row: what was wrong in it is wrong there, too.

        `parts` are those of the entry that the row repeats.
        """
        for kind in written.kinds:
            if parts is ALL_PARTS or kind.split("_")[0] in parts:
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
        for kind in self._world.mess.hitting(self._misspelling, habits, *key):
            chance = self._world.dice.stream(kind, *key)
            name = self._misspelling[kind](chance, person.name)
            if name != person.name:
                return self._if_on(kind, kinds, name, person.name)
        return person.name

    def _id_number(
        self, habits: str, key: tuple[object, ...], person: Person, kinds: list[str]
    ) -> str:
        for kind in self._world.mess.hitting(self._damage, habits, *key):
            number = self._damage[kind](self._world.dice.stream(kind, *key), person)
            if number is not None and number != person.id_number:
                return self._if_on(kind, kinds, number, person.id_number)
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
        born, mess = person.born.isoformat(), self._world.mess
        if mess.would_hit("birth_lunar", habits, *key):
            year, month, day = lunar_date(person.born)
            # The 30th of the second month is a lunar day that no date column takes.
            if (month, day) not in ((2, 29), (2, 30)):
                lunar = f"{year}-{month:02d}-{day:02d}"
                return self._if_on("birth_lunar", kinds, lunar, born)
        if mess.would_hit("birth_first_january", habits, *key):
            january = f"{person.born.year}-01-01"
            return self._if_on("birth_first_january", kinds, january, born)
        if mess.hits("birth_sentinel", habits, *key):
            kinds.append("birth_sentinel")
            return NO_BIRTH_DATE
        return born

    def _phone(
        self, habits: str, key: tuple[object, ...], person: Person, kinds: list[str]
    ) -> str:
        own = "" if self._world.dice.share("no phone", *key) < 0.07 else person.phone
        kind = self._world.mess.struck(("phone_group", "phone_null_word"), habits, *key)
        if kind == "phone_group":
            kinds.append(kind)
            rng = self._world.dice.stream("village phone", person.village.code)
            return pick_phone(self._world.county, rng)
        if kind:
            kinds.append(kind)
            return self._world.dice.stream("null word", *key).choice(NULL_WORDS)
        return own

    def _address(
        self, habits: str, key: tuple[object, ...], person: Person, kinds: list[str]
    ) -> str:
        if person.address and self._world.mess.hits("address_vague", habits, *key):
            kinds.append("address_vague")
            rng = self._world.dice.stream("vague address", *key)
            return rng.choice(("同上", "本村", self._world.county.name))
        return person.address

    def _if_on(self, kind: str, kinds: list[str], spoilt: str, right: str) -> str:
        """What a kind makes of a text; when it is off it still keeps the others away."""
        if not self._world.mess.is_on(kind):
            return right
        kinds.append(kind)
        return spoilt

    def _traditional(self, rng: Random, name: str) -> str:
        return "".join(self._world.county.names.traditional.get(c, c) for c in name)

    def _compatibility_form(self, rng: Random, name: str) -> str:
        return "".join(self._world.county.names.radicals.get(c, c) for c in name)

    def _homophone(self, rng: Random, name: str) -> str:
        same_sound = self._world.county.names.homophones
        places = [i for i, c in enumerate(name) if c in same_sound]
        if not places:
            return name
        at = rng.choice(places)
        return name[:at] + same_sound[name[at]] + name[at + 1 :]
