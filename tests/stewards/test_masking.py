"""What is left of a value when it is masked."""

from __future__ import annotations

from datetime import date

import pytest

from loaders.stewards.masking import MASKED_FIELDS, masked_name, masked_number, shown
from loaders.stewards.people import Record
from tests.stewards.county import ADDRESS, NUMBER


def record(**claims: object) -> Record:
    empty = {name: None for name in Record.__dataclass_fields__}
    return Record(**(empty | claims))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("张伟", "张*"),
        ("张", "张*"),
        (" 欧阳建国 ", "欧***"),
        ("阿依古丽·买买提", "阿***"),
        ("SMITH JOHN", "S***"),
    ],
)
def test_names_keep_their_first_character(name: str, left: str) -> None:
    assert masked_name(name) == left


@pytest.mark.parametrize(
    ("number", "left"),
    [
        (NUMBER, f"****{NUMBER[-4:]}"),
        ("12345", "****2345"),
        ("1234", "****"),
        ("无", "****"),
    ],
)
def test_numbers_keep_their_last_four_signs(number: str, left: str) -> None:
    assert masked_number(number) == left


def test_addresses_keep_their_town_and_birthdays_their_year() -> None:
    one = record(address=ADDRESS, born_on=date(1972, 5, 14))
    assert shown(one, "address") == "甲镇***"
    assert shown(record(address="某地东塘组8号"), "address") == "***"
    assert shown(one, "born_on") == "1972-**-**"
    assert shown(one, "born_on", is_revealed=True) == "1972-05-14"
    assert shown(one, "phone") == ""


def test_no_field_but_sex_town_and_ethnic_group_is_shown_as_it_is() -> None:
    value = "某某9988776655某某"
    for name in MASKED_FIELDS:
        if name == "born_on":
            continue
        one = record(**{name: value})
        assert value not in shown(one, name)
        assert shown(one, name, is_revealed=True) == value
