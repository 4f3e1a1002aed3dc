"""The two sides of a question: source records and the persons they are linked to.

Goes in: record keys or person ids. Comes out: records with their values, to be masked by
whoever shows them. Nothing here is written anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import Connection, text

from loaders.identity.id_number import read_id_number
from loaders.stewards.refusal import StewardRefusal

# As they are shown, top to bottom; what identifies comes first.
SHOWN = (
    "person_name", "id_number", "born_on", "sex_code", "phone", "address", "town_code",
    "ethnicity_code", "insurance_number", "health_index_id", "archive_id", "household_id",
)  # fmt: skip


class NothingLinkedError(StewardRefusal):
    """The warehouse has no linked persons, or not the one that is asked for."""


@dataclass(frozen=True, slots=True)
class Record:
    """One source record that names a person, and how it came to its person."""

    record_key: str
    source_system: str
    source_table: str
    org_code: str
    native_id: str
    native_part: str
    first_delivery_on: date
    person_name: str | None
    id_number: str | None
    id_type_code: str | None
    sex_code: str | None
    born_on: date | None
    ethnicity_code: str | None
    phone: str | None
    address: str | None
    town_code: str | None
    health_index_id: str | None
    archive_id: str | None
    insurance_number: str | None
    household_id: str | None
    person_id: str | None
    rule: str | None

    @property
    def valid_number(self) -> str | None:
        """The identity number when it can name one person by itself."""
        return read_id_number(self.id_number, self.id_type_code).key

    def said(self) -> tuple[object, ...]:
        """All that it says of the person: records that say the same are shown once."""
        return (
            self.source_system, self.source_table, self.org_code,
            *(getattr(self, name) for name in SHOWN),
        )  # fmt: skip


LINK_COLUMNS = ("person_id", "rule")
COLUMNS = ", ".join(
    f"{'link' if field.name in LINK_COLUMNS else 'source'}.{field.name}"
    for field in fields(Record)
)
OF_KEYS = f"""
    select {COLUMNS}
    from identity.source_person as source
    left join identity.person_link as link on source.record_key = link.record_key
    where source.record_key = any(:keys)
"""
OF_PERSONS = f"""
    select {COLUMNS}
    from identity.person_link as link
    inner join identity.source_person as source on link.record_key = source.record_key
    where link.person_id = any(:persons)
    order by link.first_delivery_on, link.record_key
"""
# Records that are gone from their source join nobody.
JOINED = """
    select decision.record_key_a, decision.record_key_b
    from identity.active_decision as decision
    inner join identity.source_person as one on decision.record_key_a = one.record_key
    inner join identity.source_person as other on decision.record_key_b = other.record_key
    where
        decision.verdict = 'same'
        and (decision.record_key_a = any(:keys) or decision.record_key_b = any(:keys))
"""
RETIRED = """
    select person_id, retired_into from identity.person_ledger
    where person_id = any(:persons) and status = 'retired'
    order by person_id
"""
ANCHORS = """
    select person_id, anchor_record_key from identity.person_ledger
    where person_id = any(:persons)
"""


def need_links(connection: Connection) -> None:
    """Raises: NothingLinkedError while the pipeline has not linked anybody."""
    for table in ("identity.source_person", "identity.person_link", "identity.review_task"):
        if connection.scalar(text("select to_regclass(:name)"), {"name": table}) is None:
            raise NothingLinkedError(
                "Nobody has been linked yet; `onecard run` does it.",
                "还没有关联过任何人；请先执行 onecard run。",
            )


def read_records(connection: Connection, keys: Sequence[str]) -> list[Record]:
    """The records of these keys, in their order. Raises: NothingLinkedError."""
    found = {one.record_key: one for one in known_records(connection, keys)}
    if set(keys) - found.keys():
        raise NothingLinkedError(
            "A record of this question is no longer there; it was deleted at its source.",
            "这个问题中的一条记录已不在，来源机构已删除。",
        )
    return [found[key] for key in keys]


def known_records(connection: Connection, keys: Sequence[str]) -> list[Record]:
    """Those records of these keys that are still there."""
    rows = connection.execute(text(OF_KEYS), {"keys": list(keys)})
    return [Record(**row._mapping) for row in rows]


def read_persons(
    connection: Connection, person_ids: Iterable[str]
) -> dict[str, list[Record]]:
    """All records of these persons, the oldest first."""
    persons: dict[str, list[Record]] = {person_id: [] for person_id in person_ids}
    for row in connection.execute(text(OF_PERSONS), {"persons": list(persons)}):
        record = Record(**row._mapping)
        persons[str(record.person_id)].append(record)
    return persons


def refuse_retired(connection: Connection, person_ids: Sequence[str]) -> None:
    """Say where a retired id leads: nothing is decided about somebody else than was typed.

    Raises: NothingLinkedError.
    """
    for row in connection.execute(text(RETIRED), {"persons": list(person_ids)}):
        if row.retired_into is None:
            raise NothingLinkedError(
                f"{row.person_id} is retired, and no record of this person is left.",
                f"{row.person_id} 已退役，此人没有留下任何记录。",
            )
        raise NothingLinkedError(
            f"{row.person_id} is retired; its records are those of {row.retired_into} by"
            " now. Look at that person.",
            f"{row.person_id} 已退役，其记录现属 {row.retired_into}。请查看后者。",
        )


def anchor_of(connection: Connection, person_id: str, records: Sequence[Record]) -> Record:
    """The record that stands for a person: that of its id, else the best proven, oldest."""
    rows = connection.execute(text(ANCHORS), {"persons": [person_id]}).all()
    anchors = {row.anchor_record_key for row in rows}
    return min(
        records, key=lambda record: (record.record_key not in anchors, _proof(record))
    )


def best_first(records: Iterable[Record]) -> list[Record]:
    """Records in the order in which they can stand for their person."""
    return sorted(records, key=_proof)


def _proof(record: Record) -> tuple[bool, date, str]:
    return record.valid_number is None, record.first_delivery_on, record.record_key


def whole_person(connection: Connection, record: Record) -> list[Record]:
    """A record with all others of its person; alone when it is linked to nobody."""
    if record.person_id is None:
        return [record]
    return read_persons(connection, [record.person_id])[record.person_id]


def persons_as_decided(
    connection: Connection, a: str, b: str
) -> tuple[list[Record], list[Record]]:
    """The persons of two records as decisions in force will have them after the next run.

    A decision on these two itself is left out. Raises: NothingLinkedError.
    """
    one, other = read_records(connection, [a, b])
    pair = {a, b}
    return _as_decided(connection, one, pair), _as_decided(connection, other, pair)


def _as_decided(connection: Connection, record: Record, left_out: set[str]) -> list[Record]:
    found = {one.record_key: one for one in whole_person(connection, record)}
    while True:
        pairs = connection.execute(text(JOINED), {"keys": list(found)}).all()
        ends = {end for pair in pairs if set(pair) != left_out for end in pair}
        if ends <= found.keys():
            return list(found.values())
        for reached in known_records(connection, list(ends - found.keys())):
            for one in whole_person(connection, reached):
                found[one.record_key] = one


def have_different_numbers(one: Iterable[Record], other: Iterable[Record]) -> bool:
    """Whether two persons carry valid identity numbers that are not the same."""
    left = {record.valid_number for record in one} - {None}
    right = {record.valid_number for record in other} - {None}
    return bool(left and right) and len(left | right) > 1
