"""The queues: what waits for a steward, since when, and until when it should be done.

Goes in: the open tasks of linking and the decisions made since. Comes out: questions in the
order in which they fall due. A question that is decided leaves the queue at once, not only
when linking runs again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from loaders.identity.contradictions import JOINED
from loaders.stewards.people import need_links
from loaders.stewards.rules import due_on, kind_of, load_rules, working_days_between

STATES = ("open", "waiting", "decided")
# Linking could not do what a steward has said: other decisions stand against it.
NOT_DONE = "steward_but_known_to_be_two"
TASKS = """
    select task.task_id, task.kind, task.record_key_a, task.record_key_b,
           task.probability, task.reason, task.evidence, task.first_seen_on,
           one.person_id as person_a, other.person_id as person_b
    from identity.review_task as task
    left join identity.person_link as one on task.record_key_a = one.record_key
    left join identity.person_link as other on task.record_key_b = other.record_key
"""
# Of the records that decisions are about by now, with whose they are.
ACTIVE = """
    select active.record_key_a, active.record_key_b,
           active.decision_id, 'in_force' as state, state.said_by, active.verdict,
           active.reason_code, state.approved_id is not null as is_approved,
           one.person_id as person_a, other.person_id as person_b
    from identity.active_decision as active
    inner join identity.decision_state as state on active.decision_id = state.decision_id
    left join identity.person_link as one on active.record_key_a = one.record_key
    left join identity.person_link as other on active.record_key_b = other.record_key
    order by active.decision_id
"""
# Of a pair, what waits for approval is what matters; else what is in force.
STANDING = """
    select distinct on (state.record_key_a, state.record_key_b)
        state.record_key_a, state.record_key_b, state.decision_id, state.state,
        state.said_by, decision.verdict, decision.reason_code,
        state.approved_id is not null as is_approved
    from identity.decision_state as state
    inner join identity.steward_decision as decision
        on state.decision_id = decision.decision_id
    where state.state in ('pending', 'in_force')
    order by state.record_key_a, state.record_key_b, state.state = 'pending' desc,
             state.decision_id desc
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """The decision that stands on a pair, or waits for approval."""

    decision_id: int
    state: str
    said_by: str
    verdict: str
    reason_code: str
    is_approved: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A task of linking with its age and what has been said about it."""

    task_id: str
    kind: str
    record_key_a: str
    record_key_b: str
    probability: float | None
    reason: str
    evidence: Mapping[str, str | float]
    first_seen_on: date
    due_on: date
    age: int
    is_overdue: bool
    standing: Standing | None

    @property
    def is_contradicted(self) -> bool:
        """Whether the answer that stands is the one that could not be obeyed."""
        standing = self.standing
        return (
            self.reason == NOT_DONE
            and standing is not None
            and (standing.state, standing.verdict) == ("in_force", "same")
        )

    @property
    def needs_a_second(self) -> bool:
        """Whether one steward alone has joined what are two valid numbers by now."""
        standing = self.standing
        return (
            self.reason == JOINED
            and standing is not None
            and (standing.state, standing.verdict) == ("in_force", "same")
            and not standing.is_approved
        )

    @property
    def state(self) -> str:
        if self.standing is None or self.is_contradicted or self.needs_a_second:
            return "open"
        return "waiting" if self.standing.state == "pending" else "decided"


@dataclass(frozen=True)
class Wanted:
    """Which questions: of a kind, in a state (None for all), late ones only."""

    kind: str | None = None
    state: str | None = "open"
    overdue: bool = False

    def has(self, question: Question) -> bool:
        return (
            self.kind in (None, question.kind)
            and self.state in (None, question.state)
            and (question.is_overdue or not self.overdue)
        )


@dataclass(frozen=True, slots=True)
class Count:
    """How much of a kind is open, late, waiting for a second steward, and how old it is."""

    kind: str
    open: int
    overdue: int
    waiting: int
    oldest: int


def read_questions(connection: Connection, today: date) -> list[Question]:
    """All questions, those that fall due first at the top.

    Raises: NothingLinkedError.
    """
    need_links(connection)
    active = connection.execute(text(ACTIVE)).all()
    standing = {(row.record_key_a, row.record_key_b): Standing(*row[2:8]) for row in active}
    standing |= {
        (row.record_key_a, row.record_key_b): Standing(*row[2:])
        for row in connection.execute(text(STANDING))
    }
    # Two persons whom a steward has told apart are two, by whichever of their records they
    # are asked about next.
    apart = {
        frozenset((row.person_a, row.person_b)): Standing(*row[2:8])
        for row in active
        if row.verdict == "different" and row.person_a != row.person_b
    }
    found = []
    for row in connection.execute(text(TASKS)):
        a, b = sorted((row.record_key_a, row.record_key_b))
        said = standing.get((a, b))
        if said is None and row.reason != NOT_DONE and row.person_a and row.person_b:
            said = apart.get(frozenset((row.person_a, row.person_b)))
        due = due_on(row.first_seen_on, kind_of(row.kind).working_days)
        found.append(
            Question(
                row.task_id, row.kind, row.record_key_a, row.record_key_b,
                None if row.probability is None else float(row.probability),
                row.reason, row.evidence, row.first_seen_on, due,
                working_days_between(row.first_seen_on, today), today > due,
                said,
            )
        )  # fmt: skip
    return sorted(found, key=_urgency)


def counts(questions: Sequence[Question]) -> list[Count]:
    """One line per kind, also for those of which there is nothing."""
    kinds = [*load_rules().kinds]
    kinds += sorted({question.kind for question in questions} - set(kinds))
    states = Counter((one.kind, one.state) for one in questions)
    late = Counter(one.kind for one in questions if one.state == "open" and one.is_overdue)
    oldest: dict[str, int] = {}
    for one in questions:
        if one.state == "open":
            oldest[one.kind] = max(oldest.get(one.kind, 0), one.age)
    return [
        Count(
            kind, states[kind, "open"], late[kind], states[kind, "waiting"],
            oldest.get(kind, 0),
        )
        for kind in kinds
    ]  # fmt: skip


def neighbours(
    questions: Sequence[Question], task_id: str
) -> tuple[str | None, str | None]:
    """The question before and the one after, in a list that may have lost this one."""
    ids = [question.task_id for question in questions]
    if task_id not in ids:
        return None, ids[0] if ids else None
    place = ids.index(task_id)
    before = ids[place - 1] if place else None
    return before, ids[place + 1] if place + 1 < len(ids) else None


def _urgency(question: Question) -> tuple[date, int, float, str]:
    order = [*load_rules().kinds]
    rank = order.index(question.kind) if question.kind in order else len(order)
    return question.due_on, rank, -(question.probability or 0.0), question.task_id
