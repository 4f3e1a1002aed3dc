"""What goes wrong in the demo county: which kinds, how often, and on which rows it did.

Whether a kind hits a row follows from the seed, the kind and the row's key alone: one kind
can be switched off and all the others stay where they were.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import yaml

from loaders.demo_county.county_files import DATA
from loaders.demo_county.dice import Dice
from loaders.failure import ExpectedFailure

Note = tuple[str, str, str, str]
BATCH = 1000
# Stands for all systems when a kind has one share.
EVERYWHERE = ""


class UnknownMessError(ExpectedFailure):
    """A kind of mess that this county does not know; the message lists those it does."""


@lru_cache(maxsize=1)
def kinds_of_mess() -> dict[str, dict[str, Any]]:
    """Every kind: what it is, its numbers in the catalogue, how often it happens."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(
        (DATA / "mess.yml").read_text("utf-8")
    )
    return found


@lru_cache(maxsize=1)
def _limits() -> dict[str, dict[str, float]]:
    """How often each kind happens, by system."""
    return {
        kind: facts["share"]
        if isinstance(facts["share"], dict)
        else {EVERYWHERE: facts["share"]}
        for kind, facts in kinds_of_mess().items()
    }


def all_kinds() -> frozenset[str]:
    """The names of all kinds of mess."""
    return frozenset(kinds_of_mess())


def chosen_kinds(only: str | None, without: str | None) -> frozenset[str]:
    """The kinds that two comma-separated lists leave. Raises: UnknownMessError."""
    named = [_split(text) for text in (only, without)]
    if unknown := (named[0] | named[1]) - all_kinds():
        raise UnknownMessError(
            f"unknown kinds of mess: {', '.join(sorted(unknown))}. "
            f"There are: {', '.join(sorted(all_kinds()))}"
        )
    return (all_kinds() if only is None else named[0]) - named[1]


def _split(text: str | None) -> frozenset[str]:
    return frozenset(word.strip() for word in (text or "").split(",") if word.strip())


class Mess:
    """The kinds that are switched on, and the notes about where they struck."""

    def __init__(self, dice: Dice, kinds: Iterable[str], last_day: date) -> None:
        self.kinds = frozenset(kinds)
        self._dice = dice
        self._last_day = last_day
        if unknown := self.kinds - all_kinds():
            raise UnknownMessError(f"unknown kinds of mess: {sorted(unknown)}")
        self._limits = _limits()
        # A file that SQLite names, fills when memory does not suffice, and removes.
        self._file = sqlite3.connect("")
        self._file.execute(
            "create table note (kind text, system text, tbl text, native_id text, "
            "primary key (kind, system, tbl, native_id)) without rowid"
        )
        self._waiting: list[Note] = []

    def is_on(self, kind: str) -> bool:
        return kind in self.kinds

    def would_hit(self, kind: str, system: str, *key: object) -> bool:
        """Whether this kind would happen to the thing with this key if it were on."""
        return next(self.hitting((kind,), system, *key), None) is not None

    def hits(self, kind: str, system: str, *key: object) -> bool:
        """Whether this kind happens to the thing with this key."""
        return kind in self.kinds and self.would_hit(kind, system, *key)

    def hitting(self, kinds: Iterable[str], system: str, *key: object) -> Iterator[str]:
        """Those kinds that would happen to the thing with this key if they were on."""
        thing = ""
        for kind in kinds:
            by_system = self._limits[kind]
            limit = by_system.get(system)
            if limit is None:
                limit = by_system.get(EVERYWHERE, 0.0)
            if limit > 0:
                thing = thing or "|".join([system, *[str(part) for part in key]])
                if self._dice.share_of(f"mess|{kind}|{thing}") < limit:
                    yield kind

    def struck(self, kinds: Sequence[str], system: str, *key: object) -> str | None:
        """The first of several kinds that exclude one another; none when it is off.

        A kind that is off still keeps the others away: nothing else moves into its place.
        """
        found = next(self.hitting(kinds, system, *key), None)
        return found if found in self.kinds else None

    def note(
        self, kind: str, system: str, table: str, native_id: object, known_on: date
    ) -> None:
        """Remember a hit on a row, when the row is known in time to be delivered."""
        if known_on <= self._last_day:
            self._waiting.append((kind, system, table, str(native_id)))
            if len(self._waiting) >= BATCH:
                self._flush()

    @property
    def notes(self) -> Iterator[Note]:
        """All hits, in a fixed order."""
        self._flush()
        yield from self._file.execute("select * from note order by 1, 2, 3, 4")

    def counts(self) -> dict[str, int]:
        """How many rows (or files) each kind struck."""
        self._flush()
        found = self._file.execute("select kind, count(*) from note group by 1 order by 1")
        return dict(found.fetchall())

    def _flush(self) -> None:
        self._file.executemany(
            "insert or ignore into note values (?, ?, ?, ?)", self._waiting
        )
        self._waiting.clear()
