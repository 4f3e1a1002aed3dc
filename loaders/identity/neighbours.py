"""What a small change can be compared with, brought from the warehouse to the workbench.

Goes in: the temporary tables `touched` (clusters) and `crowd` (keys that were counted
already), the tables `block` and `profile` of the state. Comes out: in the workbench
`seen_block`, `group_phone` and `too_large`, then `known_profile` of whoever is in a pair.
Keys that too many share are counted where they are and never brought.
"""

from __future__ import annotations

import json

import duckdb
from sqlalchemy import Connection, text

from loaders.identity.blocking import HOUSEHOLD_NAMES, LARGEST_BLOCK
from loaders.identity.person_name import NAME_FEATURES, name_features, name_of_parts
from loaders.identity.profiles import KEPT
from loaders.identity.workbench import copy_out, put_table, show

BLOCK_COLUMNS = ("kind", "key", "cluster", "face", "is_proven", "phone")
# Who counts in a block: a phone is shared by names, any other key by clusters.
BEARER = "case when block.kind = 'phone' then block.face else block.cluster end"
# Whether so many bearers are too many.
CROWDED = "case when kind = 'phone' then :household else :largest end"
SEEN_KEY_SQL = f"""
create temporary table seen_key on commit drop as
with

wanted as (
    select distinct kind, key from identity.block
    where cluster in (select cluster from touched)
)

select kind, key, crowd.is_crowded from crowd inner join wanted using (kind, key)
union all
select kind, key, count(distinct bearer) > {CROWDED} as is_crowded
from (
    select uncounted.kind, uncounted.key, {BEARER} as bearer
    from (select * from wanted except select kind, key from crowd) as uncounted
    inner join identity.block
        on uncounted.key = block.key and uncounted.kind = block.kind
) as borne
group by kind, key
"""
SEEN_BLOCK_SQL = f"""
select {", ".join(f"block.{name}::text" for name in BLOCK_COLUMNS)}
from seen_key
-- Key by key, by the index: the planner would rather read all blocks there are.
cross join lateral (
    select known.* from identity.block as known
    where known.key = seen_key.key and known.kind = seen_key.kind
    offset 0
) as block
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
SHAPE_SQL = """
create or replace table said_profile as
select
    cluster::bigint as cluster, place::integer as place,
    from_json(content, '{said}') as said
from profile_text
"""
KNOWN_PROFILE_SQL = """
create or replace table known_profile as
select cluster, place, name_id, said.* exclude (name)
from said_profile
inner join told_name on said.name = told_name.parts
"""
TYPED = """
    kind, key::bigint as key, cluster::bigint as cluster, face::bigint as face,
    is_proven = 'true' as is_proven, phone::bigint as phone
"""


def limits() -> dict[str, int]:
    """The parameters of CROWDED."""
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
    """Make `known_profile` and `known_name` of all clusters in a pair.

    Adds to `group_phone` of theirs.
    """
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
    show(connection, PROFILES_SQL, duck, "profile_text")
    duck.execute(SHAPE_SQL.format(said=_shape(duck)))
    duck.unregister("profile_text")
    _read_names(duck)
    duck.execute(KNOWN_PROFILE_SQL)


def _shape(duck: duckdb.DuckDBPyConnection) -> str:
    """How the content of a profile is to be read: with the kinds that a fresh one has."""
    columns = {
        name: kind
        for name, kind, *_ in duck.execute("describe fresh_profile").fetchall()
        if name in KEPT
    }
    return json.dumps({"name": "VARCHAR", **columns})


def _read_names(duck: duckdb.DuckDBPyConnection) -> None:
    """Make `known_name` of the names that the brought profiles are made of."""
    told = duck.execute("select distinct said.name from said_profile").fetchall()
    rows = [
        (number, parts, *name_features(name_of_parts(json.loads(parts))).values())
        for number, (parts,) in enumerate(told)
    ]
    columns = {"name_id": "integer", "parts": "text", **NAME_FEATURES}
    put_table(duck, "told_name", columns, rows)
    duck.execute(
        "create or replace view known_name as select * exclude (parts) from told_name"
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
