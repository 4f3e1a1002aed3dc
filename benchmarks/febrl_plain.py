"""Plain Splink 5 on FEBRL, as its tutorial for these sets has it."""

from __future__ import annotations

import duckdb
import pandas
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

BLOCKING = [
    block_on("given_name", "surname"),
    "l.given_name = r.surname and l.surname = r.given_name",
    block_on("date_of_birth"),
    block_on("soc_sec_id"),
    block_on("state", "address_1"),
    block_on("street_number", "address_1"),
    block_on("postcode"),
]


def score(
    duck: duckdb.DuckDBPyConnection, records: pandas.DataFrame
) -> list[tuple[float, str, str]]:
    """Pairs with their weights, all that blocking finds."""
    files = sorted(records["file"].unique())
    several = len(files) > 1
    settings = SettingsCreator(
        link_type="link_only" if several else "dedupe_only",
        unique_id_column_name="rec_id",
        blocking_rules_to_generate_predictions=BLOCKING,
        comparisons=[
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d",
                invalid_dates_as_null=True,
            ),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1]).configure(
                term_frequency_adjustments=True
            ),
            cl.JaroWinklerAtThresholds("address_1", [0.9]),
        ],
    )  # fmt: skip
    api = DuckDBAPI(connection=duck)
    tables = []
    for name in files:
        rows = records[records["file"] == name].drop(columns="file")
        duck.register(f"arriving_{name}", rows)
        duck.execute(f"create table {name} as from arriving_{name}")
        tables.append(api.register(name))
    linker = Linker(tables if several else tables[0], settings, log_level=None)
    train = linker.training
    train.estimate_probability_two_random_records_match(
        [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")],
        recall=0.8,
    )
    train.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in ("date_of_birth", "postcode", "soc_sec_id"):
        train.estimate_parameters_using_expectation_maximisation(block_on(rule))
    scored = linker.inference.predict(threshold_match_weight=-10)
    rows = duck.execute(
        f"select match_weight, rec_id_l, rec_id_r from {scored.physical_name}"
    ).fetchall()
    return [(float(weight), one, other) for weight, one, other in rows]
