"""Two records, field by field: what agrees, what is nearly alike, what differs.

Goes in: two records. Comes out: a level for every field, never a value. The levels are
those that linking itself uses, where it has them.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from loaders.identity.compare import birth_level, name_level
from loaders.identity.contact import read_address, read_phone
from loaders.identity.id_number import are_near, read_id_number
from loaders.identity.person_name import read_person_name
from loaders.stewards.people import SHOWN, Record

SAME = frozenset({"exact", "same", "same_house"})
# A newborn's provisional name says nothing for or against anybody else's.
NOT_COMPARABLE = frozenset({"missing", "both_missing", "newborn", "damaged"})
ALIKE = frozenset(
    {
        "homophone", "lost_character", "one_character", "shortened", "one_digit",
        "day_month_swapped", "same_month", "year_off_by_one", "perhaps_lunar", "near",
        "same_village", "same_town",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two records are in one field."""

    field: str
    level: str

    @property
    def relation(self) -> str:
        if self.level in NOT_COMPARABLE:
            return "none"
        if self.level in SAME:
            return "same"
        return "alike" if self.level in ALIKE else "different"


def compare(one: Record, other: Record) -> list[Likeness]:
    """Every field that is shown, in the order in which it is shown."""
    return [Likeness(field, _level(field, one, other)) for field in SHOWN]


def number_kind(record: Record) -> str:
    """What a record's identity number is worth, as a word of `IdKind`."""
    return read_id_number(record.id_number, record.id_type_code).kind.value


def _level(field: str, one: Record, other: Record) -> str:
    left, right = getattr(one, field), getattr(other, field)
    if not left and not right:
        return "both_missing"
    if field == "person_name":
        return name_level(read_person_name(left), read_person_name(right)).value
    if field == "born_on":
        return birth_level(left, right).value
    if not left or not right:
        return "missing"
    if field == "id_number":
        return _numbers(one, other)
    if field == "phone":
        return _equal(read_phone(left), read_phone(right))
    if field == "address":
        return _addresses(left, right)
    return _equal(_plain(left), _plain(right))


def _numbers(one: Record, other: Record) -> str:
    left = read_id_number(one.id_number, one.id_type_code)
    right = read_id_number(other.id_number, other.id_type_code)
    if left.key and left.key == right.key:
        return "same"
    if "excel" in left.kind.value or "excel" in right.kind.value:
        return "damaged"
    if not left.text or not right.text:
        return "missing"
    if left.text == right.text:
        return "same"
    # Two numbers that both pass their check are never one typing mistake apart.
    proven = left.key is not None and right.key is not None
    return "near" if not proven and are_near(left.text, right.text) else "different"


def _addresses(left: str, right: str) -> str:
    one, other = read_address(left), read_address(right)
    if not one.town or not other.town:
        return "missing"
    if one.house and one.house == other.house:
        return "same_house"
    if one.village and one.village == other.village:
        return "same_village"
    return "same_town" if one.town == other.town else "different"


def _equal(left: str | None, right: str | None) -> str:
    if not left or not right:
        return "missing"
    return "same" if left == right else "different"


def _plain(value: str) -> str:
    return unicodedata.normalize("NFKC", value).strip().upper()
