"""The book of decisions: how a row gets in, and what the rows before it amount to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, text

from loaders.stewards.refusal import StewardRefusal
from loaders.stewards.rules import load_rules
from loaders.warehouse.connect import MAKING_LOCK

# One decision at a time: whether it may be made depends on those before.
DECIDING_LOCK = text("select pg_advisory_xact_lock(3102)")
TAKE_NUMBER = text(
    "select nextval(pg_get_serial_sequence('identity.steward_decision', 'decision_id'))"
)
INSERT = text(
    """
    insert into identity.steward_decision (
        decision_id, actor, verdict, record_key_a, record_key_b, reason_code, note,
        act_id, needs_approval, approves, undoes, named_since_a, named_since_b
    ) overriding system value
    values (
        :decision_id, :actor, :verdict, :record_key_a, :record_key_b, :reason_code, :note,
        :act_id, :needs_approval, :approves, :undoes,
        (select named_since from identity.source_person where record_key = :record_key_a),
        (select named_since from identity.source_person where record_key = :record_key_b)
    )
    """
)
FIND = text("select * from identity.steward_decision where decision_id = :decision_id")
STATE = text("select * from identity.decision_state where decision_id = :decision_id")
LATEST_UNDO = text(
    "select max(decision_id) from identity.steward_decision where undoes = :decision_id"
)
# Said of this pair, or of one that has come to be this one.
CONTRARY = text(
    """
    select decision_id from (
        select decision_id, record_key_a, record_key_b, verdict
        from identity.decision_state where state = 'in_force'
        union
        select decision_id, record_key_a, record_key_b, verdict
        from identity.active_decision
    ) as standing
    where record_key_a = least(cast(:a as text), :b)
        and record_key_b = greatest(cast(:a as text), :b) and verdict <> :verdict
    order by decision_id
    """
)
STAND_IN = text(
    """
    insert into identity.decision_record (
        decision_id, stands_for, place, record_key, named_since
    )
    select
        :decision_id, :stands_for, other.place, other.record_key, there.named_since
    from unnest(cast(:others as text[])) with ordinality as other (record_key, place)
    inner join identity.source_person as there on other.record_key = there.record_key
    """
)


PENDING = text(
    """
    select decision_id from identity.decision_state
    where record_key_a = least(cast(:a as text), :b)
        and record_key_b = greatest(cast(:a as text), :b) and state = 'pending'
    """
)
STAND_IN_AS_BEFORE = text(
    """
    insert into identity.decision_record (
        decision_id, stands_for, place, record_key, named_since
    )
    select :decision_id, stands_for, place, record_key, named_since
    from identity.decision_record
    where decision_id = (
        select max(decision.decision_id)
        from identity.steward_decision as decision
        inner join identity.decision_record as other
            on decision.decision_id = other.decision_id
        where
            least(decision.record_key_a, decision.record_key_b)
            = least(cast(:a as text), :b)
            and greatest(decision.record_key_a, decision.record_key_b)
            = greatest(cast(:a as text), :b)
    )
    """
)

# Not those of which nobody is left on one side.
MERGES_OF_ONE = text(
    """
    select decision.decision_id, decision.record_key_a, decision.record_key_b
    from identity.active_decision as decision
    inner join identity.steward_decision as said
        on decision.decision_id = said.decision_id
    inner join identity.source_person as one on decision.record_key_a = one.record_key
    inner join identity.source_person as other on decision.record_key_b = other.record_key
    where decision.verdict = 'same' and not said.needs_approval
    """
)


class DecisionRefusedError(StewardRefusal):
    """A decision that may not be made like this; the message says what is missing."""


@dataclass(frozen=True)
class Entry:
    """One row to add."""

    actor: str
    verdict: str
    record_key_a: str
    record_key_b: str
    reason_code: str
    note: str = ""
    needs_approval: bool = False
    approves: int | None = None
    undoes: int | None = None


class Merge(NamedTuple):
    """A merge in force and its two records."""

    decision_id: int
    record_key_a: str
    record_key_b: str

    @property
    def pair(self) -> tuple[str, str]:
        return self.record_key_a, self.record_key_b


def prepare(engine: Engine) -> None:
    """Make the stewards' tables and views where they are not there yet."""
    statements = files("loaders.stewards").joinpath("decisions.sql").read_text("utf-8")
    with engine.begin() as connection:
        connection.execute(MAKING_LOCK)
        connection.exec_driver_sql(statements)


def add(connection: Connection, entry: Entry, act_id: int | None = None) -> int:
    """Add a row and return its number; `act_id` when it is part of an act begun before.

    Raises: DecisionRefusedError when it has no actor or not one of the verdict's reasons.
    """
    if not entry.actor.strip():
        raise DecisionRefusedError(
            "A decision needs the name of who decides.", "裁决须有裁决人姓名。"
        )
    reasons = load_rules().reasons[entry.verdict]
    if entry.reason_code not in reasons:
        raise DecisionRefusedError(
            f"A decision needs a reason; for {entry.verdict}: {', '.join(reasons)}.",
            "请选择理由。",
        )
    number = int(connection.scalar(TAKE_NUMBER) or 0)
    connection.execute(
        INSERT,
        vars(entry)
        | {
            "actor": entry.actor.strip(),
            "decision_id": number,
            "act_id": number if act_id is None else act_id,
        },
    )
    return number


def let_stand_in(
    connection: Connection, decision_id: int, stands_for: str, others: Sequence[str]
) -> None:
    """Note which records take the place of one of the decision's, the first one there."""
    connection.execute(
        STAND_IN,
        {"decision_id": decision_id, "stands_for": stands_for, "others": list(others)},
    )


def let_stand_in_as_before(
    connection: Connection, decision_id: int, a: str, b: str
) -> None:
    """Let the same records take the places as for the decision before on this pair."""
    connection.execute(STAND_IN_AS_BEFORE, {"decision_id": decision_id, "a": a, "b": b})


def find(connection: Connection, decision_id: int) -> Row[Any]:
    """A row of the book. Raises: DecisionRefusedError."""
    row = connection.execute(FIND, {"decision_id": decision_id}).one_or_none()
    if row is None:
        raise DecisionRefusedError(
            f"There is no decision {decision_id}.", f"没有编号为 {decision_id} 的裁决。"
        )
    return row


def state_of(connection: Connection, decision_id: int) -> Row[Any]:
    """Where a verdict on records stands. Raises: DecisionRefusedError."""
    row = connection.execute(STATE, {"decision_id": decision_id}).one_or_none()
    if row is None:
        raise DecisionRefusedError(
            f"{decision_id} is not the number of a verdict.",
            f"{decision_id} 不是结论的编号。",
        )
    return row


def undone_by(connection: Connection, decision_id: int) -> int | None:
    """The undo under which a row lies, if there is one that is not itself undone."""
    latest = connection.scalar(LATEST_UNDO, {"decision_id": decision_id})
    if latest is None or undone_by(connection, int(latest)) is not None:
        return None
    return int(latest)


def merges_of_one(connection: Connection) -> list[Merge]:
    """The merges in force that took one steward."""
    return [Merge(**row._mapping) for row in connection.execute(MERGES_OF_ONE)]


def pending(connection: Connection, a: str, b: str) -> int | None:
    """The decision on this pair that waits for a second steward."""
    found = connection.scalar(PENDING, {"a": a, "b": b})
    return None if found is None else int(found)


def contrary(connection: Connection, verdict: str, a: str, b: str) -> tuple[int, ...]:
    """The decision in force on this pair that says the opposite."""
    said = "same" if verdict == "same" else "different"
    found = connection.scalars(CONTRARY, {"a": a, "b": b, "verdict": said})
    return tuple(int(number) for number in found)
