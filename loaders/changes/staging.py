"""The staging layer, built at the cost of what was delivered since it was last built."""

from __future__ import annotations

from sqlalchemy import Engine, text

from loaders.changes.golden import note_statements
from loaders.changes.leads import staged_models
from loaders.changes.named import note_candidates
from loaders.changes.prepared import bring_up_to_date
from loaders.changes.promises import check_promises
from loaders.changes.reading import (
    CANDIDATES,
    GOLDEN,
    RECORD,
    STAGING,
    is_current,
    note_all_read,
    note_built,
    note_changed_files,
    note_unbuilt,
    prepare,
    rules_version,
)
from loaders.settings import Settings
from loaders.transform import DbtOutcome, run_dbt

# Besides the models that stage a feed: what is told of all feeds together.
OF_ALL_FEEDS = ("sent_code", "unmapped_code")
# The ways in which a feed is read, as macro `reading_again` calls them.
KEYS, WHOLE = "keys", "whole"


def build_staging(engine: Engine, settings: Settings, anew: bool = False) -> DbtOutcome:
    """Bring staging up to date; from nothing with `anew`, and when the rules have changed.

    Raises: TransformError; what was not built waits for the next time.
    """
    prepare(engine)
    # Asked before anything is read: rules can change while a layer is built.
    version = rules_version()
    with engine.begin() as connection:
        whole = anew or not is_current(connection, STAGING, version)
        if whole:
            note_unbuilt(connection, STAGING)
            # A table that is made anew does not tell the others what changed in it.
            note_unbuilt(connection, CANDIDATES)
            note_unbuilt(connection, GOLDEN)
            note_unbuilt(connection, RECORD)
        waiting = note_changed_files(connection, whole=whole)
    if whole:
        outcome = run_dbt(settings, STAGING)
    else:
        models = models_of(waiting)
        outcome = DbtOutcome(STAGING, 0, 0, 0, 0.0)
        if models:
            ways = _ways(engine, models)
            further = {
                model.name: KEYS
                for model in staged_models()
                if model.is_kept and model.name not in ways
            }
            outcome = bring_up_to_date(engine, settings, STAGING, ways, further)
            outcome = check_promises(engine, settings, outcome, models)
    with engine.begin() as connection:
        if whole or waiting:
            note_built(connection, STAGING, version)
            note_statements(connection)
            note_candidates(connection)
        note_all_read(connection)
    return outcome


def models_of(feeds: list[str]) -> list[str]:
    """The models that some feeds are staged by, and those that read these."""
    if not feeds:
        return []
    wanted: set[str] = set()
    models = staged_models()
    more = {model.name for model in models if model.feed in feeds}
    while more - wanted:
        wanted |= more
        more = {model.name for model in models if model.reads & wanted}
    return sorted(wanted) + list(OF_ALL_FEEDS)


def _ways(engine: Engine, models: list[str]) -> dict[str, str]:
    """Which way each model reads its feed: all of it to compare, or the keys that wait."""
    with engine.connect() as connection:
        whole = set(
            connection.scalars(text("select feed from changes.waiting_feed where is_whole"))
        )
    feeds = {model.name: model.feed for model in staged_models()}
    return {name: WHOLE if feeds.get(name) in whole else KEYS for name in models}
