"""One question with all that a steward needs to answer it.

Goes in: the number of a task, a person id, or two of them joined by `+`. Comes out: both
sides with their records, their likeness, the evidence, a suggestion and the visits. Values
are in the records; whoever shows them masks them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

from loaders.identity.person_name import read_person_name
from loaders.stewards.evidence import Step, waterfall
from loaders.stewards.facts import Told, read_facts
from loaders.stewards.likeness import Likeness, compare
from loaders.stewards.people import (
    NothingLinkedError,
    Record,
    anchor_of,
    have_different_numbers,
    need_links,
    persons_as_decided,
    read_persons,
    read_records,
    refuse_retired,
    whole_person,
)
from loaders.stewards.queue import Question, read_questions
from loaders.stewards.suggestion import Suggestion, suggest

CHOSEN = "chosen"
MOST_VISITS = 24
VISITS = f"""
    select timeline.person_id, timeline.happened_at::date as day,
           coalesce(institution.short_name, institution.institution_name, '') as institution
    from record.timeline
    left join record.institution
        on timeline.institution_code = institution.institution_code
    where timeline.person_id = any(:persons) and timeline.happened_at is not null
    group by 1, 2, 3
    order by day desc, person_id
    limit {MOST_VISITS}
"""
DECISIONS = """
    select state.decision_id, decision.decided_at, decision.actor, decision.verdict,
           decision.reason_code, decision.note, state.state, state.replaced_by,
           state.said_by, state.act_id
    from identity.decision_state as state
    inner join identity.steward_decision as decision
        on state.decision_id = decision.decision_id
    where state.record_key_a = any(:keys) and state.record_key_b = any(:keys)
    order by state.decision_id desc
"""


@dataclass(frozen=True)
class Group:
    """Records that say the same of a person: one to show, and how many there are."""

    record: Record
    record_keys: tuple[str, ...]

    @property
    def handle(self) -> str:
        """Names the group without naming anybody."""
        return handle_of(self.record)


@dataclass(frozen=True)
class Side:
    """A person, or a record that has none: the record in question and all others."""

    person_id: str | None
    lead: Record
    groups: tuple[Group, ...]

    @property
    def records(self) -> list[str]:
        return [key for group in self.groups for key in group.record_keys]


@dataclass(frozen=True)
class Case:
    """A question in full; `question` is None when a steward has chosen the persons."""

    key: str
    kind: str
    question: Question | None
    sides: tuple[Side, ...]
    likeness: tuple[Likeness, ...]
    steps: tuple[Step, ...]
    suggestion: Suggestion | None
    numbers_differ: bool
    visits: tuple[tuple[str, date, str], ...]
    decisions: tuple[Row[Any], ...]
    facts: tuple[Told, ...] = ()

    @property
    def is_pair(self) -> bool:
        return len(self.sides) == 2

    @property
    def is_one_person(self) -> bool:
        """Whether both records are linked to one person already."""
        persons = {side.person_id for side in self.sides}
        return len(persons) == 1 and None not in persons

    @property
    def persons(self) -> tuple[Side, ...]:
        """Each person once, also where both records in question are of one."""
        return self.sides[:1] if self.is_one_person else self.sides

    @property
    def asked_keys(self) -> frozenset[str]:
        """The records in question."""
        return frozenset(side.lead.record_key for side in self.sides)


def handle_of(record: Record) -> str:
    """A short name for a record that tells nothing about it."""
    return hashlib.blake2b(record.record_key.encode(), digest_size=5).hexdigest()


def open_case(
    connection: Connection, key: str, today: date, questions: Sequence[Question] = ()
) -> Case:
    """The case that `key` denotes. Raises: NothingLinkedError."""
    need_links(connection)
    question = next(
        (
            one
            for one in questions or read_questions(connection, today)
            if one.task_id == key
        ),
        None,
    )
    if question is not None:
        leads = read_records(connection, [question.record_key_a, question.record_key_b])
        sides = [_side(lead, whole_person(connection, lead)) for lead in leads]
    else:
        sides = _chosen(connection, key)
    return _case(connection, key, question, sides)


def _case(
    connection: Connection, key: str, question: Question | None, sides: list[Side]
) -> Case:
    kind = question.kind if question else CHOSEN
    likeness: tuple[Likeness, ...] = ()
    suggestion, differ = None, False
    if len(sides) == 2:
        likeness = tuple(compare(sides[0].lead, sides[1].lead))
        leads = (side.lead.record_key for side in sides)
        differ = sides[0].person_id != sides[1].person_id and have_different_numbers(
            *persons_as_decided(connection, *leads)
        )
        suggestion = suggest(
            kind,
            question.probability if question else None,
            {one.field: one for one in likeness},
            differ,
            sides[0].person_id == sides[1].person_id and sides[0].person_id is not None,
            all(read_person_name(side.lead.person_name).is_newborn for side in sides),
            question is not None and question.is_contradicted,
        )
    return Case(
        key=key,
        kind=kind,
        question=question,
        sides=tuple(sides),
        likeness=likeness,
        steps=tuple(waterfall(question.evidence)) if question else (),
        suggestion=suggestion,
        numbers_differ=differ,
        visits=_visits(connection, sides),
        facts=read_facts(connection, question.reason, [side.records for side in sides])
        if question
        else (),
        decisions=tuple(
            connection.execute(
                text(DECISIONS), {"keys": [key for side in sides for key in side.records]}
            )
        ),
    )


def _chosen(connection: Connection, key: str) -> list[Side]:
    person_ids = list(dict.fromkeys(part.strip() for part in key.split("+")))
    persons = read_persons(connection, person_ids)
    refuse_retired(connection, person_ids)
    if not all(persons.values()) or len(person_ids) > 2:
        raise NothingLinkedError(
            "No question and no person is known by this key. It is the number of a task, a"
            " person id, or two person ids joined by +.",
            "没有这样的问题或居民。请输入任务编号、居民编号，或用 + 连接的两个居民编号。",
        )
    return [
        _side(anchor_of(connection, person_id, records), records)
        for person_id, records in persons.items()
    ]


def _side(lead: Record, records: Sequence[Record]) -> Side:
    alike: dict[tuple[object, ...], list[Record]] = {}
    for record in sorted(records, key=lambda one: one.record_key != lead.record_key):
        alike.setdefault(record.said(), []).append(record)
    groups = (
        Group(group[0], tuple(record.record_key for record in group))
        for group in alike.values()
    )
    return Side(lead.person_id, lead, tuple(groups))


def _visits(
    connection: Connection, sides: Sequence[Side]
) -> tuple[tuple[str, date, str], ...]:
    for table in ("record.timeline", "record.institution"):
        if connection.scalar(text("select to_regclass(:name)"), {"name": table}) is None:
            return ()
    persons = [side.person_id for side in sides if side.person_id]
    return tuple(
        (row.person_id, row.day, row.institution)
        for row in connection.execute(text(VISITS), {"persons": persons})
    )
