"""What every system knew on which day: all versions of all rows, kept in a work file.

Goes in: rows as the lives produce them, in order of time per key. Comes out: the state of a
table on a day, its changes in a period, and who the rows are about. Columns and keys come
from the contracts: a row with a column that the contract does not know is refused.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from loaders.contracts.model import Contract, load_contracts

Cell = str | int | float | None | dict[str, str] | list[dict[str, "Cell"]]
Row = list[Cell]

BATCH = 500
# Files by period have year and month at the beginning of `sort`.
PERIOD_LENGTH = 6
# Feeds that have no key: two rows are one only when all that tells them apart is the same.
WITHOUT_KEY = frozenset({"D18"})
ENCODER = json.JSONEncoder(ensure_ascii=False)


class ContractDriftError(Exception):
    """A row does not fit its contract; the message names feed and columns, no value."""


class Chronicle:
    def __init__(self, path: Path) -> None:
        self.contracts: dict[str, Contract] = {c.feed: c for c in load_contracts()}
        self._columns = {feed: c.column_names for feed, c in self.contracts.items()}
        self._known = {feed: frozenset(names) for feed, names in self._columns.items()}
        self._waiting: dict[str, list[tuple[str | None, ...]]] = {
            f: [] for f in self.contracts
        }
        self._quiet: tuple[date, date] | None = None
        self._file = sqlite3.connect(path)
        self._file.execute("pragma journal_mode = off")
        self._file.execute("pragma synchronous = off")
        for feed in self.contracts:
            self._file.execute(
                f"create table {feed} "
                "(key text, known_on text, sort text, payload text, owner text)"
            )

    def close(self) -> None:
        self._file.close()

    def leave_out(self, days: tuple[date, date] | None) -> None:
        """From now on leave out what becomes known from a day to another; else nothing."""
        self._quiet = days

    def add(
        self,
        feed: str,
        known_on: date,
        values: Mapping[str, Cell],
        *,
        sort: object = "",
        owner: str | None = None,
    ) -> None:
        """A new version of a row. Raises: ContractDriftError."""
        contract = self.contracts[feed]
        if not self._known[feed].issuperset(values):
            unknown = sorted(set(values) - self._known[feed])
            raise ContractDriftError(f"{feed}: columns {unknown} are not promised")
        row = [values.get(name) for name in self._columns[feed]]
        self._insert(feed, self._key(contract, values), known_on, sort, row, owner)

    def delete(
        self, feed: str, known_on: date, values: Mapping[str, Cell], *, sort: object = ""
    ) -> None:
        """The row is gone from this day on."""
        key = self._key(self.contracts[feed], values)
        self._insert(feed, key, known_on, sort, None, None)

    def index(self) -> None:
        """Call once, after the last row and before the first question."""
        for feed in self.contracts:
            self._flush(feed)
            self._file.execute(f"create index {feed}_by_key on {feed} (key, known_on)")
        self._file.commit()

    def state(self, feed: str, before: date, since: date = date.min) -> Iterator[Row]:
        """The newest version of each row that was known or changed in [since, before)."""
        found = self._file.execute(
            # SQLite takes the other columns from the row of the maximum.
            f"select payload, sort, key, max(rowid) from {feed} "
            "where known_on >= ? and known_on < ? group by key order by sort, key",
            (since.isoformat(), before.isoformat()),
        )
        for payload, *_ in found:
            if payload is not None:
                yield json.loads(payload)

    def versions(self, feed: str, before: date, since: date = date.min) -> Iterator[Row]:
        """All versions that became known in [since, before), also several of one row."""
        found = self._file.execute(
            f"select payload from {feed} where known_on >= ? and known_on < ? "
            "order by sort, key, rowid",
            (since.isoformat(), before.isoformat()),
        )
        for (payload,) in found:
            if payload is not None:
                yield json.loads(payload)

    def changes(self, feed: str, before: date, since: date) -> Iterator[tuple[date, Row]]:
        """All versions that became known in [since, before), by the day of it."""
        found = self._file.execute(
            f"select known_on, payload from {feed} where known_on >= ? and known_on < ? "
            "order by known_on, sort, rowid",
            (since.isoformat(), before.isoformat()),
        )
        for known_on, payload in found:
            if payload is not None:
                yield date.fromisoformat(known_on), json.loads(payload)

    def periods(self, feed: str, before: date, since: date) -> list[str]:
        """The periods, which begin `sort`, of rows that changed in [since, before)."""
        found = self._file.execute(
            f"select distinct substr(sort, 1, {PERIOD_LENGTH}) from {feed} "
            "where known_on >= ? and known_on < ? order by 1",
            (since.isoformat(), before.isoformat()),
        )
        return [period for (period,) in found]

    def period(self, feed: str, before: date, period: str) -> Iterator[tuple[Row, bool]]:
        """The rows of a period, also those that are deleted, and whether they are."""
        found = self._file.execute(
            f"with newest as (select key, sort, payload, max(rowid) from {feed} "
            f"where known_on < ? and substr(sort, 1, {PERIOD_LENGTH}) = ? group by key) "
            f"select coalesce(payload, (select old.payload from {feed} as old "
            "where old.key = newest.key and old.payload is not null and old.known_on < ? "
            "order by old.rowid desc limit 1)), payload is null "
            "from newest order by sort, key",
            (before.isoformat(), period, before.isoformat()),
        )
        for payload, is_deleted in found:
            yield json.loads(payload), bool(is_deleted)

    def people(self, feed: str, before: date) -> Iterator[tuple[Row, str]]:
        """The newest version of each row that is not deleted, and whom it is about."""
        found = self._file.execute(
            f"select payload, owner, sort, key, max(rowid) from {feed} "
            "where known_on < ? group by key order by sort, key",
            (before.isoformat(),),
        )
        for payload, owner, *_ in found:
            if payload is not None:
                yield json.loads(payload), owner or ""

    def _key(self, contract: Contract, values: Mapping[str, Cell]) -> str:
        names = contract.key
        if contract.feed in WITHOUT_KEY and contract.person:
            names += contract.person.native_part
        return "+".join(str(values[name]) for name in names)

    def _insert(
        self,
        feed: str,
        key: str,
        known_on: date,
        sort: object,
        row: Row | None,
        owner: str | None,
    ) -> None:
        if self._quiet and self._quiet[0] <= known_on <= self._quiet[1]:
            return
        payload = None if row is None else ENCODER.encode(row)
        waiting = self._waiting[feed]
        waiting.append((key, known_on.isoformat(), str(sort), payload, owner))
        if len(waiting) >= BATCH:
            self._flush(feed)

    def _flush(self, feed: str) -> None:
        waiting = self._waiting[feed]
        self._file.executemany(f"insert into {feed} values (?, ?, ?, ?, ?)", waiting)
        waiting.clear()
