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
INDEXES = {"person_link_person": "identity.person_link (person_id)"}
LINKS_SQL = """
select
    held.record_key, held.source_system, held.source_table, held.org_code, held.native_id,
    held.native_part, owner.person_id,
    if(held.is_head, owner.method, held.method) as method,
    if(held.is_head, owner.rule, held.rule) as rule,
    if(held.is_head, owner.probability, held.probability) as probability,
    if(held.is_head, owner.linked_to, held.linked_to) as linked_to,
    held.first_delivery_on, held.is_contested, held.named_since
from held
left join person_of_cluster as owner on held.cluster = owner.cluster
"""
# Counted by cluster first: there are fewer clusters than records.
PERSONS_SQL = """
create or replace table first_person as
with

held_by as (
    select
        cluster, count(*) as records,
        any_value(first_delivery_on) filter (where is_head) as first_delivery_on,
        any_value(named_since) filter (where is_head) as named_since,
        count(*) filter (where is_head) as heads
    from held
    group by cluster
)

select
    owner.person_id, sum(held_by.records)::integer as records,
    sum(held_by.heads) filter (where owner.method = 'first') as anchors,
    any_value(owner.head) filter (where owner.method = 'first') as anchor_record_key,
    any_value(held_by.named_since) filter (where owner.method = 'first')
        as anchor_named_since,
    any_value(held_by.first_delivery_on) filter (where owner.method = 'first')
        as issued_on
from person_of_cluster as owner
inner join held_by on owner.cluster = held_by.cluster
group by owner.person_id
"""
COUNTS_SQL = """
select
    count(*) as persons, count(*) filter (where anchors is distinct from 1) as wrong,
    (select count(*) from held) as links
from first_person
"""
# What is written of each person: the table, its columns, and what they hold.
WRITTEN = {
    "person_ledger": {
        "person_id": "person_id", "anchor_record_key": "anchor_record_key",
        "anchor_named_since": "anchor_named_since", "issued_on": "issued_on",
        "status": "'active'", "issued_run_id": "{run_id}", "changed_run_id": "{run_id}",
    },
    "person_change": {
        "run_id": "{run_id}", "person_id": "person_id", "records_before": "0",
        "records_after": "records",
    },
    "person_event": {
        "run_id": "{run_id}", "type": "'create'", "person_id": "person_id",
        "record_key": "anchor_record_key", "method": "'first'", "rule": "'first_record'",
        "reason": "'new_records'", "actor": "'engine'",
        "after": "json_object(person_id, records)::varchar",
    },
}  # fmt: skip
HISTORY_SQL = f"""
insert into identity.person_link_history (valid_from_run, {", ".join(VERSION_COLUMNS)})
select :run_id, {", ".join(VERSION_COLUMNS)} from identity.person_link
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


def lay_out_first_links(duck: duckdb.DuckDBPyConnection) -> LedgerChange:
    """Make the table `first_person` of `held` and `person_of_cluster`; what it comes to.

    Raises: WrongLinksError when a person comes without its anchor, or with two.
    """
    duck.execute(PERSONS_SQL)
    [(persons, wrong, links)] = duck.execute(COUNTS_SQL).fetchall()
    if wrong:
        raise WrongLinksError("A person comes without its anchor, or with two.")
    return LedgerChange(issued=persons, links_changed=links, persons_changed=persons)


def write_first_links(
    connection: Connection,
    duck: duckdb.DuckDBPyConnection,
    run_id: int,
    ledger: LedgerChange,
) -> None:
    """Write the links that are laid out, and make the view `link_scope` of all records."""
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
    if ledger.links_changed:
        run = {"run_id": run_id}
        for table, said in WRITTEN.items():
            values = ", ".join(said.values()).format(**run)
            query = f"select {values} from first_person order by person_id"
            copy_out(duck, query, connection, f"identity.{table}", tuple(said))
        connection.execute(text(HISTORY_SQL), run)
        came = {"links": ledger.links_changed, "persons": ledger.persons_changed}
        connection.execute(text(RUN_SQL), {**run, **came})
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
