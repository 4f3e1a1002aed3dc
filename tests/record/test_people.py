"""What the record says of a person whose sources do not agree."""

from __future__ import annotations

import pytest

from tests.indicators.books import OTHER_TOWN, TOWN
from tests.indicators.counting import Counted
from tests.indicators.situation import Situation


def number_of(born: str, sequence: str) -> str:
    """An identity number that passes the check, of a region that is nobody's."""
    body = f"991525{born.replace('-', '')}{sequence}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[rest % 11]


def describe_situation(s: Situation) -> None:
    """Every person shows one rule."""
    for person in (
        "number says otherwise",
        "majority",
        "mother's number",
        "wrong check",
        "wrapped number",
        "two cards of death",
        "moved",
        "silent",
    ):
        s.person(person)
    # A lunar birthday on two forms, the solar one in the number.
    for system in ("A", "D"):
        s.named("number says otherwise", system=system, born="1956-02-01", sex="1")
    s.named(
        "number says otherwise",
        system="F",
        born="1956-02-01",
        id_number=number_of("1956-03-12", "201"),
    )
    for born, sex in (("1980-05-06", "2"), ("1980-05-06", "2"), ("1981-05-06", "1")):
        s.named("majority", born=born, sex=sex)
    s.named("mother's number", born="2024-05-01", id_number=number_of("1996-01-02", "202"))
    wrong = number_of("1970-01-01", "203")
    s.named(
        "wrong check",
        born="1971-01-01",
        id_number=wrong[:17] + ("1" if wrong[17] != "1" else "2"),
    )
    s.named(
        "wrapped number", born="1965-01-01", id_number=f"'{number_of('1965-07-08', '204')}"
    )
    s.death("two cards of death", "2024-05-03")
    s.death("two cards of death", "2024-05-01")
    s.archive("archive before moving", "moved", "2012-01-01", unit=TOWN)
    s.archive("archive after moving", "moved", "2024-01-01", unit=OTHER_TOWN)


@pytest.mark.parametrize(
    ("person", "born"),
    [
        ("number says otherwise", "1956-03-12"),
        ("majority", "1980-05-06"),
        # A number whose birth date is decades away is not the child's own.
        ("mother's number", "2024-05-01"),
        ("wrong check", "1971-01-01"),
        ("wrapped number", "1965-07-08"),
        ("silent", "None"),
    ],
)
def test_the_birth_date(counted: Counted, person: str, born: str) -> None:
    assert str(counted.person(person).born_on) == born


def test_the_sex_is_the_majoritys(counted: Counted) -> None:
    assert counted.person("majority").sex_code == "2"
    assert counted.person("silent").sex_code is None


def test_the_first_card_of_death_counts(counted: Counted) -> None:
    assert str(counted.person("two cards of death").death_on) == "2024-05-01"
    assert counted.person("silent").death_on is None


def test_the_town_is_that_of_the_newest_open_archive(counted: Counted) -> None:
    assert counted.person("moved").town_code == OTHER_TOWN


def test_the_record_of_people_holds_no_name_and_no_number(counted: Counted) -> None:
    columns = {
        row.column_name
        for row in counted.rows(
            "select column_name from information_schema.columns"
            " where table_schema = 'record'"
        )
    }
    forbidden = {
        "person_name",
        "id_number",
        "phone",
        "address",
        "leader_name",
        "signer_name",
    }
    assert columns & forbidden == set()
