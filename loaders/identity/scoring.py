"""Scoring pairs, by Splink itself or by the statements that it made of the model before.

Goes in: the tables `profile` and `profile_pair` of the workbench. Comes out: the table
`scored`. The statements depend on the version of the engine alone and are kept with its
state: a small delivery need not wait until Splink is imported and has read the model.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
from sqlalchemy import Connection, text

from loaders.identity.weights import Weights, weights_in_use
from loaders.identity.workbench import put_table


def known_statements(connection: Connection) -> Sequence[str]:
    """The statements that score pairs, none where the model has not been read yet."""
    rows = connection.execute(
        text("select statement from identity.scoring_statement order by place")
    )
    return [str(row.statement) for row in rows]


def score(duck: duckdb.DuckDBPyConnection, statements: Sequence[str]) -> Sequence[str]:
    """Make the table `scored`: the likely pairs, the best per pair of clusters.

    Returns statements that are to be kept, where none were given.
    """
    _put_name_frequencies(duck, weights_in_use())
    for statement in statements:
        duck.execute(statement)
    if statements:
        return []
    # Splink takes seconds to import; nothing else in the project needs it.
    from loaders.identity.splink_model import score_pairs

    return score_pairs(duck)


def keep_statements(connection: Connection, statements: Sequence[str]) -> None:
    """Keep what `score` has returned, for the next run."""
    if statements:
        connection.execute(
            text("insert into identity.scoring_statement values (:place, :statement)"),
            [
                {"place": place, "statement": statement}
                for place, statement in enumerate(statements)
            ],
        )


def _put_name_frequencies(duck: duckdb.DuckDBPyConnection, weights: Weights) -> None:
    """Make the table `name_frequency` of the names that profiles have."""
    keys = duck.execute("select distinct name_key from profile").fetchall()
    shares = weights.name_frequencies(key for (key,) in keys)
    columns = {"name_key": "text", "share": "text"}
    put_table(duck, "name_share", columns, [(key, repr(share)) for key, share in shares])
    duck.execute(
        "create or replace table name_frequency as"
        " select name_key, share::double as tf_name_key from name_share"
    )
