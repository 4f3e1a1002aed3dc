"""Who lives in a county that does not exist: households, twins, namesakes, numbers.

Everything is drawn column by column. Ids are of region 999999, which no authority ever
issued; names are of common characters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.county_names import draw_given, draw_minority, draw_surnames, points

Array = np.ndarray[Any, np.dtype[Any]]

FIRST_DAY = np.datetime64("2025-01-01")
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECK = points("10X98765432")
NAME_WIDTH, ID_WIDTH = 16, 22
# Of children born since then systems know the mother.
YOUNG_FROM = FIRST_DAY - 400


@dataclass
class People:
    """Who lives in the county, one entry of each array per person."""

    name: Array
    length: Array
    born_on: Array
    is_male: Array
    number: Array
    household: Array
    phone: Array
    mother: Array


def draw_people(chance: np.random.Generator, count: int) -> People:
    """So many people in their households."""
    size = chance.choice([1, 2, 3, 4, 5], count, p=[0.25, 0.3, 0.25, 0.15, 0.05])
    household = np.repeat(np.arange(count), size)[:count]
    place = np.arange(count) - np.searchsorted(household, household)
    is_child = place >= 2
    age = np.where(
        is_child,
        chance.integers(0, 20 * 365, count),
        chance.integers(20 * 365, 90 * 365, count),
    )
    born_on = FIRST_DAY - age
    is_male = np.where(
        place == 0, True, np.where(place == 1, False, chance.random(count) < 0.5)
    )
    name, length = draw_given(chance, count, NAME_WIDTH)
    # A wife keeps her name, children have their father's.
    family = draw_surnames(chance, count)
    name[:, 0] = np.where(place == 1, family, family[household])
    _twins(chance, place, born_on, is_male, name, length)
    draw_minority(chance, name, length, chance.random(count) < 0.01)
    _strangers(chance, born_on, is_male, name, length)
    phone = draw_phones(chance, count)
    shares = is_child | (chance.random(count) < 0.35)
    first = np.searchsorted(household, household)
    mother = np.where(is_child, first + 1, -1)
    return People(
        name, length, born_on, is_male, _numbers(chance, born_on, is_male), household,
        np.where(shares, phone[first], phone), mother,
    )  # fmt: skip


def _twins(
    chance: np.random.Generator, place: Array, born_on: Array, is_male: Array, name: Array,
    length: Array,
) -> None:  # fmt: skip
    second = np.flatnonzero((place >= 3) & (chance.random(len(place)) < 0.15))
    born_on[second] = born_on[second - 1]
    alike = second[chance.random(len(second)) < 0.7]
    is_male[alike] = is_male[alike - 1]
    both = second[(length[second] == 3) & (length[second - 1] == 3)]
    name[both, 1] = name[both - 1, 1]


def _strangers(
    chance: np.random.Generator, born_on: Array, is_male: Array, name: Array, length: Array
) -> None:
    count = len(born_on)
    who = np.flatnonzero(chance.random(count) < 0.003)
    other = chance.integers(0, count, len(who))
    for values in (born_on, is_male, name, length):
        values[who] = values[other]


def draw_phones(chance: np.random.Generator, count: int) -> Array:
    """So many mobile numbers of a range that nobody has."""
    return np.char.add("16", np.char.zfill(chance.integers(0, 10**9, count).astype(str), 9))


def _numbers(chance: np.random.Generator, born_on: Array, is_male: Array) -> Array:
    """Eighteen characters each; those of one day and sex follow one another."""
    count = len(born_on)
    order = np.lexsort((np.arange(count), is_male, born_on))
    begins = np.r_[True, (np.diff(born_on[order].astype(int)) != 0)
                   | (np.diff(is_male[order].astype(int)) != 0)]  # fmt: skip
    start = np.maximum.accumulate(np.where(begins, np.arange(count), 0))
    rank = np.empty(count, int)
    rank[order] = np.arange(count) - start
    offset = (born_on.astype(int) * 7919) % 499
    sequence = (offset + rank) % 499 * 2 + np.where(is_male, 1, 2)
    day = born_on.astype("datetime64[D]")
    year = day.astype("datetime64[Y]").astype(int) + 1970
    month = day.astype("datetime64[M]").astype(int) % 12 + 1
    date = (day - day.astype("datetime64[M]")).astype(int) + 1
    whole = ((year * 100 + month) * 100 + date) * 1000 + sequence
    digits = np.empty((count, 17), int)
    digits[:, :6] = 9
    for i in range(11):
        digits[:, 16 - i] = whole // 10**i % 10
    number = np.zeros((count, ID_WIDTH), np.uint32)
    number[:, :17] = digits + ord("0")
    number[:, 17] = CHECK[(digits @ WEIGHTS) % 11]
    return number


def as_text(matrix: Array) -> Array:
    """Rows of code points as texts."""
    width = matrix.shape[1]
    text: Array = np.ascontiguousarray(matrix, np.uint32).view(f"<U{width}").ravel()
    return text
