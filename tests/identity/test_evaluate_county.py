"""The records that linking is measured with are what they say, and the same every time."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from benchmarks.county import County, make_county
from loaders.identity.id_number import IdKind, read_id_number
from tests.identity.messy_people import COLUMNS

RECORDS = 20_000


@pytest.fixture(scope="module")
def county() -> County:
    return make_county(RECORDS)


def test_size_columns_and_keys(county: County) -> None:
    assert county.records.num_rows == round(RECORDS * 1.01)
    assert county.is_new.sum() == pytest.approx(RECORDS * 0.01, abs=RECORDS * 0.003)
    assert set(COLUMNS) <= set(county.records.column_names)
    keys = county.records["record_key"].to_pylist()
    assert len(set(keys)) == len(keys)


def test_the_same_again(county: County) -> None:
    again = make_county(RECORDS)
    assert again.records.equals(county.records)
    assert again.relations.equals(county.relations)
    assert (again.person == county.person).all()
    assert not make_county(RECORDS, seed=3).records.equals(county.records)


def test_numbers_are_of_nobody_and_mostly_valid(county: County) -> None:
    numbers = county.records["id_number"].to_pylist()
    kinds = Counter(read_id_number(number).kind for number in numbers)
    assert 0.8 < kinds[IdKind.VALID] / len(numbers) < 0.95
    assert (
        min(kinds[kind] for kind in (IdKind.INVALID, IdKind.CONVERTED, IdKind.MISSING)) > 50
    )
    valid = [n for n in map(read_id_number, numbers) if n.kind is IdKind.VALID]
    assert all(number.key.startswith("999999") for number in valid if number.key)


def test_a_valid_number_is_one_persons_unless_lent(county: County) -> None:
    owners: dict[str, Counter[int]] = {}
    numbers = county.records["id_number"].to_pylist()
    for raw, person in zip(numbers, county.person, strict=True):
        number = read_id_number(raw)
        if number.kind is IdKind.VALID and number.key:
            owners.setdefault(number.key, Counter())[int(person)] += 1
    lent = sum(len(people) > 1 for people in owners.values())
    assert 0 < lent < 0.1 * len(owners)


def test_births_name_the_mother(county: County) -> None:
    kinds = Counter(county.relations["relation"].to_pylist())
    assert kinds["mother_of"] > 0 < kinds["gave_birth"]
    known = set(county.records["record_key"].to_pylist())
    assert set(county.relations["record_key"].to_pylist()) <= known
    counts = county.relations["live_births"].to_pylist()
    assert {count for count in counts if count} <= {1, 2, 3}
    assert np.unique(county.person).size > RECORDS / 12
