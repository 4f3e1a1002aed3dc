"""Reading an identity number as it was typed, pasted or damaged (GB 11643-1999).

Goes in: the value as delivered and the kind of document. Comes out: what the number is
worth as evidence. Nothing is repaired by guessing: a number whose check character fails
stays invalid and can only ever be compared, never trusted.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import mul

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
# Digits are weighed by their codes, which begin at that of zero.
ZEROS = ord("0") * sum(WEIGHTS)

# Every character that stands on some keyboard or in some font for the check character X.
LOOKS_LIKE_X = str.maketrans(dict.fromkeys("×✕✖✗✘⨯╳ХхΧχҲҳᕁ乂", "X"))
# A star stands for a hidden digit as well: for the X only where the X would be.
STAR_FOR_X = re.compile(r"(?<=^\d{17})\*$")
WRAPPING = re.compile(r"[\s'\"`=’‘“”\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d{1,2}")
WORDS_FOR_NOTHING = {"无", "不详", "未知", "没有", "空", "NULL", "NONE", "暂无", "未提供"}
COUNTING = "123456789012345678"
# Filled in for the birth date of nobody: 1900, January the first.
NO_BIRTH_DATE = "19000101"
# Shorter than any document number that identifies somebody.
SHORTEST_DOCUMENT = 6
# Excel keeps fifteen significant digits.
EXCEL_DIGITS = 15


# Every province that has ever issued numbers; a number of 99 is made up, for tests.
PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63"
    " 64 65 71".split()
)


class IdKind(StrEnum):
    """What a delivered identity number turned out to be."""

    VALID = "valid"
    CONVERTED = "converted"
    INVALID = "invalid"
    EXCEL_ZEROED = "excel_zeroed"
    EXCEL_ROUNDED = "excel_rounded"
    EXCEL_SCIENTIFIC = "excel_scientific"
    OTHER_DOCUMENT = "other_document"
    PLACEHOLDER = "placeholder"
    MISSING = "missing"


class Issuer(StrEnum):
    """What card an eighteen-character number is printed on, by its first digits.

    The check character is right on all of them: a valid number is not yet a citizen's.
    """

    CITIZEN = "citizen"
    HONG_KONG_MACAO_TAIWAN = "hong_kong_macao_taiwan_resident"
    FOREIGN_PERMANENT_RESIDENT = "foreign_permanent_resident"
    FICTIONAL = "fictional"
    UNKNOWN = "unknown_region"


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A number that was read; `key` only when it can name one person by itself."""

    kind: IdKind
    key: str | None = None
    text: str | None = None
    born_on: date | None = None
    sex_code: str | None = None


def check_character(first_17: str) -> str:
    """The eighteenth character of a number, by ISO 7064 MOD 11-2."""
    if len(first_17) != len(WEIGHTS) or not _is_digits(first_17):
        raise ValueError("a number has seventeen digits before its check character")
    total = sum(map(mul, first_17.encode(), WEIGHTS)) - ZEROS
    return CHECK_CHARACTERS[total % 11]


def is_valid(number: str) -> bool:
    """Whether eighteen characters carry a right check character and a real birth date."""
    return (
        len(number) == 18
        and _is_digits(number[:17])
        and number[17] == check_character(number[:17])
        and _birth_date(number) is not None
    )


def convert(fifteen: str) -> str | None:
    """The eighteen-character form of a first-generation number, None if it is none.

    It proves nothing: fifteen digits have no check character, so a wrong digit converts
    to a number that looks right.
    """
    if len(fifteen) != 15 or not _is_digits(fifteen):
        return None
    body = fifteen[:6] + "19" + fifteen[6:]
    number = body + check_character(body)
    return number if is_valid(number) else None


def issuer(number: str) -> Issuer:
    """Who has issued a number, as far as its first digits tell.

    Only provinces are told apart. Codes of counties come and go, and a number keeps the
    code of the day it was issued on: every county of a known province is accepted.
    """
    province = number[:2]
    if province in ("81", "82", "83"):
        return Issuer.HONG_KONG_MACAO_TAIWAN
    if province in PROVINCES:
        return Issuer.CITIZEN
    if province == "99":
        return Issuer.FICTIONAL
    # The card of 2023: a nine, and then the province that took the application.
    if number[0] == "9" and number[1:3] in PROVINCES:
        return Issuer.FOREIGN_PERMANENT_RESIDENT
    return Issuer.UNKNOWN


def read_id_number(raw: str | None, id_type_code: str | None = None) -> IdNumber:
    """What a delivered identity number is worth."""
    text = clean(raw)
    if not text or not text.strip("-—_/.0"):
        return IdNumber(IdKind.MISSING if not text else IdKind.PLACEHOLDER)
    if stands_for_nothing(text):
        return IdNumber(IdKind.PLACEHOLDER)
    if SCIENTIFIC.fullmatch(text):
        return IdNumber(IdKind.EXCEL_SCIENTIFIC)
    if len(text) == 20 and is_valid(text[:18]) and _is_digits(text[18:]):
        # A disability card: the number of its holder and two digits of kind and grade.
        text = text[:18]
    if EIGHTEEN.fullmatch(text):
        return _read_18(text)
    converted = convert(text)
    if converted:
        return _own(IdKind.CONVERTED, converted, text)
    if id_type_code == "other" or re.search(r"[A-Z一-鿿]", text[:-1]):
        return IdNumber(IdKind.OTHER_DOCUMENT, text=without_renewals(text))
    return IdNumber(IdKind.INVALID, text=text)


def without_renewals(document: str) -> str:
    """A number without the digits that count how often its card was renewed."""
    # Hong Kong and Macao residents' permit: a letter and eight digits stay for life.
    return document[:9] if re.fullmatch(r"[HM]\d{10}", document) else document


def are_near(left: str, right: str) -> bool:
    """Whether one slip makes one text of the other: a character, or two neighbours."""
    if left == right:
        return True
    if len(left) == len(right):
        wrong = [i for i in range(len(left)) if left[i] != right[i]]
        if len(wrong) == 1:
            return True
        first, last = wrong[0], wrong[-1]
        return (
            len(wrong) == 2
            and last == first + 1
            and left[first] == right[last]
            and left[last] == right[first]
        )
    short, long = sorted((left, right), key=len)
    return len(long) == len(short) + 1 and any(
        long[:i] + long[i + 1 :] == short for i in range(len(long))
    )


def clean(raw: str | None) -> str:
    """A delivered number without what typing and exporting have wrapped it in."""
    raw = raw or ""
    if raw.isascii() and raw.isalnum():
        return raw.upper()
    text = unicodedata.normalize("NFKC", raw).translate(LOOKS_LIKE_X)
    text = STAR_FOR_X.sub("X", WRAPPING.sub("", text).upper())
    return re.sub(r"(?<=\d{15})\.0*$", "", text)


def stands_for_nothing(text: str) -> bool:
    """Whether a number is a word or filler for having none."""
    return (
        text in WORDS_FOR_NOTHING
        or len(set(text)) == 1
        or len(text) < SHORTEST_DOCUMENT
        or COUNTING.startswith(text)
        # The first day of 1900 is what a form is filled with, nobody's birthday.
        or (len(text) == 18 and text[6:14] == NO_BIRTH_DATE)
        or (len(text) == 15 and text[6:12] == "000101" and text[12:] == "000")
    )


def _read_18(text: str) -> IdNumber:
    # Three zeros at the end are Excel's doing rather than a registry's, and one such number
    # in eleven passes the check by chance: it is compared, never trusted.
    if text.endswith("000"):
        return IdNumber(IdKind.EXCEL_ZEROED, text=text)
    if is_valid(text):
        return _own(IdKind.VALID, text, text)
    if _is_digits(text) and int(float(text)) == int(text):
        return IdNumber(IdKind.EXCEL_ROUNDED, text=text)
    return IdNumber(IdKind.INVALID, text=text)


def _own(kind: IdKind, number: str, text: str) -> IdNumber:
    sex_code = "1" if int(number[16]) % 2 else "2"
    return IdNumber(kind, number, text, _birth_date(number), sex_code)


def _birth_date(number: str) -> date | None:
    try:
        born_on = date.fromisoformat(number[6:14])
    except ValueError:
        return None
    return born_on if 1880 <= born_on.year <= 2100 else None


def _is_digits(text: str) -> bool:
    # str.isdigit alone accepts full-width and superscript digits.
    return text.isascii() and text.isdigit()
