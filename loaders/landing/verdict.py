"""Which file counts: a pure function of all files of one feed and period.

Because it looks at all of them and never at the order in which they were seen, files may
arrive in any order and the same ones end up counting.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from loaders.landing.delivered import State
from loaders.landing.naming import is_marked_copy


@dataclass(frozen=True)
class StoredFile:
    """A file whose content is in the warehouse, as far as it matters here."""

    file_id: int
    delivery_date: date
    file_name: str
    member_name: str
    sha256: str
    slot: str
    revision: int

    @property
    def place(self) -> tuple[date, str, str, int]:
        return self.delivery_date, self.file_name, self.member_name, self.file_id

    @property
    def rank(self) -> tuple[int, date, str, int]:
        """In one slot the highest counts: the last correction, else the last delivered."""
        return self.revision, self.delivery_date, self.file_name, self.file_id


class Verdict(NamedTuple):
    """What a file is now, and which file took its place."""

    state: State
    replaced_by: int | None


def decide(files: Iterable[StoredFile]) -> dict[int, Verdict]:
    """The verdict on every file of one feed and period.

    One content is stored once, under the file that brought it first. It counts while it is
    the best of a slot. Further files with that content are duplicates.
    """
    by_slot: dict[str, list[StoredFile]] = defaultdict(list)
    by_content: dict[str, list[StoredFile]] = defaultdict(list)
    for file in files:
        by_slot[file.slot].append(file)
        by_content[file.sha256].append(file)
    best = {slot: _best_content(in_slot) for slot, in_slot in by_slot.items()}

    holders: dict[str, StoredFile] = {}
    counting: set[str] = set()
    for sha256, same in by_content.items():
        winners = [file for file in same if best[file.slot] == sha256]
        if winners:
            counting.add(sha256)
        holders[sha256] = min(winners or same, key=lambda file: file.place)

    verdicts = {}
    for sha256, same in by_content.items():
        holder = holders[sha256]
        for file in same:
            if file is not holder:
                verdicts[file.file_id] = Verdict("duplicate", holder.file_id)
            elif sha256 in counting:
                verdicts[file.file_id] = Verdict("landed", None)
            else:
                winner = holders[best[file.slot]]
                verdicts[file.file_id] = Verdict("replaced", winner.file_id)
    return verdicts


def _best_content(in_slot: list[StoredFile]) -> str:
    # A copy sent again under another name has no effect: it cannot bring back what has
    # been replaced since. It stands for its content only where nothing else does.
    named = {file.sha256 for file in in_slot if not is_marked_copy(file.file_name)}
    candidates = [
        file
        for file in in_slot
        if file.sha256 not in named or not is_marked_copy(file.file_name)
    ]
    return max(candidates, key=lambda file: file.rank).sha256
