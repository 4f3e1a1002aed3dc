"""What is known of each person, chosen again only where something else is said of them.

Goes in: the links, what every record says of a person, and which records staging has read
again. Comes out: the golden tables, brought up to date by the same SQL that builds them
from nothing; it reads the rows of the persons concerned in place of all (macro `ref`).

Two models tell of many people: which phone too many of them give, and which value a form
fills in by itself. Where the verdict on a phone or a value turns, whom it concerns is
chosen again, too. A day that concerns most people is built from nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from sqlalchemy import Connection, Engine

from loaders.changes.leads import sources
from loaders.changes.prepared import bring_up_to_date
from loaders.changes.promises import check_promises
from loaders.changes.reading import (
    GOLDEN,
    is_current,
    note_built,
    note_unbuilt,
    prepare,
    rules_version,
)
from loaders.settings import Settings
from loaders.transform import DBT_PROJECT, DbtOutcome, run_dbt
from loaders.warehouse.connect import BY_INDEX

GOLDEN_MODELS = DBT_PROJECT / "models" / GOLDEN
READS_STAGED = re.compile(r"ref\('(stg_\w+)'\)")
# A model that only others read has no table.
IN_BETWEEN = "materialized='ephemeral'"
# The golden models of what is stated; the others read events and relations, of everybody.
OF_STATEMENTS = ("idn_staged_attribute.sql", "idn_stated_day.sql")
CONCERNED = """
    insert into changes.affected_person (person_id, round)
    select distinct concerned.person_id, 0
    from ({}) as concerned
    where concerned.person_id is not null
    on conflict do nothing
"""
# Of whom linking says that a record came or went or says something else, of whom staging
# has read something, and of whom a contract begins or ends.
DIFFERING = """
    select person_id from identity.touched_person
    union all
    select link.person_id from changes.waiting_statement as waiting
    inner join identity.person_link as link on waiting.record_key = link.record_key
    union all
    select owner.person_id
    from (
        select contract.record_key
        from staging.stg_e__scm_signcontractrecord as contract
        cross join changes.seen_day as seen
        cross join (
            select max(delivery_date) - 1 as last_data_on from audit.file_ledger
            where state in ('landed', 'replaced', 'duplicate')
        ) as today
        where
            (contract.begins_on > seen.last_data_on
                and contract.begins_on <= today.last_data_on)
            or (contract.ends_on > seen.last_data_on
                and contract.ends_on <= today.last_data_on)
            or (contract.stopped_on > seen.last_data_on
                and contract.stopped_on <= today.last_data_on)
        -- First these few; the planner would look up the owner of every contract.
        offset 0
    ) as turning
    -- A join would read the links of all.
    cross join lateral (
        select link.person_id from identity.person_link as link
        where link.record_key = turning.record_key
        limit 1
    ) as owner
"""
# To choose for one person by himself costs twice what it costs among all, and dbt, which
# builds from nothing, as much as that many persons.
PERSONS_LIKE_DBT = 1000
CONCERNS_MOST = """
    select
        (select count(*) from changes.affected_person)
        > (select count(*) from identity.golden_person) / 2 + {persons_like_dbt}
"""
KNOWS_LINKS = """
    select full_run_id = (select full_run_id from changes.seen_day) from identity.engine
"""
# Verdicts over everybody: which phones are a group's, which values say nothing.
VERDICTS = {
    "group_phone": "select distinct phone from identity.person_phone where is_group",
    "form_default": """
        select attribute, value, source_system, source_table
        from identity.form_default where is_default
    """,
}
TURNED = """
    create temporary table turned_{name} on commit drop as
    with now_so as ({verdict})
    (table now_so except table changes.seen_{name})
    union all
    (table changes.seen_{name} except table now_so)
"""
# Whom a verdict concerns that has turned.
CONCERNS = {
    "group_phone": """
        select person_phone.person_id
        from identity.person_phone
        inner join turned_group_phone as turned using (phone)
        where person_phone.person_id not in (select person_id from changes.affected_person)
    """,
    "form_default": """
        select stated_attribute.person_id
        from identity.stated_attribute
        inner join turned_form_default as turned
            using (attribute, value, source_system, source_table)
        where stated_attribute.person_id not in (
            select person_id from changes.affected_person
        )
    """,
}


@cache
def tables_of_statements() -> tuple[str, ...]:
    """The staged tables that say something of a person besides who it is."""
    found: set[str] = set()
    for name in OF_STATEMENTS:
        found.update(READS_STAGED.findall((GOLDEN_MODELS / name).read_text("utf-8")))
    return tuple(sorted(found))


@cache
def golden_tables() -> tuple[str, ...]:
    """The models of what is known of persons that are tables."""
    models = sorted(GOLDEN_MODELS.glob("*.sql"))
    return tuple(path.stem for path in models if IN_BETWEEN not in path.read_text("utf-8"))


def note_statements(connection: Connection) -> None:
    """Let the records wait of which staging has just read something else."""
    for table in tables_of_statements():
        # A table of which staging has never read a few keys alone has no differences.
        if (
            connection.exec_driver_sql(f"select to_regclass('changes.{table}')").scalar()
            is None
        ):
            continue
        connection.exec_driver_sql(
            "insert into changes.waiting_statement (record_key)"
            f" select distinct record_key from changes.{table} on conflict do nothing"
        )


def build_golden(engine: Engine, settings: Settings, anew: bool = False) -> DbtOutcome:
    """Choose again for whom something has changed; for everybody with `anew`.

    Raises: TransformError; nothing is forgotten then.
    """
    prepare(engine)
    # Asked before anything is read: rules can change while a layer is built.
    version = rules_version()
    with engine.begin() as connection:
        whole = anew or not is_current(connection, GOLDEN, version)
        # Where everybody was linked anew, nobody has noted whose links are other ones.
        whole = whole or not connection.exec_driver_sql(KNOWS_LINKS).scalar()
        # Until it is done, what is there is partly of before and not to be built upon.
        note_unbuilt(connection, GOLDEN)
        if not whole:
            connection.execute(BY_INDEX)
            # Who is there already waits for the record, which was not built to its end.
            connection.exec_driver_sql(CONCERNED.format(DIFFERING))
            concerns_most = CONCERNS_MOST.format(persons_like_dbt=PERSONS_LIKE_DBT)
            whole = bool(connection.exec_driver_sql(concerns_most).scalar())
        if not whole:
            _cut_out(connection)
    if whole:
        outcome = run_dbt(settings, GOLDEN)
    else:
        outcome = _choose_again(engine, settings)
    with engine.begin() as connection:
        _note_seen(connection)
        note_built(connection, GOLDEN, version)
    return outcome


def _choose_again(engine: Engine, settings: Settings) -> DbtOutcome:
    done = bring_up_to_date(engine, settings, GOLDEN)
    while _find_turned(engine):
        more = bring_up_to_date(engine, settings, GOLDEN)
        done = replace(done, seconds=done.seconds + more.seconds)
    return check_promises(engine, settings, done)


def _find_turned(engine: Engine) -> int:
    """Take in whom a verdict concerns that has turned; how many they are."""
    found = 0
    with engine.begin() as connection:
        for name, verdict in VERDICTS.items():
            turned = TURNED.format(name=name, verdict=verdict)
            # Seldom does one turn; then all that is said by anybody is looked through.
            if connection.exec_driver_sql(turned).rowcount:
                whom = CONCERNED.format(CONCERNS[name])
                found += connection.exec_driver_sql(whom).rowcount
        if found:
            _cut_out(connection)
        return found


def _cut_out(connection: Connection) -> None:
    """What is known of the persons concerned, in tables of the same shape."""
    statements = [
        "drop schema if exists affected cascade; create schema affected",
        "create unlogged table affected.person_link as"
        " select * from identity.person_link"
        " where person_id in (select person_id from changes.affected_person)",
        # To look at thirty thousand rows of each takes longer than it saves.
        "set local default_statistics_target = 10",
        "analyze changes.affected_person; analyze affected.person_link",
        "create unlogged table affected.idn_source_person as"
        " select source_person.* from identity.source_person"
        " inner join affected.person_link using (record_key)",
        "analyze affected.idn_source_person",
        "create unlogged table affected.identifier_assertion as"
        " select assertion.* from identity.identifier_assertion as assertion"
        " inner join affected.person_link using (record_key)",
        "analyze affected.identifier_assertion",
    ]
    for name in tables_of_statements():
        # In no other table are the keys of its records to be found.
        system, table = sources()[name]
        statements += [
            f"create unlogged table affected.{name} as"
            f" select staged.* from staging.{name} as staged"
            " where staged.record_key in (select record_key from affected.person_link"
            f" where source_system = '{system}' and source_table = '{table}')",
            f"analyze affected.{name}",
        ]
    for statement in statements:
        connection.exec_driver_sql(statement)


def _note_seen(connection: Connection) -> None:
    """Say that the golden tables know all that is said up to now."""
    connection.exec_driver_sql(
        """
        truncate identity.touched_person, changes.waiting_statement, changes.seen_day;
        insert into changes.seen_day (last_data_on, full_run_id)
        select max(delivery_date) - 1, (select full_run_id from identity.engine)
        from audit.file_ledger
        where state in ('landed', 'replaced', 'duplicate')
        """
    )
    for name, verdict in VERDICTS.items():
        connection.exec_driver_sql(
            f"drop table if exists changes.seen_{name};"
            f" create table changes.seen_{name} as {verdict}"
        )
