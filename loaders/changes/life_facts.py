"""Whose facts of a life may be others, and all the rows from which they are told again.

A fact is told of the master record, the card or archive that the system itself names. So
the masters of records that were read again are asked for, as they were and as they are; of
deaths, whoever is called like the dead or was born on their day; and whoever stewards have
given an event or taken one from.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from loaders.changes.named_reads import (
    ARCHIVE,
    CARD_A,
    CARD_B,
    CARD_C,
    DEATH,
    DISCHARGE_B,
    EXAM,
    FRONT_PAGE_A,
    FRONT_PAGE_B,
    INSURED,
    NUMBER,
    SETTLEMENT,
    STAY_A,
    STAY_B,
    STAY_C,
    VISIT_A,
    VISIT_B,
    VISIT_C,
)

# What hangs on a card, and by which columns.
ON_A_CARD = (
    (STAY_A, CARD_A, NUMBER), (VISIT_A, CARD_A, NUMBER),
    (STAY_B, CARD_B, NUMBER), (VISIT_B, CARD_B, NUMBER),
    (STAY_C, CARD_C, NUMBER), (VISIT_C, CARD_C, "patient_org_code, patient_id"),
)  # fmt: skip
BY_THEMSELVES = (FRONT_PAGE_A, FRONT_PAGE_B, EXAM, SETTLEMENT)
TOLD_FROM = frozenset(
    {table for table, _, _ in ON_A_CARD}
    | {CARD_A, CARD_B, CARD_C, DISCHARGE_B, DEATH, *BY_THEMSELVES}
)
OWNERS = "select event_record_key, owner_record_key from identity.event_owner"
GIVEN = f"""
    (({OWNERS}) except table changes.told_event_owner)
    union all
    (table changes.told_event_owner except ({OWNERS}))
"""
# Asked before and after the records are replaced: whoever was meant, and whoever is.
MASTERS = """
    insert into master (record_key)
    select distinct master.record_key
    from identity.source_person as person
    cross join lateral (
        values (person.record_key), (person.reference_key)
    ) as master (record_key)
    where master.record_key is not null and ({})
    on conflict do nothing
"""
# Records that tell a fact themselves, or of which others tell one.
TELLING = sorted(TOLD_FROM | {ARCHIVE, INSURED})
TELLERS = """
    create temporary table teller on commit drop as
    select record_key from changes.waiting_candidate where staged = any(:telling)
    union
    -- An event can be given to any record, and goes with it to its master.
    select record_key from read_again
    where record_key in (select owner_record_key from identity.event_owner)
"""
OF_THE_DEAD = f"""
    select {{column}} from identity.source_person
    where record_key in (
        select record_key from changes.waiting_candidate where staged = '{DEATH}'
    )
"""


def find_tellers(connection: Connection) -> None:
    """Make `teller`: records that wait and bear on facts, those of events given since."""
    connection.execute(text(TELLERS), {"telling": TELLING})
    add_given(connection)


def add_given(connection: Connection) -> None:
    """Add to `teller` the owners and the cards of events that were given or taken back.

    Called again when records were replaced: another may stand for an owner now.
    """
    connection.exec_driver_sql("drop table if exists given_event")
    connection.exec_driver_sql(
        f"create temporary table given_event on commit drop as {GIVEN}"
    )
    connection.exec_driver_sql(
        "insert into teller select owner_record_key from given_event"
    )
    for table, card, columns in ON_A_CARD:
        connection.exec_driver_sql(
            f"insert into teller select record_key from staging.{card}"
            f" where ({NUMBER}) in (select {columns} from staging.{table}"
            " where record_key in (select event_record_key from given_event))"
        )


def note_masters(connection: Connection) -> None:
    """Add to `master` whose facts may be others, as records now say it."""
    connection.exec_driver_sql(
        MASTERS.format("person.record_key in (select record_key from teller)")
    )
    for column in ("person_name", "born_on"):
        said = OF_THE_DEAD.format(column=column)
        connection.exec_driver_sql(MASTERS.format(f"person.{column} in ({said})"))
    # A record that is no more may be whom facts were told of.
    connection.exec_driver_sql(
        "insert into master select record_key from teller on conflict do nothing"
    )


def lay_out_facts(connection: Connection) -> None:
    """In the schema `affected`, every row that is told of the masters that were found."""
    _run = connection.exec_driver_sql
    masters = "select record_key from master"
    emptied = ", ".join(f"affected.{name}" for name in sorted(TOLD_FROM))
    _run(f"truncate affected.idn_source_person, {emptied}")
    for column in ("record_key", "reference_key"):
        _run(
            "insert into affected.idn_source_person select * from identity.source_person"
            f" where {column} in ({masters}) on conflict do nothing"
        )
    _run("analyze affected.idn_source_person")
    told = "select record_key from affected.idn_source_person"
    for name in (*BY_THEMSELVES, CARD_A, CARD_B, CARD_C):
        _read(connection, name, f"record_key in ({told})")
    # Few and needed whole: anybody can be called like one of the dead.
    _read(connection, DEATH, "true")
    given = (
        "select event_record_key from identity.event_owner"
        f" where owner_record_key in ({told})"
    )
    for table, card, columns in ON_A_CARD:
        on_cards = f"select {NUMBER} from affected.{card}"
        _read(connection, table, f"({columns}) in ({on_cards})")
        _read(connection, table, f"record_key in ({given})")
    # A number that stands on several cards names none of them.
    for table, card, columns in ON_A_CARD:
        _read(connection, card, f"({NUMBER}) in (select {columns} from affected.{table})")
    _read(
        connection, DISCHARGE_B,
        f"(org_code, stay_number) in (select org_code, stay_number from affected.{STAY_B})",
    )  # fmt: skip


def note_told(connection: Connection) -> None:
    """Remember what stewards had said of events when facts were told."""
    connection.exec_driver_sql(
        f"truncate changes.told_event_owner; insert into changes.told_event_owner {OWNERS}"
    )


def _read(connection: Connection, name: str, condition: str) -> None:
    connection.exec_driver_sql(
        f"insert into affected.{name} select * from staging.{name} where {condition}"
        " on conflict do nothing"
    )
