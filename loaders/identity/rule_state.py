"""What is remembered of rules: the state of the kin groups in scope, written anew.

Goes in: what the rules have decided. Comes out: the tables `held` and `found` of the
workbench, and from them `record_state`, `strong_key` and `finding`. What writes has a view
of its own of the workbench: it may run behind what is computed meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import duckdb
from sqlalchemy import Connection, text

from loaders.identity.attaching import WITHIN_CLAIM_SQL
from loaders.identity.changes import Change
from loaders.identity.replacing import replace_rows
from loaders.identity.reviews import Finding
from loaders.identity.workbench import copy_out, put_table, show

# Every record in scope with its person left open: that is for the model to say.
HELD_SQL = f"""
create or replace table held as
with

-- What all records of a claim have in common, found claim by claim.
ruled_claim as (
    select
        standing.claim, standing.cluster as first, head.record_no as cluster,
        claimed.record_key, tie.method, tie.rule, tie.probability,
        near.record_key as near_key
    from standing
    inner join source as claimed on standing.claim = claimed.n
    inner join source as head on standing.cluster = head.n
    left join tie on standing.claim = tie.claim
    left join source as near on tie.near = near.n
)

select
    source.record_no,
    source.fingerprint,
    source.record_key, source.source_system, source.source_table,
    coalesce(source.org_code, '') as org_code, source.native_id,
    coalesce(source.native_part, '') as native_part, source.first_delivery_on,
    source.named_since, kin.kin,
    ruled_claim.cluster,
    coalesce(record.n = ruled_claim.first, false) as is_head,
    case
        when record.n is null then 'set_aside'
        when record.n <> record.claim then within_claim.method
        else ruled_claim.method
    end as method,
    case
        when record.n is null then 'set_aside'
        when record.n <> record.claim then within_claim.rule
        else ruled_claim.rule
    end as rule,
    case
        when record.n <> record.claim then within_claim.probability
        else ruled_claim.probability
    end as probability,
    if(record.n <> record.claim, ruled_claim.record_key, ruled_claim.near_key)
        as linked_to,
    record.id_key is not null and record.id_key in (from contested) as is_contested
from source
inner join kin on source.n = kin.n
left join record on source.n = record.n
left join ruled_claim on record.claim = ruled_claim.claim
left join within_claim on within_claim.rule = {WITHIN_CLAIM_SQL}
"""
# What the scope knows of each record from before.
KNOWN_SQL = "select record_no::text, kin::text, cluster::text from scope"
MOVED_SQL = """
select held.record_no, held.kin, held.cluster
from held
inner join known on held.record_no = known.record_no::bigint
where
    held.kin is distinct from known.kin::bigint
    or held.cluster is distinct from known.cluster::bigint
"""
NEXT_STATE = """
update identity.record_state as state
set kin = held.kin, cluster = held.cluster
from held
where state.record_no = held.record_no
"""
STRONG_KEY_INDEXES = {"strong_key_key": "(key, kind)", "strong_key_kin": "(kin)"}
STATE_COLUMNS = ("record_no", "record_key", "fingerprint", "kin", "cluster")
STATE_INDEXES = {"record_state_kin": "(kin)", "record_state_cluster": "(cluster)"}
STATE_KEYS = {
    "record_state_pkey": "primary key (record_no)",
    "record_state_record_key_key": "unique (record_key)",
}  # fmt: skip
# Never set back: what a sequence is set to stays when the transaction is taken back.
LAST_NUMBER_SQL = """
select setval(
    number.seq,
    greatest(
        (select max(record_no) from identity.record_state),
        pg_sequence_last_value(number.seq),
        1
    )
)
from (
    select cast(pg_get_serial_sequence('identity.record_state', 'record_no') as regclass)
        as seq
) as number
"""
FORMER_SQL = """
create temporary table former_cluster on commit drop as
select cluster, signature from identity.rule_cluster
where kin in (select kin from touched_kin)
"""
STRONG_KEY_SQL = """
select distinct strong.key, strong.kind, strong.said, kin.kin
from strong
inner join kin on strong.n = kin.n
"""
FOUND_COLUMNS = {
    "a": "integer", "b": "integer", "kind": "text", "reason": "text", "evidence": "text",
}  # fmt: skip
FORGET_FINDINGS_SQL = """
delete from identity.finding where kin in (select kin from touched_kin)
"""
FINDING_SQL = """
select
    kin.kin, found.kind, one.record_key as record_key_a,
    other.record_key as record_key_b, found.reason, found.evidence
from found
inner join source as one on found.a = one.n
inner join source as other on found.b = other.n
inner join kin on found.a = kin.n
"""


def write_keys(connection: Connection, change: Change) -> None:
    """Write `strong_key`, which is known before any rule is asked.

    Makes the table `former_cluster`: which rule clusters the touched groups had.
    """
    connection.execute(text(FORMER_SQL))
    columns = ("key", "kind", "said", "kin")
    duck = change.bench.duck.cursor()
    if not change.is_full:
        replace_rows(connection, duck, STRONG_KEY_SQL, "strong_key", columns, columns)
        return
    for index in STRONG_KEY_INDEXES:
        connection.execute(text(f"drop index if exists identity.{index}"))
    copy_out(duck, STRONG_KEY_SQL, connection, "identity.strong_key", columns)
    for index, columns_of_index in STRONG_KEY_INDEXES.items():
        connection.execute(
            text(f"create index {index} on identity.strong_key {columns_of_index}")
        )


def lay_out_findings(duck: duckdb.DuckDBPyConnection, findings: Iterable[Finding]) -> None:
    """Make the table `found`."""
    put_table(
        duck, "found", FOUND_COLUMNS,
        [
            (one.a, one.b, one.kind, one.reason, json.dumps(one.evidence, sort_keys=True))
            for one in findings
        ],
    )  # fmt: skip


def write_state(connection: Connection, change: Change) -> None:
    """Make the table `held`; write `record_state` from it, and `finding` from `found`."""
    duck = change.bench.duck.cursor()
    duck.execute(HELD_SQL)
    if change.is_full:
        _write_first_state(connection, duck)
    else:
        _write_next_state(connection, duck)
        connection.execute(text(FORGET_FINDINGS_SQL))
    columns = ("kin", "kind", "record_key_a", "record_key_b", "reason", "evidence")
    copy_out(duck, FINDING_SQL, connection, "identity.finding", columns)


def _write_first_state(connection: Connection, duck: duckdb.DuckDBPyConnection) -> None:
    for index in STATE_INDEXES:
        connection.execute(text(f"drop index if exists identity.{index}"))
    for key in STATE_KEYS:
        connection.execute(
            text(f"alter table identity.record_state drop constraint if exists {key}")
        )
    copy_out(
        duck,
        # The number of a record is given here, for once.
        f"select {', '.join(STATE_COLUMNS)} from held",
        connection, "identity.record_state", STATE_COLUMNS,
    )  # fmt: skip
    for key, columns in STATE_KEYS.items():
        connection.execute(
            text(f"alter table identity.record_state add constraint {key} {columns}")
        )
    for index, columns in STATE_INDEXES.items():
        connection.execute(text(f"create index {index} on identity.record_state {columns}"))
    connection.execute(text(LAST_NUMBER_SQL))
    connection.execute(text("analyze identity.record_state"))


def _write_next_state(connection: Connection, duck: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        text(
            "create temporary table held (record_no bigint, kin bigint, cluster bigint)"
            " on commit drop"
        )
    )
    show(connection, KNOWN_SQL, duck, "known")
    copy_out(duck, MOVED_SQL, connection, "held", ("record_no", "kin", "cluster"))
    duck.unregister("known")
    connection.execute(text("analyze held"))
    connection.execute(text(NEXT_STATE))
