"""What has changed since records were last linked, and all that the change could touch.

Goes in: `identity.source_person`, the state of the last run, stewards' decisions. Comes
out: a workbench with every record of every kin group that is touched, and the temporary
tables `scope` (those records), `touched_kin` and `gone` (records that are no more). Records
of other groups are as they were: no rule could connect them to what has changed.

On a day that touches most of the records all of them are taken: to look for what each is
compared with costs more than to compare with everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from loaders.identity.attaching import attach, make_attached, take_back
from loaders.identity.fingerprints import (
    RepeatedRecordError,
    find_changed,
    fresh_decisions,
    refuse_repeated,
    take_changed,
    take_everybody,
)
from loaders.identity.normalise import (
    MOST_CLAIMS_OF_ONE_KEY,
    Decision,
    Places,
    lay_out,
    make_claims,
    put_outside_keys,
)
from loaders.identity.state import forget, make_state, prepare_state
from loaders.identity.workbench import Workbench, copy_out
from loaders.warehouse.connect import IN_MEMORY

__all__ = [
    "Change", "RepeatedRecordError", "forget", "gather", "make_state", "prepare_state",
]  # fmt: skip

COUNT_SQL = "select count(*), count(distinct record_key) from source"
# Of a county of so few records it makes no difference worth a second way through.
FEW_RECORDS = 50_000
MOST_SQL = """
select
    count(*) > :few
    and count(*) > (select count(*) from identity.record_state) / 2
from {records}
"""
# Whom known records that changed touch, whatever they say now: asked before it is read.
SURELY_TOUCHED = """
identity.record_state where kin in (select kin from change where kin is not null)
"""
# To ask takes a look at all records.
FEW_CHANGED = FEW_RECORDS // 10


@dataclass(frozen=True)
class Change:
    """What a run has to look at: a workbench of the records in scope, and counts."""

    bench: Workbench
    changed: int
    attached: int
    in_scope: int
    is_full: bool
    decisions: Sequence[Decision]
    fresh_decisions: Sequence[Decision]


def gather(connection: Connection, places: Places, decisions: Sequence[Decision]) -> Change:
    """Find what changed and lay out all that it touches.

    Raises: RepeatedRecordError.
    """
    knows_some = text("select exists (select from identity.record_state)")
    if connection.scalar(knows_some):
        with connection.begin_nested() as attempt:
            change = _gather_changed(connection, places, decisions)
            if change is not None:
                return change
            attempt.rollback()
        forget(connection)
    return _gather_everybody(connection, places, decisions)


def _gather_everybody(
    connection: Connection, places: Places, decisions: Sequence[Decision]
) -> Change:
    fresh = fresh_decisions(connection, decisions)
    _make_tables(connection)
    take_everybody(connection)
    bench = lay_out(connection, places, everybody=True)
    make_claims(bench, decisions)
    [(records, keys)] = bench.duck.execute(COUNT_SQL).fetchall()
    refuse_repeated(records - keys)
    return Change(bench, records, 0, records, True, decisions, fresh)


def _gather_changed(
    connection: Connection, places: Places, decisions: Sequence[Decision]
) -> Change | None:
    """What changed and what it touches; None where that is most of all there is."""
    fresh = fresh_decisions(connection, decisions)
    _make_tables(connection)
    connection.execute(IN_MEMORY)
    changed = find_changed(connection)
    if changed > FEW_CHANGED and _are_most(connection, SURELY_TOUCHED):
        return None
    take_changed(connection)
    connection.execute(
        text(
            "create temporary table scope"
            " (record_key text, record_no bigint, fingerprint bigint, kin bigint,"
            " cluster bigint) on commit drop"
        )
    )
    connection.execute(
        text("create temporary table probe (kind text, key bigint) on commit drop")
    )
    if changed or fresh:
        _touch(connection, places, decisions, fresh)
    bench = _lay_out_scope(connection, places, decisions)
    if bench is None:
        return None
    [(in_scope, _)] = bench.duck.execute(COUNT_SQL).fetchall()
    attached = int(connection.scalar(text("select count(*) from attached")) or 0)
    return Change(bench, changed, attached, in_scope, False, decisions, fresh)


def _are_most(connection: Connection, records: str) -> bool:
    most = text(MOST_SQL.format(records=records))
    return bool(connection.scalar(most, {"few": FEW_RECORDS}))


def _make_tables(connection: Connection) -> None:
    connection.execute(
        text("create temporary table touched_kin (kin bigint) on commit drop")
    )
    make_attached(connection)


def _touch(
    connection: Connection,
    places: Places,
    decisions: Sequence[Decision],
    fresh: Sequence[Decision],
) -> None:
    """Find the kin groups that the changed records touch, as they were and as they are."""
    connection.execute(
        text(
            """
            insert into scope (record_key, record_no, kin, cluster)
            select state.record_key, state.record_no, state.kin, state.cluster
            from change
            inner join identity.record_state as state
                on change.record_key = state.record_key
            where not change.is_gone
            """
        )
    )
    connection.execute(text("analyze scope"))
    bench = lay_out(connection, places)
    attach(connection, bench.duck, _ends([*decisions, *fresh]))
    copy_out(
        bench.duck,
        """
        select distinct kind, key from strong where kind <> 'prefix'
        union
        select 'prefix', key from strong where kind = 'damaged'
        union
        select 'damaged', key from strong where kind = 'prefix'
        union
        select 'id', key from strong where kind = 'mother'
        union
        select 'mother', key from strong where kind = 'id'
        union
        select 'record', stable_hash(record_key) from source
        """,
        connection, "probe", ("kind", "key"),
    )  # fmt: skip
    _copy_out_references(bench, connection)
    bench_keys = (
        {key for (key,) in bench.duck.execute("select record_key from source").fetchall()}
        if decisions
        else set()
    )
    bench.duck.close()
    connection.execute(text("analyze probe"))
    # A decision ties its two records together, also when one of them comes back.
    ends = _ends(fresh) | {
        key for a, b, _ in decisions if a in bench_keys or b in bench_keys for key in (a, b)
    }
    connection.execute(
        text(
            """
            insert into touched_kin
            select kin from change where kin is not null
            union
            select unnest(borne.kins)
            from (
                select
                    strong_key.kind, array_agg(strong_key.kin) as kins,
                    count(distinct strong_key.said) as claims
                from (select distinct kind, key from probe) as probe
                inner join identity.strong_key
                    on probe.key = strong_key.key and probe.kind = strong_key.kind
                group by strong_key.kind, strong_key.key
            ) as borne
            where borne.claims <= :most or borne.kind in ('prefix', 'damaged', 'record')
            union
            select kin from identity.record_state
            where kin is not null and record_key = any(:ends)
            union
            select state.kin
            from referred
            inner join identity.record_state as state
                on referred.record_key = state.record_key
            where state.kin is not null
            """
        ),
        {"ends": sorted(ends), "most": MOST_CLAIMS_OF_ONE_KEY},
    )


def _ends(decisions: Sequence[Decision]) -> set[str]:
    return {key for a, b, _ in decisions for key in (a, b)}


def _copy_out_references(bench: Workbench, connection: Connection) -> None:
    """Tell the warehouse which records the changed ones refer to."""
    connection.execute(
        text("create temporary table referred (record_key text) on commit drop")
    )
    query = (
        "select reference_key from source where reference_key is not null union"
        " select other_record_key from birth_said where other_record_key is not null"
    )
    copy_out(bench.duck, query, connection, "referred", ("record_key",))


def _lay_out_scope(
    connection: Connection, places: Places, decisions: Sequence[Decision]
) -> Workbench | None:
    """All records of the touched groups; more as long as a key ceases to be crowded.

    None where they are most of all records.
    """
    while True:
        take_back(connection)
        connection.execute(text("analyze touched_kin"))
        connection.execute(
            text(
                """
                insert into scope (record_key, record_no, kin, cluster)
                select record_key, record_no, kin, cluster
                from identity.record_state
                where kin in (select kin from touched_kin)
                except
                select record_key, record_no, kin, cluster from scope
                """
            )
        )
        if _are_most(connection, "scope"):
            return None
        connection.execute(text("analyze scope"))
        bench = lay_out(connection, places)
        outside = _outside_keys(connection)
        put_outside_keys(bench.duck, outside)
        make_claims(bench, decisions)
        freed = {(kind, key) for kind, key, _ in outside} - {
            (kind, key)
            for kind, key in bench.duck.execute("select kind, key from crowded").fetchall()
        }
        if not freed:
            return bench
        bench.duck.close()
        for kind, key in sorted(freed):
            connection.execute(
                text(
                    """
                    insert into touched_kin
                    select distinct kin from identity.strong_key
                    where kind = :kind and key = :key
                    """
                ),
                {"kind": kind, "key": key},
            )


def _outside_keys(connection: Connection) -> list[tuple[str, int, int]]:
    """Who bears a key of the scope outside of it: only a key that too many bear does that.

    All bearers of any other are of one kin group.
    """
    rows: Any = connection.execute(
        text(
            """
            select distinct far.kind, far.key, far.said
            from (
                select kind, key from probe
                union
                select kind, key from identity.strong_key
                where kin in (select kin from touched_kin)
            ) as near
            inner join identity.strong_key as far
                on near.key = far.key and near.kind = far.kind
            where
                near.kind not in ('prefix', 'damaged', 'record')
                and far.kin not in (select kin from touched_kin)
            """
        )
    )
    return [(str(kind), int(key), int(said)) for kind, key, said in rows]
