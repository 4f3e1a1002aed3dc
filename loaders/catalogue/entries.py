"""What the catalogue consists of: tables, columns and feeds, and what they may not lack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ColumnEntry:
    """A column: names in both languages, type, class and level, where it comes from."""

    name: str
    type: str
    zh: str
    en: str
    pii: str | None
    level: int | None
    elements: tuple[str, ...]
    codes: tuple[str, ...]
    feeds: tuple[str, ...]
    is_key: bool


@dataclass(frozen=True)
class TableEntry:
    """A table: what a row is, how many there are, whose it is and how fresh."""

    name: str
    layer: str
    zh: str
    en: str
    owner: str
    rows: int
    is_estimate: bool
    level: int | None
    feeds: tuple[str, ...]
    reads: tuple[str, ...]
    read_by: tuple[str, ...]
    delivered_on: date | None
    columns: tuple[ColumnEntry, ...]


@dataclass(frozen=True)
class FeedEntry:
    """A feed: whose it is, when it last came and whether that is late."""

    feed: str
    table: str
    zh: str
    en: str
    owner: str
    delivered_on: date | None
    days_late: int
    waiting: int


@dataclass(frozen=True)
class Catalogue:
    """Everything."""

    tables: tuple[TableEntry, ...]
    feeds: tuple[FeedEntry, ...]
    county: str
    newest: date | None
    release: str


def faults(catalogue: Catalogue) -> list[str]:
    """What a complete catalogue may not lack, one line per table or column."""
    found = []
    for table in catalogue.tables:
        if not (table.zh and table.en):
            found.append(f"{table.name}: no comment in both languages")
        for column in table.columns:
            if not (column.zh and column.en):
                found.append(f"{table.name}.{column.name}: no comment in both languages")
            if column.pii is None:
                found.append(f"{table.name}.{column.name}: no class")
    return found


def in_both(words: str) -> tuple[str, str]:
    """A description as it is written everywhere, Chinese / English, taken apart."""
    zh, _, en = words.partition(" / ")
    return " ".join(zh.split()), " ".join(en.split())
