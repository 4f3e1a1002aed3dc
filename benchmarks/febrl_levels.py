"""This engine's way on FEBRL: rules, levels of its own, declared weights, bans.

The levels are what an Australian register needs instead of a Chinese one: names that change
places, words of an address in the wrong field, digits that slip. As in the engine nothing
is trained: weights are declared, the same for all sets, and joining begins at even odds.
They were written by somebody who had these sets before him: no proof for others.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pandas
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.comparison_level_library import CustomLevel, ElseLevel
from splink.comparison_library import CustomComparison

# Two records drawn at random are one person this often.
PRIOR = 2e-4
# Even odds. Nothing about the truth is in it: it is where a pair is likelier than not.
LOWEST_WEIGHT = 0.0
# Typing errors spare the beginning of a word more often than not.
BEGINNING = 3
# Beyond every score: what a rule links.
CERTAIN = 1000.0

CLEANED = """
create table person as
select
    rec_id, file, given_name, surname, street_number, address_1, address_2, suburb,
    postcode, state, date_of_birth, soc_sec_id,
    coalesce(given_name, '') || ' ' || coalesce(surname, '') as whole_name,
    list_sort([coalesce(given_name, ''), coalesce(surname, '')]) as names,
    coalesce(street_number, '') || ' ' || coalesce(address_1, '') as street
from arriving
"""
SWAPPED = "list_sort(names_l) = list_sort(names_r)"
NEAR = "jaro_winkler_similarity({0}_l, {0}_r) >= {1}"
SLIP = "damerau_levenshtein({0}_l, {0}_r) <= {1}"
# Label, condition, how often it is met in one person, and in two.
Level = tuple[str, str, float, float]
LEVELS: dict[str, tuple[str, list[Level]]] = {
    "name": (
        "given_name_l is null and surname_l is null"
        " or given_name_r is null and surname_r is null",
        [
            ("exact", "given_name_l = given_name_r and surname_l = surname_r", 0.6, 2e-5),
            ("swapped", "given_name_l = surname_r and surname_l = given_name_r",
             0.05, 1e-5),
            ("one exact, one near",
             f"(given_name_l = given_name_r and {NEAR.format('surname', 0.8)})"
             f" or (surname_l = surname_r and {NEAR.format('given_name', 0.8)})",
             0.15, 3e-4),
            ("both near",
             f"{NEAR.format('given_name', 0.8)} and {NEAR.format('surname', 0.8)}",
             0.08, 3e-4),
            ("swapped and near",
             "jaro_winkler_similarity(given_name_l, surname_r) >= 0.8"
             " and jaro_winkler_similarity(surname_l, given_name_r) >= 0.8", 0.02, 1e-4),
            ("surname only", "surname_l = surname_r", 0.04, 4e-3),
            ("given name only", "given_name_l = given_name_r", 0.04, 8e-3),
            ("one near",
             f"{NEAR.format('surname', 0.88)} or {NEAR.format('given_name', 0.88)}",
             0.01, 1e-2),
        ],
    ),
    "date_of_birth": (
        "date_of_birth_l is null or date_of_birth_r is null",
        [
            ("exact", "date_of_birth_l = date_of_birth_r", 0.8, 4e-5),
            ("one slip", SLIP.format("date_of_birth", 1), 0.1, 6e-4),
            ("two slips", SLIP.format("date_of_birth", 2), 0.03, 8e-3),
            ("same year", "left(date_of_birth_l, 4) = left(date_of_birth_r, 4)",
             0.02, 5e-3),
        ],
    ),
    "soc_sec_id": (
        "soc_sec_id_l is null or soc_sec_id_r is null",
        [
            ("exact", "soc_sec_id_l = soc_sec_id_r", 0.8, 1e-6),
            ("one slip", SLIP.format("soc_sec_id", 1), 0.12, 7e-6),
            ("two slips", SLIP.format("soc_sec_id", 2), 0.03, 3e-4),
        ],
    ),
    "street": (
        "address_1_l is null or address_1_r is null",
        [
            ("exact", "street_l = street_r", 0.6, 2e-5),
            ("near", NEAR.format("street", 0.92), 0.2, 5e-4),
            ("same street", "address_1_l = address_1_r", 0.05, 1e-3),
            ("near street", NEAR.format("address_1", 0.9), 0.05, 3e-3),
            ("fields swapped", "address_1_l = address_2_r or address_2_l = address_1_r",
             0.03, 1e-5),
            ("same number", "street_number_l = street_number_r", 0.03, 1e-2),
        ],
    ),
    "place": (
        "(suburb_l is null and postcode_l is null)"
        " or (suburb_r is null and postcode_r is null)",
        [
            ("exact", "suburb_l = suburb_r and postcode_l = postcode_r", 0.7, 3e-4),
            ("near", f"{NEAR.format('suburb', 0.85)} and {SLIP.format('postcode', 1)}",
             0.12, 5e-4),
            ("suburb", NEAR.format("suburb", 0.9), 0.05, 3e-3),
            ("postcode", SLIP.format("postcode", 1), 0.08, 5e-3),
        ],
    ),
    "address_2": (
        "address_2_l is null or address_2_r is null",
        [
            ("exact", "address_2_l = address_2_r", 0.7, 1e-3),
            ("near", NEAR.format("address_2", 0.88), 0.15, 3e-3),
        ],
    ),
}  # fmt: skip
BLOCKING = [
    block_on("soc_sec_id"),
    block_on("date_of_birth"),
    block_on("names"),
    block_on("postcode", "substr(surname, 1, 2)"),
    block_on("postcode", "substr(given_name, 1, 2)"),
    block_on("surname", "substr(date_of_birth, 1, 4)"),
    block_on("given_name", "substr(date_of_birth, 1, 4)"),
    block_on("surname", "substr(soc_sec_id, 1, 3)"),
    block_on("given_name", "substr(soc_sec_id, 1, 3)"),
    block_on("address_1", "street_number"),
    block_on("address_1", "postcode"),
    block_on("suburb", "substr(date_of_birth, 1, 4)"),
    block_on("suburb", "substr(soc_sec_id, 1, 3)"),
    block_on("substr(soc_sec_id, 1, 4)", "substr(date_of_birth, 1, 4)"),
    block_on("substr(soc_sec_id, 4, 4)", "substr(date_of_birth, 1, 4)"),
]
# Names and a region are many people's. As in the engine, something of a person's own
# must agree as well, however high the score.
FOUNDED = """
select scored.match_weight, scored.rec_id_l, scored.rec_id_r
from {scored} as scored
inner join person as one on scored.rec_id_l = one.rec_id
inner join person as other on scored.rec_id_r = other.rec_id
where
    damerau_levenshtein(one.date_of_birth, other.date_of_birth) <= 1
    or damerau_levenshtein(one.soc_sec_id, other.soc_sec_id) <= 2
    or jaro_winkler_similarity(one.address_1, other.address_1) >= 0.9
    or one.address_1 = other.address_2
    or one.address_2 = other.address_1
    or (one.street_number = other.street_number and one.suburb = other.suburb)
"""
RULES = """
select one.rec_id, other.rec_id
from person as one
inner join person as other
    on one.soc_sec_id = other.soc_sec_id and one.rec_id < other.rec_id
where
    one.date_of_birth = other.date_of_birth
    or damerau_levenshtein(one.date_of_birth, other.date_of_birth) <= 1
    or one.names = other.names
    or jaro_winkler_similarity(one.whole_name, other.whole_name) >= 0.85
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a record can contradict another; empty texts where it says nothing."""

    file: str
    names: frozenset[str]
    date_of_birth: str
    soc_sec_id: str


def score(
    duck: duckdb.DuckDBPyConnection, records: pandas.DataFrame
) -> list[tuple[float, str, str]]:
    """Pairs that may link, with their weights; a rule outweighs every score."""
    duck.register("arriving", records)
    duck.execute(CLEANED)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="rec_id",
        probability_two_random_records_match=PRIOR,
        blocking_rules_to_generate_predictions=BLOCKING,
        comparisons=[_comparison(name) for name in LEVELS],
    )
    linker = Linker(DuckDBAPI(connection=duck).register("person"), settings, log_level=None)
    scored = linker.inference.predict(
        threshold_match_weight=LOWEST_WEIGHT, warning_mode="never"
    )
    founded = FOUNDED.format(scored=scored.physical_name)
    edges = [(float(w), one, other) for w, one, other in duck.execute(founded).fetchall()]
    edges += [(CERTAIN, one, other) for one, other in duck.execute(RULES).fetchall()]
    return edges


def contradict(one: Facts, other: Facts, several_files: bool) -> bool:
    """Whether two records can never be one person, whoever links them.

    Two records of one file are two people where the files are to be linked; otherwise two
    of which no name or street begins alike, and whose birth dates and numbers have next to
    nothing in common.
    """
    if several_files and one.file == other.file:
        return True
    return (
        not one.names & other.names
        and _differing(one.date_of_birth, other.date_of_birth) > 3
        and _differing(one.soc_sec_id, other.soc_sec_id) > 3
    )


def facts(row: dict[str, object]) -> Facts:
    """What of a record can contradict another."""
    words = {row["given_name"], row["surname"], row["address_1"], row["address_2"]}
    dated, number = row["date_of_birth"], row["soc_sec_id"]
    return Facts(
        str(row["file"]),
        frozenset(w.replace(" ", "")[:BEGINNING] for w in words if isinstance(w, str)),
        dated if isinstance(dated, str) else "",
        number if isinstance(number, str) else "",
    )


def _differing(a: str, b: str) -> int:
    if not a or not b:
        return 0
    return sum(x != y for x, y in zip(a, b, strict=False)) + abs(len(a) - len(b))


def _comparison(name: str) -> CustomComparison:
    missing, levels = LEVELS[name]
    made = [CustomLevel(missing, "missing").configure(is_null_level=True)]
    made += [
        CustomLevel(condition, label).configure(m_probability=same, u_probability=other)
        for label, condition, same, other in levels
    ]
    rest = ElseLevel().configure(
        m_probability=1 - sum(level[2] for level in levels),
        u_probability=1 - sum(level[3] for level in levels),
    )
    return CustomComparison([*made, rest], output_column_name=name)
