"""From staged rows that changed to the records whose statement of a person may be another.

Goes in: what staging has noted in changes.<table>, and by what records read one another
(named_reads.py). Comes out: `changes.waiting_candidate`, the records that may name somebody
otherwise; and in the schema `affected` these records with all rows that they read.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from loaders.changes.leads import staged_models
from loaders.changes.named_reads import CARD_B, NAMED, OF_PLACES, READS
from loaders.changes.reading import CANDIDATES, is_built, note_unbuilt


def note_candidates(connection: Connection) -> None:
    """Let the records wait that read what staging has just read, and those sent once more.

    Called in the transaction that says that staging was read, before it is forgotten which
    keys waited for it. Where candidates are to be built anew, nobody has to wait.
    """
    if not is_built(connection, CANDIDATES):
        return
    changed = _changed_tables(connection)
    if _places_changed(connection, changed):
        note_unbuilt(connection, CANDIDATES)
    for name in sorted(changed & NAMED):
        _let_wait(
            connection, name, f"record_key in (select record_key from changes.{name})"
        )
        # Of a record that is no more there is no row to be found.
        connection.exec_driver_sql(
            "insert into changes.waiting_candidate (staged, record_key)"
            f" select distinct '{name}', record_key from changes.{name}"
            " on conflict do nothing"
        )
    reached = set(changed)
    for reads in READS:
        parents = []
        if reads.parent in changed:
            parents.append(
                f"select {reads.theirs} from changes.{reads.parent} where {reads.where}"
            )
        if reads.through and reads.parent in reached:
            parents.append(
                f"select {reads.theirs} from staging.{reads.parent}"
                f" where {reads.where} and record_key in (select record_key"
                f" from changes.waiting_candidate where staged = '{reads.parent}')"
            )
        if parents:
            said = " union ".join(parents)
            _let_wait(connection, reads.child, f"({reads.own}) in ({said})")
            reached.add(reads.child)
    _note_sent_again(connection)


def make_indexes(connection: Connection) -> None:
    """By what rows are looked for here: the columns of `READS`, where no lead has them."""
    for reads in READS:
        for table, columns in ((reads.child, reads.own), (reads.parent, reads.theirs)):
            name = f"read_{table[4:]}_{columns.replace(', ', '_')}"[:63]
            # The leads of the record have most of them already.
            if not connection.scalar(
                text(
                    "select exists (select from pg_indexes where schemaname = 'staging'"
                    " and tablename = :table and indexdef like '%(' || :columns || '%')"
                ),
                {"table": table, "columns": columns},
            ):
                connection.exec_driver_sql(
                    f"create index {name} on staging.{table} ({columns})"
                )


def lay_out_named(connection: Connection) -> None:
    """In the schema `affected`, the records that wait and every row that they read."""
    for name in sorted(NAMED):
        _read(
            connection, name,
            "record_key in (select record_key from changes.waiting_candidate"
            f" where staged = '{name}')",
        )  # fmt: skip
    for reads in reversed(READS):
        if not reads.told:
            children = f"select {reads.own} from affected.{reads.child}"
            _read(
                connection, reads.parent,
                f"({reads.theirs}) in ({children}) and {reads.where}",
            )  # fmt: skip
    # Which hospitals give patients numbers is told by their cards: one of each is enough.
    connection.exec_driver_sql(
        f"""
        insert into affected.{CARD_B}
        with recursive hospital as (
            select min(org_code) as org_code from staging.{CARD_B}
            union all
            select (
                select min(card.org_code) from staging.{CARD_B} as card
                where card.org_code > hospital.org_code
            )
            from hospital
            where hospital.org_code is not null
        )
        select card.*
        from hospital
        cross join lateral (
            select * from staging.{CARD_B} as card
            where card.org_code = hospital.org_code
            limit 1
        ) as card
        on conflict do nothing
        """
    )


def _places_changed(connection: Connection, changed: set[str]) -> bool:
    """Whether something is said otherwise by which numbers of all patients are read."""
    if changed & set(OF_PLACES):
        return True
    return CARD_B in changed and bool(
        connection.scalar(
            text(
                f"""
                select exists (
                    select from (select distinct org_code from changes.{CARD_B}) as hospital
                    where not exists (
                        select from staging.{CARD_B} as card
                        where card.org_code = hospital.org_code
                          and not exists (
                            select from changes.{CARD_B} as changed
                            where changed.record_key = card.record_key
                          )
                    )
                )
                """
            )
        )
    )


def _changed_tables(connection: Connection) -> set[str]:
    """The staged tables of which anything is noted that changed."""
    names = connection.scalars(
        text(
            "select tablename from pg_tables"
            " where schemaname = 'changes' and tablename like 'stg\\_%'"
        )
    )
    return {
        name
        for name in list(names)
        if connection.exec_driver_sql(
            f"select exists (select from changes.{name})"
        ).scalar()
    }


def _let_wait(connection: Connection, name: str, condition: str) -> None:
    connection.exec_driver_sql(
        "insert into changes.waiting_candidate (staged, record_key)"
        f" select '{name}', record_key from staging.{name} where {condition}"
        " on conflict do nothing"
    )


def _note_sent_again(connection: Connection) -> None:
    """Rows that were read again and say what they said: the day of their delivery moves."""
    waiting = {
        row.feed: row.is_whole
        for row in connection.execute(
            text("select feed, is_whole from changes.waiting_feed")
        )
    }
    for model in staged_models():
        if model.name in NAMED and model.feed in waiting:
            keys = f"select key_hash from changes.waiting_key where feed = '{model.feed}'"
            which = "true" if waiting[model.feed] else f"_key_hash in ({keys})"
            connection.exec_driver_sql(
                "insert into changes.sent_again (staged, record_key)"
                f" select '{model.name}', record_key from staging.{model.name}"
                f" where {which} on conflict do nothing"
            )


def _read(connection: Connection, name: str, condition: str) -> None:
    connection.exec_driver_sql(
        f"insert into affected.{name} select * from staging.{name} where {condition}"
        " on conflict do nothing"
    )
