"""What a test sees of a warehouse: ledger rows and stored rows, without their numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from loaders.contracts.model import contract_of, load_contracts
from loaders.landing.land import LandingSummary, land
from loaders.landing.ledger import balanced
from loaders.landing.schema import landing_table


@dataclass(frozen=True)
class Landing:
    """A warehouse and the deliveries that it lands."""

    engine: Engine
    deliveries: Path

    def land(self, through: str | None = None) -> LandingSummary:
        until = date.fromisoformat(through) if through else None
        summary = land(self.engine, self.deliveries, until, None, 1, lambda _: None)
        assert balanced(self.engine) == []
        return summary

    def ledger(self, feed: str | None = None) -> list[Any]:
        return self.ask(
            "select * from audit.file_ledger"
            " where feed = :feed or cast(:feed as text) is null"
            " order by delivery_date, file_name, member_name, file_id",
            feed=feed,
        )

    def states(self, feed: str) -> list[tuple[str, str]]:
        return [(row.file_name, row.state) for row in self.ledger(feed)]

    def counts(self, feed: str) -> list[tuple[int, int, int, int, int]]:
        """Read, accepted, rejected, duplicate, superseded of every delivered table."""
        return [
            (
                row.rows_read,
                row.rows_accepted,
                row.rows_rejected,
                row.rows_duplicate,
                row.rows_superseded,
            )
            for row in self.ledger(feed)
        ]

    def rows(self, feed: str, *columns: str) -> list[tuple[Any, ...]]:
        """Stored rows of landed files, in the order of files and lines."""
        names = ", ".join(f'stored."{name}"' for name in columns)
        found = self.ask(
            f"select {names} from {landing_table(contract_of(feed))} as stored"
            " inner join landing.current_file as file on stored._file_id = file.file_id"
            " order by file.delivery_date, file.file_name, stored._line_number"
        )
        return [tuple(row) for row in found]

    def rejects(self) -> list[tuple[int, str]]:
        found = self.ask(
            "select line_number, reason_code from landing.reject order by file_id, 1, 2"
        )
        return [tuple(row) for row in found]

    def every_count(self) -> list[tuple[object, ...]]:
        """Places and counts of all delivered tables."""
        names = ("delivery_date", "file_name", "member_name", "state", "state_reason",
                 "rows_manifest", "rows_read", "rows_accepted", "rows_rejected",
                 "rows_duplicate", "rows_superseded")  # fmt: skip
        return [tuple(getattr(row, name) for name in names) for row in self.ledger()]

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Files that count with all their rows, whatever numbers they have."""
        content = {
            "files": self.ask(
                "select feed, period, delivery_date, file_name, member_name, state, sha256,"
                " is_full, replaced_by is null from audit.file_ledger"
                " order by 1, 2, 3, 4, 5, 6, 7"
            )
        }
        for contract in load_contracts():
            content[contract.name] = self.ask(
                "select file.delivery_date, file.file_name, stored._line_number,"
                " stored._row_hash, stored._extra::text"
                f" from {landing_table(contract)} as stored"
                " inner join landing.current_file as file on stored._file_id = file.file_id"
                " order by 1, 2, 3, 4"
            )
        return {name: [tuple(row) for row in rows] for name, rows in content.items()}

    def ask(self, query: str, **parameters: object) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), parameters))


MakeLanding = Callable[[], Landing]
