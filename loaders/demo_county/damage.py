"""What happens to identity numbers between a card and a register.

Goes in: chance and a person. Comes out: the number as it was typed, or none when this
damage cannot happen to this number.
"""

from __future__ import annotations

from datetime import date
from random import Random

from loaders.demo_county.numbers import short_identity_number
from loaders.demo_county.population import Person

# Letters and signs that stand where an X should.
NEARLY_X = ("\u0425", "×", "*")
OLD_NUMBERS_UNTIL = date(1999, 10, 1)
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def wrong_digit(rng: Random, person: Person) -> str:
    """One digit is another."""
    at = rng.randint(6, 16)
    wrong = (int(person.id_number[at]) + rng.randint(1, 9)) % 10
    return f"{person.id_number[:at]}{wrong}{person.id_number[at + 1 :]}"


def swapped_digits(rng: Random, person: Person) -> str | None:
    """Two neighbours have changed places."""
    number = person.id_number
    places = [i for i in range(6, 16) if number[i] != number[i + 1]]
    if not places:
        return None
    at = rng.choice(places)
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def old_number(rng: Random, person: Person) -> str | None:
    """The form of before 1999, for those who had one."""
    return (
        short_identity_number(person.id_number) if person.born < OLD_NUMBERS_UNTIL else None
    )


def lower_x(rng: Random, person: Person) -> str | None:
    """A small or full-width x at the end."""
    if not person.id_number.endswith("X"):
        return None
    return person.id_number[:-1] + rng.choice(("x", "x", "Ｘ", "ｘ"))


def nearly_x(rng: Random, person: Person) -> str | None:
    """Another sign where the X should be."""
    if not person.id_number.endswith("X"):
        return None
    return person.id_number[:-1] + rng.choice(NEARLY_X)


def wrapped(rng: Random, person: Person) -> str:
    """Quotes, a formula, signs that nobody sees."""
    wrapping = rng.choice(("'{}", '="{}"', "\u200b{}", "{}\u00a0", " {} ", "\ufeff{}"))
    return wrapping.format(person.id_number)
