"""What the rules leave, scored by Splink 5 on DuckDB with declared weights.

Goes in: the workbench and the clusters so far. Comes out: pairs of clusters with the weight
of evidence, in bits, and the level of each comparison. The weights below are fixed: nothing
is trained, nothing sampled, so that scores are a function of the records alone. Only how
common a name is comes from the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator
from splink.comparison_level_library import CustomLevel, ElseLevel
from splink.comparison_library import CustomComparison

from loaders.identity.compare import LUNAR_DAYS, SHORTEST_CUT_NAME
from loaders.identity.id_number import EXCEL_DIGITS

PROFILES = "profile"
PAIRS = "profile_pair"
# How often two people share their name.
DECLARED_NAME_FREQUENCY = 3e-4

# Two records drawn at random from a county's 300,000 are one person this often.
PRIOR = 1 / 300_000
# No name is so rare that its likeness proves more than this.
RAREST_NAME = 1e-5
# Pairs below this weight (a probability of 0.9) are not worth a steward's time.
REVIEW_WEIGHT = 3.17


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a comparison: how often it is met in one person, and in two."""

    label: str
    condition: str
    same: float
    different: float
    by_name_frequency: bool = False


LIKE_NAME = "len(name_key_l) = len(name_key_r) and list_has_any(masks_l, masks_r)"
FITTING_NAME = (
    "name_key_l like replace(name_key_r, '?', '_')"
    " or name_key_r like replace(name_key_l, '?', '_')"
)
CUT_NAME = (
    "list_contains(shortened_l, name_key_r) or list_contains(shortened_r, name_key_l)"
    f" or (least(len(name_key_l), len(name_key_r)) >= {SHORTEST_CUT_NAME}"
    " and (starts_with(name_key_l, name_key_r) or starts_with(name_key_r, name_key_l)))"
)
BIRTH_DIGITS = "hamming(strftime(born_on_l, '%Y%m%d'), strftime(born_on_r, '%Y%m%d'))"
NEAR_NUMBER = "damerau_levenshtein(number_l, number_r) = 1"
SAME_VILLAGE = "list_has_any(villages_l, villages_r)"
SAME_TOWN = "list_has_any(towns_l, towns_r) or list_has_any(town_codes_l, town_codes_r)"
SAME_START = f"left(number_l, {EXCEL_DIGITS}) = left(number_r, {EXCEL_DIGITS})"

COMPARISONS: Mapping[str, tuple[Level, ...]] = {
    "name": (
        Level("missing", "name_key_l = '' or name_key_r = ''"
              " or is_newborn_l <> is_newborn_r", 0, 0),
        Level("rank_differs", "rank_l <> '' and rank_r <> '' and rank_l <> rank_r",
              0.001, 0.01),
        Level("provisional", "is_newborn_l", 0.9, 0.1),
        Level("exact", "name_key_l = name_key_r and not has_lost_characters_l",
              0.86, DECLARED_NAME_FREQUENCY, by_name_frequency=True),
        Level("homophone", "sound_l = sound_r and not has_lost_characters_l"
              " and not has_lost_characters_r", 0.05, 5e-4),
        Level("lost_character", FITTING_NAME, 0.02, 2e-3),
        Level("one_character", LIKE_NAME, 0.03, 1.5e-2),
        Level("shortened", CUT_NAME, 0.01, 5e-3),
        Level("surname", "left(name_key_l, 1) = left(name_key_r, 1)", 0.01, 0.05),
        Level("different", "", 0.019, 0.9265),
    ),
    "birth_date": (
        Level("missing", "born_on_l is null or born_on_r is null", 0, 0),
        Level("exact", "born_on_l = born_on_r", 0.88, 4e-5),
        Level("one_digit", f"{BIRTH_DIGITS} = 1", 0.03, 1e-3),
        Level("day_month_swapped", "year(born_on_l) = year(born_on_r)"
              " and month(born_on_l) = day(born_on_r)"
              " and day(born_on_l) = month(born_on_r)", 0.005, 3e-5),
        Level("same_month", "year(born_on_l) = year(born_on_r)"
              " and month(born_on_l) = month(born_on_r)", 0.01, 1e-3),
        Level("year_off_by_one", "strftime(born_on_l, '%m%d') = strftime(born_on_r, '%m%d')"
              " and abs(year(born_on_l) - year(born_on_r)) = 1", 0.01, 8e-5),
        Level("perhaps_lunar", "abs(born_on_l - born_on_r) between"
              f" {LUNAR_DAYS.start} and {LUNAR_DAYS.stop - 1}", 0.02, 2.4e-3),
        Level("different", "", 0.045, 0.9954),
    ),
    "sex": (
        Level("missing", "sex_code_l is null or sex_code_r is null", 0, 0),
        Level("same", "sex_code_l = sex_code_r", 0.985, 0.5),
        Level("different", "", 0.015, 0.5),
    ),
    "id_number": (
        Level("missing", "number_l is null or number_r is null", 0, 0),
        Level("same", "number_l = number_r", 0.5, 1e-6),
        Level("typo", f"{NEAR_NUMBER} and not (is_proven_l and is_proven_r)", 0.25, 1e-5),
        Level("excel_damage", f"{SAME_START} and (is_damaged_l or is_damaged_r)",
              0.2, 2e-3),
        Level("different", "", 0.05, 0.99),
    ),
    "phone": (
        Level("missing", "len(phones_l) = 0 or len(phones_r) = 0", 0, 0),
        Level("shared", "list_has_any(phones_l, phones_r)", 0.6, 4e-3),
        Level("different", "", 0.4, 0.996),
    ),
    "address": (
        Level("missing", "(len(towns_l) = 0 or len(towns_r) = 0)"
              " and (len(town_codes_l) = 0 or len(town_codes_r) = 0)", 0, 0),
        Level("same_house", "list_has_any(houses_l, houses_r)", 0.5, 4e-3),
        Level("neighbours", f"{SAME_VILLAGE} and len(houses_l) > 0 and len(houses_r) > 0",
              0.05, 1.2e-2),
        Level("same_village", SAME_VILLAGE, 0.25, 1.2e-2),
        Level("town_only", f"({SAME_TOWN})"
              " and (len(villages_l) = 0 or len(villages_r) = 0)", 0.5, 0.05),
        Level("same_town", SAME_TOWN, 0.1, 0.08),
        Level("different", "", 0.15, 0.85),
    ),
}  # fmt: skip


def score_pairs(duck: duckdb.DuckDBPyConnection) -> None:
    """Score the pairs in `profile_pair`: the likely ones, best per pair of clusters.

    Makes the table `scored` (cluster_a, cluster_b, record_key_a, record_key_b, weight,
    probability, levels).
    """
    api = DuckDBAPI(connection=duck)
    linker = Linker(api.register(PROFILES), _settings(), log_level=None)
    linker.table_management.register_term_frequency_lookup(
        api.register("name_frequency"), "name_key"
    )
    linker.table_management.register_blocked_pairs_for_predict(api.register(PAIRS))
    scored = linker.inference.predict(
        threshold_match_weight=REVIEW_WEIGHT, warning_mode="never"
    )
    duck.execute(BEST_SQL.format(scored=scored.physical_name, levels=_levels_sql()))


BEST_SQL = """
create or replace table scored as
with

oriented as (
    select
        least(cluster_l, cluster_r) as cluster_a,
        greatest(cluster_l, cluster_r) as cluster_b,
        if(cluster_l < cluster_r, record_key_l, record_key_r) as record_key_a,
        if(cluster_l < cluster_r, record_key_r, record_key_l) as record_key_b,
        match_weight as weight,
        match_probability as probability,
        {levels} as levels
    from {scored}
)

select * from oriented
qualify row_number() over (
    partition by cluster_a, cluster_b
    order by
        weight desc,
        least(record_key_a, record_key_b),
        greatest(record_key_a, record_key_b),
        levels::text
) = 1
"""


def comparison_sql(name: str) -> str:
    """The level of a comparison as one SQL expression over `…_l` and `…_r` columns."""
    arms = " ".join(
        f"when {level.condition} then '{level.label}'" for level in COMPARISONS[name][:-1]
    )
    return f"case {arms} else '{COMPARISONS[name][-1].label}' end"


def _settings() -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="profile",
        probability_two_random_records_match=PRIOR,
        comparisons=[_comparison(name) for name in COMPARISONS],
        # Splink gives the levels of its comparisons only together with what it compared.
        retain_matching_columns=True,
        additional_columns_to_retain=["cluster", "record_key"],
    )


def _comparison(name: str) -> CustomComparison:
    missing, *compared = COMPARISONS[name]
    levels = [CustomLevel(missing.condition, missing.label).configure(is_null_level=True)]
    for level in compared:
        made = CustomLevel(level.condition, level.label) if level.condition else ElseLevel()
        made.configure(
            m_probability=level.same, u_probability=level.different,
            fix_m_probability=True, fix_u_probability=True,
        )  # fmt: skip
        if level.by_name_frequency:
            made.configure(
                tf_adjustment_column="name_key",
                tf_minimum_u_value=RAREST_NAME,
                disable_tf_exact_match_detection=True,
            )
        levels.append(made)
    return CustomComparison(levels, output_column_name=name)


def _levels_sql() -> str:
    """The labels of all levels as JSON.

    Splink numbers a comparison's levels from the last, 0, upwards; missing is -1.
    """
    parts = []
    for name, (missing, *compared) in COMPARISONS.items():
        labels = ", ".join(f"'{level.label}'" for level in reversed(compared))
        parts.append(
            f"'{name}', if(gamma_{name} < 0, '{missing.label}',"
            f" [{labels}][gamma_{name} + 1])"
        )
    return f"json_object({', '.join(parts)})"
