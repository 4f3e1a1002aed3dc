"""Whose a visit or stay is, when it was booked on a card of somebody else.

Goes in: a steward's word about one event. Comes out: a row of `identity.event_decision`,
which is only ever added to; the latest word counts. The next run gives the event to the
person who then has the named record, or, when that is gone, another of those that its
person had when the word was given.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from loaders.identity.ledger import prepare
from loaders.stewards.book import DecisionRefusedError
from loaders.stewards.note import check_note
from loaders.stewards.people import (
    Record,
    anchor_of,
    best_first,
    need_links,
    read_persons,
    refuse_retired,
)
from loaders.stewards.rules import load_rules

__all__ = ["give_event", "prepare", "take_event_back"]

VERDICT = "belongs"
EVENT = "select person_id from record.encounter where encounter_id = :event"
OWNER = "select person_id from identity.person_link where record_key = :owner"
STANDING = """
    select owner_record_key from identity.event_owner where event_record_key = :event
"""
INSERT = """
    insert into identity.event_decision (
        actor, event_record_key, owner_record_key, reason_code, note, owner_named_since
    )
    values (
        :actor, :event, :owner, :reason, :note,
        (select named_since from identity.source_person where record_key = :owner)
    )
    returning decision_id
"""
STAND_IN = """
    insert into identity.event_stand_in (decision_id, place, record_key, named_since)
    select :decision_id, other.place, other.record_key, there.named_since
    from unnest(cast(:others as text[])) with ordinality as other (record_key, place)
    inner join identity.source_person as there on other.record_key = there.record_key
"""


def give_event(
    connection: Connection,
    actor: str,
    event: str,
    owner: str,
    reason_code: str,
    note: str = "",
) -> int:
    """Say that an encounter is another person's than its card's; returns the number.

    `owner` is a person id or the key of one of the person's records.
    Raises: DecisionRefusedError; NoteRefusedError; NothingLinkedError.
    """
    need_links(connection)
    found = connection.execute(text(EVENT), {"event": event}).one_or_none()
    if found is None:
        raise DecisionRefusedError(
            "There is no visit and no stay of this key.", "没有这条就诊或住院。"
        )
    record, records = _owner(connection, owner)
    if found.person_id == record.person_id:
        raise DecisionRefusedError(
            "The event is this person's already.", "这次就诊本来就属于此人。"
        )
    note = check_note(note, records)
    number = _add(connection, actor, event, record.record_key, reason_code, note)
    others = [
        one.record_key
        for one in best_first(records)
        if one.record_key not in (record.record_key, event)
    ]
    connection.execute(text(STAND_IN), {"decision_id": number, "others": others})
    return number


def take_event_back(
    connection: Connection, actor: str, event: str, reason_code: str, note: str = ""
) -> int:
    """Give an event back to the person of its card; returns the number of the word.

    Raises: DecisionRefusedError; NoteRefusedError.
    """
    need_links(connection)
    standing = connection.scalar(text(STANDING), {"event": event})
    if standing is None:
        raise DecisionRefusedError(
            "Nobody has said that this event is another person's.",
            "没有把这次就诊判给别人的裁决。",
        )
    # Of an owner whose record was deleted at its source nothing is known to be written.
    person_id = connection.scalar(text(OWNER), {"owner": standing})
    records = read_persons(connection, [person_id])[person_id] if person_id else []
    return _add(connection, actor, event, None, reason_code, check_note(note, records))


def _owner(connection: Connection, owner: str) -> tuple[Record, list[Record]]:
    person_id = connection.scalar(text(OWNER), {"owner": owner}) or owner
    records = read_persons(connection, [person_id])[person_id]
    if not records:
        refuse_retired(connection, [person_id])
        raise DecisionRefusedError(
            "The owner is no person id and no record of a person.",
            "所属之人须是居民编号，或其一条记录的键。",
        )
    by_key = {record.record_key: record for record in records}
    return by_key.get(owner) or anchor_of(connection, person_id, records), records


def _add(
    connection: Connection,
    actor: str,
    event: str,
    owner: str | None,
    reason_code: str,
    note: str,
) -> int:
    reasons = load_rules().reasons[VERDICT if owner else "undo"]
    if reason_code not in reasons:
        raise DecisionRefusedError(
            f"A decision needs a reason: {', '.join(reasons)}.", "请选择理由。"
        )
    said = {
        "actor": actor.strip(), "event": event, "owner": owner, "reason": reason_code,
        "note": note,
    }  # fmt: skip
    return int(connection.execute(text(INSERT), said).scalar_one())
