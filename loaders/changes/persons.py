"""From rows that changed to the persons whose record must be built again.

Goes in: what staging noted in changes.<table>, and what became of person ids. Comes out:
`changes.affected_person`, and in the schema `affected` every staged and identity row that
leads to one of them, in tables of the same shape. The models of the record read these in
place of the whole tables (macro `ref`), so the SQL of the record is written once. What it
says of these persons therefore is what it would say if it were built from everything.

Where many are affected as a whole the search ends early: to build everybody costs less.

There are three searches. The first is for events of which a row changed; what models of
events read (of_events.py) is laid out of these alone, whatever else there is of a life,
under names that begin with `event_`. Who is connected with them, or with a change that can
reach any other model, is affected as a whole. Who is not, but has rows that changed in
tables which only models apart read (apart.py), is affected in part: of him only what these
models read is laid out, under names that begin with `apart_`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, text

from loaders.changes.apart import identity_read_apart, read_apart, tables_apart
from loaders.changes.causes import (
    LINK_TABLE,
    PERSON_COLUMN,
    RECORD_COLUMN,
    begin_in_part,
    begin_of_events,
    begin_whole,
    columns_of,
    compare_identity,
    lead_to_lives,
)
from loaders.changes.leads import StagedModel, identity_tables, sources, staged_models
from loaders.changes.named_reads import NAMED
from loaders.changes.of_events import judged_together, read_of_events, tables_of_events
from loaders.changes.search import SAME_PLACE, Search
from loaders.warehouse.connect import BY_INDEX

APART = "apart_"
OF_EVENT = "event_"
WHOLE = "select person_id from changes.affected_person where is_whole"
IN_PART = "select person_id from changes.affected_person where not is_whole"

# To build one person of many costs four to ten times what it costs among all, and dbt,
# which builds from nothing, as much as so many persons.
PERSONS_LIKE_DBT = 1000
MOST_SQL = "select count(*) / 8 + :persons_like_dbt from record.person"

# Of events that are another's than their card's: the tables that they were booked in.
OTHERS_EVENTS_SQL = """
    select distinct
        split_part(record_key, '|', 1) as source_system,
        split_part(record_key, '|', 2) as source_table
    from identity.event_person
"""


@dataclass(frozen=True)
class Affected:
    """How many persons are built again, how many of them in part, from how many rows."""

    persons: int
    in_part: int
    rows: int


def tables_of_persons(named: Collection[str]) -> list[StagedModel]:
    """The staged tables whose rows lead to a person, or are `named` as naming one."""
    models = [model for model in staged_models() if model.is_kept]
    linked = {lead.parent for model in models for lead in model.leads}
    return [
        model
        for model in models
        if model.leads or model.name in linked or model.name in named
    ]


def named_tables(connection: Connection) -> dict[str, tuple[str, str]]:
    """Staged tables whose rows name a person, and their system and table."""
    others = {tuple(row) for row in connection.execute(text(OTHERS_EVENTS_SQL))}
    return {
        name: source
        for name, source in sources().items()
        if name in NAMED or source in others
    }


def find_affected(
    connection: Connection, named: dict[str, tuple[str, str]] | None = None
) -> Affected | None:
    """Fill `changes.affected_person` and the schema `affected`; how much there is.

    None where so many are affected that everybody should be built. `named` are the tables
    that name persons, where they are known.
    """
    named = named or named_tables(connection)
    models = tables_of_persons(named)
    connection.execute(BY_INDEX)
    for statement in (
        "drop schema if exists affected cascade; create schema affected",
        SAME_PLACE,
        # To look at thirty thousand rows of each takes longer than it saves.
        "set local default_statistics_target = 10",
    ):
        connection.exec_driver_sql(statement)
    events = Search(
        connection,
        [model for model in models if model.name in read_of_events()],
        named,
        is_whole=True,
        prefix=OF_EVENT,
        of_events=True,
    )
    of_lives = [model for model in models if model.name not in tables_of_events()]
    whole = Search(connection, of_lives, named, is_whole=True)
    compare_identity(whole)
    events.lay_out()
    whole.lay_out()
    begin_of_events(events)
    begin_whole(whole)
    most = connection.scalar(text(MOST_SQL), {"persons_like_dbt": PERSONS_LIKE_DBT})
    if not _follow(events, whole, int(most or 0)):
        return None
    in_part = Search(
        connection,
        [model for model in of_lives if model.name in read_apart()],
        named,
        is_whole=False,
        prefix=APART,
        round=whole.round + 1,
    )
    in_part.lay_out()
    for model in in_part.models:
        # Models apart are built for everybody who is affected, in whichever way.
        in_part.run(
            f"insert into {in_part.laid_out(model.name)}"
            f" select * from {whole.laid_out(model.name)}"
        )
    begin_in_part(in_part)
    in_part.follow()
    rows = events.end(read_of_events())
    rows += whole.end([model.name for model in of_lives]) + in_part.end(tables_apart())
    _lay_out_identity(connection)
    whole.run("analyze changes.affected_person; analyze changes.affected_row")
    return Affected(
        whole.count("changes.affected_person"),
        whole.count("changes.affected_person", "not is_whole"),
        rows,
    )


def _follow(events: Search, lives: Search, most: int) -> bool:
    """Follow both until neither finds more; False where more than `most` are affected."""
    since = events.round
    while events.fresh or not lives.round:
        events.follow()
        lead_to_lives(events, lives, since)
        if not lives.follow(most):
            return False
        since = events.round
        _read_judged_together(events)
    return True


def _read_judged_together(events: Search) -> None:
    """Events that are judged with those that were read, or are no more."""
    read = " union all ".join(
        f"select record_key from {events.laid_out(model.name)} union all"
        f" select record_key from changes.{model.name} where not _is_now"
        for model in events.models
    )
    for statement in (
        "drop table if exists event_read, judged_together",
        f"create temporary table event_read on commit drop as {read}",
        "analyze event_read",
        "create temporary table judged_together on commit drop as"
        " select *, split_part(record_key, '|', 1) || '|'"
        " || split_part(record_key, '|', 2) as source"
        f" from ({' union '.join(f'({query})' for query in judged_together())})"
        " as found (record_key)"
        " where record_key not in (select record_key from event_read)",
        "analyze judged_together",
    ):
        events.run(statement)
    together = set(
        events.connection.scalars(text("select distinct source from judged_together"))
    )
    for model in events.models:
        system, table = sources()[model.name]
        if f"{system}|{table}" in together:
            events.read(
                model.name,
                "record_key in (select record_key from judged_together"
                f" where source = '{system}|{table}')",
            )


def _lay_out_identity(connection: Connection) -> None:
    """What identity says of the affected persons."""
    # Links last: they are also looked up for the records that the others name.
    for name in sorted(identity_tables(), key=LINK_TABLE.__eq__):
        found = [
            f"select * from {identity_tables()[name]} where {condition}"
            for condition in [
                *_is_of(connection, name, WHOLE),
                *(_is_named(connection) if name == LINK_TABLE else ()),
            ]
        ]
        _lay_out(connection, name, found)
        if name in identity_read_apart():
            more = [
                f"select * from {identity_tables()[name]} where {condition}"
                for condition in _is_of(connection, name, IN_PART)
            ]
            _lay_out(connection, APART + name, [f"select * from affected.{name}", *more])


def _lay_out(connection: Connection, name: str, found: list[str]) -> None:
    # Each by an index of its own; either of two conditions would be a scan of all.
    connection.exec_driver_sql(
        f"create unlogged table affected.{name} as {' union '.join(found)};"
        f" analyze affected.{name}"
    )


def _is_of(connection: Connection, name: str, persons: str) -> list[str]:
    return [
        f"{column} in ({persons})" for column in columns_of(connection, name, PERSON_COLUMN)
    ]


def _is_named(connection: Connection) -> list[str]:
    return [
        f"record_key in (select {column} from affected.{other})"
        for other in identity_tables()
        if other != LINK_TABLE
        for column in columns_of(connection, other, RECORD_COLUMN)
    ]
