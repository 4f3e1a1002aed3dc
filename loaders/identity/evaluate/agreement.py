"""How well two ways of grouping records agree: pairwise, and record by record (B³).

Goes in: who is who as found, and as it is. Comes out: counts and the measures that papers
report. Nothing is enumerated: records are counted per found person, per true person and
per both, and n records make n(n-1)/2 pairs, so memory grows with the persons.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, text

# Pairs and per-record shares follow from the sizes of the two groups and of what they share.
COUNTS_SQL = """
with

record as (
    select found.person_id as found_id, truth.person_id as true_id
    from {found} as found
    inner join {truth} as truth on found.record_key = truth.record_key
    where found.person_id is not null and truth.person_id is not null
),

shared as (
    select found_id, true_id, count(*)::numeric as n from record group by found_id, true_id
),

found_group as (
    select found_id, sum(n) as n from shared group by found_id
),

true_group as (
    select true_id, sum(n) as n from shared group by true_id
)

select
    (select coalesce(sum(n), 0) from shared),
    (select coalesce(sum(n * (n - 1) / 2), 0) from shared),
    (select coalesce(sum(n * (n - 1) / 2), 0) from found_group),
    (select coalesce(sum(n * (n - 1) / 2), 0) from true_group),
    (
        select coalesce(sum(shared.n * shared.n / found_group.n), 0)
        from shared inner join found_group on shared.found_id = found_group.found_id
    ),
    (
        select coalesce(sum(shared.n * shared.n / true_group.n), 0)
        from shared inner join true_group on shared.true_id = true_group.true_id
    )
"""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of pairs, and sums over records for B³; the measures follow from them."""

    records: int
    right_pairs: int
    found_pairs: int
    true_pairs: int
    b3_precision_sum: float
    b3_recall_sum: float

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
        return _harmonic(self.precision, self.recall)

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
        return _harmonic(self.b3_precision, self.b3_recall)


def agreement_of_tables(engine: Engine, found: str, truth: str) -> Agreement:
    """Compare two PostgreSQL tables of (record_key, person_id), records in both only."""
    with engine.connect() as connection:
        sql = COUNTS_SQL.format(found=found, truth=truth)
        records, right, linked, true, *sums = connection.execute(text(sql)).one()
    return Agreement(int(records), int(right), int(linked), int(true), *map(float, sums))


def _share(part: float, whole: float) -> float:
    # Nothing linked is nothing wrong, and nobody to find is nobody missed.
    return part / whole if whole else 1.0


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other else 0.0
