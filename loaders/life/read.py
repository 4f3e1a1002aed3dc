"""Read a life from the record: each event once, with every line that tells of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from psycopg.errors import UndefinedColumn, UndefinedTable
from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import ProgrammingError

from loaders.failure import ExpectedFailure
from loaders.life.model import (
    Condition,
    Conflict,
    Diagnosis,
    Event,
    Gap,
    Life,
    Measurement,
    Relation,
    Source,
    Target,
)
from loaders.stewards.rules import Words

FILES = ("life.sql", "events.sql")
NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)
NEEDED = ("record.timeline", "record.event_group", "record.care_gap")
NOTHING = Words(zh="", en="")
OTHER_VERSION = "Another version of OneCard built this record; `onecard run` renews it."


class LifeNotFoundError(ExpectedFailure):
    """There is no record yet, or nobody with this id in it."""


@cache
def queries() -> dict[str, str]:
    """The queries of a life and of its events by name."""
    folder = Path(__file__).parent
    written = "".join((folder / file).read_text("utf-8") for file in FILES)
    _, *parts = NAME.split(written)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def read_life(connection: Connection, person_id: str) -> Life:
    """Everything that the record says of a person. Raises: LifeNotFoundError."""
    for table in NEEDED:
        if connection.scalar(text("select to_regclass(:name)"), {"name": table}) is None:
            raise LifeNotFoundError("There is no record yet; `onecard run` builds it.")
    try:
        return _Reader(connection, person_id).read()
    except ProgrammingError as error:
        if isinstance(error.orig, (UndefinedColumn, UndefinedTable)):
            raise LifeNotFoundError(OTHER_VERSION) from error
        raise


class _Reader:
    """One reading of one person."""

    def __init__(self, connection: Connection, person_id: str) -> None:
        self._connection = connection
        self._asked: dict[str, Any] = {"person_id": person_id}
        self._files: dict[int, Row[Any]] = {}

    def read(self) -> Life:
        person = next(iter(self._rows("person")), None)
        if person is None:
            raise LifeNotFoundError("Nobody in the record has this person id.")
        self._asked["known_until"] = person.known_until
        names = ("events", "groups", "evidence", "measurements")
        rows = {name: self._rows(name) for name in names}
        self._read_files(row.file_id for found in rows.values() for row in found)
        return Life(
            person_id=person.person_id,
            sex_code=person.sex_code or "",
            born_on=person.born_on,
            dead_on=person.death_on,
            known_until=person.known_until,
            events=tuple(self._events(rows["events"], rows["groups"])),
            conditions=tuple(self._conditions(rows["evidence"])),
            measurements=tuple(self._measurement(row) for row in rows["measurements"]),
            targets=tuple(
                Target(row.item, row.below, row.since, row.until)
                for row in self._rows("targets")
            ),
            gaps=tuple(_gap(row) for row in self._rows("gaps")),
            relations=tuple(
                Relation(
                    row.relation,
                    row.person_id if row.is_reverse else row.other_person_id,
                    row.is_reverse,
                )
                for row in self._rows("relations")
            ),
        )

    def _rows(self, name: str) -> Sequence[Row[Any]]:
        return self._connection.execute(text(queries()[name]), self._asked).all()

    def _read_files(self, file_ids: Iterable[int]) -> None:
        asked = {"file_ids": sorted(set(file_ids))}
        found = self._connection.execute(text(queries()["files"]), asked)
        self._files = {row.file_id: row for row in found}

    def _source(self, kind: str, row: Row[Any], system: str, reason: str = "") -> Source:
        file = self._files.get(row.file_id)
        name = str(row.file_id)
        if file is not None:
            name = "/".join(part for part in (file.file_name, file.member_name) if part)
        delivered = file.delivery_date if file is not None else None
        return Source(kind, system, name, row.line_number, delivered, reason)

    def _events(
        self, rows: Sequence[Row[Any]], reports: Sequence[Row[Any]]
    ) -> Iterable[Event]:
        """The events of the timeline, those that are one event told once."""
        told = {row.event_id: row for row in rows}
        groups: dict[str, list[Row[Any]]] = defaultdict(list)
        group_of: dict[str, str] = {}
        for report in reports:
            groups[report.group_event_id].append(report)
            group_of[report.event_id] = report.group_event_id
        conflicts: dict[str, list[Conflict]] = defaultdict(list)
        for row in self._rows("conflicts"):
            conflicts[row.group_event_id].append(
                Conflict(row.report_kind, row.aspect, row.difference)
            )
        diagnoses: dict[str, list[Diagnosis]] = defaultdict(list)
        for row in self._rows("diagnoses"):
            diagnoses[row.encounter_id].append(
                Diagnosis(row.code, row.name, row.certainty, bool(row.is_main))
            )
        done: set[str] = set()
        for row in rows:
            group = group_of.get(row.event_id, row.event_id)
            if group in done:
                continue
            done.add(group)
            lead = told.get(group, row)
            said = sorted(groups[group], key=lambda one: one.event_id != lead.event_id)
            yield Event(
                event_id=lead.event_id,
                kind=lead.event_kind,
                code=lead.detail_code or "",
                detail=Words(zh=lead.detail_zh, en=lead.detail_en),
                at=lead.happened_at,
                until=lead.ended_at,
                institution=lead.institution,
                not_counted_because=lead.not_counted_because,
                fee_fen=lead.fee_fen,
                encounter_class=lead.encounter_class,
                sources=tuple(self._sources(lead, said, told)),
                conflicts=tuple(conflicts[group]),
                diagnoses=tuple(
                    sorted(diagnoses[lead.event_id], key=lambda one: not one.is_main)
                    or _own_words(lead)
                ),
                way=Words(zh=lead.way_zh, en=lead.way_en) if lead.way_zh else None,
                own_words=lead.own_words,
                was_found=lead.was_found,
                reported_as=frozenset({lead.event_id, *(one.event_id for one in said)}),
            )

    def _sources(
        self, lead: Row[Any], said: Sequence[Row[Any]], told: Mapping[str, Row[Any]]
    ) -> Iterable[Source]:
        if not said:
            yield self._source(lead.event_kind, lead, _system(lead.event_id))
        for report in said:
            event = told.get(report.event_id)
            # Why the event itself does not count is told once, of the event.
            is_lead = report.event_id == lead.event_id
            reason = "" if event is None or is_lead else event.not_counted_because
            kind = report.report_kind if event is None else event.event_kind
            yield self._source(kind, report, _system(report.event_id), reason)

    def _conditions(self, evidence: Sequence[Row[Any]]) -> Iterable[Condition]:
        sources: dict[str, list[Source]] = defaultdict(list)
        for row in evidence:
            source = self._source(row.evidence_kind, row, row.source_system)
            if source not in sources[row.condition_id]:
                sources[row.condition_id].append(source)
        for row in self._rows("conditions"):
            yield Condition(
                condition_id=row.condition_id,
                name=Words(zh=row.name_zh, en=row.name_en),
                tier=row.tier,
                status=row.status,
                since=row.onset_on,
                seen_on=row.last_seen_on,
                until=row.over_on if row.status == "ended" else None,
                doubtful_because=row.doubtful_because,
                sources=tuple(sources[row.condition_id]),
            )

    def _measurement(self, row: Row[Any]) -> Measurement:
        return Measurement(
            event_id=row.event_id,
            item=row.item,
            name=Words(zh=row.name_zh, en=row.name_en),
            on=row.measured_on,
            value=row.value,
            unit=row.unit,
            is_plausible=row.is_plausible is not False,
            implausible_because=row.implausible_because,
            is_derived=bool(row.is_derived),
            source=self._source(row.event_kind, row, row.source_system),
            comparator=row.comparator or "",
            beyond_reference=row.beyond_reference,
        )


def _own_words(encounter: Row[Any]) -> list[Diagnosis]:
    """What the encounter itself says, for one whose diagnoses have not come."""
    said = encounter.main_diagnosis_name
    return [Diagnosis("", said, "", is_main=True)] if said else []


def _system(event_id: str) -> str:
    """The letter of the system, with which every record key begins."""
    return event_id.partition("|")[0]


def _gap(row: Row[Any]) -> Gap:
    detail = NOTHING
    if row.service == "vaccination":
        code, _, dose = row.detail_code.partition(" ")
        detail = Words(
            zh=f"{row.vaccine_zh or code}第{dose}剂",
            en=f"{row.vaccine_en or code}, dose {dose}",
        )
    elif row.detail_code:
        detail = Words(zh=f"{row.detail_code}月龄", en=f"at {row.detail_code} months")
    return Gap(
        rule_id=row.rule_id,
        rule=Words(zh=row.name_zh, en=row.name_en),
        detail=detail,
        source=row.source,
        from_on=row.from_on,
        due_by_on=row.due_by_on,
        since=row.begins_on,
        until=row.ends_on,
        served_on=row.served_on,
        is_from_birth=row.is_from_birth,
        from_event_id=row.from_event_id,
        served_event_id=row.served_event_id,
    )
