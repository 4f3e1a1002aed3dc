"""From rule clusters to scored pairs, for the clusters that changed and no others.

Goes in: the rule clusters of the touched kin groups. Comes out: `identity.pair_score` as if
every pair had been scored anew and, unless all are, the temporary tables `touched`
(clusters whose pairs were) and `met` (those, all others in scope, and whoever has or had a
pair with one).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb
from sqlalchemy import Connection, text

from loaders.identity.behind import Behind
from loaders.identity.blocking import (
    count_crowds,
    find_pairs,
    find_shared_keys,
    lay_out_blocks,
)
from loaders.identity.neighbours import (
    BEARER,
    BLOCK_COLUMNS,
    CROWDED,
    limits,
    see_blocks,
    see_profiles,
)
from loaders.identity.profiles import lay_out_profiles, lay_out_signatures
from loaders.identity.scoring import keep_statements, score
from loaders.identity.state import renew_statistics
from loaders.identity.workbench import copy_in, copy_out

Report = Callable[[str], None]

BLOCK_NAMES = ", ".join(BLOCK_COLUMNS)
# As text, which is what the state holds.
BLOCKS = BLOCK_NAMES.replace("kind", "kind::varchar as kind")
BLOCK_INDEXES = {
    "block_key": "block (key)",
    "block_cluster": "block (cluster)",
    "profile_cluster": "profile (cluster)",
}
# Keys whose crowd may have changed: those that a changed cluster has won or lost. What it
# keeps counts as before, and stays where it is.
MOVED_BLOCK_SQL = (
    f"""
    create temporary table former_block on commit drop as
    select {BLOCK_NAMES} from identity.block
    where cluster in (select cluster from changed_cluster)
    """,
    """
    create temporary table gone_block on commit drop as
    select * from former_block except select * from fresh_block
    """,
    f"""
    create temporary table new_block on commit drop as
    select {BLOCK_NAMES} from fresh_block except select {BLOCK_NAMES} from former_block
    """,
    """
    create temporary table moved_key on commit drop as
    select kind, key from gone_block union select kind, key from new_block
    """,
    "analyze moved_key",
    "analyze gone_block",
    "analyze new_block",
)
REPLACE_BLOCKS_SQL = (
    """
    delete from identity.block as known using gone_block as gone
    where
        known.cluster = gone.cluster
        and known.kind = gone.kind
        and known.key = gone.key
        and known.face = gone.face
        and known.is_proven = gone.is_proven
        and known.phone is not distinct from gone.phone
    """,
    f"insert into identity.block ({BLOCK_NAMES}) select {BLOCK_NAMES} from new_block",
    """
    delete from identity.profile
    where cluster in (select cluster from changed_cluster)
    """,
)
# Before and after in one: what is there now, and beside it what has gone.
CROWD_SQL = f"""
create temporary table crowd on commit drop as
select
    kind, key,
    count(distinct bearer) filter (where not is_new) > {CROWDED} as was_crowded,
    count(distinct bearer) filter (where not is_gone) > {CROWDED} as is_crowded
from (
    select
        block.kind, block.key, {BEARER} as bearer, false as is_gone,
        fresh.cluster is not null as is_new
    from moved_key
    inner join identity.block
        on moved_key.key = block.key and moved_key.kind = block.kind
    left join new_block as fresh
        on block.cluster = fresh.cluster
        and block.key = fresh.key
        and block.kind = fresh.kind
        and block.face = fresh.face
        and block.phone is not distinct from fresh.phone
    union all
    select block.kind, block.key, {BEARER}, true, false from gone_block as block
) as borne
group by kind, key
"""
# Where a key becomes crowded or ceases to be, everybody who has it is looked at again.
TOUCH_SQL = """
insert into touched
select cluster from changed_cluster
union
select block.cluster
from crowd
inner join identity.block on crowd.key = block.key and crowd.kind = block.kind
where crowd.was_crowded <> crowd.is_crowded
"""
PROFILE_PAIR_SQL = """
create or replace table profile_pair as
select distinct '0' as match_key, one.profile as join_key_l, other.profile as join_key_r
from cluster_pair
inner join profile as one on cluster_pair.cluster_a = one.cluster
inner join profile as other on cluster_pair.cluster_b = other.cluster
where
    not (one.is_owner and other.is_owner)
    or (one.sound = other.sound and one.born_on = other.born_on)
"""


def renew_pairs(
    connection: Connection,
    behind: Behind,
    duck: duckdb.DuckDBPyConnection,
    is_full: bool,
    statements: Sequence[str],
    report: Report,
) -> int:
    """Bring blocks, profiles and pair scores up to date; returns how many were scored.

    Needs the table `standing` in the workbench and `former_cluster` in the warehouse: the
    rule clusters that the touched kin groups had before. `statements` are those that score.
    """
    lay_out_profiles(duck)
    lay_out_blocks(duck)
    behind.do(lay_out_signatures, duck.cursor())
    if is_full:
        behind.do(_write_blocks, connection, duck)
        duck.execute("create or replace table touched as select cluster from owner")
        duck.execute("create or replace view seen_block as from fresh_block")
        find_shared_keys(duck)
        count_crowds(duck)
    else:
        _find_changed(connection, duck)
        _replace_blocks(connection, duck)
        see_blocks(connection, duck)
        find_shared_keys(duck)
    pairs = find_pairs(duck, report)
    _lay_out_profiles_of_pairs(connection, duck, is_full)
    fresh = score(duck, statements) if pairs else []
    behind.do(keep_statements, connection, fresh)
    if not is_full:
        _forget_scores(connection)
    behind.do(_write_scores, connection, duck, pairs)
    return pairs


def _find_changed(connection: Connection, duck: duckdb.DuckDBPyConnection) -> None:
    """`changed_cluster`: clusters that are new, say something else, or are no more."""
    connection.execute(
        text(
            "create temporary table fresh_signature (cluster bigint, signature bigint)"
            " on commit drop"
        )
    )
    copy_out(
        duck.cursor(), "select cluster, signature from fresh_signature", connection,
        "fresh_signature", ("cluster", "signature"),
    )  # fmt: skip
    connection.execute(text("analyze fresh_signature"))
    for statement in (
        """
        create temporary table changed_cluster on commit drop as
        select
            coalesce(fresh.cluster, former.cluster) as cluster,
            fresh.cluster is null as is_gone
        from fresh_signature as fresh
        full join former_cluster as former on fresh.cluster = former.cluster
        where fresh.signature is distinct from former.signature
        """,
        "analyze changed_cluster",
        "create temporary table touched (cluster bigint) on commit drop",
    ):
        connection.execute(text(statement))


def _write_blocks(connection: Connection, duck: duckdb.DuckDBPyConnection) -> None:
    """Blocks and profiles of everybody."""
    for index in BLOCK_INDEXES:
        connection.execute(text(f"drop index if exists identity.{index}"))
    copy_out(
        duck.cursor(),
        f"select {BLOCKS} from fresh_block",
        connection,
        "identity.block",
        BLOCK_COLUMNS,
    )
    _write_profiles(connection, duck)
    for index, columns in BLOCK_INDEXES.items():
        connection.execute(text(f"create index {index} on identity.{columns}"))


def _replace_blocks(connection: Connection, duck: duckdb.DuckDBPyConnection) -> None:
    """Blocks and profiles of the clusters that changed; all that they touch."""
    copy_in(connection, "select cluster::text from changed_cluster", duck, "changed")
    duck.execute(
        "create or replace table changed as select cluster::bigint as cluster from changed"
    )
    connection.execute(
        text(
            "create temporary table fresh_block on commit drop as"
            " select * from identity.block with no data"
        )
    )
    copy_out(
        duck, f"select {BLOCKS} from fresh_block semi join changed using (cluster)",
        connection, "fresh_block", BLOCK_COLUMNS,
    )  # fmt: skip
    for statement in MOVED_BLOCK_SQL:
        connection.execute(text(statement))
    for statement in REPLACE_BLOCKS_SQL:
        connection.execute(text(statement))
    _write_profiles(connection, duck, "semi join changed using (cluster)")
    connection.execute(text(CROWD_SQL), limits())
    connection.execute(text(TOUCH_SQL))
    connection.execute(text("analyze touched"))


def _write_profiles(
    connection: Connection, duck: duckdb.DuckDBPyConnection, which: str = ""
) -> None:
    columns = ("cluster", "place", "content")
    query = f"select {', '.join(columns)} from fresh_content {which}"
    copy_out(duck.cursor(), query, connection, "identity.profile", columns)


def _lay_out_profiles_of_pairs(
    connection: Connection, duck: duckdb.DuckDBPyConnection, is_full: bool
) -> None:
    """The table `profile` of all clusters that are in a pair, and the pairs of profiles."""
    if is_full:
        duck.execute("create or replace view known_profile as from fresh_profile")
        duck.execute("create or replace view known_name as from name")
    else:
        see_profiles(connection, duck)
    duck.execute(
        """
        create or replace table profile as
        with

        paired as (
            select cluster_a as cluster from cluster_pair
            union
            select cluster_b from cluster_pair
        ),

        -- What is sorted is narrow; the profiles are joined to it.
        numbered as (
            select
                known.cluster, known.place,
                row_number() over (order by known.cluster, known.place)::integer as profile
            from known_profile as known
            semi join paired on known.cluster = paired.cluster
        ),

        owning as (
            select seen.cluster, bool_or(seen.is_proven) as is_proven
            from seen_block as seen
            semi join paired on seen.cluster = paired.cluster
            group by seen.cluster
        )

        select
            numbered.profile,
            owning.is_proven as is_owner,
            known.* exclude (name_id) replace (
                list_filter(
                    known.phones,
                    lambda phone: not list_contains(shared.keys, stable_hash(phone))
                ) as phones
            ),
            name.key as name_key,
            name.* exclude (name_id, key, pinyin)
        from numbered
        inner join known_profile as known
            on numbered.cluster = known.cluster and numbered.place = known.place
        inner join known_name as name on known.name_id = name.name_id
        inner join owning on numbered.cluster = owning.cluster
        cross join (select coalesce(list(key), []) as keys from group_phone) as shared
        """
    )
    duck.execute(PROFILE_PAIR_SQL)


def _forget_scores(connection: Connection) -> None:
    """Forget the pairs of the touched clusters, but for the table `met`."""
    connection.execute(
        text(
            """
            create temporary table met on commit drop as
            select cluster_a as cluster from identity.pair_score
            where cluster_b in (select cluster from touched)
            union
            select cluster_b from identity.pair_score
            where cluster_a in (select cluster from touched)
            union
            select cluster from touched
            union
            select cluster from fresh_signature
            """
        )
    )
    connection.execute(
        text(
            """
            delete from identity.pair_score
            where cluster_a in (select cluster from touched)
                or cluster_b in (select cluster from touched)
            """
        )
    )


def _write_scores(
    connection: Connection, duck: duckdb.DuckDBPyConnection, scored: int
) -> None:
    if scored:
        columns = (
            "cluster_a", "cluster_b", "record_key_a", "record_key_b", "weight",
            "probability", "levels",
        )  # fmt: skip
        query = f"select {', '.join(columns[:-1])}, levels::varchar from scored"
        copy_out(duck.cursor(), query, connection, "identity.pair_score", columns)
    renew_statistics(connection, "identity.pair_score", scored, "(cluster_a, cluster_b)")
