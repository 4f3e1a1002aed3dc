"""What stands apart in the record: models that need nothing of a person but a few rows.

Whose line in the insurer's list has changed is insured otherwise and may live elsewhere;
none of his visits says anything else. A model whose description says `stands_apart` is made
of staged rows and links alone, and nothing is made of it but the lists of all events. So
persons of whom only such tables have changed are built again in these models alone: they
are affected in part.
"""

from __future__ import annotations

from functools import cache

from loaders.changes.leads import READS_IDENTITY, STAGING_MODELS, staged_models
from loaders.changes.marks import NAMES_STAGED, marked, sql_of_models, staged_read_by


@cache
def models_apart() -> frozenset[str]:
    """The models of the record that stand apart."""
    return marked("stands_apart")


@cache
def lists_of_events() -> frozenset[str]:
    """The models that put the events of all tables of the record together."""
    return marked("lists_events")


@cache
def read_apart() -> frozenset[str]:
    """The staged tables that models apart are made of."""
    return staged_read_by(models_apart())


@cache
def identity_read_apart() -> frozenset[str]:
    """What models apart read of identity, by the names by which they read it."""
    return frozenset(
        f"idn_{model}" if model else table
        for name in models_apart()
        for model, table in READS_IDENTITY.findall(sql_of_models()[name])
    )


@cache
def tables_apart() -> frozenset[str]:
    """The staged tables that say something to models apart and to nothing else.

    A table with a lead is not among them, for it may say something of another's rows.
    """
    read_elsewhere = staged_read_by(sql_of_models().keys() - models_apart()) | {
        name
        for path in STAGING_MODELS.rglob("*.sql")
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
