"""Whose the events are: visits, stays and newborns' charges against the truth.

Goes in: `events.csv` of a demo county's truth, links, `identity.event_person`, encounters.
Comes out: for each kind of event how many there are and how many are the right person's. A
person is whoever most of its records are.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

# Kind of event, Chinese and English.
KINDS: Mapping[str, tuple[str, str]] = {
    "every": ("全部就诊与住院", "every visit and stay"),
    "borrowed_card": ("借卡，未发现", "on a borrowed card, not found out"),
    "split_card": ("借卡，已拆卡重报", "on a borrowed card that was split"),
    "newborn_charge": ("母亲住院上的新生儿费用", "newborn's charge on its mother's stay"),
}
COLUMNS = (
    "source_system", "source_table", "org_code", "native_id", "true_person", "booked_on",
)  # fmt: skip
SPLIT = "shared_card"
FILE = "events.csv"
# Whom nobody's card names is nobody's in the record too: such an event is not right.
COUNT_SQL = """
with

person_truth as (
    select distinct on (person_id) person_id, true_person
    from (
        select link.person_id, truth.person_id as true_person, count(*) as records
        from identity.person_link as link
        inner join true_person as truth on link.record_key = truth.record_key
        where link.person_id is not null
        group by link.person_id, truth.person_id
    ) as counted
    order by person_id, records desc, true_person
),

held as (
    select encounter_id as record_key, person_id, 'encounter' as what
    from record.encounter
    union all
    select record_key, person_id, 'charge' as what
    from identity.event_person
    where because = 'newborn_on_mothers_stay'
),

judged as (
    select
        event.*,
        coalesce(person_truth.true_person = event.true_person, false) as is_right,
        split_event.native_id is not null as was_split
    from true_event as event
    left join held on held.record_key = event.record_key
    left join person_truth on held.person_id = person_truth.person_id
    left join split_event
        on event.source_system = split_event.source_system
        and event.source_table = split_event.source_table
        and event.native_id = split_event.native_id
)

select kind.kind, count(*), count(*) filter (where judged.is_right)
from judged
cross join lateral (
    select 'every' as kind where not judged.is_charge
    union all
    select 'borrowed_card'
    where not judged.is_charge and judged.booked_on <> judged.true_person
    union all
    select 'split_card' where judged.was_split
    union all
    select 'newborn_charge' where judged.is_charge
) as kind
group by kind.kind
"""


@dataclass(frozen=True, slots=True)
class Attribution:
    """How many events of a kind, and how many of them are the right person's."""

    events: int
    right: int

    @property
    def share(self) -> float:
        return self.right / self.events if self.events else 1.0


def measure_events(connection: Connection, folder: Path) -> dict[str, Attribution]:
    """Count the events by kind, in the order of KINDS.

    Needs `true_person`. Nothing where the truth tells of no events, or no record is built.
    """
    tables = ("record.encounter", "identity.event_person")
    known = [
        connection.scalar(text("select to_regclass(:name)"), {"name": name})
        for name in tables
    ]
    if not (folder / FILE).exists() or None in known:
        return {}
    _load(connection, folder)
    rows = connection.execute(text(COUNT_SQL)).all()
    found = {row[0]: Attribution(int(row[1]), int(row[2])) for row in rows}
    return {kind: found[kind] for kind in KINDS if kind in found}


def _load(connection: Connection, folder: Path) -> None:
    columns = ", ".join(f"{column} text" for column in COLUMNS)
    for table, its in (
        ("sent_event", columns),
        ("split_event", "source_system text, source_table text, native_id text"),
    ):
        connection.execute(text(f"drop table if exists pg_temp.{table}"))
        connection.execute(text(f"create temporary table {table} ({its})"))
    connection.execute(text("drop table if exists pg_temp.true_event"))
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection to the warehouse is closed")
    with driver.cursor() as cursor:
        with cursor.copy("copy sent_event from stdin") as copy:
            for row in _read(folder / FILE):
                copy.write_row([row[column] for column in COLUMNS])
        with cursor.copy("copy split_event from stdin") as copy:
            for row in _read(folder / "mess.csv"):
                if row["kind"] == SPLIT:
                    copy.write_row([row["system"], row["table"], row["native_id"]])
    connection.execute(
        text(
            "create temporary table true_event as select sent_event.*,"
            " concat_ws('|', source_system, source_table, org_code, native_id)"
            " as record_key, source_table in ('ZY_FYMX', 'TB_HIS_ZY_FEE_DETAIL')"
            " as is_charge from sent_event"
        )
    )
    for table in ("true_event", "split_event"):
        connection.execute(text(f"analyze {table}"))


def _read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
