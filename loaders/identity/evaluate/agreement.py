"""How well two ways of grouping records agree: pairwise, and record by record (B³).

Goes in: who is who as found, and as it is. Comes out: counts and the measures that papers
report, of all records and of each stratum. A pair belongs to a stratum when one of its
records does. Nothing is enumerated: records are counted per found person, per true person
and per both, and n records make n(n-1)/2 pairs, so memory grows with the persons.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, text

ALL = "all"
# Of n records with m in the stratum, the pairs that touch it are all but those of the rest.
TOUCHING = "({n} * ({n} - 1) - ({n} - {m}) * ({n} - {m} - 1)) / 2"
COUNTS_SQL = f"""
with

record as (
    select found.record_key, found.person_id as found_id, truth.person_id as true_id
    from {{found}} as found
    inner join {{truth}} as truth on found.record_key = truth.record_key
    where found.person_id is not null and truth.person_id is not null
),

sized as (
    select
        *,
        count(*) over (partition by found_id)::numeric as in_found,
        count(*) over (partition by true_id)::numeric as in_true,
        count(*) over (partition by found_id, true_id)::numeric as in_both
    from record
),

-- A stratum counts a record once, however often it is named in it.
member as (
    select '{ALL}' as stratum, sized.* from sized
    union all
    select stratum.stratum, sized.*
    from sized
    inner join (select distinct record_key, stratum from {{strata}}) as stratum
        on sized.record_key = stratum.record_key
),

both_groups as (
    select
        stratum, found_id, true_id, min(in_both) as n, count(*)::numeric as m,
        min(in_found) as in_found, min(in_true) as in_true
    from member
    group by stratum, found_id, true_id
),

found_groups as (
    select stratum, min(in_found) as n, sum(m) as m from both_groups
    group by stratum, found_id
),

true_groups as (
    select stratum, min(in_true) as n, sum(m) as m from both_groups
    group by stratum, true_id
),

found_pairs as (
    select stratum, sum({TOUCHING.format(n="n", m="m")}) as pairs from found_groups
    group by stratum
),

true_pairs as (
    select stratum, sum({TOUCHING.format(n="n", m="m")}) as pairs from true_groups
    group by stratum
)

select
    both_groups.stratum,
    sum(both_groups.m),
    sum({TOUCHING.format(n="both_groups.n", m="both_groups.m")}),
    min(found_pairs.pairs),
    min(true_pairs.pairs),
    sum(both_groups.m * both_groups.n / in_found),
    sum(both_groups.m * both_groups.n / in_true)
from both_groups
inner join found_pairs on both_groups.stratum = found_pairs.stratum
inner join true_pairs on both_groups.stratum = true_pairs.stratum
group by both_groups.stratum
order by both_groups.stratum
"""
NO_STRATA = "(select null::text as record_key, null::text as stratum where false)"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of pairs, and sums over records for B³; the measures follow from them."""

    records: int = 0
    right_pairs: int = 0
    found_pairs: int = 0
    true_pairs: int = 0
    b3_precision_sum: float = 0
    b3_recall_sum: float = 0

    @property
    def precision(self) -> float:
        """Of the pairs that were linked, the share that is one person."""
        return _share(self.right_pairs, self.found_pairs)

    @property
    def recall(self) -> float:
        """Of the pairs that are one person, the share that was linked."""
        return _share(self.right_pairs, self.true_pairs)

    @property
    def f1(self) -> float:
        return harmonic(self.precision, self.recall)

    @property
    def b3_precision(self) -> float:
        """How much of a record's found person is its own, on average over the records."""
        return _share(self.b3_precision_sum, self.records)

    @property
    def b3_recall(self) -> float:
        """How much of a record's true person was found, on average over the records."""
        return _share(self.b3_recall_sum, self.records)

    @property
    def b3_f1(self) -> float:
        return harmonic(self.b3_precision, self.b3_recall)


def agreement_by_stratum(
    connection: Connection, found: str, truth: str, strata: str = NO_STRATA
) -> dict[str, Agreement]:
    """Compare tables of (record_key, person_id); records count that are in both.

    `strata` is a table of (record_key, stratum). The result has an entry `all` first, then
    one per stratum that has records; no record in both is an `all` of nothing.
    """
    sql = COUNTS_SQL.format(found=found, truth=truth, strata=strata)
    result = {ALL: Agreement()}
    rows: list[Any] = list(connection.execute(text(sql)))
    for stratum, records, right, linked, true, *sums in rows:
        counts = Agreement(
            int(records), int(right), int(linked), int(true), *map(float, sums)
        )
        result[str(stratum)] = counts
    return result


def agreement_of_tables(engine: Engine, found: str, truth: str) -> Agreement:
    """Compare two tables of (record_key, person_id) as a whole."""
    with engine.connect() as connection:
        return agreement_by_stratum(connection, found, truth)[ALL]


def harmonic(one: float, other: float) -> float:
    """The mean that is small when either is."""
    return 2 * one * other / (one + other) if one + other else 0.0


def _share(part: float, whole: float) -> float:
    # Nothing linked is nothing wrong, and nobody to find is nobody missed.
    return part / whole if whole else 1.0
