"""The links of the records in scope, as a run has decided them, brought to the warehouse.

Goes in: the tables `held`, `within_claim` and `person_of_cluster` of the workbench, and the
temporary tables `attached` and `gone`. Comes out: the temporary tables `arriving_link` and
`link_scope`, which the ledger compares with the links that are there.
"""

from __future__ import annotations

import duckdb
from sqlalchemy import Connection, text

from loaders.identity.people import OWNER_COLUMNS
from loaders.identity.workbench import copy_out

# Every record in scope, and those of clusters outside it whose person may be another now.
# A cluster lies in scope as a whole, or not at all.
LINKS_SQL = """
insert into arriving_link
select
    held.record_key, held.source_system, held.source_table, held.org_code, held.native_id,
    held.native_part, owner.person_id,
    case when held.is_head then owner.method else held.method end,
    case when held.is_head then owner.rule else held.rule end,
    case when held.is_head then owner.probability else held.probability end,
    case when held.is_head then owner.linked_to else held.linked_to end,
    held.first_delivery_on, held.is_contested, held.named_since
from held_link as held
left join person_of_cluster as owner on held.cluster = owner.cluster
union all
select
    link.record_key, link.source_system, link.source_table, link.org_code, link.native_id,
    link.native_part, owner.person_id,
    case when is_head then owner.method else link.method end,
    case when is_head then owner.rule else link.rule end,
    case when is_head then owner.probability else link.probability end,
    case when is_head then owner.linked_to else link.linked_to end,
    link.first_delivery_on, link.is_contested, link.named_since
from person_of_cluster as owner
inner join identity.record_state as state on owner.cluster = state.cluster
inner join identity.person_link as link on state.record_key = link.record_key
cross join lateral (select link.record_key = owner.head as is_head) as head
where owner.cluster not in (select cluster from held_link)
union all
select
    attached.record_key, attached.source_system, attached.source_table, attached.org_code,
    attached.native_id, attached.native_part, coalesce(owner.person_id, head.person_id),
    within_claim.method, attached.rule, within_claim.probability, attached.head,
    attached.first_delivery_on, false, attached.named_since
from attached
inner join within_claim on attached.rule = within_claim.rule
inner join identity.person_link as head on attached.head = head.record_key
left join person_of_cluster as owner on attached.cluster = owner.cluster
"""
OWNERS_TABLE_SQL = """
create temporary table person_of_cluster (
    cluster bigint, head text, person_id text, method text, rule text,
    probability numeric(7, 6), linked_to text
) on commit drop
"""
SCOPE_SQL = """
create temporary table link_scope on commit drop as
select record_key from arriving_link
union
select record_key from gone
"""
HELD_COLUMNS = (
    "record_key", "source_system", "source_table", "org_code", "native_id", "native_part",
    "method", "rule", "probability", "linked_to", "first_delivery_on", "is_contested",
    "named_since", "cluster", "is_head",
)  # fmt: skip


def lay_out_links(connection: Connection, duck: duckdb.DuckDBPyConnection) -> None:
    """Make `arriving_link` and `link_scope`: what to write, and for whom."""
    for name, columns in (
        ("arriving_link", "*"),
        (
            "held_link",
            f"{', '.join(HELD_COLUMNS[:-2])}, 0::bigint as cluster, true as is_head",
        ),
    ):
        connection.execute(
            text(
                f"create temporary table {name} on commit drop as"
                f" select {columns} from identity.person_link with no data"
            )
        )
    copy_out(
        duck, f"select {', '.join(HELD_COLUMNS)} from held", connection,
        "held_link", HELD_COLUMNS,
    )  # fmt: skip
    connection.execute(
        text(
            "create temporary table within_claim"
            " (rule text, method text, probability numeric(7, 6)) on commit drop"
        )
    )
    copy_out(
        duck, "select rule, method, probability from within_claim",
        connection, "within_claim", ("rule", "method", "probability"),
    )  # fmt: skip
    connection.execute(text(OWNERS_TABLE_SQL))
    copy_out(
        duck, "from person_of_cluster", connection, "person_of_cluster",
        tuple(OWNER_COLUMNS),
    )  # fmt: skip
    connection.execute(text("create unique index on person_of_cluster (cluster)"))
    connection.execute(text("analyze person_of_cluster"))
    connection.execute(text("analyze held_link (cluster)"))
    for statement in (LINKS_SQL, SCOPE_SQL):
        connection.execute(text(statement))
    connection.execute(
        text("analyze arriving_link (record_key, person_id, method, linked_to)")
    )
    connection.execute(text("analyze link_scope"))
