"""What the rules leave, scored by Splink 5 on DuckDB with the weights in use.

Goes in: profiles of rule clusters and the pairs to compare. Comes out: the likely pairs
with the weight of evidence, in bits, and the level of each comparison. The weights, and how
common names are, stand in a versioned file: nothing is trained here and nothing sampled, so
that a pair scores the same whatever other records there are.

Splink makes SQL of the model, the same in every run: a caller that keeps it scores a few
pairs in less time than Splink takes to be imported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator
from splink.comparison_level_library import CustomLevel, ElseLevel
from splink.comparison_library import CustomComparison

from loaders.identity.levels import COMPARISONS
from loaders.identity.weights import LevelWeight, Weights, weights_in_use

PROFILES = "profile"
PAIRS = "profile_pair"
# Pairs below this weight (a probability of 0.9) are not worth a steward's time.
REVIEW_WEIGHT = 3.17


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


class NotingDuckDB(DuckDBAPI):  # type: ignore[misc]
    """DuckDB as Splink knows it, with a note of every statement that makes something."""

    def __init__(self, duck: duckdb.DuckDBPyConnection) -> None:
        super().__init__(connection=duck)
        self.statements: list[str] = []

    def _execute_sql_against_backend(self, final_sql: str) -> duckdb.DuckDBPyRelation:
        # It also asks for the columns of its tables.
        if not final_sql.lstrip().lower().startswith("select"):
            self.statements.append(final_sql)
        return super()._execute_sql_against_backend(final_sql)


def score_pairs(duck: duckdb.DuckDBPyConnection) -> Sequence[str]:
    """Score the pairs in `profile_pair`: the likely ones, best per pair of clusters.

    Needs the table `name_frequency` of the names in `profile`. Makes the table `scored`
    (cluster_a, cluster_b, record_key_a, record_key_b, weight, probability, levels). Returns
    the statements that did so: in another workbench they do the same for its pairs.
    """
    api = NotingDuckDB(duck)
    linker = Linker(api.register(PROFILES), settings(weights_in_use()), log_level=None)
    linker.table_management.register_term_frequency_lookup(
        api.register("name_frequency"), "name_key"
    )
    linker.table_management.register_blocked_pairs_for_predict(api.register(PAIRS))
    scored = linker.inference.predict(
        threshold_match_weight=REVIEW_WEIGHT, warning_mode="never"
    )
    best = BEST_SQL.format(scored=scored.physical_name, levels=_levels_sql())
    duck.execute(best)
    return [*api.statements, best]


def settings(weights: Weights) -> SettingsCreator:
    """The model: all comparisons with these weights, none of them to be estimated."""
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="profile",
        probability_two_random_records_match=weights.prior,
        comparisons=[
            comparison(name, weights.levels[name], weights.names.rarest)
            for name in COMPARISONS
        ],
        # Splink gives the levels of its comparisons only together with what it compared.
        retain_matching_columns=True,
        additional_columns_to_retain=["cluster", "record_key"],
    )


def comparison(
    name: str, weights: Mapping[str, LevelWeight], rarest_name: float
) -> CustomComparison:
    """One comparison with fixed weights."""
    missing, *compared = COMPARISONS[name]
    levels = [CustomLevel(missing.condition, missing.label).configure(is_null_level=True)]
    for level in compared:
        made = CustomLevel(level.condition, level.label) if level.condition else ElseLevel()
        weight = weights[level.label]
        made.configure(
            m_probability=weight.same, u_probability=weight.different,
            fix_m_probability=True, fix_u_probability=True,
        )  # fmt: skip
        if level.by_name_frequency:
            made.configure(
                tf_adjustment_column="name_key",
                tf_minimum_u_value=rarest_name,
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
