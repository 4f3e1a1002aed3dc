"""What the rules leave, scored by Splink 5 on DuckDB with the weights in use.

Goes in: the workbench and the clusters so far. Comes out: pairs of clusters with the weight
of evidence, in bits, and the level of each comparison. The weights, and how common names
are, stand in a versioned file: nothing is trained here and nothing sampled, so that a pair
scores the same whatever other records there are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator
from splink.comparison_level_library import CustomLevel, ElseLevel
from splink.comparison_library import CustomComparison

from loaders.identity.blocking import BLOCKED_PAIRS, PROFILES, block, lay_out_profiles
from loaders.identity.features import complete_profiles
from loaders.identity.levels import COMPARISONS
from loaders.identity.standing import Standing
from loaders.identity.weights import LevelWeight, Weights, weights_in_use
from loaders.identity.workbench import Workbench, put_table

Report = Callable[[str], None]

# Pairs below this weight (a probability of 0.9) are not worth a steward's time.
REVIEW_WEIGHT = 3.17


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """Two clusters, the two claims that speak most for their being one, and how much."""

    cluster_a: int
    cluster_b: int
    claim_a: int
    claim_b: int
    weight: float
    probability: float
    levels: Mapping[str, str]


def score_pairs(
    bench: Workbench,
    standing: Mapping[int, Standing],
    clusters: Mapping[int, int],
    report: Report,
) -> list[ScoredPair]:
    """Score the pairs of clusters that share a block: the likely ones, strongest first."""
    put_table(
        bench.duck,
        "standing",
        {"claim": "integer", "cluster": "integer", "proven": "text", "barred": "text"},
        [
            (claim, cluster, standing[claim].proven, standing[claim].barred)
            for claim, cluster in sorted(clusters.items())
        ],
    )
    lay_out_profiles(bench.duck)
    if not block(bench.duck, report):
        return []
    numbered = bench.duck.execute("select claim, name_id from claim").fetchall()
    complete_profiles(bench.duck, {n: bench.claims[claim].name for claim, n in numbered})
    weights = weights_in_use()
    put_name_frequencies(bench.duck, weights)
    api = DuckDBAPI(connection=bench.duck)
    linker = Linker(api.register(PROFILES), settings(weights), log_level=None)
    linker.table_management.register_term_frequency_lookup(
        api.register("name_frequency"), "name_key"
    )
    linker.table_management.register_blocked_pairs_for_predict(api.register(BLOCKED_PAIRS))
    scored = linker.inference.predict(
        threshold_match_weight=REVIEW_WEIGHT, warning_mode="never"
    )
    return _best_per_pair(bench, scored.physical_name)


def put_name_frequencies(duck: duckdb.DuckDBPyConnection, weights: Weights) -> None:
    """Make the table `name_frequency` of the names that profiles have."""
    keys = duck.execute("select distinct name_key from profile").fetchall()
    shares = weights.name_frequencies(key for (key,) in keys)
    columns = {"name_key": "text", "share": "text"}
    put_table(duck, "name_share", columns, [(key, repr(share)) for key, share in shares])
    duck.execute(
        "create or replace table name_frequency as"
        " select name_key, share::double as tf_name_key from name_share"
    )


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
        additional_columns_to_retain=["cluster", "claim"],
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


def _best_per_pair(bench: Workbench, scored: str) -> list[ScoredPair]:
    gammas = ", ".join(f"gamma_{name}" for name in COMPARISONS)
    rows = bench.duck.execute(
        f"""
        with

        oriented as (
            select
                least(cluster_l, cluster_r) as cluster_a,
                greatest(cluster_l, cluster_r) as cluster_b,
                if(cluster_l < cluster_r, claim_l, claim_r) as claim_a,
                if(cluster_l < cluster_r, claim_r, claim_l) as claim_b,
                profile_l, profile_r, match_weight, match_probability, {gammas}
            from {scored}
        )

        select
            cluster_a, cluster_b, claim_a, claim_b, match_weight, match_probability,
            {gammas}
        from oriented
        qualify row_number() over (
            partition by cluster_a, cluster_b
            order by match_weight desc, profile_l, profile_r
        ) = 1
        order by match_weight desc, cluster_a, cluster_b
        """
    ).fetchall()
    return [
        ScoredPair(a, b, claim_a, claim_b, weight, probability, _labels(levels))
        for a, b, claim_a, claim_b, weight, probability, *levels in rows
    ]


def _labels(gammas: list[int]) -> dict[str, str]:
    """Splink numbers a comparison's levels from the last, 0, upwards; missing is -1."""
    labels = {}
    for (name, levels), gamma in zip(COMPARISONS.items(), gammas, strict=True):
        labels[name] = levels[0].label if gamma < 0 else levels[-1 - gamma].label
    return labels
