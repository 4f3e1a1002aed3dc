"""What is remembered of rule clusters: numbers, names and births, whom they must not meet.

Goes in: the tables `standing`, `claim` and `kin`, strangers, and the clustering for the
lives of clusters. Comes out: the table `ruled_cluster` of the workbench, and from it
`rule_cluster`.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
from sqlalchemy import Connection

from loaders.identity.changes import Change
from loaders.identity.clusters import Clusters
from loaders.identity.person_name import NAME_PARTS
from loaders.identity.replacing import replace_rows
from loaders.identity.rules import Pair
from loaders.identity.state import renew_statistics
from loaders.identity.workbench import copy_out, put_table

# A face is the parts of a name, as `PersonName` takes them, and last the birth date.
RULED_SQL = """
create or replace table ruled_cluster as
with

named as (
    select name_id, json_array({parts})::varchar as said from name
),

faced as (
    select distinct standing.cluster, claim.name_id, claim.born_on
    from standing
    inner join claim on standing.claim = claim.claim
),

seen as (
    select
        faced.cluster,
        string_agg(face.said, ',' order by face.said) as faces
    from faced
    inner join named on faced.name_id = named.name_id
    cross join lateral (
        select named.said[:-2] || ',"' || coalesce(faced.born_on::text, '') || '"]' as said
    ) as face
    group by faced.cluster
),

numbered as (
    select
        cluster,
        list_sort(list(distinct proven) filter (proven is not null)) as proven,
        list_sort(list(distinct unproven) filter (unproven is not null)) as unproven,
        list_sort(list(distinct barred) filter (barred is not null)) as barred
    from standing
    group by cluster
),

told as (
    select distinct mine.cluster, source.record_no
    from (from stranger union all select other, one from stranger) as pair
    inner join standing as mine on pair.one = mine.claim
    inner join standing as theirs on pair.other = theirs.claim
    inner join source on theirs.cluster = source.n
),

strange as (
    select cluster, list_sort(list(record_no)) as strangers from told group by cluster
)

select
    source.record_no as cluster, kin.kin, source.record_key, source.named_since,
    source.place, {proven} as proven, {unproven} as unproven, {barred} as barred,
    '[' || seen.faces || ']' as faces, {strangers} as strangers, lived.life
from numbered
inner join seen on numbered.cluster = seen.cluster
inner join source on numbered.cluster = source.n
inner join kin on numbered.cluster = kin.n
left join strange on numbered.cluster = strange.cluster
left join lived on numbered.cluster = lived.first
"""
# As PostgreSQL reads an array; of digits and letters alone, nothing needs quotes.
ARRAYS = {
    name: f"'{{' || coalesce(array_to_string({name}, ','), '') || '}}'"
    for name in ("proven", "unproven", "barred", "strangers")
}
COLUMNS = (
    "cluster", "kin", "record_key", "named_since", "place", "signature", "proven",
    "unproven", "barred", "faces", "strangers", "life",
)  # fmt: skip


def lay_out_lives(
    duck: duckdb.DuckDBPyConnection,
    clusters: Clusters,
    lived: Iterable[int],
    strangers: Iterable[Pair],
) -> None:
    """Make the tables `lived`, of clusters, and `stranger`, of claims.

    `lived` are the claims of whose lives something is known.
    """
    lives = [
        (first, life.to_json())
        for first in sorted({clusters.cluster_of(claim) for claim in lived})
        if (life := clusters.facts(first).life)
    ]
    put_table(duck, "lived", {"first": "integer", "life": "text"}, lives)
    columns = {"one": "integer", "other": "integer"}
    put_table(duck, "stranger", columns, list(strangers))


def lay_out_clusters(duck: duckdb.DuckDBPyConnection) -> None:
    """Make the table `ruled_cluster`; written when the signatures of profiles are there."""
    duck.execute(RULED_SQL.format(parts=NAME_PARTS, **ARRAYS))


def write_rule_clusters(connection: Connection, change: Change) -> None:
    """Write the rule clusters in scope with the signatures of their profiles."""
    duck = change.bench.duck.cursor()
    query = f"""
    select {", ".join(COLUMNS)}
    from ruled_cluster inner join fresh_signature using (cluster)
    """
    if change.is_full:
        copy_out(duck, query, connection, "identity.rule_cluster", COLUMNS)
    else:
        replace_rows(connection, duck, query, "rule_cluster", COLUMNS, ("cluster",))
    [(written,)] = duck.execute("select count(*) from ruled_cluster").fetchall()
    asked = "(cluster, kin, record_key, place)"
    renew_statistics(connection, "identity.rule_cluster", int(written), asked)
