"""One life on a terminal: who, by which records, and every event with its source line."""

from __future__ import annotations

import getpass
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from loaders.console.life import show_life
from loaders.console.table import print_table
from loaders.failure import ExpectedFailure
from loaders.identity.id_number import read_id_number
from loaders.life.read import read_life

FIND = Path(__file__).with_name("person.sql")
RETIRED = """
    select retired_into from identity.person_ledger
    where person_id = :key and status = 'retired'
"""

RECORDS = """
    select person_link.source_system as system, person_link.source_table as "table",
           person_link.org_code as org, person_link.native_id as id,
           source_person.person_name as name, source_person.id_number,
           source_person.sex_code as sex, source_person.born_on,
           source_person.phone, source_person.address,
           person_link.method, person_link.rule, round(person_link.probability, 4) as p
    from identity.person_link
    inner join identity.source_person
        on person_link.record_key = source_person.record_key
    where person_link.person_id = :person_id
    order by person_link.record_key
"""
TIMELINE = """
    select timeline.happened_at, timeline.event_kind as event, timeline.ended_at,
           institution.institution_name as institution, timeline.detail_code as detail,
           round(timeline.fee_fen / 100.0, 2) as yuan,
           coalesce(timeline.not_counted_because, '') as not_counted,
           to_char(file_ledger.delivery_date, 'YYYYMMDD') || ' '
               || file_ledger.file_name
               || case when file_ledger.member_name <> ''
                      then ' > ' || file_ledger.member_name else '' end
               || ':' || timeline._line_number as source
    from record.timeline
    left join record.institution
        on timeline.institution_code = institution.institution_code
    left join audit.file_ledger on timeline._file_id = file_ledger.file_id
    where timeline.person_id = :person_id
    order by timeline.happened_at nulls first, timeline.event_id
"""
ACCESS_LOG = """
    create table if not exists audit.access_log (
        access_id bigint generated always as identity primary key,
        at timestamptz not null default clock_timestamp(),
        who text not null,
        person_id text not null,
        what text not null
    )
"""
ACCESS_COMMENTS = (
    "comment on table audit.access_log is '谁看过谁；是否明文见what / who looked at whom'",
    "comment on column audit.access_log.who is"
    " '系统账号或页面上的姓名 / account of the system, or the name on the page'",
    "comment on column audit.access_log.person_id is '被查看的居民 / the person looked at'",
    "comment on column audit.access_log.what is '做了什么 / what was done'",
    "comment on column audit.access_log.at is '时间 / when'",
    "comment on column audit.access_log.access_id is '编号 / number'",
)


class PersonNotFoundError(ExpectedFailure):
    """The key denotes nobody, or more than one person: those of `person_ids`."""

    def __init__(self, message: str, person_ids: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.person_ids = person_ids


def show_person(
    engine: Engine, key: str, system: str | None, org: str | None, reveal: bool
) -> None:
    """Print the records, the life and the timeline of the person whom `key` denotes.

    Personal values are masked unless `reveal` is given; `audit.access_log` has both.
    Raises: PersonNotFoundError; LifeNotFoundError.
    """
    with engine.begin() as connection:
        person_id = find_person(connection, key, system, org)
        shown = "reveal" if reveal else "opened, masked,"
        note_access(connection, person_id, f"{shown} on the command line")
    # Written down for good before anything is shown.
    with engine.connect() as connection:
        connection.execute(text("set transaction isolation level repeatable read"))
        life = read_life(connection, person_id)
        asked = {"person_id": person_id}
        records = connection.execute(text(RECORDS), asked)
        names = list(records.keys())
        rows = [tuple(row) for row in records]
        if not reveal:
            rows = [_masked(dict(zip(names, row, strict=True))) for row in rows]
        print_table(f"{person_id}: 源记录 source records", names, rows)
        show_life(life if reveal else life.masked())
        timeline = connection.execute(text(TIMELINE), asked)
        columns = list(timeline.keys())
        print_table("时间线 timeline", columns, [tuple(row) for row in timeline])


def find_person(
    connection: Connection, key: str, system: str | None, org: str | None
) -> str:
    """The id of the person whom `key` denotes; a retired id denotes whom it leads to.

    Raises: PersonNotFoundError.
    """
    if connection.scalar(text("select to_regclass('record.timeline')")) is None:
        raise PersonNotFoundError("There is no record yet; `onecard run` builds it.")
    retired = connection.execute(text(RETIRED), {"key": key}).one_or_none()
    if retired is not None and retired.retired_into is None:
        raise PersonNotFoundError(
            "This person id is retired, and no record of its person is left;"
            " `onecard identity history` says what became of it."
        )
    key = key if retired is None else str(retired.retired_into)
    # None when it is no id number: an empty one is that of everybody who wrote only words.
    number = read_id_number(key).key
    rows = connection.execute(
        text(FIND.read_text("utf-8")),
        {
            "key": key,
            "id_number": number,
            # The same number in the form of before 1999: no century, no check character.
            "old_id_number": number[:6] + number[8:17] if number else None,
            "system": system.upper() if system else None,
            "org": org,
        },
    ).all()
    people = sorted({row.person_id for row in rows})
    if not people:
        raise PersonNotFoundError(
            "Nobody is known by this key. It can be an id number, a health-record number,"
            " an insurance number, a system's patient number or a person id."
        )
    if len(people) > 1:
        where = sorted(
            {f"--system {row.source_system} --org {row.org_code}" for row in rows}
        )
        raise PersonNotFoundError(
            f"{len(people)} people are known by this key; say whose number it is: "
            + "; ".join(where)
            + f". Or take one of {', '.join(people)}.",
            tuple(people),
        )
    return str(people[0])


def need_access_log(connection: Connection) -> None:
    """Make `audit.access_log` when it is not there."""
    if connection.scalar(text("select to_regclass('audit.access_log')")) is None:
        for statement in (ACCESS_LOG, *ACCESS_COMMENTS):
            connection.execute(text(statement))


def note_access(
    connection: Connection, person_id: str, what: str, who: str | None = None
) -> None:
    """Write down who looks at whom; `person_id` is empty for a source record.

    Without a name it is the account of the system.
    """
    need_access_log(connection)
    connection.execute(
        text(
            "insert into audit.access_log (who, person_id, what)"
            " values (:who, :person_id, :what)"
        ),
        {"who": who or getpass.getuser(), "person_id": person_id, "what": what},
    )


def _masked(row: dict[str, object]) -> tuple[object, ...]:
    name = str(row["name"] or "")
    number = str(row["id_number"] or "")
    phone = str(row["phone"] or "")
    return tuple(
        (
            row
            | {
                "name": name[:1] + "*" * (len(name) - 1),
                "id_number": "*" * len(number[:-4]) + number[-4:] if number else "",
                "born_on": f"{row['born_on']:%Y}-**-**" if row["born_on"] else "",
                "phone": phone[:3] + "****" if phone else "",
                "address": "***" if row["address"] else "",
            }
        ).values()
    )
