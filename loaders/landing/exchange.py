"""The rows and rejects of one file exchanged for those of another reading of it.

Goes in: a connection inside the replay's transaction, and a reading. Comes out: in landing
only what differs was touched, and the ledger's counts still balance. Lines that were rows
before keep the fate that the ledger counted them under; new ones are counted as if they
had arrived now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from loaders.contracts.model import Contract
from loaders.landing.book import update, write_counts
from loaders.landing.counting import count_rows
from loaders.landing.delivered import Counts
from loaders.landing.readers.reading import Reading
from loaders.landing.refusal import FileRefusedError
from loaders.landing.rows import LandingRows, compare_columns
from loaders.landing.schema import key_hash, landing_table
from loaders.landing.store import store_rows
from loaders.landing.watermark import FRESH, take_from_later

SAME_ROW = """
    old._line_number = fresh._line_number and old._row_hash = fresh._row_hash
    and old._extra is not distinct from fresh._extra
"""
REJECT_FACTS = "line_number, byte_offset, reason_code, raw"


@dataclass(frozen=True)
class Outcome:
    """How a file came out of it."""

    rejects_before: int
    rejects_after: int
    # Rows that were rows before and hold other values now.
    rows_changed: int
    is_changed: bool


class Exchange:
    """One file between its old rows and its new ones."""

    def __init__(
        self, connection: Connection, contract: Contract, file: Row[Any], label: str
    ) -> None:
        self._connection = connection
        self._contract = contract
        self._label = label
        self._target = landing_table(contract)
        # As it is now that the feed is locked.
        self._file = connection.execute(
            text("select * from audit.file_ledger where file_id = :file_id"),
            {"file_id": file.file_id},
        ).one()
        self._whole = False
        self._facts: dict[str, object] = {}
        self._before = self._rejects_by_rule()
        self._stored_before = self._stored()
        self._run(
            "create temporary table was_row on commit drop as"
            f" select _line_number from {self._target} where _file_id = :file_id"
        )
        self._run(f"create temporary table {FRESH} (like {self._target}) on commit drop")
        self._run(
            f"create temporary table old_reject on commit drop as"
            f" select {REJECT_FACTS} from landing.reject where file_id = :file_id"
        )

    def take(self, reading: Reading, whole: bool) -> None:
        """Read everything; `whole` when the rows that were stored are among it.

        Raises: FileRefusedError when landing would refuse it today.
        """
        self._whole = whole
        if not reading.columns_grow:
            compare_columns(self._contract, reading.columns)
        self._run("delete from landing.reject where file_id = :file_id")
        items = LandingRows(self._contract, self._file.period, self._file.file_id, reading)
        tally = store_rows(
            self._connection, FRESH, self._contract, self._file.file_id, self._label, items
        )
        rows_read = tally.stored + tally.rejected + (0 if whole else self._stored_before)
        # Of a database, rows that were known before are read but not kept.
        known = self._contract.delivery == "watermark"
        if not known and rows_read != self._file.rows_manifest:
            raise FileRefusedError(
                f"row count differs from manifest: {rows_read} read,"
                f" {self._file.rows_manifest} announced"
            )
        if tally.stored or not reading.columns_grow:
            check = compare_columns(self._contract, reading.columns)
            self._facts = {
                "columns": list(reading.columns),
                "columns_added": check.added,
                "columns_missing": check.missing,
                "columns_renamed": check.renamed,
            }

    def settle(self) -> Outcome:
        """Bring landing and ledger to what was read."""
        if self._contract.delivery == "watermark":
            self._drop_known()
        is_changed = self._differs()
        changed = self._put_right() if is_changed else 0
        facts = {n: v for n, v in self._facts.items() if getattr(self._file, n) != v}
        if facts:
            update(self._connection, self._file.file_id, facts)
        self._run(f"drop table old_reject, was_row, {FRESH}")
        after = sum(self._rejects_by_rule().values())
        return Outcome(sum(self._before.values()), after, changed, is_changed)

    def by_rule(self) -> dict[str, tuple[int, int]]:
        """Rejects by rule before and after; under no name the rows that are stored."""
        after = self._rejects_by_rule()
        rules = sorted({*self._before, *after})
        counts = {rule: (self._before.get(rule, 0), after.get(rule, 0)) for rule in rules}
        return {"": (self._stored_before, self._stored())} | counts

    def _differs(self) -> bool:
        gone = f"""
            exists (
                select from {self._target} as old where old._file_id = :file_id
                and not exists (select from {FRESH} as fresh where {SAME_ROW})
            ) or
        """
        return bool(
            self._value(
                f"""
                select {gone if self._whole else ""} exists (
                    select from {FRESH} as fresh
                    where not exists (
                        select from {self._target} as old
                        where old._file_id = :file_id and {SAME_ROW}
                    )
                ) or exists (
                    select {REJECT_FACTS} from landing.reject where file_id = :file_id
                    except all select * from old_reject
                ) or exists (
                    select * from old_reject except all
                    select {REJECT_FACTS} from landing.reject where file_id = :file_id
                )
                """
            )
        )

    def _put_right(self) -> int:
        """Exchange what differs; returns how many rows hold other values now."""
        self._run(
            f"""
            create temporary table stays on commit drop as
            select old._line_number from {self._target} as old
            inner join {FRESH} as fresh on {SAME_ROW}
            where old._file_id = :file_id
            """
        )
        self._run(f"delete from {FRESH} where _line_number in (table stays)")
        rewritten = gone = 0
        if self._whole:
            # Rows without an equal are written anew under their line, or are no more.
            out = self._run(
                f"delete from {self._target}"
                " where _file_id = :file_id and _line_number not in (table stays)"
            )
            rewritten = self._move("_line_number in (table was_row)")
            gone = out - rewritten
        before = count_rows(self._connection, self._contract, self._file.file_id)
        # What was no row until now: releases before this did not know it.
        self._run(
            "insert into audit.replayed_row (feed, file_id, line_number)"
            f" select distinct :feed, :file_id, _line_number from {FRESH}"
            " on conflict do nothing"
        )
        self._move("true")
        counts = self._counts_after(before, gone)
        write_counts(self._connection, self._file.file_id, counts)
        self._run("update audit.file_ledger set recorded_at = clock_timestamp()"
                  " where file_id = :file_id")  # fmt: skip
        self._run("drop table stays")
        if self._contract.delivery == "watermark":
            take_from_later(self._connection, self._contract, self._names())
        return rewritten

    def _counts_after(self, before: Counts, gone: int) -> Counts:
        """The counts with the new rows; `before` is how all others would count now."""
        rejected = sum(self._rejects_by_rule().values())
        read = self._file.rows_read
        if self._contract.delivery != "watermark":
            read = self._stored() + rejected
        update(self._connection, self._file.file_id, {
            "rows_read": read, "rows_rejected": rejected,
            "rows_accepted": read - rejected, "rows_duplicate": 0, "rows_superseded": 0,
        })  # fmt: skip
        after = count_rows(self._connection, self._contract, self._file.file_id)
        if gone or self._file.state != "landed":
            return after
        return Counts(
            read,
            rejected,
            self._file.rows_duplicate + after.duplicate - before.duplicate,
            self._file.rows_superseded + after.superseded - before.superseded,
        )

    def _move(self, which: str) -> int:
        """Rows from what was read to the landing table; so many."""
        self._run(f"insert into {self._target} select * from {FRESH} where {which}")
        return self._run(f"delete from {FRESH} where {which}")

    def _drop_known(self) -> None:
        """Rows that an earlier delivery of the database brought are not kept again."""
        self._run(
            f"""
            delete from {FRESH} as fresh
            where exists (
                select from {self._target} as stored
                inner join audit.file_ledger as earlier
                    on stored._file_id = earlier.file_id
                where {key_hash(self._contract, "stored")}
                    = {key_hash(self._contract, "fresh")}
                  and stored._row_hash = fresh._row_hash
                  and earlier.feed = :feed and earlier.state = 'landed'
                  and earlier.delivery_date <= :day and earlier.file_id <> :file_id
            )
            """
        )

    def _names(self) -> dict[str, object]:
        return {
            "file_id": self._file.file_id,
            "feed": self._contract.feed,
            "day": self._file.delivery_date,
        }

    def _stored(self) -> int:
        query = f"select count(*) from {self._target} where _file_id = :file_id"
        return int(self._value(query) or 0)

    def _rejects_by_rule(self) -> dict[str, int]:
        found = self._connection.execute(
            text(
                "select reason_code, count(*) as how_many from landing.reject"
                " where file_id = :file_id group by reason_code"
            ),
            {"file_id": self._file.file_id},
        )
        return {row.reason_code: row.how_many for row in found}

    def _value(self, query: str) -> Any:
        return self._connection.scalar(text(query), self._names())

    def _run(self, statement: str) -> int:
        return self._connection.execute(text(statement), self._names()).rowcount
