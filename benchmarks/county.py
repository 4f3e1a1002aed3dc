"""A county's person records in bulk, with the truth about them.

The same size and seed give the same records.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from benchmarks.county_births import relations_of
from benchmarks.county_people import YOUNG_FROM, Array, draw_people
from benchmarks.county_records import towns, write_records

RECORDS_EACH = 9
NEW_SHARE = 0.01


@dataclass
class County:
    """`identity.source_person` to be; of each record its true person, and if it is new."""

    records: pa.Table
    relations: pa.Table
    towns: pa.Table
    person: Array
    is_new: Array


def make_county(record_count: int, seed: int = 20250101) -> County:
    """So many records of the first delivery, and one in a hundred that come later."""
    chance = np.random.default_rng(seed)
    total = round(record_count * (1 + NEW_SHARE))
    people = draw_people(chance, total // RECORDS_EACH)
    person = _owners(chance, len(people.born_on), total)
    # Whoever is new to the county comes with all his records, others with one more.
    newcomer = chance.random(len(people.born_on)) < NEW_SHARE / 4
    is_new = newcomer[person]
    short = total - record_count - int(is_new.sum())
    is_new[chance.choice(np.flatnonzero(~is_new), max(short, 0), replace=False)] = True
    records, newborn = write_records(chance, people, person, is_new)
    young = (people.mother >= 0) & (people.born_on > YOUNG_FROM)
    relations = relations_of(people, person, records, newborn, young)
    return County(records, relations, towns(), person, is_new)


def _owners(chance: np.random.Generator, people: int, total: int) -> Array:
    spread = chance.gamma(2.0, 1.0, people)
    owner = chance.choice(people, total - people, p=spread / spread.sum())
    return chance.permutation(np.r_[np.arange(people), owner])
