"""Who is named by which record, brought up to date where staging has read something else.

Goes in: the records that wait since staging was read (named.py). Comes out: the tables of
layer 2_identity that linking reads, as a build from nothing would give them. The SQL of the
models is asked, of rows that are laid out in the schema `affected`, in one transaction and
without a run of dbt.
"""

from __future__ import annotations

from time import monotonic

from sqlalchemy import Connection, Engine, text

from loaders.changes.life_facts import (
    TOLD_FROM,
    add_given,
    find_tellers,
    lay_out_facts,
    note_masters,
    note_told,
)
from loaders.changes.model_sql import model_sql
from loaders.changes.named import lay_out_named, make_indexes
from loaders.changes.named_reads import NAMED, PARENTS
from loaders.changes.promises import check_promises
from loaders.changes.reading import (
    CANDIDATES,
    is_current,
    need_all_read,
    note_built,
    note_unbuilt,
    prepare,
    rules_version,
)
from loaders.settings import Settings
from loaders.transform import DbtOutcome, run_dbt
from loaders.warehouse.connect import IN_MEMORY

OF_RECORDS = ("source_person", "source_identifier", "source_relation")
OF_MASTERS = "source_fact"
TABLES = (*OF_RECORDS, OF_MASTERS)
TOWNS = "town"
MODELS = tuple(f"idn_{table}" for table in (*TABLES, TOWNS))
# By what rows are looked for: a build of dbt leaves the tables without.
INDEXES = (
    ("source_person", "record_key"), ("source_person", "reference_key"),
    ("source_person", "person_name"), ("source_person", "born_on"),
    ("source_identifier", "record_key"), ("source_relation", "record_key"),
    ("source_fact", "record_key"),
)  # fmt: skip
LAID_OUT = sorted(NAMED | PARENTS | TOLD_FROM)
# A newborn is booked on its mother's stay, and told by that.
READ_AGAIN = """
    create temporary table master (record_key text primary key) on commit drop;
    create temporary table read_again (record_key text primary key) on commit drop;
    insert into read_again
    select distinct candidate.record_key
    from changes.waiting_candidate as waiting
    cross join lateral (
        values (waiting.record_key), (waiting.record_key || '|newborn')
    ) as candidate (record_key)
    on conflict do nothing
"""
# What was read again stays in `affected`: tests look at it.
REPLACE = """
    create unlogged table affected.{table} as
    select * from ({statement}) as told
    where record_key in (select record_key from {which});
    create temporary table former on commit drop as
    select * from identity.{table} where record_key in (select record_key from {which});
    create temporary table differing on commit drop as
    select record_key
    from (table affected.{table} except all table former) as come
    union
    select record_key
    from (table former except all table affected.{table}) as gone;
    analyze affected.{table}; analyze differing;
    delete from identity.{table}
    where record_key in (select record_key from differing);
    insert into identity.{table}
    select * from affected.{table}
    where record_key in (select record_key from differing);
    drop table former, differing
"""
SENT_AGAIN = """
    update identity.source_identifier as said
    set last_delivery_on = staged._last_delivery_on
    from changes.sent_again
    inner join staging.{name} as staged on sent_again.record_key = staged.record_key
    where
        sent_again.staged = '{name}'
        and said.record_key = staged.record_key{part}
        and said.last_delivery_on <> staged._last_delivery_on
"""


def build_candidates(
    engine: Engine, settings: Settings, anew: bool = False
) -> tuple[DbtOutcome, str]:
    """Bring the records that name somebody up to date; all of them with `anew`.

    Returns what was done, and for which records. Raises: StagingUnfinishedError;
    TransformError, and nothing is forgotten then.
    """
    prepare(engine)
    need_all_read(engine)
    version = rules_version()
    with engine.begin() as connection:
        whole = anew or not is_current(connection, CANDIDATES, version)
        whole = whole or not _is_there(connection)
        if whole:
            note_unbuilt(connection, CANDIDATES)
    if whole:
        outcome, which = run_dbt(settings, CANDIDATES), "all records"
    else:
        outcome, which = _bring_up_to_date(engine, settings)
    with engine.begin() as connection:
        if whole:
            _make_indexes(connection)
        connection.exec_driver_sql("truncate changes.waiting_candidate, changes.sent_again")
        note_told(connection)
        note_built(connection, CANDIDATES, version)
    return outcome, which


def _bring_up_to_date(engine: Engine, settings: Settings) -> tuple[DbtOutcome, str]:
    started = monotonic()
    # Seen by dbt, which prepares the statements over a connection of its own.
    with engine.begin() as connection:
        _lay_out_nothing(connection)
    statements = model_sql(engine, settings, MODELS)
    with engine.begin() as connection:
        connection.execute(IN_MEMORY)
        read = _replace(connection, statements)
    outcome = DbtOutcome(CANDIDATES, len(MODELS), 0, 0, monotonic() - started)
    outcome = check_promises(engine, settings, outcome)
    return outcome, f"{read} records"


def _replace(connection: Connection, statements: dict[str, str]) -> int:
    """Put what the waiting records say now in the place of what they said."""
    run = connection.exec_driver_sql
    run(READ_AGAIN)
    find_tellers(connection)
    read = int(run("select count(*) from changes.waiting_candidate").scalar() or 0)
    run("analyze read_again; analyze teller; analyze changes.waiting_candidate")
    note_masters(connection)
    lay_out_named(connection)
    _analyze(connection)
    for table in OF_RECORDS:
        _replace_rows(connection, table, statements, "read_again")
        if table == "source_person":
            _lay_out_persons(connection)
    add_given(connection)
    note_masters(connection)
    run("analyze master")
    lay_out_facts(connection)
    _analyze(connection)
    _replace_rows(connection, OF_MASTERS, statements, "master")
    _renew_towns(connection, statements[f"idn_{TOWNS}"])
    for name in list(
        connection.scalars(text("select distinct staged from changes.sent_again"))
    ):
        for part in ("", " || '|newborn'"):
            run(SENT_AGAIN.format(name=name, part=part))
    return read


def _replace_rows(
    connection: Connection, table: str, statements: dict[str, str], which: str
) -> None:
    plainly = connection.execution_options(no_parameters=True)
    plainly.exec_driver_sql(
        REPLACE.format(table=table, statement=statements[f"idn_{table}"], which=which)
    )


def _renew_towns(connection: Connection, statement: str) -> None:
    """A few rows, told of the county: as the day says it, where that is something else."""
    plainly = connection.execution_options(no_parameters=True)
    plainly.exec_driver_sql(
        f"create temporary table fresh_town on commit drop as {statement}"
    )
    plainly.exec_driver_sql(
        f"""
        delete from identity.{TOWNS} as town
        where town not in (select fresh_town from fresh_town);
        insert into identity.{TOWNS}
        table fresh_town except table identity.{TOWNS}
        """
    )


def _lay_out_nothing(connection: Connection) -> None:
    """The schema `affected` with an empty table for each that is read in part."""
    run = connection.exec_driver_sql
    run("drop schema if exists affected cascade; create schema affected")
    for name in LAID_OUT:
        run(
            f"create unlogged table affected.{name} (like staging.{name});"
            f" alter table affected.{name} add primary key (record_key)"
        )
    run(
        "create unlogged table affected.idn_source_person (like identity.source_person);"
        " alter table affected.idn_source_person add primary key (record_key)"
    )


def _lay_out_persons(connection: Connection) -> None:
    """What the records that are laid out say now; relatives are among them."""
    keys = " union all ".join(
        f"select record_key from affected.{name}" for name in sorted(NAMED)
    )
    connection.exec_driver_sql(
        "insert into affected.idn_source_person select * from identity.source_person"
        f" where record_key in ({keys}); analyze affected.idn_source_person"
    )


def _analyze(connection: Connection) -> None:
    tables = ", ".join(f"affected.{name}" for name in LAID_OUT)
    connection.exec_driver_sql(f"analyze {tables}")


def _is_there(connection: Connection) -> bool:
    return all(
        connection.scalar(text("select to_regclass(:name)"), {"name": f"identity.{table}"})
        for table in (*TABLES, TOWNS)
    )


def _make_indexes(connection: Connection) -> None:
    for table, column in INDEXES:
        connection.exec_driver_sql(
            f"create index if not exists {table}_{column} on identity.{table} ({column})"
        )
    make_indexes(connection)
