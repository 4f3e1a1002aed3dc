"""What an identity number is worth, however it was typed."""

from __future__ import annotations

import random

import pytest

from loaders.identity.id_number import (
    IdKind,
    Issuer,
    are_near,
    check_character,
    convert,
    is_valid,
    issuer,
    read_id_number,
)

VALID = "99999919630715123X"


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002X",
        "440524188001010014",
        "999999199001010016",
        "999999199001010032",
        "99999919630715123X",
        "999999202402290017",
    ],
)
def test_numbers_of_the_standard_are_valid(number: str) -> None:
    assert is_valid(number)


def test_fifteen_digits_convert_to_the_number_of_the_standard() -> None:
    assert convert("110105491231002") == "11010519491231002X"
    assert read_id_number("110105491231002").kind is IdKind.CONVERTED


@pytest.mark.parametrize(
    "typed",
    [
        "99999919630715123x",
        "99999919630715123х",
        "99999919630715123×",
        "99999919630715123*",
        "99999919630715123ⅹ",
        "99999919630715123Χ",
        "'" + VALID,
        f'="{VALID}"',
        f"{VALID}\u200b",
        f"\xa0{VALID}\xa0",
        " 999999 19630715 123X ",
        "９９９９９９１９６３０７１５１２３Ｘ",
        VALID + "43",
        "\ufeff" + VALID,
    ],
)
def test_the_same_number_is_read_however_it_was_typed(typed: str) -> None:
    assert read_id_number(typed).key == VALID


@pytest.mark.parametrize(
    ("delivered", "kind"),
    [
        (None, IdKind.MISSING),
        ("", IdKind.MISSING),
        ("-", IdKind.PLACEHOLDER),
        ("无", IdKind.PLACEHOLDER),
        ("不详", IdKind.PLACEHOLDER),
        ("111111111111111111", IdKind.PLACEHOLDER),
        ("000000000000000", IdKind.PLACEHOLDER),
        ("123456789012345678", IdKind.PLACEHOLDER),
        ("999999190001010000", IdKind.PLACEHOLDER),
        ("9.99999E+17", IdKind.EXCEL_SCIENTIFIC),
        ("9.99999e17", IdKind.EXCEL_SCIENTIFIC),
        ("999999196307151000", IdKind.EXCEL_ZEROED),
        ("999999199001010048", IdKind.EXCEL_ROUNDED),
        ("999999202302290019", IdKind.INVALID),
        ("99999919630715124X", IdKind.INVALID),
        ("H12345678", IdKind.OTHER_DOCUMENT),
        ("999999²²²²²²²²²²²²", IdKind.INVALID),
        ("999999********123*", IdKind.INVALID),
    ],
)
def test_what_is_no_proof_is_recognised(delivered: str | None, kind: IdKind) -> None:
    read = read_id_number(delivered)
    assert (read.kind, read.key) == (kind, None)


@pytest.mark.parametrize(
    ("number", "who"),
    [
        ("11010519491231002X", Issuer.CITIZEN),
        # A county that is no more (of a province before it was split) still counts.
        ("510202198001010000", Issuer.CITIZEN),
        ("810000199001010010", Issuer.HONG_KONG_MACAO_TAIWAN),
        ("830000199001010010", Issuer.HONG_KONG_MACAO_TAIWAN),
        ("931156198001010010", Issuer.FOREIGN_PERMANENT_RESIDENT),
        ("999999199001010016", Issuer.FICTIONAL),
        ("991525199001010016", Issuer.FICTIONAL),
        ("010101199001010016", Issuer.UNKNOWN),
        ("905156198001010010", Issuer.UNKNOWN),
    ],
)
def test_a_valid_number_is_not_yet_a_citizens(number: str, who: Issuer) -> None:
    assert issuer(number) is who


def test_a_permit_is_known_without_the_digits_of_its_renewal() -> None:
    assert read_id_number("H1234567801").text == "H12345678"
    assert read_id_number("h12345678").text == "H12345678"


def test_any_one_wrong_character_fails_the_check() -> None:
    for i in range(17):
        for digit in "0123456789":
            wrong = VALID[:i] + digit + VALID[i + 1 :]
            assert is_valid(wrong) == (wrong == VALID)


def test_any_two_swapped_neighbours_fail_the_check() -> None:
    chance = random.Random(7)
    for _ in range(300):
        body = f"9999991980{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
        body += f"{chance.randint(0, 999):03d}"
        number = body + check_character(body)
        for i in range(17):
            swapped = number[:i] + number[i + 1] + number[i] + number[i + 2 :]
            assert swapped == number or not is_valid(swapped)


def test_birth_date_and_sex_come_from_a_valid_number_only() -> None:
    read = read_id_number(VALID)
    assert (str(read.born_on), read.sex_code) == ("1963-07-15", "1")
    assert read_id_number("99999919630715124X").born_on is None


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("123456", "123456", True),
        ("123456", "123457", True),
        ("123456", "124356", True),
        ("123456", "12345", True),
        ("123456", "12346", True),
        ("123456", "125436", False),
        ("123456", "123478", False),
        ("123456", "1234", False),
    ],
)
def test_near_means_one_slip(one: str, other: str, near: bool) -> None:
    assert are_near(one, other) is near
    assert are_near(other, one) is near
