"""One delivered table into the warehouse, in one transaction.

Rows, rejects and ledger row are written together or not at all, so that a process may be
killed at any moment: the table is there with its ledger row, or nothing of it is.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import Connection, Engine, text

from loaders.contracts.model import Contract
from loaders.landing.amounts import Amounts
from loaders.landing.book import (
    find,
    lock_feed,
    record,
    refresh_full,
    update,
    write_counts,
)
from loaders.landing.control_totals import (
    ColumnTotal,
    note_control_totals,
    note_headerless,
)
from loaders.landing.delivered import Counts, DeliveredTable, Finding, State
from loaders.landing.digests import checking_md5
from loaders.landing.naming import Naming
from loaders.landing.period import settle_period
from loaders.landing.points import reached
from loaders.landing.readers.opening import open_table
from loaders.landing.readers.sheet import PageOne
from loaders.landing.refusal import FileRefusedError, WaitsForPageError
from loaders.landing.rows import LandingRows, compare_columns
from loaders.landing.schema import (
    analyze,
    landing_table,
    make_file_index,
    make_key_index,
    make_room,
    note_places,
)
from loaders.landing.store import store_rows
from loaders.landing.watermark import store_database_table

# So many rows fill a few ranges of the index by file.
NOTE_PLACES_FROM = 1_000
# Statistics are worth their time once a table has grown by this many rows at once.
ANALYZE_FROM = 20_000


def load_table(engine: Engine, table: DeliveredTable, run_id: int) -> State | None:
    """Load a table that was found whole; None when the ledger had it already.

    Raises: FileRefusedError when it cannot be loaded; nothing of it is stored then.
    """
    contract, naming = table.contract, table.naming
    if contract is None or naming is None:
        raise TypeError("only a table with a contract and a name can be loaded")
    with engine.begin() as connection, checking_md5(table):
        lock_feed(connection, contract.feed)
        known = find(connection, table)
        if known is not None and known.is_stored:
            return None
        reached("table_begun")
        twin = _same_content(connection, contract, naming, table)
        if twin is not None:
            _compare_counts(table, twin)
            counts, may_hold_copies = Counts(twin, duplicate=twin), True
            file_id = record(connection, table, "duplicate", None, run_id, counts)
            reached("duplicate_recorded")
        else:
            file_id = record(connection, table, "landed", None, run_id)
            reached("ledger_recorded")
            stored = _store(connection, contract, naming, table, file_id)
            counts, may_hold_copies = stored.counts, stored.may_hold_copies
            reached("table_stored")
            _compare_counts(table, counts.read)
            write_counts(connection, file_id, counts)
            reached("counts_written")
            note_control_totals(connection, contract, file_id, stored.totals)
            reached("totals_noted")
        state = settle_period(connection, contract, naming.period, file_id, may_hold_copies)
        reached("period_settled")
        refresh_full(connection, contract)
        reached("table_done")
    reached("table_committed")
    return state


def note_finding(connection: Connection, finding: Finding, run_id: int) -> bool:
    """Write down a table that is not loaded; false when the ledger says so already."""
    table, state = finding.table, finding.state
    if state is None:
        raise TypeError("a table that can be loaded is not just noted")
    contract = table.contract
    if contract is not None:
        lock_feed(connection, contract.feed)
    known = find(connection, table)
    if known is not None and (
        known.is_stored or (known.state, known.state_reason) == (state, finding.reason)
    ):
        return False
    record(connection, table, state, finding.reason, run_id)
    if contract is not None:
        refresh_full(connection, contract)
    return True


def _same_content(
    connection: Connection, contract: Contract, naming: Naming, table: DeliveredTable
) -> int | None:
    """Rows of a stored file with this very content in this feed and period."""
    rows_read: int | None = connection.scalar(
        text(
            """
            select rows_read from audit.file_ledger
            where feed = :feed and period = :period and sha256 = :sha256
              and state in ('landed', 'replaced')
            """
        ),
        {"feed": contract.feed, "period": naming.period, "sha256": table.sha256},
    )
    return rows_read


def _compare_counts(table: DeliveredTable, rows_read: int) -> None:
    if rows_read != table.rows_manifest:
        raise FileRefusedError(
            f"row count differs from manifest: {rows_read} read,"
            f" {table.rows_manifest} announced"
        )


class _Stored(NamedTuple):
    """What was read, whether two rows of it may be alike, and what amounts add up to."""

    counts: Counts
    may_hold_copies: bool
    # Of a database only the table knows: rows move between its files.
    totals: list[ColumnTotal] | None


def _store(
    connection: Connection,
    contract: Contract,
    naming: Naming,
    table: DeliveredTable,
    file_id: int,
) -> _Stored:
    if contract.format == "database":
        counts = store_database_table(connection, contract, naming, table, file_id)
        return _Stored(counts, True, None)
    page_one = _page_one(connection, contract, naming, file_id)
    in_bulk, is_first = _outweighs_the_table(connection, contract, table), False
    if in_bulk:
        # So much goes on its way to the disk as it is written: less is left at the end.
        connection.execute(text("set local backend_flush_after = '2MB'"))
        is_first = make_room(connection, contract)
        reached("index_dropped")
    with open_table(contract, table.file.path, table.member_name, page_one) as reading:
        if not reading.columns_grow:
            compare_columns(contract, reading.columns)
        rows = LandingRows(contract, naming.period, file_id, reading)
        target, amounts = landing_table(contract), Amounts(contract)
        tally = store_rows(
            connection, target, contract, file_id, table.label, amounts.watch(rows)
        )
    with ThreadPoolExecutor(1) as beside:
        # Long work on both sides, neither of which needs the other's processor.
        copies = beside.submit(rows.may_hold_copies)
        if in_bulk:
            make_file_index(connection, contract)
            if not is_first:
                make_key_index(connection, contract)
            reached("index_made")
        elif tally.stored >= NOTE_PLACES_FROM:
            note_places(connection, contract)
        may_hold_copies = copies.result()
    if tally.stored or not reading.columns_grow:
        check = compare_columns(contract, reading.columns)
        update(connection, file_id, {
            "columns": reading.columns,
            "columns_added": check.added,
            "columns_missing": check.missing,
            "columns_renamed": check.renamed,
        })  # fmt: skip
        reached("columns_noted")
    if tally.stored >= ANALYZE_FROM:
        analyze(connection, contract)
        reached("table_analyzed")
    counts = Counts(tally.stored + tally.rejected, tally.rejected)
    return _Stored(counts, may_hold_copies, amounts.totals())


def _outweighs_the_table(
    connection: Connection, contract: Contract, table: DeliveredTable
) -> bool:
    """Whether a new index over everything costs less than so many entries one by one."""
    announced = table.rows_manifest or 0
    if announced < ANALYZE_FROM:
        return False
    known = connection.scalar(
        text("select greatest(reltuples, 0) from pg_class where oid = to_regclass(:name)"),
        {"name": landing_table(contract)},
    )
    return announced >= float(known or 0)


def _page_one(
    connection: Connection, contract: Contract, naming: Naming, file_id: int
) -> PageOne | None:
    """For a page after the first: how to find the columns of the first."""
    if naming.page is None or naming.page == 1:
        return None
    first = replace(naming, page=1)

    def columns() -> list[str]:
        found = connection.scalar(
            text(
                """
                select columns from audit.file_ledger
                where feed = :feed and period = :period and page = 1
                  and is_marked_full = :marked_full and state = 'landed'
                """
            ),
            {
                "feed": contract.feed,
                "period": first.period,
                "marked_full": first.marked_full,
            },
        )
        if found is None:
            raise WaitsForPageError(
                "a page without header whose page 1 has not been landed"
            )
        note_headerless(connection, file_id)
        return list(found)

    return columns
