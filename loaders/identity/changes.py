"""What has changed since records were last linked, and all that the change could touch.

Goes in: `identity.source_person`, the state of the last run, stewards' decisions. Comes
out: a workbench with every record of every kin group that is touched, and the temporary
tables `scope` (those records), `touched_kin` and `gone` (records that are no more). Records
of other groups are as they were: no rule could connect them to what has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection, Engine, text

from loaders.failure import ExpectedFailure
from loaders.identity.kin import find_kin
from loaders.identity.normalise import (
    CLAIMS,
    KEY,
    MOST_CLAIMS_OF_ONE_KEY,
    Decision,
    Places,
    lay_out,
    make_claims,
    put_outside_keys,
)
from loaders.identity.workbench import Workbench, copy_out

STATE = (
    "record_state", "strong_key", "rule_cluster", "profile", "block", "pair_score",
    "finding", "applied_decision", "engine",
)  # fmt: skip
SAID = ", ".join(f"coalesce(source.{column}::text, chr(30))" for column in KEY + CLAIMS)
# A change of a record is a change of anything that it says.
# … of a relative, too.
FINGERPRINT = f"""
hashtextextended(concat_ws(chr(31), {SAID}), coalesce(relative.fingerprint, 0))
"""
RELATIVES_SQL = """
create temporary table relative on commit drop as
select
    told.record_key,
    hashtextextended(string_agg(told.said, chr(31) order by told.said), 0) as fingerprint
from ({told}) as told
group by told.record_key
"""
# What is told beside a record, and where.
TOLD = {
    "identity.source_relation": """
        select record_key, told::text as said from identity.source_relation as told
        where relation in ('mother_of', 'gave_birth')
    """,
    "identity.source_fact": """
        select record_key, told::text as said from identity.source_fact as told
    """,
}
NO_RELATIVES_SQL = """
create temporary table relative (record_key text, fingerprint bigint) on commit drop
"""
CHANGE_SQL = f"""
create temporary table change on commit drop as
select
    coalesce(source.record_key, known.record_key) as record_key,
    known.record_no,
    known.kin,
    source.fingerprint,
    source.record_key is null as is_gone
from (
    select source.record_key, {FINGERPRINT} as fingerprint
    from identity.source_person as source
    left join relative on source.record_key = relative.record_key
) as source
full join identity.record_state as known on source.record_key = known.record_key
where source.fingerprint is distinct from known.fingerprint
"""

# Where nothing is known yet, everybody is in scope; the state is written once, at last.
EVERYBODY_SQL = f"""
create temporary table scope on commit drop as
select
    source.record_key,
    row_number() over (order by source.record_key) as record_no,
    {FINGERPRINT} as fingerprint
from identity.source_person as source
left join relative on source.record_key = relative.record_key
"""
# Links may be left of records that are no more.
FORMER_SQL = """
create temporary table gone on commit drop as
select record_key from identity.person_link
except
select record_key from scope
"""


class RepeatedRecordError(ExpectedFailure):
    """Two rows of `identity.source_person` claim to be the same source record."""


@dataclass(frozen=True)
class Change:
    """What a run has to look at: a workbench of the records in scope, and counts."""

    bench: Workbench
    changed: int
    in_scope: int
    is_full: bool
    decisions: Sequence[Decision]
    fresh_decisions: Sequence[Decision]


def make_state(engine: Engine) -> None:
    """Make the tables of the state where they are not there yet.

    In a transaction of its own: with wal_level minimal, PostgreSQL would issue the first
    numbers of a new sequence again after a crash.
    """
    tables = files("loaders.identity").joinpath("state.sql").read_text("utf-8")
    with engine.begin() as connection:
        connection.exec_driver_sql(tables)


def prepare_state(connection: Connection, version: str) -> None:
    """Empty the state where other rules or weights made it."""
    known = connection.scalar(text("select version from identity.engine"))
    if known != version or not _is_whole(connection):
        forget(connection)


def _is_whole(connection: Connection) -> bool:
    """Whether the state tells of the links that are there: not after a restore of one."""
    return bool(
        connection.scalar(
            text(
                "select (select count(*) from identity.record_state)"
                " = (select count(*) from identity.person_link)"
            )
        )
    )


def forget(connection: Connection) -> None:
    """Forget the state, so that the next run computes everything anew."""
    names = ", ".join(f"identity.{table}" for table in STATE)
    connection.execute(text(f"truncate {names}"))


def gather(connection: Connection, places: Places, decisions: Sequence[Decision]) -> Change:
    """Find what changed and lay out all that it touches.

    Raises: RepeatedRecordError.
    """
    _check_keys(connection)
    is_full = not connection.scalar(
        text("select exists (select from identity.record_state)")
    )
    fresh = _fresh_decisions(connection, decisions)
    _read_relatives(connection)
    _make_crowded_keys(connection)
    connection.execute(
        text("create temporary table touched_kin (kin bigint) on commit drop")
    )
    if is_full:
        for statement in (EVERYBODY_SQL, FORMER_SQL):
            connection.execute(text(statement))
        changed = int(connection.scalar(text("select count(*) from scope")) or 0)
    else:
        connection.execute(text(CHANGE_SQL))
        connection.execute(text("analyze change"))
        changed = int(connection.scalar(text("select count(*) from change")) or 0)
        _take_in(connection)
        connection.execute(
            text(
                "create temporary table scope (record_key text, record_no bigint)"
                " on commit drop"
            )
        )
        if changed or fresh:
            _touch(connection, places, decisions, fresh)
    bench = _lay_out_scope(connection, places, decisions, is_full)
    in_scope = int(connection.scalar(text("select count(*) from scope")) or 0)
    return Change(bench, changed, in_scope, is_full, decisions, fresh)


def _check_keys(connection: Connection) -> None:
    repeated = connection.scalar(
        text("select count(*) - count(distinct record_key) from identity.source_person")
    )
    if repeated:
        # Said here in a count: the database would put the key itself into its message.
        raise RepeatedRecordError(
            f"identity.source_person has {repeated} rows without a record_key of their own."
            " Every source record must have one row there: look at its dbt model."
        )


def _read_relatives(connection: Connection) -> None:
    """What is told of each record's mother, births and life, as a digest in `relative`."""
    told = [
        query
        for table, query in TOLD.items()
        if connection.scalar(text("select to_regclass(:name)"), {"name": table})
    ]
    anything = RELATIVES_SQL.format(told=" union all ".join(told))
    connection.execute(text(anything if told else NO_RELATIVES_SQL))
    connection.execute(text("analyze relative"))


def _fresh_decisions(
    connection: Connection, decisions: Sequence[Decision]
) -> list[Decision]:
    """Decisions that came or went since the last run."""
    rows = connection.execute(
        text("select record_key_a, record_key_b, verdict from identity.applied_decision")
    )
    return sorted({(str(a), str(b), str(v)) for a, b, v in rows} ^ set(decisions))


def _take_in(connection: Connection) -> None:
    """Give new records their numbers, note new contents, and put aside what is gone."""
    for statement in (
        """
        create temporary table gone on commit drop as
        select record_key, record_no, kin from change where is_gone
        """,
        "delete from identity.record_state using gone"
        " where record_state.record_no = gone.record_no",
        """
        update identity.record_state set fingerprint = change.fingerprint
        from change
        where record_state.record_no = change.record_no and not change.is_gone
        """,
        """
        insert into identity.record_state (record_key, fingerprint)
        select record_key, fingerprint from change where record_no is null
        order by record_key
        """,
    ):
        connection.execute(text(statement))


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
            insert into scope
            select state.record_key, state.record_no
            from change
            inner join identity.record_state as state
                on change.record_key = state.record_key
            where not change.is_gone
            """
        )
    )
    bench = lay_out(connection, places)
    connection.execute(
        text("create temporary table probe (kind text, key bigint) on commit drop")
    )
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
            select strong_key.kin
            from probe
            inner join identity.strong_key
                on probe.key = strong_key.key and probe.kind = strong_key.kind
            where not exists (
                select from crowded_key
                where crowded_key.kind = probe.kind and crowded_key.key = probe.key
            )
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
        {"ends": sorted(ends)},
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
    connection: Connection,
    places: Places,
    decisions: Sequence[Decision],
    is_full: bool,
) -> Workbench:
    """All records of the touched groups; more as long as a key ceases to be crowded."""
    while True:
        if not is_full:
            connection.execute(text("analyze touched_kin"))
            connection.execute(
                text(
                    """
                    insert into scope
                    select record_key, record_no
                    from identity.record_state
                    where kin in (select kin from touched_kin)
                    except
                    select record_key, record_no from scope
                    """
                )
            )
        connection.execute(text("analyze scope"))
        bench = lay_out(connection, places)
        outside = [] if is_full else _outside_keys(connection)
        put_outside_keys(bench.duck, outside)
        make_claims(bench, decisions)
        freed = {(kind, key) for kind, key, _ in outside} - {
            (kind, key)
            for kind, key in bench.duck.execute("select kind, key from crowded").fetchall()
        }
        if not freed:
            find_kin(bench.duck)
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


def _make_crowded_keys(connection: Connection) -> None:
    """The keys that too many bore at the last run, in the temporary table `crowded_key`."""
    connection.execute(
        text(
            """
            create temporary table crowded_key on commit drop as
            select kind, key from identity.strong_key
            where kind not in ('prefix', 'damaged', 'record')
            group by kind, key having count(distinct said) > :most
            """
        ),
        {"most": MOST_CLAIMS_OF_ONE_KEY},
    )


def _outside_keys(connection: Connection) -> list[tuple[str, int, int]]:
    """Who bears a crowded key outside the groups in scope; only such keys reach outside."""
    rows: Any = connection.execute(
        text(
            """
            select distinct strong_key.kind, strong_key.key, strong_key.said
            from crowded_key
            inner join identity.strong_key
                on crowded_key.kind = strong_key.kind and crowded_key.key = strong_key.key
            where strong_key.kin not in (select kin from touched_kin)
            """
        )
    )
    return [(str(kind), int(key), int(said)) for kind, key, said in rows]
