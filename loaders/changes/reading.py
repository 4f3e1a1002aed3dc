"""From landed files to the keys whose rows staging has to read again.

Which version of a record counts is decided among the rows of one key. So after a delivery
only the keys of files that came, or whose state changed, can have another current row. The
keys wait in `changes.waiting_key` until staging was built; reading a key once more than
needed does no harm, so a crash in between loses nothing.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from loaders.contracts.model import Contract, load_contracts
from loaders.failure import ExpectedFailure
from loaders.landing.schema import key_hash, landing_table
from loaders.warehouse.connect import MAKING_LOCK
from loaders.warehouse.runs import code_digest

TABLES = Path(__file__).with_name("tables.sql")
STAGING = "1_staging"
CANDIDATES = "2_identity"
GOLDEN = "2_identity/golden"
RECORD = "3_record"
LISTS = frozenset({"snapshot", "delta_and_full"})

# When a file was last taken again under a contract that was put right: its lines can be
# other rows since, and as many as before.
REPLAYS = """(
    select max(replay_id) from audit.replay where replay.file_id = file_ledger.file_id
)"""
# What staging asks of a file; where none of it changed, neither did what it reads.
FACTS = f"""
    hashtextextended(concat_ws(
        '|', state, period, logical_date, revision, delivery_date, is_full, page, sha256,
        file_name, member_name, rows_read, rows_accepted, rows_duplicate, rows_rejected,
        replaced_by, {REPLAYS}
    ), 0)
"""
CHANGED_FILES = f"""
    create temporary table changed_file on commit drop as
    select
        now_known.feed,
        now_known.file_id,
        now_known.facts,
        now_known.is_full,
        -- Rows that it held may be gone, and nothing is left here that tells their keys.
        known_file.facts is not null and now_known.replays is not null as is_taken_again
    from (
        select feed, file_id, is_full, {FACTS} as facts, {REPLAYS} as replays
        from audit.file_ledger
        where feed is not null
    ) as now_known
    left join changes.known_file
        on now_known.feed = known_file.feed and now_known.file_id = known_file.file_id
    where now_known.facts is distinct from known_file.facts
"""
REMEMBER = """
    insert into changes.known_file (feed, file_id, facts)
    select feed, file_id, facts from changed_file
    on conflict (feed, file_id) do update set facts = excluded.facts
"""
WAIT_FOR_FILES = """
    insert into changes.waiting_file (feed, file_id)
    select feed, file_id from changed_file
    on conflict do nothing
"""
WAIT_FOR_FEED = """
    insert into changes.waiting_feed (feed, is_whole) values (:feed, :is_whole)
    on conflict (feed) do update
    set is_whole = waiting_feed.is_whole or excluded.is_whole
"""


class StagingUnfinishedError(ExpectedFailure):
    """Staging stopped half way; a record of it would mix what was with what is."""


def rules_version() -> str:
    """A digest of all that decides what is built: code, SQL, seeds, and the contracts."""
    digest = hashlib.sha256(code_digest().encode())
    for contract in load_contracts():
        digest.update(contract.model_dump_json().encode())
    return digest.hexdigest()[:16]


def prepare(engine: Engine) -> None:
    """Make the tables of this package where they are not there."""
    with engine.begin() as connection:
        connection.execute(MAKING_LOCK)
        connection.execute(text(TABLES.read_text("utf-8")))


def is_current(connection: Connection, layer: str, version: str) -> bool:
    """Whether a layer was built to its end by these rules."""
    built = connection.scalar(
        text("select version from changes.layer where layer = :layer"), {"layer": layer}
    )
    return bool(built == version)


def is_built(connection: Connection, layer: str) -> bool:
    """Whether a layer was built to its end, by whatever rules."""
    return bool(
        connection.scalar(
            text("select count(*) from changes.layer where layer = :layer"),
            {"layer": layer},
        )
    )


def note_built(connection: Connection, layer: str, version: str) -> None:
    """Say that a layer was built to its end, by the rules that stood when it was begun."""
    connection.execute(
        text(
            """
            insert into changes.layer (layer, version) values (:layer, :version)
            on conflict (layer) do update
            set version = excluded.version, built_at = clock_timestamp()
            """
        ),
        {"layer": layer, "version": version},
    )


def note_unbuilt(connection: Connection, layer: str) -> None:
    """Say that a layer must be built anew, whatever becomes of this attempt."""
    connection.execute(
        text("delete from changes.layer where layer = :layer"), {"layer": layer}
    )


def note_changed_files(connection: Connection, *, whole: bool = False) -> list[str]:
    """Let the keys of files that came or changed wait for staging; the feeds that wait.

    For a staging that will be made from nothing, `whole`, feeds wait without their keys:
    there are as many as rows, and it reads every row in any case.
    """
    connection.execute(text(CHANGED_FILES))
    changed: dict[str, list[int]] = {}
    lists: set[str] = set()
    taken_again: set[str] = set()
    for row in connection.execute(text("select * from changed_file")):
        changed.setdefault(row.feed, []).append(row.file_id)
        if row.is_full:
            lists.add(row.feed)
        if row.is_taken_again:
            taken_again.add(row.feed)
    for contract in load_contracts():
        if files := changed.get(contract.feed):
            has_list = contract.delivery in LISTS and contract.feed in lists
            is_whole = whole or has_list or contract.feed in taken_again
            _let_wait(connection, contract, files, is_whole)
    connection.execute(text(WAIT_FOR_FILES))
    connection.execute(text(REMEMBER))
    connection.execute(text("drop table changed_file"))
    connection.execute(text("analyze changes.waiting_key"))
    return list(connection.scalars(text("select feed from changes.waiting_feed")))


def note_all_read(connection: Connection) -> None:
    """Say that staging has read all that waited."""
    connection.execute(
        text("truncate changes.waiting_feed, changes.waiting_file, changes.waiting_key")
    )


def need_all_read(engine: Engine) -> None:
    """Raises: StagingUnfinishedError when staging has not read all that waited for it."""
    with engine.connect() as connection:
        waiting = connection.scalar(text("select count(*) from changes.waiting_feed"))
        built = is_built(connection, STAGING)
    if waiting or not built:
        raise StagingUnfinishedError(
            "Staging was not built to its end; the record waits for it: `onecard run`."
        )


def _let_wait(
    connection: Connection, contract: Contract, files: list[int], is_whole: bool
) -> None:
    connection.execute(text(WAIT_FOR_FEED), {"feed": contract.feed, "is_whole": is_whole})
    if is_whole:
        return
    connection.execute(
        text(
            f"""
            insert into changes.waiting_key (feed, key_hash)
            select distinct :feed, {key_hash(contract, "landed")}
            from {landing_table(contract)} as landed
            where landed._file_id = any(:files)
            on conflict do nothing
            """
        ),
        {"feed": contract.feed, "files": files},
    )
