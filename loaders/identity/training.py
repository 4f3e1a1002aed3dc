"""Estimating the weights from a county's records: done once, reviewed, frozen in a file.

Goes in: a warehouse with `identity.source_person`, and the weights to begin with. Comes
out: a new file of weights. Splink counts how often two persons are alike in each way (u) by
random sampling with a seed, and how often two registers are alike about one person (m) from
the people whom a valid number names; of numbers themselves, which are no witness in their
own cause, m is estimated by expectation maximisation among records alike in name and birth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.comparison_level_library import CustomLevel, ElseLevel
from splink.comparison_library import CustomComparison
from sqlalchemy import Engine

from loaders.failure import ExpectedFailure
from loaders.identity.fitting import Measured, fit
from loaders.identity.levels import COMPARISONS
from loaders.identity.name_frequency import count_names
from loaders.identity.training_data import lay_out_training
from loaders.identity.weights import DECLARED, Weights, load_weights
from loaders.identity.weights.writing import write_weights

Report = Callable[[str], None]

SEED = 20250101
MOST_PAIRS = 1e8
# Fewer people than this say nothing about how often two people are alike.
FEWEST_PEOPLE = 500
# Records that are one person's so often that maximisation can tell how numbers differ.
ALIKE = ("name_key", "born_on")
ALIKE_SQL = " and ".join(f"l.{column} = r.{column}" for column in ALIKE)
# Numbers cannot be learnt from people who were told apart by their numbers.
OWN_CAUSE = "id_number"


class TooFewPeopleError(ExpectedFailure):
    """The warehouse names too few people by a valid number to learn from."""


@dataclass(frozen=True)
class Training:
    """What was trained on and what came of it, for the file and for whoever reads it."""

    people: int
    statements: int
    levels: Mapping[str, Mapping[str, Measured]]


def train(
    engine: Engine,
    out: Path,
    trained_on: str,
    base: Weights | None = None,
    report: Report = lambda line: None,
) -> Training:
    """Estimate the weights from the records of a warehouse and write them to `out`.

    `trained_on` says in words whose records they are; the file's name is its version, and
    what it cannot tell is as declared, or as in `base`. The same records, the same file.
    Raises: TooFewPeopleError.
    """
    base = base or load_weights(files("loaders.identity.weights").joinpath(DECLARED))
    with duckdb.connect(":memory:") as duck:
        # Sums of fractions must not depend on which thread was faster.
        duck.execute("set threads = 1")
        with engine.connect() as connection:
            lay_out_training(connection, duck)
        people, statements = _count(duck, "person"), _count(duck, "statement")
        if people < FEWEST_PEOPLE:
            raise TooFewPeopleError(
                f"a valid number names {people} people here, and {FEWEST_PEOPLE} are needed"
                " to learn from. Keep the weights in use, or train on more deliveries."
            )
        report(f"learning from {statements} statements about {people} people")
        different = _share_among_different(duck)
        report("measured how often two persons are alike")
        same = _share_in_one(duck)
        compared_of_one = _compared(duck, "word", "l.label = r.label")
        same[OWN_CAUSE] = _share_by_maximisation(duck, different)
        compared_of_one[OWN_CAUSE] = _compared(duck, "statement", ALIKE_SQL)[OWN_CAUSE]
        report("measured how often one person is alike")
        compared_of_two = _compared(duck, "person", "true")
        keys = duck.execute("select name_key from person order by label").fetchall()
    measured = {
        name: {
            level.label: Measured(
                same[name].get(level.label, 0) * compared_of_one[name],
                compared_of_one[name],
                different[name].get(level.label, 0) * compared_of_two[name],
                compared_of_two[name],
            )
            for level in levels[1:]
        }
        for name, levels in COMPARISONS.items()
    }
    training = Training(people, statements, measured)
    fitted = {name: fit(name, measured[name], base.levels[name]) for name in COMPARISONS}
    names = count_names([key for (key,) in keys], base.names.rarest)
    write_weights(out, trained_on, base.prior, training, fitted, names, SEED)
    return training


def _share_among_different(duck: duckdb.DuckDBPyConnection) -> dict[str, dict[str, float]]:
    api = DuckDBAPI(connection=duck)
    linker = Linker(api.register("person"), _untrained(COMPARISONS), log_level=None)
    linker.training.estimate_u_using_random_sampling(
        max_pairs=MOST_PAIRS, seed=SEED, min_count_per_level=None, num_chunks=1
    )
    return _learnt(linker, "u_probability")


def _share_in_one(duck: duckdb.DuckDBPyConnection) -> dict[str, dict[str, float]]:
    api = DuckDBAPI(connection=duck)
    linker = Linker(api.register("word"), _untrained(COMPARISONS), log_level=None)
    linker.training.estimate_m_from_label_column("label")
    return _learnt(linker, "m_probability")


def _share_by_maximisation(
    duck: duckdb.DuckDBPyConnection, different: Mapping[str, Mapping[str, float]]
) -> dict[str, float]:
    api = DuckDBAPI(connection=duck)
    made = _untrained(("sex", OWN_CAUSE, "phone", "address"), different)
    linker = Linker(api.register("statement"), made, log_level=None)
    linker.training.estimate_parameters_using_expectation_maximisation(
        block_on(*ALIKE), estimate_without_term_frequencies=True
    )
    return _learnt(linker, "m_probability")[OWN_CAUSE]


def _untrained(
    names: Any, different: Mapping[str, Mapping[str, float]] | None = None
) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="profile",
        comparisons=[_comparison(name, (different or {}).get(name, {})) for name in names],
        additional_columns_to_retain=["label"],
    )


def _comparison(name: str, different: Mapping[str, float]) -> CustomComparison:
    missing, *compared = COMPARISONS[name]
    levels = [CustomLevel(missing.condition, missing.label).configure(is_null_level=True)]
    for level in compared:
        made = (
            CustomLevel(level.condition, level.label)
            if level.condition
            else ElseLevel().configure(label_for_charts=level.label)
        )
        if level.label in different:
            made.configure(u_probability=different[level.label], fix_u_probability=True)
        levels.append(made)
    return CustomComparison(levels, output_column_name=name)


def _learnt(linker: Linker, what: str) -> dict[str, dict[str, float]]:
    """The probabilities of all levels that were met, from the model that Splink saves."""
    model = linker.misc.save_model_to_json()
    return {
        made["output_column_name"]: {
            level["label_for_charts"]: float(level[what])
            for level in made["comparison_levels"]
            if isinstance(level.get(what), float) and level[what] > 0
        }
        for made in model["comparisons"]
    }


def _compared(
    duck: duckdb.DuckDBPyConnection, table: str, condition: str
) -> dict[str, int]:
    """How many pairs of a table each comparison could be made for."""
    missing = ", ".join(
        f"count(*) filter (not ({levels[0].condition}))" for levels in COMPARISONS.values()
    )
    columns = [row[0] for row in duck.execute(f"describe {table}").fetchall()]
    sides = ", ".join(f"{side}.{c} as {c}_{side}" for side in "lr" for c in columns)
    counts = duck.execute(
        f"select {missing} from (select {sides} from {table} as l inner join {table} as r"
        f" on {condition} and l.profile < r.profile)"
    ).fetchall()[0]
    return dict(zip(COMPARISONS, map(int, counts), strict=True))


def _count(duck: duckdb.DuckDBPyConnection, table: str) -> int:
    [(rows,)] = duck.execute(f"select count(*)::integer from {table}").fetchall()
    return int(rows)
