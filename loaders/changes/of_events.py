"""Models of events: each row is told by one event, and stays where nothing of it changed.

Of somebody who came once more nearly all events are as they were, the more so the more
years are known. A model whose description says `of_events` is made of staged rows, links,
numbers of cards and other such models. It is built for the events alone of which something
was read, and found by the record key of the row that tells a row of it. Models of lives
read what stands besides.

Where rows of different events are judged together (visits of one day), `judged_with` names
the query that finds the others.
"""

from __future__ import annotations

from functools import cache

from loaders.changes.apart import models_apart, read_apart
from loaders.changes.leads import Lead, staged_models
from loaders.changes.marks import marked, meta_of_models, sql_of_models, staged_read_by


@cache
def models_of_events() -> frozenset[str]:
    """The models of events, and the steps in between that only they read."""
    return marked("of_events")


@cache
def read_of_events() -> frozenset[str]:
    """The staged tables that models of events are made of."""
    return staged_read_by(models_of_events())


@cache
def tables_of_events() -> frozenset[str]:
    """The staged tables that nothing else reads."""
    of_lives = sql_of_models().keys() - models_of_events() - models_apart()
    return read_of_events() - staged_read_by(of_lives) - read_apart()


@cache
def judged_together() -> tuple[str, ...]:
    """Queries for the record keys of events that are judged with those that were read."""
    return tuple(
        str(meta["judged_with"])
        for _, meta in sorted(meta_of_models().items())
        if "judged_with" in meta
    )


@cache
def leads_of_events() -> tuple[Lead, ...]:
    """The leads that begin or end at a table that models of events read."""
    return tuple(
        lead
        for model in staged_models()
        for lead in model.leads
        if {lead.child, lead.parent} & read_of_events()
    )
