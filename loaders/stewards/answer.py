"""An answer to a case: the one way in for the command line and the page."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from loaders.stewards.book import DecisionRefusedError
from loaders.stewards.case import Case
from loaders.stewards.decisions import Decided, decide, split


def answer(
    connection: Connection,
    case: Case,
    actor: str,
    verdict: str,
    reason_code: str,
    note: str = "",
    handles: Collection[str] = (),
) -> Decided:
    """Decide a case; `handles` name the records that a split takes out.

    Raises: DecisionRefusedError; NoteRefusedError; NothingLinkedError.
    """
    if verdict != "split":
        if not case.is_pair:
            raise DecisionRefusedError(
                "One person alone can only be split.", "单独一人只能拆出。"
            )
        a, b = (side.lead.record_key for side in case.sides)
        return decide(connection, actor, verdict, a, b, reason_code, note)
    groups = {group.handle: (side, group) for side in case.sides for group in side.groups}
    if not handles or set(handles) - groups.keys():
        raise DecisionRefusedError(
            "Say which records to split off, by the names that the question gives them.",
            "请选择要拆出的记录。",
        )
    persons = {groups[handle][0].person_id for handle in handles}
    if len(persons) > 1 or None in persons:
        raise DecisionRefusedError(
            "A split takes records out of one person.", "一次只能从一个人名下拆出。"
        )
    keys = {key for handle in handles for key in groups[handle][1].record_keys}
    person_id = str(persons.pop())
    return split(connection, actor, person_id, sorted(keys), reason_code, note)
