"""Kin: records that any rule could ever connect, so that a rule's work is done kin by kin.

Goes in: the workbench with its strong keys. Comes out: the table `kin`, every record with
the number of its group's first record. What rules decide about a record is a function of
its group alone: a delivery needs no more of the warehouse than the groups that it touches.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from numpy.typing import NDArray

Numbers = NDArray[np.int32]

# A prefix connects only where a damaged number needs it; a reference from both its ends.
TIES_SQL = """
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
    select distinct hash(held.kind, held.key) as tie, unit.unit
    from held
    inner join unit on held.n = unit.n
),

-- What one alone bears ties nobody.
smallest as (
    select tie, min(unit) as unit from hashed group by tie having min(unit) < max(unit)
)

select smallest.unit as one, hashed.unit as other
from hashed
inner join smallest on hashed.tie = smallest.tie
where hashed.unit > smallest.unit
"""
# The records of a claim share a number: they are of one group, and tied once.
UNIT_SQL = """
create or replace table unit as
select source.n, coalesce(record.claim, source.n) as unit
from source
left join record on source.n = record.n
"""
KIN_SQL = """
create or replace table kin as
select unit.n, first.record_no as kin
from unit
left join tied on unit.unit = tied.unit
inner join source as first on coalesce(tied.first, unit.unit) = first.n
"""


def find_kin(duck: duckdb.DuckDBPyConnection) -> None:
    """Make the table `kin` (n, kin): the groups of records that share a key."""
    duck.execute(UNIT_SQL)
    ties = duck.sql(TIES_SQL).to_arrow_table()
    one, other = (ties[name].to_numpy() for name in ("one", "other"))
    first = _first_of_group(one, other)
    tied = np.flatnonzero(first != np.arange(len(first)))
    duck.register(
        "tied",
        pa.table({"unit": tied.astype(np.int32), "first": first[tied]}),
    )
    duck.execute(KIN_SQL)
    duck.unregister("tied")


def _first_of_group(one: Numbers, other: Numbers) -> Numbers:
    """For every number up to the last that is tied: the first of those it is tied with."""
    first = np.arange(int(other.max(initial=0)) + 1, dtype=np.int32)
    while True:
        low, high = (
            np.minimum(first[one], first[other]),
            np.maximum(first[one], first[other]),
        )
        if np.array_equal(low, high):
            return first
        np.minimum.at(first, high, low)
        # What was the first of its group may have one before it by now.
        while not np.array_equal(first, first[first]):
            first = first[first]
