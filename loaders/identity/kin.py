"""Kin: records that any rule could ever connect, so that a rule's work is done kin by kin.

Goes in: the workbench with its strong keys. Comes out: the table `kin`, every record with
the first record of its group. What rules decide about a record is a function of its group
alone: a delivery needs no more of the warehouse than the groups that it touches.
"""

from __future__ import annotations

import duckdb

# A prefix connects only where a damaged number needs it; a reference from both its ends.
TIES_SQL = """
create or replace table tie as
with

held as (
    select strong.kind, strong.key, strong.n
    from strong
    anti join crowded on strong.kind = crowded.kind and strong.key = crowded.key
    where strong.kind not in ('prefix', 'damaged', 'record')
    union
    -- Whose number a child's mother has is she.
    select 'id', strong.key, strong.n
    from strong
    anti join crowded on crowded.kind = 'id' and strong.key = crowded.key
    where strong.kind = 'mother'
    union
    select 'damaged', strong.key, strong.n
    from strong
    where
        strong.kind in ('prefix', 'damaged')
        and strong.key in (select key from strong where kind = 'damaged')
    union
    select 'record', strong.key, strong.n from strong where strong.kind = 'record'
    union
    select 'record', stable_hash(source.record_key), source.n
    from source
    semi join strong
        on strong.kind = 'record' and stable_hash(source.record_key) = strong.key
    union
    select 'decision', decision_no, source.n
    from decision
    inner join source
        on source.record_key in (decision.record_key_a, decision.record_key_b)
),

hashed as (
    select hash(kind, key) as tie, n from held
)

-- What one record alone bears ties nobody.
select tie, n
from hashed
where tie in (select tie from hashed group by tie having min(n) < max(n))
"""
BEGIN_SQL = "create or replace table kin as select n, n as first from source"
# Everyone takes the smallest number met in a group, then the number of that number.
SPREAD_SQL = """
create or replace table spread as
select kin.n, least(kin.first, min(smallest.first)) as first
from kin
inner join tie on kin.n = tie.n
inner join (
    select tie.tie, min(kin.first) as first
    from tie inner join kin on tie.n = kin.n
    group by tie.tie
) as smallest on tie.tie = smallest.tie
group by kin.n, kin.first
having min(smallest.first) < kin.first
"""
JUMP_SQL = """
create or replace table kin as
with

moved as (
    select kin.n, coalesce(spread.first, kin.first) as first
    from kin
    left join spread on kin.n = spread.n
)

-- The one that it follows may have moved as well.
select moved.n, least(moved.first, followed.first) as first
from moved
inner join moved as followed on moved.first = followed.n
"""


def find_kin(duck: duckdb.DuckDBPyConnection) -> None:
    """Make the table `kin` (n, first): the groups of records that share a key."""
    duck.execute(TIES_SQL)
    duck.execute(BEGIN_SQL)
    while True:
        duck.execute(SPREAD_SQL)
        [(moved,)] = duck.execute("select count(*) from spread").fetchall()
        if not moved:
            return
        duck.execute(JUMP_SQL)
