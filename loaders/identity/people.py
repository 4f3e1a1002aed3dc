"""From rule clusters and scored pairs to persons, for the clusters that could be touched.

Goes in: the temporary table `met` and the state. Comes out: the temporary tables
`person_of_cluster` (clusters with their persons) and `member` (the same clusters), and the
clustering itself for whoever asks why two of them are not one. What is decided of a cluster
is a function of the clusters that scored pairs connect it with, and of nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from loaders.identity.bands import ScoredPair, edges_beyond_doubt
from loaders.identity.clusters import Clusters, Facts
from loaders.identity.ledger import issue_person_id
from loaders.identity.life import life_from_json
from loaders.identity.person_name import PersonName
from loaders.identity.rules import Edge

SPREAD_SQL = """
insert into member
select near.cluster
from (
    select pair_score.cluster_b as cluster
    from newest inner join identity.pair_score on newest.cluster = pair_score.cluster_a
    union
    select pair_score.cluster_a
    from newest inner join identity.pair_score on newest.cluster = pair_score.cluster_b
) as near
where near.cluster not in (select cluster from member)
returning cluster
"""
FACTS_SQL = """
select
    rule_cluster.cluster, rule_cluster.proven, rule_cluster.unproven, rule_cluster.barred,
    rule_cluster.faces, rule_cluster.strangers, rule_cluster.life
from (
    select pair_score.cluster_a as cluster
    from member inner join identity.pair_score on member.cluster = pair_score.cluster_a
    union
    select pair_score.cluster_b
    from member inner join identity.pair_score on member.cluster = pair_score.cluster_a
) as paired
inner join identity.rule_cluster on paired.cluster = rule_cluster.cluster
"""
MEMBERS_SQL = """
select rule_cluster.cluster, rule_cluster.record_key
from member
inner join identity.rule_cluster on member.cluster = rule_cluster.cluster
order by rule_cluster.place collate "C"
"""
PAIRS_SQL = """
select
    pair_score.cluster_a, pair_score.cluster_b, pair_score.record_key_a,
    pair_score.record_key_b, pair_score.weight, pair_score.probability, pair_score.levels
from member
inner join identity.pair_score on member.cluster = pair_score.cluster_a
"""


@dataclass(frozen=True)
class People:
    """Clusters by their number, which follows the order of their first records."""

    clusters: Clusters
    pairs: list[ScoredPair]
    refused: list[tuple[Edge, str]]
    linked: int
    persons: int


def decide_people(connection: Connection) -> People:
    """Decide which of the touched clusters are one person."""
    _find_members(connection)
    rows = connection.execute(text(MEMBERS_SQL)).all()
    number = {row.cluster: n for n, row in enumerate(rows)}
    # Who is in no pair is compared with nobody.
    facts = dict.fromkeys(number.values(), Facts())
    for row in connection.execute(text(FACTS_SQL)):
        facts[number[row.cluster]] = _facts(row, number)
    pairs = sorted(
        _pairs(connection, number), key=lambda pair: (-pair.weight, pair.a, pair.b)
    )
    clusters = Clusters(facts)
    edges = edges_beyond_doubt(pairs, clusters)
    refused = clusters.join_all(edges)
    persons = _write_people(connection, rows, clusters, pairs)
    return People(clusters, pairs, refused, len(edges) - len(refused), persons)


def _find_members(connection: Connection) -> None:
    """Everybody whom scored pairs connect with a cluster that was touched."""
    connection.execute(
        text(
            "create temporary table member on commit drop as"
            " select distinct met.cluster from met"
            " inner join identity.rule_cluster on met.cluster = rule_cluster.cluster"
        )
    )
    connection.execute(text("create unique index on member (cluster)"))
    connection.execute(
        text("create temporary table newest on commit drop as select cluster from member")
    )
    while True:
        connection.execute(text("analyze member"))
        connection.execute(text("analyze newest"))
        found: Sequence[int] = connection.execute(text(SPREAD_SQL)).scalars().all()
        if not found:
            return
        connection.execute(text("truncate newest"))
        connection.execute(
            text("insert into newest select unnest(cast(:found as bigint[]))"),
            {"found": list(found)},
        )


def _facts(row: Any, number: Mapping[int, int]) -> Facts:
    return Facts(
        frozenset(row.proven),
        frozenset(row.unproven),
        frozenset(row.barred),
        frozenset(
            (_name(said[:-1]), date.fromisoformat(said[-1]) if said[-1] else None)
            for said in row.faces
        ),
        frozenset(number[c] for c in row.strangers if c in number),
        life_from_json(row.life),
    )


def _name(said: list[Any]) -> PersonName:
    # JSON knows no tuples.
    parts: list[Any] = [tuple(one) if isinstance(one, list) else one for one in said]
    return PersonName(*parts)


def _pairs(connection: Connection, number: Mapping[int, int]) -> list[ScoredPair]:
    pairs = []
    for row in connection.execute(text(PAIRS_SQL)):
        one, other = number[row.cluster_a], number[row.cluster_b]
        keys = row.record_key_a, row.record_key_b
        if one > other:
            one, other, keys = other, one, keys[::-1]
        pairs.append(ScoredPair(one, other, *keys, row.weight, row.probability, row.levels))
    return pairs


def _write_people(
    connection: Connection, rows: Any, clusters: Clusters, pairs: list[ScoredPair]
) -> int:
    """The temporary table `person_of_cluster`: each cluster's person, and by which pair."""
    keys = {(pair.a, pair.b): (pair.record_key_a, pair.record_key_b) for pair in pairs}
    ties = clusters.spanning_links()
    persons = {}
    connection.execute(
        text(
            "create temporary table person_of_cluster (cluster bigint, head text,"
            " person_id text, method text, rule text, probability numeric(7, 6),"
            " linked_to text) on commit drop"
        )
    )
    driver: Any = connection.connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy("copy person_of_cluster from stdin") as copy,
    ):
        for n, row in enumerate(rows):
            root = clusters.cluster_of(n)
            if root not in persons:
                persons[root] = issue_person_id(rows[root].record_key)
            how: tuple[object, ...] = ("first", "first_record", 1, None)
            if n in ties:
                tie = ties[n]
                low, high = keys[min(tie.a, tie.b), max(tie.a, tie.b)]
                near = low if tie.a < tie.b else high
                how = ("probabilistic", tie.rule, round(tie.probability, 6), near)
            copy.write_row((row.cluster, row.record_key, persons[root], *how))
    connection.execute(text("create unique index on person_of_cluster (cluster)"))
    connection.execute(text("analyze person_of_cluster"))
    return len(persons)
