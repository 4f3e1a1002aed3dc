"""Imaging and ECG reports: in the tables of the hospital that read them, or in C12."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

from loaders.demo_county.cards import booked_card, card_number, centre_of, holder_on
from loaders.demo_county.clerk import Written
from loaders.demo_county.county import Institution
from loaders.demo_county.events import Stay, Visit
from loaders.demo_county.exporting import Desk, Entries
from loaders.demo_county.exports_b import card_text
from loaders.demo_county.imaging import PRELIMINARY, reading_system
from loaders.demo_county.life import Life
from loaders.demo_county.orders import Report
from loaders.demo_county.population import Person
from loaders.demo_county.spelling import moment, tight_moment
from loaders.demo_county.texts import Place, spell_age, spoil_text
from loaders.demo_county.township_clock import synchronised

SEXES = {1: "男", 2: "女"}
PRINTED = frozenset({"name", "id", "sex", "twin", "stranger"})
MOVED = time(17, 30)


@dataclass(frozen=True)
class _Patient:
    """Who was examined, as the institution that asked knows the patient."""

    person: Person
    place: Institution
    number: str
    written: Written


def export_reports(desk: Desk, life: Life, entries: Entries) -> None:
    """All reports of one life."""
    for visit in life.visits:
        for report in visit.reports:
            system = reading_system(desk.world, report)
            if system == "C":
                _own_report(desk, visit, report)
            for at, state in _versions(report, visit):
                if system != "C":
                    patient = _visitor(desk, visit, at, entries)
                    EXPORTS[system](desk, report, patient, at, state)
    for stay in life.stays:
        for report in stay.reports:
            if (system := reading_system(desk.world, report)) != "C":
                patient = _inmate(desk, stay, entries)
                for at, state in report.states:
                    EXPORTS[system](desk, report, patient, at, state)


def _versions(report: Report, visit: Visit) -> Iterator[tuple[datetime, str]]:
    """Every state of a report; the last one again when the visit moves to another card."""
    yield from report.states
    if visit.card_split_on and report.reader is visit.place:
        moved_at = datetime.combine(visit.card_split_on, MOVED)
        last_at, last = report.states[-1]
        if last_at < moved_at:
            yield moved_at, last


def _visitor(desk: Desk, visit: Visit, at: datetime, entries: Entries) -> _Patient:
    on, person = visit.at.date(), visit.person
    if visit.system == "A":
        number = booked_card(desk.world, visit, at)
        written = entries.get(("A", visit.place.code22, number))
        if written is None:
            written = desk.clerk.entry("A", "MS_BRDA", number, visit.card_person)
        return _Patient(holder_on(visit), visit.place, str(number), written)
    keeper = centre_of(desk.world, visit.place) if visit.system == "C" else visit.place
    number = card_number(desk.world, visit.system, keeper, person, on)
    text = card_text(number) if visit.system == "B" else str(number)
    written = entries[visit.system, keeper.code22, number]
    return _Patient(person, visit.place, text, written)


def _inmate(desk: Desk, stay: Stay, entries: Entries) -> _Patient:
    on = stay.admitted_at.date()
    number = card_number(desk.world, stay.system, stay.place, stay.person, on)
    text = card_text(number) if stay.system == "B" else str(number)
    written = entries[stay.system, stay.place.code22, number]
    return _Patient(stay.person, stay.place, text, written)


def _county_report(
    desk: Desk, report: Report, patient: _Patient, at: datetime, state: str
) -> None:
    """A14; the county hospital reads for centres and clinics, too."""
    person, written, on = patient.person, patient.written, report.examined_at.date()
    place = Place(desk.world, "A", "PACS_BGJG", report.number, report.reported_at.date())
    desk.clerk.copy(written, "A", place.table, report.number, place.known_on, PRINTED)
    asked_by = patient.place.name
    if patient.place.former_name and place.struck("former_name"):
        asked_by = patient.place.former_name
    desk.book.add(
        "A14",
        at.date(),
        {
            "BGDH": report.number,
            "YBGDH": report.replaces or None,
            "SQID": f"SQ{report.number[2:]}",
            "SQJG": patient.place.credit_code,
            "SQJGMC": asked_by,
            "BRID": patient.number,
            "BRXM": written.name,
            "SFZH": written.id_number,
            "XB": SEXES[written.sex],
            "NL": spell_age(place, person.age(on), (on - person.born).days),
            "JCLB": report.kind,
            "JCMC": report.name,
            "YXSJ": spoil_text(place, report.finding),
            "YXZD": report.conclusion,
            "BGJG": report.reader.credit_code,
            "BGYS": report.doctor,
            "JCSJ": moment(report.examined_at),
            "BGSJ": None if state == PRELIMINARY else moment(report.reported_at),
            "BGZT": state,
            "XGSJ": moment(at),
        },
        sort=report.number,
        owner=person.code,
    )


def _tcm_report(
    desk: Desk, report: Report, patient: _Patient, at: datetime, state: str
) -> None:
    """B12; free texts are not quoted there."""
    person, written = patient.person, patient.written
    place = Place(
        desk.world, "B", "TB_RIS_REPORT", report.number, report.reported_at.date()
    )
    desk.clerk.copy(written, "B", place.table, report.number, place.known_on, PRINTED)
    finding = spoil_text(
        place,
        report.finding,
        stray_bar=f"{report.finding}|{report.conclusion}",
        line_break=f"{report.finding}\r\n建议结合临床",
    )
    desk.book.add(
        "B12",
        at.date(),
        {
            "YLJGDM": report.reader.code22,
            "BGDH": report.number,
            "YBGDH": report.replaces or None,
            "SQJGDM": patient.place.code22,
            "HZBH": patient.number,
            "HZXM": written.name,
            "ZJHM": written.id_number,
            "XB": str(written.sex),
            "JCLX": report.kind,
            "JCMC": report.name,
            "YXBX": finding,
            "YXZD": report.conclusion,
            "BGYS": report.doctor,
            "JCSJ": tight_moment(report.examined_at),
            "BGSJ": None if state == PRELIMINARY else tight_moment(report.reported_at),
            "BGZT": state,
        },
        sort=report.number,
        owner=person.code,
    )


def _own_report(desk: Desk, visit: Visit, report: Report) -> None:
    """C12: what a centre read itself."""
    for at, state in report.states:
        known_at = synchronised(visit, at)
        desk.book.add(
            "C12",
            known_at.date(),
            {
                "jgid": visit.place.jgid,
                "bgdh": report.number,
                "jzxh": visit.number,
                "jclb": report.kind,
                "yxzd": report.conclusion,
                "bgsj": None if state == PRELIMINARY else moment(report.reported_at),
                "bgzt": state,
                "gxsj": moment(known_at),
            },
            sort=f"{visit.place.jgid:>6}{report.number}",
        )


EXPORTS = {"A": _county_report, "B": _tcm_report}
