"""The levels at which two profiles are compared, as SQL.

Goes in: nothing but what a profile says, as columns `…_l` and `…_r`. Comes out: for each
comparison its levels in the order in which they are tried. How much a level weighs stands
in the file of weights; `compare` and `birth` have the same levels in Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loaders.identity.compare import FEWEST_LATIN_PARTS, SHORTEST_CUT_NAME
from loaders.identity.id_number import EXCEL_DIGITS


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a comparison: the first for what is missing, the last for the rest."""

    label: str
    condition: str
    by_name_frequency: bool = False


SAME_LENGTH = "len(name_key_l) = len(name_key_r) and len(name_key_l) > 1"
# Sign by sign the same but for those that one of the two has lost. A character typed as
# its sound is lost, too, but its sound must fit: that has been compared before.
FITTING_NAME = (
    "contains(name_key_l || name_key_r, '?')"
    f" and {SAME_LENGTH} and (len(sounds_l) = 0 or len(sounds_r) = 0)"
    " and len(list_filter("
    "list_zip(string_split(name_key_l, ''), string_split(name_key_r, '')),"
    " lambda sign: sign[1] <> sign[2] and sign[1] <> '?' and sign[2] <> '?')) = 0"
)
LIKE_NAME = f"{SAME_LENGTH} and list_has_any(masks_l, masks_r)"
CUT_NAME = (
    "list_contains(shortened_l, name_key_r) or list_contains(shortened_r, name_key_l)"
    f" or (least(len(name_key_l), len(name_key_r)) >= {SHORTEST_CUT_NAME}"
    " and (starts_with(name_key_l, name_key_r) or starts_with(name_key_r, name_key_l)))"
    " or head_l = name_key_r or head_r = name_key_l"
    " or (least(len(string_split(name_key_l, ' ')), len(string_split(name_key_r, ' ')))"
    f" >= {FEWEST_LATIN_PARTS}"
    " and (list_has_all(string_split(name_key_l, ' '), string_split(name_key_r, ' '))"
    " or list_has_all(string_split(name_key_r, ' '), string_split(name_key_l, ' '))))"
)
SURNAME = "left(name_key_l, 1) = left(name_key_r, 1) and left(name_key_l, 1) <> '?'"
BIRTH_DIGITS = "hamming(strftime(born_on_l, '%Y%m%d'), strftime(born_on_r, '%Y%m%d'))"
SAME_DAY = "strftime(born_on_l, '%m%d') = strftime(born_on_r, '%m%d')"
YEARS_APART = "abs(year(born_on_l) - year(born_on_r))"
SWAPPED_DAY = (
    "year(born_on_l) = year(born_on_r) and month(born_on_l) = day(born_on_r)"
    " and day(born_on_l) = month(born_on_r)"
)
SAME_MONTH = "year(born_on_l) = year(born_on_r) and month(born_on_l) = month(born_on_r)"
NEAR_NUMBER = "damerau_levenshtein(number_l, number_r) = 1"
SAME_START = f"left(number_l, {EXCEL_DIGITS}) = left(number_r, {EXCEL_DIGITS})"
BOTH_HOUSES = "len(houses_l) > 0 and len(houses_r) > 0"
SAME_VILLAGE = "list_has_any(villages_l, villages_r)"
SAME_TOWN = "list_has_any(towns_l, towns_r) or list_has_any(town_codes_l, town_codes_r)"

COMPARISONS: Mapping[str, tuple[Level, ...]] = {
    "name": (
        Level("missing", "name_key_l = '' or name_key_r = ''"
              " or is_newborn_l <> is_newborn_r"),
        Level("rank_differs", "rank_l <> '' and rank_r <> '' and rank_l <> rank_r"),
        Level("provisional", "is_newborn_l"),
        Level("exact", "name_key_l = name_key_r and not contains(name_key_l, '?')",
              by_name_frequency=True),
        Level("same_tones", "list_has_any(tones_l, tones_r)"),
        Level("homophone", "list_has_any(sounds_l, sounds_r)"),
        Level("lost_character", FITTING_NAME),
        Level("fuzzy_sound", "list_has_any(fuzzy_sounds_l, fuzzy_sounds_r)"),
        Level("one_character", LIKE_NAME),
        Level("shortened", CUT_NAME),
        Level("surname", SURNAME),
        Level("different", ""),
    ),
    "birth_date": (
        Level("missing", "born_on_l is null or born_on_r is null"),
        Level("exact", "born_on_l = born_on_r"),
        Level("lunar", "list_contains(lunar_days_l, cast(born_on_r as varchar))"),
        Level("year_off_by_one", f"{SAME_DAY} and {YEARS_APART} = 1"),
        Level("year_off_by_ten", f"{SAME_DAY} and {YEARS_APART} = 10"),
        Level("day_month_swapped", SWAPPED_DAY),
        Level("one_digit", f"{BIRTH_DIGITS} = 1"),
        Level("same_month", SAME_MONTH),
        Level("different", ""),
    ),
    "sex": (
        Level("missing", "sex_code_l is null or sex_code_r is null"),
        Level("same", "sex_code_l = sex_code_r"),
        Level("different", ""),
    ),
    "id_number": (
        Level("missing", "number_l is null or number_r is null"),
        Level("same", "number_l = number_r"),
        Level("typo", f"{NEAR_NUMBER} and not (is_proven_l and is_proven_r)"),
        Level("excel_damage", f"{SAME_START} and (is_damaged_l or is_damaged_r)"),
        Level("different", ""),
    ),
    "phone": (
        Level("missing", "len(phones_l) = 0 or len(phones_r) = 0"),
        Level("shared", "list_has_any(phones_l, phones_r)"),
        Level("different", ""),
    ),
    "address": (
        Level("missing", "(len(towns_l) = 0 or len(towns_r) = 0)"
              " and (len(town_codes_l) = 0 or len(town_codes_r) = 0)"),
        Level("same_house", "list_has_any(houses_l, houses_r)"),
        Level("same_group", "list_has_any(groups_l, groups_r)"),
        Level("neighbours", f"{SAME_VILLAGE} and {BOTH_HOUSES}"),
        Level("same_village", SAME_VILLAGE),
        Level("town_only", f"({SAME_TOWN})"
              " and (len(villages_l) = 0 or len(villages_r) = 0)"),
        Level("same_town", SAME_TOWN),
        Level("different", ""),
    ),
}  # fmt: skip

# Levels from the most to the least alike: none may weigh more than the one before it.
# Levels of the same comparison in no chain cannot be ranked against each other.
CHAINS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "name": (
        ("exact", "same_tones", "homophone", "fuzzy_sound", "one_character", "different"),
        ("exact", "lost_character", "shortened", "surname", "different"),
    ),
    "birth_date": (
        ("exact", "lunar", "different"),
        ("exact", "year_off_by_one", "one_digit", "different"),
        ("exact", "day_month_swapped", "same_month", "different"),
        ("exact", "year_off_by_ten", "different"),
    ),
    "sex": (("same", "different"),),
    "id_number": (("same", "typo", "different"), ("same", "excel_damage", "different")),
    "phone": (("shared", "different"),),
    "address": (
        ("same_house", "same_group", "neighbours", "same_town", "different"),
        ("same_house", "same_village", "town_only", "same_town"),
    ),
}  # fmt: skip


def comparison_sql(name: str) -> str:
    """The level of a comparison as one SQL expression over `…_l` and `…_r` columns."""
    arms = " ".join(
        f"when {level.condition} then '{level.label}'" for level in COMPARISONS[name][:-1]
    )
    return f"case {arms} else '{COMPARISONS[name][-1].label}' end"
