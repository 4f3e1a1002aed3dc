"""What stands apart in the record: models that need nothing of a person but a few rows.

Whose line in the insurer's list has changed is insured otherwise and may live elsewhere;
none of his visits says anything else. A model whose description says `stands_apart` is made
of staged rows and links alone, and nothing is made of it but the lists of all events. So
persons of whom only such tables have changed are built again in these models alone: they
are affected in part.
"""

from __future__ import annotations

import re
from functools import cache

from loaders.changes.leads import (
    READS_IDENTITY,
    RECORD_MODELS,
    STAGING_MODELS,
    staged_models,
)
from loaders.read_yaml import read_yaml

# Wherever a model speaks of a staged table: some go through lists of their names.
NAMES_STAGED = re.compile(r"\bstg_\w+")


@cache
def _meta_of_models() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for path in RECORD_MODELS.rglob("*.yml"):
        for model in read_yaml(path).get("models", []):
            found[model["name"]] = model.get("config", {}).get("meta", {})
    return found


@cache
def models_apart() -> frozenset[str]:
    """The models of the record that stand apart."""
    return frozenset(
        name for name, meta in _meta_of_models().items() if meta.get("stands_apart")
    )


@cache
def lists_of_events() -> frozenset[str]:
    """The models that put the events of all tables of the record together."""
    return frozenset(
        name for name, meta in _meta_of_models().items() if meta.get("lists_events")
    )


def _sql_of(names: frozenset[str]) -> list[str]:
    return [
        path.read_text("utf-8")
        for path in sorted(RECORD_MODELS.rglob("*.sql"))
        if path.stem in names
    ]


@cache
def read_apart() -> frozenset[str]:
    """The staged tables that models apart are made of."""
    return frozenset(
        name for sql in _sql_of(models_apart()) for name in NAMES_STAGED.findall(sql)
    )


@cache
def identity_read_apart() -> frozenset[str]:
    """What models apart read of identity, by the names by which they read it."""
    return frozenset(
        f"idn_{model}" if model else table
        for sql in _sql_of(models_apart())
        for model, table in READS_IDENTITY.findall(sql)
    )


@cache
def tables_apart() -> frozenset[str]:
    """The staged tables that say something to models apart and to nothing else.

    A table with a lead is not among them, for it may say something of another's rows.
    """
    read_elsewhere = {
        name
        for path in [*RECORD_MODELS.rglob("*.sql"), *STAGING_MODELS.rglob("*.sql")]
        if path.stem not in models_apart()
        for name in NAMES_STAGED.findall(path.read_text("utf-8"))
        if name != path.stem
    }
    led = {
        name
        for model in staged_models()
        for lead in model.leads
        for name in (lead.child, lead.parent)
    }
    return read_apart() - read_elsewhere - led
