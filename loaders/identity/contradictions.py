"""Persons whose own records rule one another out, for a steward to look at.

Goes in: `identity.source_fact`, the links of this run, the temporary table `link_scope`.
Comes out: one question per person, the gravest. An id number or a source system's own word
has joined these records; what one life cannot hold says that a card or a number is
somebody else's, or that a date is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from loaders.identity.life import LATE, REASONS, TRANSFER

CONTRADICTIONS_SQL = """
with

said as (
    select
        link.person_id, link.record_key, link.first_delivery_on, fact.fact,
        fact.institution, fact.from_at, fact.until_at, fact.value
    from identity.source_fact as fact
    inner join identity.person_link as link on fact.record_key = link.record_key
    where
        cast(:everybody as boolean)
        or link.person_id in (
            select touched.person_id
            from link_scope
            inner join identity.person_link as touched
                on link_scope.record_key = touched.record_key
        )
)

select distinct on (one.person_id)
    least(one.record_key, other.record_key) as record_key_a,
    greatest(one.record_key, other.record_key) as record_key_b,
    (cast(:reasons as text[]))[why.place] as reason,
    greatest(one.first_delivery_on, other.first_delivery_on) as first_seen_on
from said as one
inner join said as other
    on one.person_id = other.person_id and one.record_key <> other.record_key
cross join lateral (
    select case
        when one.fact = 'stay' and other.fact = 'stay'
            and one.institution <> other.institution
            and least(one.until_at, other.until_at)
            - greatest(one.from_at, other.from_at) > :transfer
            then 1
        when one.fact = 'death' and other.fact = 'seen'
            and other.until_at - one.from_at > :late
            then 2
        when one.fact = 'blood_group' and other.fact = 'blood_group'
            and one.value <> other.value
            then 3
    end as place
) as why
where why.place is not null
order by
    one.person_id, why.place, least(one.record_key, other.record_key) collate "C",
    greatest(one.record_key, other.record_key) collate "C"
"""
# A steward has joined them, and two valid numbers with them. Whether a second steward has
# agreed is not linking's to know: the queue asks until one has.
JOINED_SQL = """
select
    said.record_key_a,
    said.record_key_b,
    :reason as reason,
    greatest(one.first_delivery_on, other.first_delivery_on) as first_seen_on
from identity.active_decision as said
inner join identity.person_link as one on said.record_key_a = one.record_key
inner join identity.person_link as other
    on said.record_key_b = other.record_key and one.person_id = other.person_id
inner join identity.record_state as state on said.record_key_a = state.record_key
inner join identity.rule_cluster as cluster on state.cluster = cluster.cluster
where
    said.verdict = 'same'
    and cardinality(cluster.proven) > 1
    and (
        cast(:everybody as boolean)
        or said.record_key_a in (select record_key from link_scope)
    )
order by said.record_key_a, said.record_key_b
"""
JOINED = "steward_but_different_valid_numbers"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two records of one person that cannot both be his, and why."""

    record_key_a: str
    record_key_b: str
    reason: str
    first_seen_on: date


def find_contradictions(connection: Connection, *, everybody: bool) -> list[Contradiction]:
    """The gravest contradiction of every person of whom the scope has a record."""
    known = connection.scalar(text("select to_regclass('identity.source_fact')"))
    if known is None:
        return []
    rows = connection.execute(
        text(CONTRADICTIONS_SQL),
        {
            "reasons": list(REASONS),
            "transfer": TRANSFER,
            "late": LATE,
            "everybody": everybody,
        },
    )
    return [
        Contradiction(row.record_key_a, row.record_key_b, row.reason, row.first_seen_on)
        for row in rows
    ]


def find_joined_numbers(connection: Connection, *, everybody: bool) -> list[Contradiction]:
    """Records that a steward has joined, and two valid numbers with them."""
    known = connection.scalar(text("select to_regclass('identity.active_decision')"))
    if known is None:
        return []
    rows = connection.execute(text(JOINED_SQL), {"reason": JOINED, "everybody": everybody})
    return [
        Contradiction(row.record_key_a, row.record_key_b, row.reason, row.first_seen_on)
        for row in rows
    ]
