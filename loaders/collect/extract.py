"""Reads tables of a system's live database into a delivery of the day.

Goes in: an engine on the source and the contracts with an `extract` block. Comes out: one
.jsonl per table with its line in the manifest, as if the system had sent it: what was read
is kept as bytes, and landing decides what is new.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Engine, Select

from loaders.collect import queries, watermark
from loaders.collect.deliver import Desk
from loaders.collect.failure import CollectError, LostConnectionError
from loaders.collect.patience import Patience
from loaders.collect.source import connected
from loaders.collect.values import value_text
from loaders.collect.watermark import Extraction, Mark, Passing
from loaders.contracts.extract import Extract
from loaders.contracts.model import Contract
from loaders.landing.rows import PERIOD

BATCH = 2000
Report = Callable[[str], None]


class Written(NamedTuple):
    """A table as it was written: its rows, the md5 of the file, what passed by."""

    row_count: int
    md5: str
    passing: Passing


@dataclass(frozen=True)
class Extractor:
    """One system's database, the day, and where its tables become a delivery."""

    source: Engine
    label: str
    day: date
    desk: Desk
    patience: Patience
    report: Report

    def collect(self, contracts: list[Contract]) -> tuple[list[str], list[str]]:
        """Extract tables; returns the names of new files, and what failed.

        Raises: CollectError when nothing more can be extracted at all.
        """
        if "{file}" in self.desk.system.manifest:
            raise CollectError(
                "what is read from a database needs a manifest per day; write"
                " `manifest: '{folder}_{date}.ok'` in its _system.yml."
            )
        watermark.prepare(self.desk.warehouse)
        files, failures = [], []
        for contract in contracts:
            try:
                name = self._extract(contract)
            except LostConnectionError:
                raise
            except CollectError as failure:
                failures.append(f"{contract.feed} {contract.table}: {failure}")
                continue
            if name is not None:
                files.append(name)
        return files, failures

    def _extract(self, contract: Contract) -> str | None:
        """The name of the new file; None when there is nothing that was not there."""
        if contract.extract is None:
            raise TypeError("only a contract with an extract block can be extracted")
        if unfinished := self.desk.take_up(contract):
            self.report(
                f"{contract.feed} {contract.table}: {unfinished} was left unfinished"
            )
        before, rows_before = watermark.last_day(self.desk.warehouse, contract)
        if before is not None and before > self.day:
            raise CollectError(
                f"was extracted on {before:%Y%m%d} already; a delivery of"
                f" {self.day:%Y%m%d} would say that of today's rows."
            )
        mark = None
        if contract.extract.mode == "watermark":
            mark = watermark.last_mark(self.desk.warehouse, contract, self.label, self.day)
        query = self._query(contract.extract, contract, mark)
        part = self.desk.part(contract)
        written = self.patience.attempt(
            lambda: self._write(query, contract, part), lambda: None
        )
        self._tell(contract, written)
        extraction = self._extraction(contract, written, mark)
        if written.row_count:
            return self.desk.deliver(contract, extraction, written.md5)
        part.unlink()
        if contract.extract.mode == "full" and rows_before:
            raise CollectError(
                f"the table is empty and had {rows_before} rows before; this is not"
                " delivered, because it would delete them all."
            )
        watermark.record(self.desk.warehouse, contract, extraction)
        return None

    def _query(
        self, extract: Extract, contract: Contract, mark: Mark | None
    ) -> Select[tuple[object]]:
        key = tuple(name for name in contract.key if name != PERIOD)
        if extract.mode == "rolling":
            return queries.window(extract, key, self.day)
        if mark is None:
            return queries.everything(extract, key)
        try:
            return queries.since(extract, key, mark.earlier(extract.days))
        except TypeError as error:
            raise CollectError(f"extract: days cannot be used, {error}.") from None

    def _write(
        self, query: Select[tuple[object]], contract: Contract, part: Path
    ) -> Written:
        """Stream the answer into a file that begins anew. Raises: CollectError."""
        doing = f"reading {contract.extract.table if contract.extract else ''}"
        try:
            with (
                connected(self.source, self.label, doing) as connection,
                part.open(
                    "w", encoding="utf-8", errors="surrogateescape", newline=""
                ) as out,
            ):
                written = self._stream(connection, query, contract, out.write)
        except OSError as error:
            raise CollectError(f"Cannot write to {part}: {error.strerror}.") from error
        return written

    def _stream(
        self,
        connection: Connection,
        query: Select[tuple[object]],
        contract: Contract,
        write: Callable[[str], int],
    ) -> Written:
        result = connection.execution_options(yield_per=BATCH).execute(query)
        names = _names(result)
        decides = contract.extract.column if contract.extract else None
        if decides is not None and decides not in names:
            raise CollectError(f"the table has no column {decides}.")
        place = names.index(decides) if decides else None
        passing = Passing(self.day)
        digest = hashlib.md5(usedforsecurity=False)
        row_count = 0
        for row in result:
            if place is not None:
                passing.see(row[place])
            document = dict(zip(names, map(value_text, row), strict=True))
            line = json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
            write(line)
            digest.update(line.encode("utf-8", "surrogateescape"))
            row_count += 1
        return Written(row_count, digest.hexdigest(), passing)

    def _tell(self, contract: Contract, written: Written) -> None:
        passing, where = written.passing, f"{contract.feed} {contract.table}"
        column = contract.extract.column if contract.extract else None
        if passing.null_rows:
            self.report(f"{where}: {passing.null_rows} rows without a value in {column}")
        if passing.future_rows:
            self.report(
                f"{where}: {passing.future_rows} rows are from after this day by {column};"
                " they do not move the watermark"
            )
        if passing.is_mixed:
            self.report(
                f"{where}: the values of {column} cannot be compared with one another; the"
                " watermark stays where it was"
            )

    def _extraction(
        self, contract: Contract, written: Written, before: Mark | None
    ) -> Extraction:
        passing = written.passing
        reached = None
        if contract.extract is not None and contract.extract.mode == "watermark":
            # Nothing above the old watermark: it stays what it was.
            reached = passing.mark or before
        return Extraction(
            self.day, None, self.label, written.row_count, passing.null_rows, reached
        )


def _names(result: object) -> list[str]:
    """Column names as the database spells them; SQLAlchemy would fold some to lower."""
    description = result.cursor.description  # type: ignore[attr-defined]
    return [str(column[0]) for column in description]
