"""What a score is worth: of the pairs that the model scored so, how many are one person.

Goes in: `identity.pair_score`, the rule clusters it is about, and a truth. Comes out:
precision and recall for every threshold, and in each band of scores the share that is one
person beside what the model had said. Pairs below the review line are not kept, so the
curves begin there; what blocking never compared counts as missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

# A cluster is whoever most of its records are; the smaller id breaks a tie.
CLUSTER_SQL = """
create temporary table true_cluster as
select distinct on (cluster) cluster, person_id
from (
    select state.cluster, truth.person_id, count(*) as records
    from identity.record_state as state
    inner join {truth} as truth on state.record_key = truth.record_key
    where state.cluster is not null
    group by state.cluster, truth.person_id
) as counted
order by cluster, records desc, person_id
"""
BIN_SQL = """
select
    floor(score.weight * 2) / 2 as at_least,
    count(*),
    count(*) filter (where one.person_id = other.person_id),
    sum(score.probability)
from identity.pair_score as score
inner join true_cluster as one on score.cluster_a = one.cluster
inner join true_cluster as other on score.cluster_b = other.cluster
group by 1
order by 1
"""
TO_FIND_SQL = """
select coalesce(sum(clusters * (clusters - 1) / 2), 0) from (
    select count(*) as clusters from true_cluster group by person_id
) as person
"""


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs of one half bit of weight: how many, how many right, how many expected."""

    at_least: float
    pairs: int
    right: int
    expected: float


@dataclass(frozen=True, slots=True)
class Point:
    """What linking everything from a weight upwards would come to."""

    weight: float
    precision: float
    recall: float


@dataclass(frozen=True)
class Scores:
    """The scored pairs in half-bit bins, and how many pairs of clusters are one person."""

    bins: Sequence[Bin]
    to_find: int

    def curve(self) -> list[Point]:
        """One point per threshold, from the lowest."""
        points, pairs, right = [], 0, 0
        for found in reversed(self.bins):
            pairs, right = pairs + found.pairs, right + found.right
            recall = right / self.to_find if self.to_find else 1.0
            points.append(Point(found.at_least, right / pairs, recall))
        return points[::-1]


def read_scores(connection: Connection, truth: str) -> Scores | None:
    """Count the scored pairs against a table of (record_key, person_id).

    None where no scores are kept, or none of a pair whose truth is known.
    """
    for table in ("identity.pair_score", "identity.record_state"):
        if connection.scalar(text("select to_regclass(:name)"), {"name": table}) is None:
            return None
    connection.execute(text("drop table if exists pg_temp.true_cluster"))
    connection.execute(text(CLUSTER_SQL.format(truth=truth)))
    connection.execute(text("analyze true_cluster"))
    rows: list[Any] = list(connection.execute(text(BIN_SQL)))
    bins = [
        Bin(float(at_least), int(pairs), int(right), float(expected))
        for at_least, pairs, right, expected in rows
    ]
    to_find = connection.scalar(text(TO_FIND_SQL))
    return Scores(bins, int(to_find or 0)) if bins else None
