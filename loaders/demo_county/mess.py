"""What goes wrong in the demo county: which kinds, how often, and on which rows it did.

Whether a kind hits a row follows from the seed, the kind and the row's key alone: one kind
can be switched off and all the others stay where they were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

import yaml

from loaders.demo_county.county_files import DATA
from loaders.demo_county.dice import Dice

Note = tuple[str, str, str, str]


@lru_cache(maxsize=1)
def _facts() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(
        (DATA / "mess.yml").read_text("utf-8")
    )
    return found


def all_kinds() -> frozenset[str]:
    """The names of all kinds of mess."""
    return frozenset(_facts())


class Mess:
    """The kinds that are switched on, and the notes about where they struck."""

    def __init__(self, dice: Dice, kinds: Iterable[str], last_day: date) -> None:
        self.kinds = frozenset(kinds)
        self._dice = dice
        self._last_day = last_day
        self._notes: dict[Note, None] = {}
        if unknown := self.kinds - all_kinds():
            raise ValueError(f"unknown kinds of mess: {sorted(unknown)}")
        self._shares = {kind: _facts()[kind]["share"] for kind in self.kinds}

    def is_on(self, kind: str) -> bool:
        return kind in self.kinds

    def hits(self, kind: str, system: str, *key: object) -> bool:
        """Whether this kind happens to the thing with this key."""
        share = self._shares.get(kind, {})
        limit: float = share.get(system, 0) if isinstance(share, dict) else share
        return limit > 0 and self._dice.share("mess", kind, system, *key) < limit

    def note(
        self, kind: str, system: str, table: str, native_id: object, known_on: date
    ) -> None:
        """Remember a hit on a row, when the row is known in time to be delivered."""
        if known_on <= self._last_day:
            self._notes[kind, system, table, str(native_id)] = None

    @property
    def notes(self) -> list[Note]:
        """All hits, in a fixed order."""
        return sorted(self._notes)

    def counts(self) -> dict[str, int]:
        """How many rows (or files) each kind struck."""
        return dict(sorted(Counter(note[0] for note in self._notes).items()))
