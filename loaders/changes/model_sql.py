"""The SQL of models as it is where rows are brought up to date, prepared by dbt once.

Goes in: names of models. Comes out: their queries, in which tables that are laid out in the
schema `affected` stand for the whole ones (macro `ref`). A query is the same every day, and
dbt takes seconds to prepare it; so `changes.model_sql` keeps it until the rules change.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, text

from loaders.changes.reading import rules_version
from loaders.settings import Settings
from loaders.transform import compiled_models

KEPT = """
    select model, statement from changes.model_sql
    where version = :version and model = any(:models)
"""
KEEP = """
    insert into changes.model_sql (model, version, statement)
    values (:model, :version, :statement)
    on conflict (model) do update
    set version = excluded.version, statement = excluded.statement
"""


def model_sql(engine: Engine, settings: Settings, models: Sequence[str]) -> dict[str, str]:
    """The queries of some models by their names. Raises: TransformError."""
    asked = {"version": rules_version(), "models": list(models)}
    with engine.connect() as connection:
        kept = {row.model: row.statement for row in connection.execute(text(KEPT), asked)}
    if kept.keys() >= set(models):
        return kept
    statements = compiled_models(settings, models)
    with engine.begin() as connection:
        connection.execute(
            text(KEEP),
            [
                {"model": model, "version": asked["version"], "statement": statement}
                for model, statement in statements.items()
            ],
        )
    return statements
