"""What one life rules out: two hospitals at a time, a walk to the doctor after death.

Goes in: `identity.source_fact` for the records in scope. Comes out: the facts of every
claim that has any, and why two sets of facts cannot be of one person. Where there are no
such facts there is nothing to compare.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product

import duckdb
from sqlalchemy import Connection, text

from loaders.identity.workbench import copy_in

# Who is moved to another hospital is discharged from the first when its bill is made.
TRANSFER = timedelta(days=1)
# Cards and bills come to the systems late; what is dated so long after a death is not late.
LATE = timedelta(days=30)
BLOOD_GROUPS_DIFFER = "blood_groups_differ"
REASONS = ("stays_overlap", "seen_after_death", BLOOD_GROUPS_DIFFER)
# What joins whatever a life rules out: the contradiction is then a steward's to look at.
PROOF = frozenset({"same_id", "steward"})

SAID_SQL = """
select
    fact.record_key, fact.fact, fact.institution, fact.from_at::text, fact.until_at::text,
    fact.value
from identity.source_fact as fact
inner join scope on fact.record_key = scope.record_key
"""
NOTHING_SAID_SQL = """
create or replace table life_said (
    record_key varchar, fact varchar, institution varchar, from_at varchar,
    until_at varchar, value varchar
)
"""
LIVES_SQL = """
select distinct
    record.claim, said.fact, said.institution, said.from_at::timestamp,
    said.until_at::timestamp, said.value
from life_said as said
inner join source on said.record_key = source.record_key
inner join record on source.n = record.n
order by all
"""

Stay = tuple[str, datetime, datetime]


@dataclass(frozen=True, slots=True)
class Life:
    """Stays with their institutions, the first death, when last seen, blood groups."""

    stays: frozenset[Stay] = frozenset()
    died_on: date | None = None
    seen_on: date | None = None
    blood_groups: frozenset[str] = frozenset()

    def contradiction(self, other: Life) -> str | None:
        """Why these are two lives, None when they may be one; see REASONS."""
        if any(_overlap(*pair) for pair in product(self.stays, other.stays)):
            return "stays_overlap"
        if _seen_after_death(self, other) or _seen_after_death(other, self):
            return "seen_after_death"
        if len(self.blood_groups) == len(other.blood_groups) == 1:
            return BLOOD_GROUPS_DIFFER if self.blood_groups != other.blood_groups else None
        return None

    def to_json(self) -> str:
        """As text for a column, the same for the same life."""
        stays = sorted([where, *map(str, when)] for where, *when in self.stays)
        days = [str(day) if day else None for day in (self.died_on, self.seen_on)]
        return json.dumps([stays, *days, sorted(self.blood_groups)])


def life_from_json(said: list[object] | None) -> Life | None:
    """The life that `to_json` wrote, as PostgreSQL gives it back."""
    if said is None:
        return None
    stays, died_on, seen_on, blood_groups = said
    return Life(
        frozenset((where, _time(since), _time(until)) for where, since, until in stays),  # type: ignore[attr-defined]
        date.fromisoformat(str(died_on)) if died_on else None,
        date.fromisoformat(str(seen_on)) if seen_on else None,
        frozenset(blood_groups),  # type: ignore[call-overload]
    )


def joined(one: Life | None, other: Life | None) -> Life | None:
    """Two lives taken together."""
    if one is None or other is None:
        return one or other
    return Life(
        one.stays | other.stays,
        min(filter(None, (one.died_on, other.died_on)), default=None),
        max(filter(None, (one.seen_on, other.seen_on)), default=None),
        one.blood_groups | other.blood_groups,
    )


def binds(reason: str, rule: str) -> bool:
    """Whether a contradiction keeps apart what a rule would join.

    A blood group may be a slip of the laboratory or the clerk: it only stops what the model
    would do on likeness alone.
    """
    if reason == BLOOD_GROUPS_DIFFER:
        return rule == "model"
    return reason not in REASONS or rule not in PROOF


def bring_lives(connection: Connection, duck: duckdb.DuckDBPyConnection) -> None:
    """Make the table `life_said` of the records in scope."""
    known = connection.scalar(text("select to_regclass('identity.source_fact')"))
    if known is None:
        duck.execute(NOTHING_SAID_SQL)
    else:
        copy_in(connection, SAID_SQL, duck, "life_said")


def lives_of_claims(duck: duckdb.DuckDBPyConnection) -> Mapping[int, Life]:
    """The life of every claim of which a fact is known."""
    said: dict[int, list[tuple[object, ...]]] = defaultdict(list)
    for claim, *fact in duck.execute(LIVES_SQL).fetchall():
        said[claim].append(tuple(fact))
    return {claim: _read(facts) for claim, facts in said.items()}


def _read(facts: list[tuple[object, ...]]) -> Life:
    life: Life | None = None
    for fact, institution, from_at, until_at, value in facts:
        one = Life()
        if isinstance(from_at, datetime) and isinstance(until_at, datetime):
            if fact == "stay":
                one = Life(stays=frozenset({(str(institution), from_at, until_at)}))
            elif fact == "death":
                one = Life(died_on=from_at.date())
            elif fact == "seen":
                one = Life(seen_on=until_at.date())
        elif fact == "blood_group":
            one = Life(blood_groups=frozenset({str(value)}))
        life = joined(life, one)
    return life or Life()


def _overlap(one: Stay, other: Stay) -> bool:
    if one[0] == other[0]:
        return False
    return min(one[2], other[2]) - max(one[1], other[1]) > TRANSFER


def _seen_after_death(dead: Life, alive: Life) -> bool:
    return bool(dead.died_on and alive.seen_on and alive.seen_on - dead.died_on > LATE)


def _time(said: str) -> datetime:
    return datetime.fromisoformat(said)
