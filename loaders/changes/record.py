"""The record layer, built again for the persons whom a delivery touched and nobody else."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Engine, text

from loaders.changes.causes import note_identity_seen
from loaders.changes.leads import read_of_everybody, staged_models
from loaders.changes.persons import find_affected, named_tables, tables_of_persons
from loaders.changes.prepared import bring_up_to_date
from loaders.changes.promises import check_promises
from loaders.changes.reading import (
    RECORD,
    STAGING,
    is_current,
    need_all_read,
    note_built,
    note_unbuilt,
    prepare,
    rules_version,
)
from loaders.settings import Settings
from loaders.transform import DbtOutcome, run_dbt

ONE_MORE_ATTEMPT = """
    insert into changes.attempt (layer, attempts) values (:layer, 1)
    on conflict (layer) do update set attempts = attempt.attempts + 1
"""


def build_record(
    engine: Engine, settings: Settings, anew: bool = False
) -> tuple[DbtOutcome, str]:
    """Bring the record up to date, for everybody with `anew` and when the county changed.

    So it is where so many are affected that it costs less. Returns what dbt did, and for
    whom. Raises: StagingUnfinishedError; TransformError, and nothing is forgotten then.
    """
    prepare(engine)
    need_all_read(engine)
    version = rules_version()
    with engine.begin() as connection:
        whole = anew or not is_current(connection, RECORD, version)
        named = named_tables(connection)
        whole = whole or _county_changed(connection, named)
        affected = None if whole else find_affected(connection, named)
        if affected is None:
            note_unbuilt(connection, RECORD)
        else:
            if not affected.persons and not affected.rows and _is_newest(connection):
                return DbtOutcome(RECORD, 0, 0, 0, 0.0), "nobody: nothing has changed"
            connection.execute(text(ONE_MORE_ATTEMPT), {"layer": RECORD})
    if affected is None:
        outcome, whom = run_dbt(settings, RECORD), "everybody"
    else:
        outcome = bring_up_to_date(engine, settings, RECORD)
        outcome = check_promises(engine, settings, outcome)
        whom = (
            f"{affected.persons} persons, {affected.in_part} of them in part,"
            f" {affected.rows} source rows"
        )
    with engine.begin() as connection:
        note_built(connection, RECORD, version)
        _note_seen(connection, whole=affected is None)
    return outcome, whom


def _is_newest(connection: Connection) -> bool:
    """Whether the record was built to its end since staging last read anything."""
    return bool(
        connection.scalar(
            text(
                """
                select record.built_at > staging.built_at
                from changes.layer as record, changes.layer as staging
                where record.layer = :record and staging.layer = :staging
                """
            ),
            {"record": RECORD, "staging": STAGING},
        )
    )


def _county_changed(connection: Connection, named: Collection[str]) -> bool:
    """Whether something changed that is told of the county and so of everybody."""
    of_persons = {model.name for model in tables_of_persons(named)}
    for model in staged_models():
        of_all = model.name in read_of_everybody() and model.name not in of_persons
        if model.is_kept and of_all:
            if connection.scalar(text(f"select exists (select from changes.{model.name})")):
                return True
    # A new year is reported: every person has a place in it.
    return bool(
        connection.scalar(
            text(
                """
                select extract(year from max(delivery_date) - 1)
                    <> (select max(year) from record.reporting_year)
                from audit.file_ledger
                where state in ('landed', 'replaced', 'duplicate')
                """
            )
        )
    )


def _note_seen(connection: Connection, whole: bool) -> None:
    """Say that the record knows all that changed up to now."""
    connection.exec_driver_sql(
        "truncate changes.affected_person, changes.affected_row, changes.attempt"
    )
    for model in staged_models():
        if model.is_kept:
            connection.exec_driver_sql(f"truncate changes.{model.name}")
    note_identity_seen(connection, whole)
    connection.exec_driver_sql(
        "truncate changes.seen_event;"
        " insert into changes.seen_event"
        " select coalesce(max(seq), 0) from identity.person_event"
    )
