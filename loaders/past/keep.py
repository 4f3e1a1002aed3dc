"""Keeps what a build is made from, so that the record of any release can be built again.

Goes in: the number of a run, and what it reads. Comes out: versions of the ledger's rows
and of stewards' words on events; only what changed since the last build is written. A step
that is repeated within its run overwrites what it wrote. Links have a history already.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, text

from loaders.landing.schema import prepare as prepare_landing
from loaders.warehouse.connect import MAKING_LOCK

TABLES = Path(__file__).with_name("tables.sql")
KNOWN_SINCE = Path(__file__).with_name("known_since.sql")

# What staging and what stands on it ask of a file, and what tells one from another.
FILE_FACTS = (
    "system", "feed", "delivery_date", "file_name", "member_name", "sha256",
    "logical_date", "period", "is_full", "page", "revision", "state", "replaced_by",
    "rows_read", "rows_accepted", "rows_rejected", "rows_duplicate", "rows_superseded",
)  # fmt: skip
LEDGER = "select * from audit.file_ledger"
EVENT_OWNERS = """
    select record_key as event_record_key, owner_record_key
    from identity.event_person
    where because = 'steward'
"""


def prepare(engine: Engine) -> None:
    """Make the tables of this package, and the view that tells when a row was learned."""
    with engine.begin() as connection:
        connection.execute(MAKING_LOCK)
        connection.execute(text(TABLES.read_text("utf-8")))
        if connection.scalar(text("select to_regclass('published.release')")) is not None:
            connection.execute(text(KNOWN_SINCE.read_text("utf-8")))


def keep_ledger(engine: Engine, run_id: int) -> int:
    """Note which files a run knows, before it reads them; how many were new or changed.

    Whoever calls holds the writer lease, so that nothing lands in between.
    """
    prepare_landing(engine)
    prepare(engine)
    with engine.begin() as connection:
        changed = _keep(
            connection,
            run_id,
            "audit.file_ledger_history",
            "file_id",
            FILE_FACTS,
            LEDGER,
        )
        connection.execute(
            text(
                "update audit.replayed_row set known_from_run = :run_id"
                " where known_from_run is null"
            ),
            {"run_id": run_id},
        )
    return changed


def keep_event_owners(engine: Engine, run_id: int) -> int:
    """Note by whose word a run has given events to others than their cards' persons."""
    prepare(engine)
    with engine.begin() as connection:
        return _keep(
            connection,
            run_id,
            "identity.event_owner_history",
            "event_record_key",
            ("owner_record_key",),
            EVENT_OWNERS,
        )


def _keep(
    connection: Connection,
    run_id: int,
    history: str,
    key: str,
    facts: tuple[str, ...],
    now: str,
) -> int:
    """Bring the versions in a table of history to what is now; how many differed."""
    names = ", ".join(facts)
    run = {"run_id": run_id}
    fresh, kept = (
        ", ".join(f"{row}.{name}" for name in facts) for row in ("fresh", "kept")
    )
    changed = connection.execute(
        text(
            f"""
            create temporary table version_change on commit drop as
            select coalesce(fresh.{key}, kept.{key}) as {key}
            from ({now}) as fresh
            full join (select * from {history} where valid_to_run is null) as kept
                on fresh.{key} = kept.{key}
            where
                fresh.{key} is null or kept.{key} is null
                or ({fresh}) is distinct from ({kept})
            """
        )
    ).rowcount
    if changed:
        of_changed = f"known.{key} in (select {key} from version_change)"
        connection.execute(
            text(
                f"delete from {history} as known"
                f" where known.valid_from_run = :run_id and {of_changed}"
            ),
            run,
        )
        connection.execute(
            text(
                f"update {history} as known set valid_to_run = :run_id"
                f" where known.valid_to_run is null and {of_changed}"
            ),
            run,
        )
        connection.execute(
            text(
                f"insert into {history} ({key}, valid_from_run, {names})"
                f" select {key}, :run_id, {names} from ({now}) as known"
                f" where {of_changed}"
            ),
            run,
        )
    connection.execute(text("drop table version_change"))
    return int(changed)
