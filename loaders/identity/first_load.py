"""The first links of a warehouse: written in bulk, since nobody has been linked before.

Goes in: the workbench of a run that looked at everybody, and a warehouse without links.
Comes out: links, ledger, history, changes and events as the ledger would write them, where
every record is new and every person has come with all its records.
"""

from __future__ import annotations

import duckdb
from sqlalchemy import Connection, text

from loaders.identity.arriving import LINK_COLUMNS, VERSION_COLUMNS, WrongLinksError
from loaders.identity.history import begin_history
from loaders.identity.ledger import LedgerChange
from loaders.identity.workbench import copy_out

TABLES = (
    "person_link", "person_ledger", "person_link_history", "person_change", "person_event",
)  # fmt: skip
# Not in the order in which rows are written, and read by nobody before the end.
KEYS = {"person_link": "record_key", "person_link_history": "record_key, valid_from_run"}
INDEXES = {
    "person_link_person": "identity.person_link (person_id)",
    "person_link_history_person": "identity.person_link_history (person_id)",
}
LINKS_SQL = """
select
    held.record_key, held.source_system, held.source_table, held.org_code, held.native_id,
    held.native_part, owner.person_id,
    if(held.is_head, owner.method, held.method) as method,
    if(held.is_head, owner.rule, held.rule) as rule,
    if(held.is_head, owner.probability, held.probability) as probability,
    if(held.is_head, owner.linked_to, held.linked_to) as linked_to,
    held.first_delivery_on, held.is_contested
from held
left join person_of_cluster as owner on held.cluster = owner.cluster
"""
PERSONS_SQL = """
create temporary table first_person on commit drop as
select
    person_id, count(*)::integer as records,
    count(*) filter (where method = 'first') as anchors
from identity.person_link
where person_id is not null
group by person_id
"""
COUNTS_SQL = """
select
    count(*) as persons, count(*) filter (where anchors <> 1) as wrong,
    (select count(*) from identity.person_link) as links
from first_person
"""
LEDGER_SQL = """
insert into identity.person_ledger (
    person_id, anchor_record_key, issued_on, status, issued_run_id, changed_run_id
)
select person_id, record_key, first_delivery_on, 'active', :run_id, :run_id
from identity.person_link
where method = 'first'
order by person_id
"""
HISTORY_SQL = f"""
insert into identity.person_link_history (valid_from_run, {", ".join(VERSION_COLUMNS)})
select :run_id, {", ".join(VERSION_COLUMNS)} from identity.person_link
"""
CHANGES_SQL = """
insert into identity.person_change (run_id, person_id, records_before, records_after)
select :run_id, person_id, 0, records from first_person order by person_id
"""
EVENTS_SQL = """
insert into identity.person_event (
    run_id, type, person_id, record_key, method, rule, reason, actor, after
)
select
    :run_id, 'create', ledger.person_id, ledger.anchor_record_key, 'first',
    'first_record', 'new_records', 'engine',
    jsonb_build_object(ledger.person_id, first_person.records)
from identity.person_ledger as ledger
inner join first_person on ledger.person_id = first_person.person_id
order by ledger.person_id
"""
RUN_SQL = """
insert into identity.link_run (
    run_id, links_changed, persons_changed, ids_issued, ids_retired, ids_reinstated
)
values (:run_id, :links, :persons, :persons, 0, 0)
"""


def is_first_load(connection: Connection) -> bool:
    """Whether nobody has been linked in this warehouse yet."""
    filled = " or ".join(
        f"exists (select from identity.{table})" for table in (*TABLES, "link_run")
    )
    return not connection.scalar(text(f"select {filled}"))


def load_first_links(
    connection: Connection, duck: duckdb.DuckDBPyConnection, run_id: int
) -> LedgerChange:
    """Write the links of `held`, with the persons of `person_of_cluster`.

    Makes the temporary view `link_scope` of all records. Raises: WrongLinksError when a
    person comes without its anchor, or with two.
    """
    begin_history(connection, run_id)
    # A table that is new in its transaction needs no log of each row.
    names = ", ".join(f"identity.{table}" for table in TABLES)
    connection.execute(text(f"truncate {names}"))
    for index in INDEXES:
        connection.execute(text(f"drop index if exists identity.{index}"))
    for table in KEYS:
        connection.execute(
            text(f"alter table identity.{table} drop constraint if exists {table}_pkey")
        )
    copy_out(duck, LINKS_SQL, connection, "identity.person_link", LINK_COLUMNS)
    connection.execute(text(PERSONS_SQL))
    counts = connection.execute(text(COUNTS_SQL)).one()
    if counts.wrong:
        raise WrongLinksError("A person comes without its anchor, or with two.")
    if counts.links:
        run = {"run_id": run_id}
        for statement in (LEDGER_SQL, HISTORY_SQL, CHANGES_SQL, EVENTS_SQL):
            connection.execute(text(statement), run)
        connection.execute(
            text(RUN_SQL), {**run, "links": counts.links, "persons": counts.persons}
        )
    for table, columns in KEYS.items():
        key = f"add constraint {table}_pkey primary key ({columns})"
        connection.execute(text(f"alter table identity.{table} {key}"))
    for index, columns in INDEXES.items():
        connection.execute(text(f"create index {index} on {columns}"))
    for table in ("person_link", "person_ledger", "person_link_history"):
        connection.execute(text(f"analyze identity.{table}"))
    connection.execute(
        text(
            "create temporary view link_scope as"
            " select record_key from identity.person_link"
        )
    )
    return LedgerChange(
        issued=counts.persons, links_changed=counts.links, persons_changed=counts.persons
    )
