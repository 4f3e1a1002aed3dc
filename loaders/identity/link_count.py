"""How many records each rule has linked, kept and not counted again.

Goes in: the links, or in `link_change` those that a run has changed. Comes out: the table
`identity.link_count`. To count all links took as long as to link a day's records.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

EVERYBODY_SQL = """
insert into identity.link_count (rule, records, set_aside)
select rule, count(*), count(*) filter (where person_id is null)
from identity.person_link
group by rule
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


def count_links(connection: Connection, *, everybody: bool) -> list[LinkCount]:
    """The counts after a run; of all links anew, or by what the run has changed."""
    if everybody:
        connection.execute(text("truncate identity.link_count"))
    connection.execute(text(EVERYBODY_SQL if everybody else CHANGED_SQL))
    return [
        LinkCount(row.rule, row.records, row.set_aside)
        for row in connection.execute(text(COUNTS_SQL))
    ]
