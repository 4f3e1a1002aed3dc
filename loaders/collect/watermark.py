"""How far a source database has been read: the highest value, kept as text with its kind.

Goes in: the values of the deciding column as they pass by. Comes out: a watermark that is
never beyond what was read: a lower one costs repeats, a higher one would lose rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, text

from loaders.collect.queries import Bound
from loaders.collect.values import value_text
from loaders.contracts.model import Contract
from loaders.warehouse.connect import MAKING_LOCK

TABLE = Path(__file__).with_name("collect_watermark.sql")


class Mark(NamedTuple):
    """A watermark as it is stored."""

    kind: str
    value: str

    @property
    def bound(self) -> Bound:
        """The value as a driver takes it."""
        match self.kind:
            case "integer":
                return int(self.value)
            case "decimal":
                return Decimal(self.value)
            case "float":
                return float(self.value)
            case "datetime":
                return datetime.fromisoformat(self.value)
            case "date":
                return date.fromisoformat(self.value)
            case "bytes":
                return bytes.fromhex(self.value)
            case _:
                return self.value

    def earlier(self, days: int | None) -> Bound:
        """The value, so many days back. Raises: TypeError when it is no time."""
        bound = self.bound
        if not days:
            return bound
        if isinstance(bound, date):
            return bound - timedelta(days=days)
        if isinstance(bound, str):
            # Text that databases without a type for time keep; refuses what is none.
            try:
                moment = datetime.fromisoformat(bound) - timedelta(days=days)
            except ValueError:
                raise TypeError("the watermark is not a time") from None
            return moment.isoformat(" ")[: len(bound)]
        raise TypeError("the watermark is not a time")


@dataclass
class Passing:
    """Follows the values of the deciding column; `day` is the day of the delivery."""

    day: date
    null_rows: int = 0
    future_rows: int = 0
    _highest: dict[str, Bound] = field(default_factory=dict)

    def see(self, value: object) -> None:
        """Take note of one row's value."""
        if value is None:
            self.null_rows += 1
            return
        kind = _kind(value)
        if kind is None or not isinstance(value, Bound):
            self._highest.setdefault("?", "")
            return
        if self._is_future(value):
            # A typing error must not make every later row look as if it had been read.
            self.future_rows += 1
            return
        highest = self._highest.get(kind)
        if highest is None or value > highest:  # type: ignore[operator]
            self._highest[kind] = value

    @property
    def mark(self) -> Mark | None:
        """The highest value; none when values cannot be compared with one another."""
        highest = dict(self._highest)
        if len(highest) == 2 and {"datetime", "date"} & set(highest):
            # Beside real times a driver gives as text what is none, such as 0000-00-00.
            highest.pop("text", None)
        if len(highest) != 1 or "?" in highest:
            return None
        ((kind, value),) = highest.items()
        return Mark(kind, value_text(value) or "")

    @property
    def is_mixed(self) -> bool:
        """Whether there were values, but none that could be a watermark."""
        return bool(self._highest) and self.mark is None

    def _is_future(self, value: Bound) -> bool:
        tomorrow = self.day + timedelta(days=1)
        if isinstance(value, datetime):
            return value.date() >= tomorrow
        if isinstance(value, date):
            return value >= tomorrow
        if isinstance(value, str):
            return value[:10] >= tomorrow.isoformat() and _is_day(value[:10])
        return False


class Extraction(NamedTuple):
    """One extraction as it is recorded."""

    day: date
    file_name: str | None
    source: str
    row_count: int
    null_rows: int
    mark: Mark | None


def last_mark(engine: Engine, contract: Contract, source: str, day: date) -> Mark | None:
    """The newest watermark of the days before: of this source, table and column."""
    extract = contract.extract
    with engine.connect() as connection:
        row = connection.execute(
            text(
                """
                select watermark_kind, watermark from audit.collect_watermark
                where feed = :feed and source = :source and column_name = :column
                  and day < :day and watermark is not null
                order by day desc, extraction_id desc limit 1
                """
            ),
            {
                "feed": contract.feed,
                "source": source,
                "column": extract.column if extract else None,
                "day": day,
            },
        ).one_or_none()
    return Mark(row.watermark_kind, row.watermark) if row else None


def last_day(engine: Engine, contract: Contract) -> tuple[date | None, int]:
    """The last day on which a feed was extracted, and the rows of the last file."""
    with engine.connect() as connection:
        row = connection.execute(
            text(
                """
                select day, rows_read from audit.collect_watermark where feed = :feed
                order by day desc, extraction_id desc limit 1
                """
            ),
            {"feed": contract.feed},
        ).one_or_none()
    return (row.day, row.rows_read) if row else (None, 0)


def record(engine: Engine, contract: Contract, extraction: Extraction) -> None:
    """Write an extraction down; to be done when its file and manifest are in place."""
    extract = contract.extract
    with engine.begin() as connection:
        connection.execute(
            text(
                """
                insert into audit.collect_watermark (
                    feed, day, file_name, source, mode, column_name, watermark_kind,
                    watermark, rows_read, rows_without_value
                ) values (
                    :feed, :day, :file_name, :source, :mode, :column, :kind,
                    :watermark, :rows, :null_rows
                )
                """
            ),
            {
                "feed": contract.feed,
                "day": extraction.day,
                "file_name": extraction.file_name,
                "source": extraction.source,
                "mode": extract.mode if extract else "",
                "column": extract.column if extract else None,
                "kind": extraction.mark.kind if extraction.mark else None,
                "watermark": extraction.mark.value if extraction.mark else None,
                "rows": extraction.row_count,
                "null_rows": extraction.null_rows,
            },
        )


def prepare(engine: Engine) -> None:
    """Make the table when it is not there yet."""
    with engine.begin() as connection:
        connection.execute(MAKING_LOCK)
        if connection.scalar(text("select to_regclass('audit.collect_watermark')")) is None:
            connection.execute(text(TABLE.read_text("utf-8")))


def _kind(value: object) -> str | None:
    if value != value:
        # Not-a-number is neither above nor below anything.
        return None
    # bool is an int, datetime is a date: the narrower kind comes first.
    for kind, name in (
        (bool, None),
        (str, "text"),
        (int, "integer"),
        (Decimal, "decimal"),
        (float, "float"),
        (datetime, "datetime"),
        (date, "date"),
        (bytes, "bytes"),
    ):
        if isinstance(value, kind):
            return name
    return None


def _is_day(text_of_day: str) -> bool:
    try:
        date.fromisoformat(text_of_day)
    except ValueError:
        return False
    return True
