"""What stewards decide, and who must agree before it counts.

Goes in: a verdict on records, by somebody, for a reason. Comes out: a decision in
`identity.steward_decision`; `identity.active_decision` is what linking obeys. Merging two
persons with different valid identity numbers takes a second steward.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from loaders.stewards import book
from loaders.stewards.book import DecisionRefusedError, Entry, prepare
from loaders.stewards.note import check_note
from loaders.stewards.people import (
    anchor_of,
    best_first,
    have_different_numbers,
    known_records,
    persons_as_decided,
    read_persons,
    read_records,
    whole_person,
)


@dataclass(frozen=True)
class Decided:
    """What came of an act: its number, whether it waits, what it takes the place of."""

    decision_id: int
    waits_for_approval: bool = False
    replaces: tuple[int, ...] = ()

    def in_words(self) -> str:
        """What happened and what follows, for whoever decided."""
        said = f"Decision {self.decision_id} "
        if self.waits_for_approval:
            return (
                said + "waits for a second steward: the persons have different id numbers."
            )
        said += "is in force and counts from the next run on"
        if self.replaces:
            said += f"; it replaces {', '.join(map(str, self.replaces))}"
        return f"{said}."


def decide(
    connection: Connection,
    actor: str,
    verdict: str,
    record_key_a: str,
    record_key_b: str,
    reason_code: str,
    note: str = "",
) -> Decided:
    """Say that two records are the `same` person or `different` people.

    A later decision on the same pair takes the place of an earlier one.
    Raises: DecisionRefusedError; NoteRefusedError; NothingLinkedError.
    """
    if verdict not in ("same", "different"):
        raise DecisionRefusedError(
            "A verdict on two records is same or different.",
            "结论只能是同一人或不是同一人。",
        )
    if record_key_a == record_key_b:
        raise DecisionRefusedError(
            "A decision is about two different records.", "裁决须针对两条不同的记录。"
        )
    connection.execute(book.DECIDING_LOCK)
    left, right = persons_as_decided(connection, record_key_a, record_key_b)
    note = check_note(note, [*left, *right])
    waits = verdict == "same" and have_different_numbers(left, right)
    waiting = book.pending(connection, record_key_a, record_key_b)
    if waits and waiting is not None:
        raise DecisionRefusedError(
            f"Decision {waiting} says so already; it needs approval, not repetition.",
            f"裁决 {waiting} 已提出同样的结论；需要的是同意，而不是重复。",
        )
    replaces = book.contrary(connection, verdict, record_key_a, record_key_b)
    number = book.add(
        connection,
        Entry(actor, verdict, record_key_a, record_key_b, reason_code, note, waits),
    )
    _let_persons_stand_in(connection, number, record_key_a, record_key_b)
    return Decided(number, waits, () if waits else replaces)


def split(
    connection: Connection,
    actor: str,
    person_id: str,
    record_keys: Sequence[str],
    reason_code: str,
    note: str = "",
) -> Decided:
    """Take records out of a person: each is somebody else than those that stay.

    Raises: DecisionRefusedError; NoteRefusedError.
    """
    records = read_persons(connection, [person_id])[person_id]
    going = {record.record_key for record in records} & set(record_keys)
    if not going or len(going) != len(set(record_keys)):
        raise DecisionRefusedError(
            "Name the records to split off, all of this person.",
            "请选择此人名下要拆出的记录。",
        )
    rest = [record for record in records if record.record_key not in going]
    if not rest:
        raise DecisionRefusedError(
            "At least one record must stay with the person.", "至少要留下一条记录。"
        )
    stays = anchor_of(connection, person_id, rest).record_key
    note = check_note(note, records)
    connection.execute(book.DECIDING_LOCK)
    act_id, replaces = None, set()
    for goes in sorted(going):
        replaces |= set(book.contrary(connection, "split", goes, stays))
        number = book.add(
            connection, Entry(actor, "split", goes, stays, reason_code, note), act_id
        )
        others = [one.record_key for one in best_first(rest) if one.record_key != stays]
        book.let_stand_in(connection, number, stays, others)
        act_id = number if act_id is None else act_id
    return Decided(act_id or 0, replaces=tuple(sorted(replaces)))


def approve(
    connection: Connection, actor: str, decision_id: int, note: str = ""
) -> Decided:
    """Agree, as a second person, with a decision that waits for one.

    Raises: DecisionRefusedError; NoteRefusedError.
    """
    connection.execute(book.DECIDING_LOCK)
    state = book.state_of(connection, decision_id)
    if state.state != "pending":
        raise DecisionRefusedError(
            f"Decision {decision_id} does not wait for approval.",
            f"裁决 {decision_id} 不在等待同意。",
        )
    if is_same_actor(state.said_by, actor):
        raise DecisionRefusedError(
            f"Decision {decision_id} is your own; somebody else must approve it.",
            f"裁决 {decision_id} 是您自己提出的，须由另一人同意。",
        )
    target = book.find(connection, state.act_id)
    a, b = target.record_key_a, target.record_key_b
    replaces = book.contrary(connection, target.verdict, a, b)
    note = _note_on(connection, target, note)
    book.add(
        connection,
        Entry(actor, "approve", a, b, "checked_again", note, approves=state.act_id),
    )
    return Decided(state.act_id, replaces=replaces)


def undo(
    connection: Connection, actor: str, decision_id: int, reason_code: str, note: str = ""
) -> Decided:
    """Take a decision, an approval or an undo back; what stood before it stands again.

    Raises: DecisionRefusedError; NoteRefusedError.
    """
    connection.execute(book.DECIDING_LOCK)
    target = book.find(connection, decision_id)
    if target.verdict == "split":
        # A split is one act: it is undone as a whole.
        target = book.find(connection, target.act_id)
    by = book.undone_by(connection, target.decision_id)
    if by is not None:
        raise DecisionRefusedError(
            f"Decision {decision_id} is undone already; to bring it back, undo {by}.",
            f"裁决 {decision_id} 已撤销；要恢复，请撤销 {by}。",
        )
    note = _note_on(connection, target, note)
    a, b = target.record_key_a, target.record_key_b
    entry = Entry(actor, "undo", a, b, reason_code, note, undoes=target.decision_id)
    before = set(book.merges_of_one(connection))
    number = book.add(connection, entry)
    for merge in set(book.merges_of_one(connection)) - before:
        if have_different_numbers(*persons_as_decided(connection, *merge.pair)):
            raise DecisionRefusedError(
                f"This would bring back decision {merge.decision_id}, by which one steward"
                " alone would join persons with different id numbers. Undo that one first;"
                " to join them, decide anew, so that a second steward can agree.",
                f"这会恢复裁决 {merge.decision_id}，由一人合并号码不同的居民。"
                "请先撤销该裁决；确需合并的，请重新裁决，由第二人同意。",
            )
    return Decided(number)


def is_same_actor(one: str, other: str) -> bool:
    """Whether two names are one person's, however they are typed.

    As `identity.plain_name` compares them in the view of decisions.
    """
    plain = (
        "".join(unicodedata.normalize("NFKC", name).split()).lower()
        for name in (one, other)
    )
    return len(set(plain)) == 1


def _let_persons_stand_in(connection: Connection, decision_id: int, a: str, b: str) -> None:
    """The other records of two persons take the place of the two that are named.

    Where both are of one person nothing tells which of the others goes with which.
    """
    sides = {
        one.record_key: whole_person(connection, one)
        for one in read_records(connection, [a, b])
    }
    if {one.record_key for one in sides[a]} & {one.record_key for one in sides[b]}:
        return
    for key, records in sides.items():
        others = [one.record_key for one in best_first(records) if one.record_key != key]
        book.let_stand_in(connection, decision_id, key, others)


def _note_on(connection: Connection, target: Row[Any], note: str) -> str:
    if not note.strip():
        return ""
    # Of a record that was deleted at its source nothing is known that could be written.
    pair = known_records(connection, [target.record_key_a, target.record_key_b])
    everyone = [one for record in pair for one in whole_person(connection, record)]
    return check_note(note, everyone)


__all__ = [
    "Decided", "DecisionRefusedError", "approve", "decide", "is_same_actor", "prepare",
    "split", "undo",
]  # fmt: skip
