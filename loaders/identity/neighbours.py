"""What a small change can be compared with, brought from the warehouse to the workbench.

Goes in: the temporary tables `touched` (clusters) and `crowd_after` (keys that were counted
already), the tables `block` and `profile` of the state. Comes out: in the workbench
`seen_block`, `group_phone` and `too_large`, then `known_profile` of whoever is in a pair.
Keys that too many share are counted where they are and never brought.
"""

from __future__ import annotations

import duckdb
from sqlalchemy import Connection, text

from loaders.identity.blocking import HOUSEHOLD_NAMES, LARGEST_BLOCK
from loaders.identity.workbench import copy_out, show

BLOCK_COLUMNS = ("kind", "key", "cluster", "face", "is_proven", "phone")
# Whether a key is shared by too many: a phone by their names, any other by themselves.
CROWD = """
    case
        when {keys}.kind = 'phone' then count(distinct block.face) > :household
        else count(distinct block.cluster) > :largest
    end as is_crowded
"""
SEEN_KEY_SQL = f"""
create temporary table seen_key on commit drop as
with

wanted as (
    select distinct kind, key from identity.block
    where cluster in (select cluster from touched)
)

select crowd_after.* from crowd_after inner join wanted using (kind, key)
union all
select uncounted.kind, uncounted.key, {CROWD.format(keys="uncounted")}
from (select * from wanted except select kind, key from crowd_after) as uncounted
inner join identity.block on uncounted.key = block.key and uncounted.kind = block.kind
group by uncounted.kind, uncounted.key
"""
SEEN_BLOCK_SQL = f"""
select {", ".join(f"block.{name}::text" for name in BLOCK_COLUMNS)}
from seen_key
inner join identity.block on seen_key.key = block.key and seen_key.kind = block.kind
where
    seen_key.kind <> 'phone'
    and not seen_key.is_crowded
    and (
        block.phone is null
        or block.phone not in (select key from seen_key where kind = 'phone' and is_crowded)
    )
"""
GROUP_PHONE_SQL = """
select key::text from seen_key where kind = 'phone' and is_crowded
"""
TOO_LARGE_SQL = """
select kind, count(*)::text as keys
from seen_key where kind <> 'phone' and is_crowded
group by kind
"""
PARTNER_PHONE_SQL = """
select wanted.key::text
from (
    select distinct key from identity.block
    where kind = 'phone' and cluster in (select cluster from partner)
) as wanted
inner join identity.block on wanted.key = block.key and block.kind = 'phone'
group by wanted.key
having count(distinct block.face) > {household}
"""
PROFILES_SQL = """
select cluster::text, place::text, content::text from identity.profile
where cluster in (select cluster from partner)
"""
TYPED = """
    kind, key::bigint as key, cluster::bigint as cluster, face::bigint as face,
    is_proven = 'true' as is_proven, phone::bigint as phone
"""


def limits() -> dict[str, int]:
    """The parameters of CROWD."""
    return {"household": HOUSEHOLD_NAMES, "largest": LARGEST_BLOCK}


def see_blocks(connection: Connection, duck: duckdb.DuckDBPyConnection) -> None:
    """Make `touched`, `seen_block`, `group_phone` and `too_large` in the workbench."""
    connection.execute(text(SEEN_KEY_SQL), limits())
    connection.execute(text("analyze seen_key"))
    _bring(connection, duck, "seen_block", SEEN_BLOCK_SQL, TYPED)
    _bring(connection, duck, "group_phone", GROUP_PHONE_SQL, "key::bigint as key")
    _bring(connection, duck, "too_large", TOO_LARGE_SQL, "kind, keys::bigint as keys")
    _bring(
        connection, duck, "touched", "select cluster::text from touched",
        "cluster::bigint as cluster",
    )  # fmt: skip


def see_profiles(connection: Connection, duck: duckdb.DuckDBPyConnection) -> None:
    """Make `known_profile` of all clusters in a pair; adds to `group_phone` of theirs."""
    connection.execute(
        text("create temporary table partner (cluster bigint) on commit drop")
    )
    copy_out(
        duck,
        "select cluster_a as cluster from cluster_pair"
        " union select cluster_b from cluster_pair",
        connection, "partner", ("cluster",),
    )  # fmt: skip
    connection.execute(text("analyze partner"))
    query = PARTNER_PHONE_SQL.format(household=HOUSEHOLD_NAMES)
    _bring(connection, duck, "partner_phone", query, "key::bigint as key")
    duck.execute(
        "create or replace table group_phone as from group_phone union from partner_phone"
    )
    columns = [
        (name, kind)
        for name, kind, *_ in duck.execute("describe fresh_profile").fetchall()
        if name not in ("cluster", "place")
    ]
    shape = "{" + ", ".join(f'"{name}": "{kind}"' for name, kind in columns) + "}"
    show(connection, PROFILES_SQL, duck, "profile_text")
    duck.execute(
        f"""
        create or replace table known_profile as
        select cluster::bigint as cluster, place::integer as place, said.*
        from (
            select cluster, place, from_json(content, '{shape}') as said from profile_text
        )
        """
    )


def _bring(
    connection: Connection,
    duck: duckdb.DuckDBPyConnection,
    table: str,
    query: str,
    typed: str,
) -> None:
    show(connection, query, duck, "brought")
    duck.execute(f"create or replace table {table} as select {typed} from brought")
    duck.unregister("brought")
