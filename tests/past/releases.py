"""A demo county of three releases, each made from more, and what each release's record was.

What is delivered is real: folders of the county, two of which come late. Between releases
stewards make one person of two and take it back, and give a visit to somebody else.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from sqlalchemy import Connection, Engine, text

from loaders.cli import onecard
from loaders.demo_county.make import DELIVERIES, make_demo_county
from loaders.past.keep import prepare
from loaders.release.publish import TABLES
from loaders.stewards.decisions import approve, decide, undo
from loaders.stewards.event_owner import give_event, take_event_back
from tests.changes.building import build, land

RESIDENTS, SEED = 50, 5
# Delivered on the first day by their folder's name, and brought with the third.
LATE = ("20250101/B_ZYY_HIS", "20250101/C_TOWNSHIP_HIS")
IDENTITY_TABLES = (
    "event_person", "golden_attribute", "golden_person", "person_link", "person_relation",
)  # fmt: skip
DIGEST = """
    select count(*) || ' rows ' || md5(string_agg(said, '' order by said))
    from (select md5(cast(stored as text)) as said from {table} as stored) as every_row
"""
RELEASE = """
    insert into published.release (
        release_id, run_id, through_delivery, data_day, value_count, case_count,
        restatement_count, digest
    )
    select :release_id, (select max(run_id) from audit.run), :day, cast(:day as date) - 1,
           0, 0, 0, ''
"""
TWO_PERSONS = """
    select min(record_key) as record_key
    from identity.person_link as link
    inner join record.encounter as encounter using (person_id)
    group by person_id
    order by count(*) desc, person_id limit 2
"""
AN_EVENT = """
    select encounter.encounter_id, other.person_id
    from record.encounter as encounter
    cross join lateral (
        select person_id from record.person
        where person_id <> encounter.person_id order by person_id desc limit 1
    ) as other
    where encounter.person_id is not null and encounter.is_counted
    order by encounter.encounter_id limit 1
"""


@dataclass
class Releases:
    """A county's warehouse, and by release the digest of each table as it was then."""

    engine: Engine
    deliveries: Path
    digests: dict[int, dict[str, str]] = field(default_factory=dict)
    # What stewards spoke of: the records of two persons, and an event.
    merged: tuple[str, str] = ("", "")
    given_event: str = ""
    rebuilt: dict[int, str] = field(default_factory=dict)

    def as_of(self, release: int) -> str:
        """The schema of a release's record; it is built when it is first asked for."""
        if release not in self.rebuilt:
            done = CliRunner().invoke(
                onecard, ["record", "as-of", str(release), "--with-identity", "--compare"]
            )
            assert done.exit_code == 0, done.output
            self.rebuilt[release] = done.output
        return f"record_r{release:04}"

    def ask(self, query: str, **parameters: object) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), parameters)]

    def release(self, day: str) -> None:
        """Land what is there, build, and note what the record is."""
        land(self.deliveries, date.fromisoformat(day))
        build(date.fromisoformat(day))
        number = len(self.digests) + 1
        with self.engine.begin() as connection:
            connection.execute(text(TABLES.read_text("utf-8")))
            connection.execute(text(RELEASE), {"release_id": number, "day": day})
            self.digests[number] = digests(connection, "record", "identity")
        prepare(self.engine)


def digests(connection: Connection, record: str, identity: str) -> dict[str, str]:
    """The digest of every table of the record and of who is who: all columns, all rows."""
    tables = connection.scalars(
        text("select tablename from pg_tables where schemaname = :schema"),
        {"schema": record},
    )
    names = {f"record.{name}": f"{record}.{name}" for name in tables}
    names |= {f"identity.{name}": f"{identity}.{name}" for name in IDENTITY_TABLES}
    return {
        name: str(connection.scalar(text(DIGEST.format(table=table))))
        for name, table in sorted(names.items())
    }


def make_releases(engine: Engine, home: Path) -> Releases:
    """Three releases, each of which knows more than the one before."""
    make_demo_county(home / "county", RESIDENTS, SEED, 2, report=lambda _: None)
    county = Releases(engine, home / "county" / DELIVERIES)
    for folder in LATE:
        shutil.move(county.deliveries / folder, home / folder.replace("/", "_"))
    county.release("20250101")
    with engine.begin() as connection:
        one, other = connection.scalars(text(TWO_PERSONS))
        county.merged = (one, other)
        merge = decide(connection, "first", "same", one, other, "document_seen")
        if merge.waits_for_approval:
            approve(connection, "second", merge.decision_id)
        event = connection.execute(text(AN_EVENT)).one()
        county.given_event = event.encounter_id
        give_event(
            connection, "first", event.encounter_id, event.person_id, "borrowed_card"
        )
    county.release("20250102")
    for folder in LATE:
        shutil.move(home / folder.replace("/", "_"), county.deliveries / folder)
    with engine.begin() as connection:
        undo(connection, "first", merge.decision_id, "decided_by_mistake")
        take_event_back(connection, "first", county.given_event, "decided_by_mistake")
    county.release("20250103")
    return county
