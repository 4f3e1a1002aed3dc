"""Whose the records are that questions are about: asked where the links are.

Goes in: the links of a run, written, or of a first load those that are laid out in the
workbench, while they are being written. Comes out: what the rules found odd with the
persons concerned, the persons of single records, and those who have too many.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import duckdb
from sqlalchemy import Connection, text

from loaders.identity.workbench import put_table

# A system that has so many master records of one person may have those of several.
MOST_MASTERS = 15
# Questions of the rules in which a person of the scope has a part, with their persons.
FINDINGS_SQL = """
with

-- Each by a join of its own: of either in a large scope every finding would be looked
-- for in all of it.
touched as (
    select finding.ctid as place
    from identity.finding
    inner join link_scope on finding.record_key_a = link_scope.record_key

    union

    select finding.ctid as place
    from identity.finding
    inner join link_scope on finding.record_key_b = link_scope.record_key
)

select
    finding.kind, finding.record_key_a, finding.record_key_b, finding.reason,
    finding.evidence::text, one.person_id, other.person_id,
    greatest(one.first_delivery_on, other.first_delivery_on)
from touched
inner join identity.finding on touched.place = finding.ctid
inner join identity.person_link as one on finding.record_key_a = one.record_key
inner join identity.person_link as other on finding.record_key_b = other.record_key
where one.person_id <> other.person_id
"""
OWNERS_SQL = """
select record_key, person_id, first_delivery_on from identity.person_link
where record_key = any(:keys)
"""
# Counted first with all that name a master: few have so many of both. The scope holds
# whoever may have too many whole, and the links are as they arrived.
MANY_SQL = """
select link.person_id, link.source_system
from arriving_link as link
where link.person_id is not null
group by link.person_id, link.source_system
having count(*) > :most
"""
TOO_MANY_SQL = """
select
    min(link.record_key collate "C"), max(link.record_key collate "C"),
    max(link.first_delivery_on)
from unnest(cast(:persons as text[]), cast(:systems as text[]))
    as many (person_id, source_system)
inner join arriving_link as link using (person_id, source_system)
inner join identity.source_person as source on link.record_key = source.record_key
-- What names the master record that it belongs to is no master itself.
-- Doses and years of one entry are one master.
where source.reference_key is null
group by link.person_id, link.source_system
having count(distinct (link.source_table, link.org_code, link.native_id)) > :most
"""
LAID_OUT_SQL = """
create or replace view laid_out as
select held.record_key, held.first_delivery_on, held.source_system, owner.person_id
from held
inner join person_of_cluster as owner on held.cluster = owner.cluster
"""
FINDINGS_LAID_OUT_SQL = """
select
    found.kind, one.record_key, other.record_key, found.reason, found.evidence,
    one.person_id, other.person_id, greatest(one.first_delivery_on, other.first_delivery_on)
from found
inner join source as a on found.a = a.n
inner join source as b on found.b = b.n
inner join laid_out as one on a.record_key = one.record_key
inner join laid_out as other on b.record_key = other.record_key
where one.person_id <> other.person_id
"""
OWNERS_LAID_OUT_SQL = """
select record_key, person_id, first_delivery_on from laid_out
semi join wanted using (record_key)
"""
# Clusters are counted first: there are fewer of them.
TOO_MANY_LAID_OUT_SQL = """
with

many as (
    select owner.person_id, counted.source_system
    from person_of_cluster as owner
    inner join (
        select cluster, source_system, count(*) as records
        from held group by cluster, source_system
    ) as counted on owner.cluster = counted.cluster
    group by owner.person_id, counted.source_system
    having sum(counted.records) > $most
)

select min(link.record_key), max(link.record_key), max(link.first_delivery_on)
from many
inner join laid_out as link using (person_id, source_system)
inner join source on link.record_key = source.record_key
where source.reference_key is null
group by link.person_id, link.source_system
having count(distinct (source.source_table, source.org_code, source.native_id)) > $most
"""

# Kind, two records, reason, evidence as JSON, the two persons, and since when.
FoundRow = tuple[str, str, str, str, str, str, str, date]
# A person, and since when it has the record.
Owner = tuple[str, date]


class Links(Protocol):
    """Where questions ask whose a record is."""

    def findings(self) -> Iterable[FoundRow]:
        """What the rules found odd about two persons of whom one is in scope."""

    def owners(self, keys: Collection[str]) -> dict[str, Owner]:
        """The persons of these records."""

    def too_many(self) -> Iterable[tuple[str, str, date]]:
        """Who has too many masters in one system: first, last, and since when."""


@dataclass(frozen=True)
class WrittenLinks:
    """Links in the warehouse; with the temporary tables `link_scope`, `arriving_link`."""

    connection: Connection

    def findings(self) -> Iterable[FoundRow]:
        """What the rules found odd about two persons of whom one is in scope."""
        rows: Any = self.connection.execute(text(FINDINGS_SQL)).all()
        return [tuple(row) for row in rows]

    def owners(self, keys: Collection[str]) -> dict[str, Owner]:
        """The persons of these records."""
        found: Any = self.connection.execute(text(OWNERS_SQL), {"keys": sorted(keys)})
        return {key: (person, since) for key, person, since in found}

    def too_many(self) -> Iterable[tuple[str, str, date]]:
        """Who has too many masters in one system: first, last, and since when."""
        most = {"most": MOST_MASTERS}
        many = self.connection.execute(text(MANY_SQL), most).all()
        if not many:
            return []
        persons, systems = zip(*many, strict=True)
        both = {"persons": list(persons), "systems": list(systems)}
        rows: Any = self.connection.execute(text(TOO_MANY_SQL), most | both).all()
        return [tuple(row) for row in rows]


class WorkbenchLinks:
    """The links of everybody, as they are laid out in the workbench."""

    def __init__(self, duck: duckdb.DuckDBPyConnection) -> None:
        self._duck = duck
        duck.execute(LAID_OUT_SQL)

    def findings(self) -> Iterable[FoundRow]:
        """What the rules found odd about two persons."""
        rows: list[FoundRow] = self._duck.execute(FINDINGS_LAID_OUT_SQL).fetchall()
        return rows

    def owners(self, keys: Collection[str]) -> dict[str, Owner]:
        """The persons of these records."""
        put_table(self._duck, "wanted", {"record_key": "text"}, [(key,) for key in keys])
        found = self._duck.execute(OWNERS_LAID_OUT_SQL).fetchall()
        return {key: (person, since) for key, person, since in found}

    def too_many(self) -> Iterable[tuple[str, str, date]]:
        """Who has too many masters in one system: first, last, and since when."""
        found: list[tuple[str, str, date]] = self._duck.execute(
            TOO_MANY_LAID_OUT_SQL, {"most": MOST_MASTERS}
        ).fetchall()
        return found
