"""What a search for affected persons begins with: rows that changed, and who is who.

As a whole a person is affected whose id began, ended, was merged or split, of whom golden
tables say something else, and to whom a row leads, or led, that changed in a table which
not only models apart read. In part, of whom rows of other tables changed, came or went, and
whomever golden has looked at: of a link of theirs more may have changed than whose it is.

An event is read of which a row changed, or became another's. Of whom an id began, ended,
was merged or split, every event is.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, text

from loaders.changes.apart import tables_apart
from loaders.changes.leads import identity_tables, sources, staged_models
from loaders.changes.of_events import leads_of_events, tables_of_events
from loaders.changes.search import LINKS, Search, owners_of

LINK_TABLE = "person_link"
EVENT_TABLE = "idn_event_person"
PERSON_COLUMN = r"^person_id(_\w+)?$"
RECORD_COLUMN = r"record_key$"
# Why an encounter is set aside that is dated after the last day of the newest delivery.
NOT_YET = "later_than_the_delivery"
# What an attempt to build the record has read, until one ends.
ATTEMPTED = "affected_row"
# Whether what became of a person is that records of tables apart came or went.
IS_APART = """
    person_event.type in ('attach', 'detach')
    and split_part(person_event.record_key, '|', 1)
    || '|' || split_part(person_event.record_key, '|', 2) in ({sources})
"""
RECORDS_MOVED = """
    select record_key from identity.person_event
    where type in ('attach', 'detach') and seq > (select seq from changes.seen_event)
"""
IS_OF_ID = "person_event.type not in ('attach', 'detach')"
WHO_BECAME_ANOTHER = """
    select touched.person_id
    from identity.person_event
    cross join lateral (
        values (person_event.person_id), (person_event.other_person_id)
    ) as touched (person_id)
    where person_event.seq > (select seq from changes.seen_event) and ({which})
"""


def compare_identity(search: Search) -> None:
    """Note of whom identity says something else than when the record last looked."""
    for name in identity_tables():
        if name != LINK_TABLE:
            _compare_with_seen(search, name)


def begin_of_events(events: Search) -> None:
    """Every row of an event of which anything changed, and whom it was about."""
    # Who was found by an attempt that did not end is still to be built: what led there
    # may be gone from a record that was built in part.
    events.run("update changes.affected_person set round = 0 where is_whole")
    changed = _changed_tables(events)
    for model in events.models:
        _changed(events, model.name, changed)
    _led_before(events, changed)
    # What was dated after the last day that was known may lie before it now.
    if events.run(
        "create temporary table not_yet on commit drop as"
        " select encounter_id from record.encounter"
        f" where set_aside_because = '{NOT_YET}'"
    ):
        for model in events.models:
            events.read(model.name, "record_key in (select encounter_id from not_yet)")
    _events_that_differ(events)
    _events_of_records_moved(events)


def begin_whole(search: Search) -> None:
    """Everybody and everything from which any model can be reached."""
    changed = _changed_tables(search)
    for model in search.models:
        if model.name not in tables_apart():
            _changed(search, model.name, changed)
    _led_before(search, changed)
    # Of the county, too: where each row comes from is told of all.
    read = {*tables_of_events(), *(model.name for model in search.models)}
    for name in changed - {ATTEMPTED, *read}:
        search.note_rows(f"changes.{name}", "true")
    search.take_in(
        WHO_BECAME_ANOTHER.format(which=f"({_records_apart(search)}) is not true")
    )
    for name in identity_tables():
        if name != LINK_TABLE:
            _persons_who_differ(search, name)
    _events_that_differ(search)
    _persons_by_changed_records(search)


def lead_to_lives(events: Search, lives: Search, since: int) -> None:
    """Let the search for persons go on from rows of events, of the rounds `since` one.

    To whose rows they are, and to rows that lead to them or that they lead to.
    """
    which = f"_round >= {since}"
    of_events = {model.name for model in events.models}
    of_lives = {model.name for model in lives.models}
    found_now = {name for name in of_events if events.found_since(name, since)}
    for name in sorted(found_now):
        found = f"select record_key from {events.laid_out(name)} where {which}"
        if name in events.named:
            lives.take_in(owners_of(f"({found})"))
        if name in of_lives:
            lives.read(name, f"record_key in ({found})")
    for lead in leads_of_events():
        if lead.child in found_now and lead.parent in of_lives:
            lives.follow_up(lead, events.laid_out(lead.child), which)
        if lead.parent in found_now and lead.child in of_lives - of_events:
            lives.follow_down(lead, events.laid_out(lead.parent), which)


def begin_in_part(search: Search) -> None:
    """Whoever else there is about whom a table apart, or a link, may say something new."""
    search.run(
        f"update changes.affected_person set round = {search.round} where not is_whole"
    )
    changed = _changed_tables(search)
    for model in search.models:
        if model.name in tables_apart():
            _changed(search, model.name, changed)
    search.take_in(WHO_BECAME_ANOTHER.format(which=_records_apart(search)))


def columns_of(connection: Connection, name: str, pattern: str) -> list[str]:
    """The columns of a table of identity whose names match a pattern."""
    return list(
        connection.scalars(
            text(
                """
                select attname from pg_attribute
                where attrelid = to_regclass(:relation) and attname ~ :pattern
                  and attnum > 0 and not attisdropped
                """
            ),
            {"relation": identity_tables()[name], "pattern": pattern},
        )
    )


def _changed_tables(search: Search) -> set[str]:
    """The staged tables of which something has changed; `ATTEMPTED` if an attempt died.

    On most days these are few, and to ask every table for each lead costs more.
    """
    noted = [model.name for model in staged_models() if model.is_kept]
    any_row = " union all ".join(
        f"select '{name}' where exists (select from changes.{name})"
        for name in [*noted, ATTEMPTED]
    )
    return set(search.connection.scalars(text(any_row)))


def _changed(search: Search, name: str, changed: Collection[str]) -> None:
    """Rows of a staged table that changed, and whose those were that are no more."""
    if name in changed:
        search.read(name, f"record_key in (select record_key from changes.{name})")
        search.note_rows(f"changes.{name}", "not _is_now")
    if name in search.named:
        if name in changed:
            gone = f"(select record_key from changes.{name} where not _is_now)"
            search.take_in(owners_of(gone))
        if not search.of_events:
            # And of a record that is nobody's any more, though it is still there.
            search.read(name, f"record_key in ({RECORDS_MOVED})")
    # What an attempt has read that did not end is read again.
    if ATTEMPTED in changed:
        search.read(
            name,
            f"record_key in (select record_key from changes.{ATTEMPTED}"
            f" where is_event = {search.of_events})",
        )


def _led_before(search: Search, changed: Collection[str]) -> None:
    """Where rows led before they changed, and what led to them, of this search's tables.

    Rows of other tables lead here, too: of a card its events, of an event its card.
    """
    names = {model.name for model in search.models}
    for model in staged_models():
        if model.name in tables_apart():
            continue
        for lead in model.leads:
            if lead.child in changed and lead.parent in names:
                search.follow_up(lead, f"changes.{lead.child}", "true")
            if lead.parent in changed and lead.child in names:
                search.follow_down(lead, f"changes.{lead.parent}", "true")


def _events_of_records_moved(events: Search) -> None:
    """What hangs on a record that became another's: of a card its events.

    Of persons whose id is another one since, on any record that is theirs.
    """
    became = WHO_BECAME_ANOTHER.format(which=IS_OF_ID)
    theirs = " union ".join(
        f"select record_key from {links} where person_id in ({became})" for links in LINKS
    )
    moved = f"{RECORDS_MOVED} union {theirs}"
    events.run(
        "create temporary table record_moved on commit drop as"
        " select record_key, split_part(record_key, '|', 1) || '|'"
        f" || split_part(record_key, '|', 2) as source from ({moved}) as moved;"
        " analyze record_moved"
    )
    found = set(events.connection.scalars(text("select distinct source from record_moved")))
    of = {name: f"{system}|{table}" for name, (system, table) in sources().items()}
    names = {model.name for model in events.models}
    for name in names:
        if of[name] in found:
            events.read(
                name,
                "record_key in (select record_key from record_moved"
                f" where source = '{of[name]}')",
            )
    for lead in leads_of_events():
        if lead.child in names and lead.parent not in names and of[lead.parent] in found:
            events.follow_down(
                lead,
                f"staging.{lead.parent}",
                "record_key in (select record_key from record_moved"
                f" where source = '{of[lead.parent]}')",
            )


def _records_apart(search: Search) -> str:
    """Whether an event of a person is about a record of a table apart."""
    sources = ", ".join(
        f"'{system}|{table}'"
        for name, (system, table) in sorted(search.named.items())
        if name in tables_apart()
    )
    return IS_APART.format(sources=sources or "null")


def _persons_who_differ(search: Search, name: str) -> None:
    """Of whom identity says something else than when the record last looked."""
    for column in columns_of(search.connection, name, PERSON_COLUMN):
        search.take_in(f"select {column} as person_id from affected.differing_{name}")


def _persons_by_changed_records(search: Search) -> None:
    """Of whom identity knows something by a record that changed, be it another's.

    A relation is told with the institution of the record that says so, and that may be a
    relative's; it can become another while the relation stays.
    """
    changed = [
        f"select record_key from changes.{name}"
        for name in sorted(_changed_tables(search) - {ATTEMPTED})
    ]
    if not changed:
        return
    search.run(
        "create temporary table changed_record on commit drop as"
        f" {' union all '.join(changed)}"
    )
    for name, table in identity_tables().items():
        if name == LINK_TABLE:
            continue
        for record in columns_of(search.connection, name, RECORD_COLUMN):
            for person in columns_of(search.connection, name, PERSON_COLUMN):
                search.take_in(
                    f"select {person} as person_id from {table}"
                    f" where {record} in (select record_key from changed_record)"
                )


def _events_that_differ(search: Search) -> None:
    """Events that are no longer another's than their card's; the card leads to whom."""
    if search.count(f"affected.differing_{EVENT_TABLE}"):
        for model in search.models:
            search.read(
                model.name,
                f"record_key in (select record_key from affected.differing_{EVENT_TABLE})",
            )


def note_identity_seen(connection: Connection, whole: bool) -> None:
    """Say that the record knows what identity says now: of everybody, or who differed."""
    for name, table in identity_tables().items():
        if name == LINK_TABLE:
            continue
        seen, differing = f"changes.seen_{name}", f"affected.differing_{name}"
        [key, *_] = columns_of(connection, name, PERSON_COLUMN)
        which = f"where {key} in (select {key} from {differing})"
        statements = [
            f"delete from {seen} {which}",
            f"insert into {seen} select * from {table} {which}",
        ]
        if whole:
            statements = [
                f"drop table if exists {seen}",
                f"create table {seen} as table {table}",
                f"create index on {seen} ({key})",
            ]
        for statement in statements:
            connection.exec_driver_sql(statement)


def _compare_with_seen(search: Search, name: str) -> None:
    """Whose rows of a table of identity the record has not seen, or are no more."""
    # Keys and a digest of the row: whole rows take twice as long to be compared.
    keys = ", ".join(
        columns_of(search.connection, name, f"{PERSON_COLUMN}|{RECORD_COLUMN}")
    )
    compared = " union all ".join(
        f"select {keys}, hash_record_extended(whole_row, 0) as said, {standing} as standing"
        f" from {table} as whole_row"
        for table, standing in ((identity_tables()[name], 1), (f"changes.seen_{name}", -1))
    )
    # It stays until the record has been built (`note_identity_seen`).
    search.run(
        f"create unlogged table affected.differing_{name} as"
        f" select distinct {keys} from ("
        f" select {keys} from ({compared}) as compared"
        f" group by {keys}, said having sum(standing) <> 0) as differing"
    )
