"""What contradicts in one life: the stays, the death, the visit after it, the blood groups.

Goes in: why a question was asked, and the records of its sides. Comes out: the facts that
the reason is about, with days and institutions and no other value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from loaders.stewards.words import BUT

KINDS = {
    "stays_overlap": ["stay"],
    "seen_after_death": ["death", "seen"],
    "blood_groups_differ": ["blood_group"],
}
# D-ABO of the handbook.
BLOOD_GROUPS = {"1": "A", "2": "B", "3": "O", "4": "AB"}
FACTS = """
    select record_key, fact, from_at::date as since, until_at::date as until,
           institution, value
    from identity.source_fact
    where record_key = any(:keys) and fact = any(:kinds)
    order by from_at, record_key, fact
"""
NAMES = """
    select institution_code, coalesce(short_name, institution_name)
    from record.institution where institution_code = any(:codes)
"""


@dataclass(frozen=True, slots=True)
class Told:
    """One fact: of which side, what, from when to when, where, or which group."""

    side: int
    fact: str
    since: date | None
    until: date | None
    what: str


def read_facts(
    connection: Connection, reason: str, sides: Sequence[Sequence[str]]
) -> tuple[Told, ...]:
    """The facts that a reason is about; none for other reasons.

    `sides` has the record keys of each person; of one person, those of its first side.
    """
    kinds = KINDS.get(reason.rpartition(BUT)[2])
    known = connection.scalar(text("select to_regclass('identity.source_fact')"))
    if kinds is None or known is None:
        return ()
    side_of = {key: n for n, keys in reversed(list(enumerate(sides))) for key in keys}
    rows = connection.execute(text(FACTS), {"keys": list(side_of), "kinds": kinds}).all()
    names = _institutions(connection, {row.institution for row in rows} - {None})
    return tuple(
        Told(
            side_of[row.record_key], row.fact, row.since, row.until,
            BLOOD_GROUPS.get(row.value, "")
            if row.value
            else names.get(row.institution, row.institution or ""),
        )
        for row in rows
    )  # fmt: skip


def _institutions(connection: Connection, codes: set[str]) -> dict[str, str]:
    if connection.scalar(text("select to_regclass('record.institution')")) is None:
        return {}
    rows = connection.execute(text(NAMES), {"codes": sorted(codes)})
    return {str(row[0]): str(row[1]) for row in rows if row[1]}
