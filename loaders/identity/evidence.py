"""Rule clusters and scored pairs, as persons are decided from them.

Goes in: of everybody, what this run has in memory; of a small change, the temporary table
`met` and the state, which also makes the temporary table `member`: whoever scored pairs
connect with a cluster that was touched. What is decided of a cluster is a function of the
clusters that scored pairs connect it with, and of nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
from sqlalchemy import Connection, text

from loaders.identity.bands import ScoredPair
from loaders.identity.clusters import Clusters, Facts
from loaders.identity.life import life_from_json
from loaders.identity.person_name import name_of_parts

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
select rule_cluster.cluster, rule_cluster.record_key, rule_cluster.named_since
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
# Numbers in the workbench follow the order of records.
EVERYBODY_SQL = """
select source.record_no, source.record_key, source.named_since, source.n
from source
semi join standing on source.n = standing.cluster
order by source.n
"""
SCORED_SQL = """
select
    cluster_a, cluster_b, record_key_a, record_key_b, weight, probability,
    levels::varchar as levels
from scored
"""


@dataclass(frozen=True)
class Evidence:
    """What persons are decided from.

    `heads` are the clusters with the keys of their first records, and since when these keys
    name whom they name, in the order of the records; `facts` and `pairs` know each cluster
    by its place among them.
    """

    heads: Sequence[tuple[int, str, str | None]]
    facts: Mapping[int, Facts]
    pairs: Sequence[ScoredPair]


def evidence_of_everybody(
    duck: duckdb.DuckDBPyConnection, ruled: Clusters, scored: int
) -> Evidence:
    """The clusters that rules made of all records, and the likely of `scored` pairs."""
    rows = duck.execute(EVERYBODY_SQL).fetchall()
    number = {cluster: n for n, (cluster, _, _, _) in enumerate(rows)}
    place = {first: n for n, (_, _, _, first) in enumerate(rows)}
    found = duck.execute(SCORED_SQL).fetchall() if scored else []
    # Few combinations of levels are met, and each of them often.
    levels = {said: json.loads(said) for said in {row[-1] for row in found}}
    pairs = _numbered(((*row[:-1], levels[row[-1]]) for row in found), number)
    facts = dict.fromkeys(number.values(), Facts())
    for n in {n for pair in pairs for n in (pair.a, pair.b)}:
        said = ruled.facts(rows[n][3])
        strangers = frozenset(place[ruled.cluster_of(one)] for one in said.strangers)
        facts[n] = said._replace(strangers=strangers)
    return Evidence([row[:3] for row in rows], facts, pairs)


def evidence_of_touched(connection: Connection) -> Evidence:
    """The same of the clusters that a small change could touch, from the state."""
    _find_members(connection)
    heads = [
        (row.cluster, row.record_key, row.named_since)
        for row in connection.execute(text(MEMBERS_SQL))
    ]
    number = {cluster: n for n, (cluster, _, _) in enumerate(heads)}
    # Who is in no pair is compared with nobody.
    facts = dict.fromkeys(number.values(), Facts())
    for row in connection.execute(text(FACTS_SQL)):
        facts[number[row.cluster]] = _facts(row, number)
    found: Any = connection.execute(text(PAIRS_SQL))
    return Evidence(heads, facts, _numbered(found, number))


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
            (name_of_parts(said[:-1]), date.fromisoformat(said[-1]) if said[-1] else None)
            for said in row.faces
        ),
        frozenset(number[c] for c in row.strangers if c in number),
        life_from_json(row.life),
    )


def _numbered(found: Iterable[Any], number: Mapping[int, int]) -> list[ScoredPair]:
    pairs = []
    for cluster_a, cluster_b, key_a, key_b, weight, probability, levels in found:
        one, other = number[cluster_a], number[cluster_b]
        keys = key_a, key_b
        if one > other:
            one, other, keys = other, one, keys[::-1]
        pairs.append(ScoredPair(one, other, *keys, weight, probability, levels))
    return pairs
