"""How many records each rule has linked, kept and not counted again.

Goes in: in the workbench the links of everybody, or in `link_change` those that a run has
changed. Comes out: the table `identity.link_count`. To count all links where they are
written took as long as to link a day's records.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
from sqlalchemy import Connection, text

from loaders.identity.workbench import copy_out

EVERYBODY_SQL = """
select
    if(held.is_head, owner.rule, held.rule) as rule, count(*) as records,
    count(*) filter (where owner.person_id is null) as set_aside
from held
left join person_of_cluster as owner on held.cluster = owner.cluster
group by all
"""
CHANGED_SQL = """
insert into identity.link_count as known (rule, records, set_aside)
select rule, sum(records), sum(set_aside)
from (
    select old_rule as rule, -1 as records, -(old_person_id is null)::integer as set_aside
    from link_change
    where was_there
    union all
    select rule, 1, (new_person_id is null)::integer
    from link_change
    where is_there
) as changed
group by rule
on conflict (rule) do update
set
    records = known.records + excluded.records,
    set_aside = known.set_aside + excluded.set_aside
"""
COUNTS_SQL = "select rule, records, set_aside from identity.link_count where records > 0"


@dataclass(frozen=True)
class LinkCount:
    """Of one rule: how many records, and how many of them are nobody's."""

    rule: str
    records: int
    set_aside: int


def count_links(
    connection: Connection, everybody: duckdb.DuckDBPyConnection | None
) -> list[LinkCount]:
    """The counts after a run: by what it has changed, or of the workbench of everybody."""
    if everybody is None:
        connection.execute(text(CHANGED_SQL))
    else:
        connection.execute(text("truncate identity.link_count"))
        columns = ("rule", "records", "set_aside")
        copy_out(everybody, EVERYBODY_SQL, connection, "identity.link_count", columns)
    return [
        LinkCount(row.rule, row.records, row.set_aside)
        for row in connection.execute(text(COUNTS_SQL))
    ]
