"""The public-health platform's forms: archives, hypertension, exams, death cards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from loaders.demo_county.cells import Cells
from loaders.demo_county.chronicle import Cell
from loaders.demo_county.clerk import Written
from loaders.demo_county.events import (
    Archive,
    DeathCard,
    Exam,
    FollowUp,
    HypertensionRecord,
    Life,
)
from loaders.demo_county.exporting import Desk

ARCHIVES = "EHR_HealthRecord"
EXAMS = "HC_HealthCheck"
RECORDS = "MDC_HypertensionRecord"
FOLLOW_UPS = "MDC_HypertensionVisit"
DEATHS = "DEA_DeathReportCard"


def export_public_health(desk: Desk, life: Life) -> None:
    """All rows of one life."""
    written = {archive.number: _archive(desk, life, archive) for archive in life.archives}
    for record in life.records:
        _record(desk, record, written[record.archive.number])
    for visit in life.follow_ups:
        _follow_up(desk, visit, written[visit.record.archive.number])
    for exam in life.exams:
        _exam(desk, exam, written[exam.archive.number])
    if life.death_card:
        _death_card(desk, life.death_card)


def _archive(desk: Desk, life: Life, archive: Archive) -> Written:
    person, number = archive.person, archive.number
    written = desk.clerk.write("D", ARCHIVES, number, person, archive.known_on)
    rng = desk.world.dice.stream("D01", number)
    education, blood = rng.choice("12345678"), rng.choice("12345")
    new_phone = f"{person.phone[:3]}{rng.randint(0, 10**8 - 1):08d}"
    changed_on = desk.correction_day("D", ARCHIVES, number, archive.known_on)
    versions = {archive.known_on}
    versions |= {archive.closing_known_on} if archive.closing_known_on else set()
    versions |= {changed_on} if changed_on else set()
    for on in sorted(versions):
        cells = Cells(desk.world, ARCHIVES, number, on)
        is_closed = archive.closing_known_on is not None and archive.closing_known_on <= on
        is_dead = is_closed and archive.closing_reason == "1"
        phone = new_phone if changed_on and changed_on <= on else written.phone
        desk.book.add(
            "D01",
            on,
            {
                **_head(archive, written, cells),
                "sexCode": str(written.sex),
                "birthday": cells.written_date("birthday", written.born),
                "nationCode": person.ethnicity,
                "phoneNumber": phone or None,
                "address": written.address,
                "regionCode": archive.village_code,
                "educationCode": education,
                "maritalStatusCode": "20" if person.spouse else "10",
                "bloodTypeCode": blood,
                "rhBloodCode": "3",
                "payMode": {"310": "01", "390": "02"}.get(person.scheme, "07"),
                "isHypertension": cells.yes_no("isHypertension", bool(life.records)),
                "isDiabetes": cells.yes_no("isDiabetes", rng.random() < 0.05),
                "isDisabled": cells.yes_no("isDisabled", rng.random() < 0.03),
                "isPoverty": cells.yes_no("isPoverty", rng.random() < 0.05),
                "pastHistory": "0202" if life.records else None,
                "familyId": f"HH{person.household:06d}",
                "masterFlag": cells.yes_no("masterFlag", person.is_head),
                "deadFlag": cells.yes_no("deadFlag", is_dead),
                "deadDate": cells.date("deadDate", person.died_on if is_dead else None),
                "manaDoctorId": archive.doctor,
                "manaUnitId": archive.unit,
                **_closing(archive, is_closed, cells),
                **_dates(cells, archive.created_on, archive.known_on, on),
            },
            sort=number,
            owner=person.code,
        )
    if archive.deleted_on:
        desk.book.delete("D01", archive.deleted_on, {"phrId": number})
        desk.world.mess.note("d_deletion", "D", ARCHIVES, number, archive.deleted_on)
    return written


def _head(archive: Archive, written: Written, cells: Cells) -> dict[str, Cell]:
    return {
        "empiId": archive.health_index,
        "phrId": archive.number,
        "personName": written.name,
        "idCard": cells.id_number(written.id_number),
    }


def _closing(
    thing: Archive | HypertensionRecord, is_closed: bool, cells: Cells
) -> dict[str, Cell]:
    return {
        "status": "1" if is_closed else "0",
        "cancellationReason": thing.closing_reason if is_closed else None,
        "cancellationDate": cells.date(
            "cancellationDate", thing.closed_on if is_closed else None
        ),
    }


def _dates(cells: Cells, created_on: date, input_on: date, changed_on: date) -> dict[str, Cell]:
    return {
        "createDate": cells.date("createDate", created_on),
        "inputDate": cells.date("inputDate", input_on),
        "lastModifyDate": cells.date("lastModifyDate", changed_on),
    }


def _record(desk: Desk, record: HypertensionRecord, written: Written) -> None:
    versions = {record.known_on}
    versions |= {record.closing_known_on} if record.closing_known_on else set()
    desk.clerk.copy(written, "D", RECORDS, record.number, record.known_on)
    for on in sorted(versions):
        cells = Cells(desk.world, RECORDS, record.number, on)
        is_closed = record.closing_known_on is not None and record.closing_known_on <= on
        desk.book.add(
            "D03",
            on,
            {
                **_head(record.archive, written, cells),
                "recordId": record.number,
                "diagnosisDate": cells.date("diagnosisDate", record.diagnosed_on),
                "riskLevel": record.risk,
                "manaUnitId": record.archive.unit,
                **_closing(record, is_closed, cells),
                **_dates(cells, record.created_on, record.known_on, on),
            },
            sort=record.number,
            owner=record.person.code,
        )
    if record.deleted_on:
        key: dict[str, Cell] = {"phrId": record.archive.number, "recordId": record.number}
        desk.book.delete("D03", record.deleted_on, key)
        desk.world.mess.note("d_deletion", "D", RECORDS, record.number, record.deleted_on)


def _follow_up(desk: Desk, visit: FollowUp, written: Written) -> None:
    _follow_up_row(desk, visit, written, visit.known_on, visit.first_pressure or visit.pressure)
    if visit.corrected_on:
        _follow_up_row(desk, visit, written, visit.corrected_on, visit.pressure)


def _follow_up_row(
    desk: Desk,
    visit: FollowUp,
    written: Written,
    on: date,
    reading: tuple[int, int] | None,
) -> None:
    record = visit.record
    desk.clerk.copy(written, "D", FOLLOW_UPS, visit.number, visit.known_on)
    cells = Cells(desk.world, FOLLOW_UPS, visit.number, on)
    visited: Cell = cells.date("visitDate", visit.on)
    if visit.is_impossible:
        visited = f"{visit.on.year}-06-31"
        desk.world.mess.note("impossible_date", "D", FOLLOW_UPS, visit.number, on)
    systolic, diastolic = cells.pressure(reading)
    good = reading is not None and reading[0] < 140 and reading[1] < 90
    desk.book.add(
        "D04",
        on,
        {
            **_head(record.archive, written, cells),
            "visitId": visit.number,
            "recordId": record.number,
            "visitDate": visited,
            "visitWay": visit.way,
            "visitEffect": visit.effect,
            "constriction": systolic,
            "diastolic": diastolic,
            "heartRate": visit.heart_rate,
            "medicine": visit.medicine,
            "visitEvaluate": None if reading is None else "1" if good else "2",
            "visitDoctor": record.archive.doctor,
            "lateInput": "1" if (visit.known_on - visit.on).days > 5 else "0",
            "manaUnitId": record.archive.unit,
            "inputDate": cells.date("inputDate", visit.known_on),
            "lastModifyDate": cells.date("lastModifyDate", on),
        },
        sort=visit.number,
        owner=record.person.code,
    )


def _exam(desk: Desk, exam: Exam, written: Written) -> None:
    desk.clerk.copy(written, "D", EXAMS, exam.number, exam.known_on)
    cells = Cells(desk.world, EXAMS, exam.number, exam.known_on)
    rng = desk.world.dice.stream("D02", exam.number)
    done: Cell = "1" if exam.is_complete else None
    in_mg = rng.random() < 0.02
    desk.book.add(
        "D02",
        exam.known_on,
        {
            **_head(exam.archive, written, cells),
            "healthCheck": exam.number,
            "checkDate": cells.date("checkDate", exam.on),
            "checkWay": exam.way,
            "constriction_L": exam.pressure[0],
            "diastolic_L": exam.pressure[1],
            "height": rng.randint(146, 182),
            "weight": rng.randint(42, 88),
            "fbs": None if in_mg else rng.randint(42, 88) / 10,
            "fbs2": rng.randint(76, 150) if in_mg else None,
            "hgb": rng.randint(105, 165),
            "wbc": rng.randint(38, 98) / 10,
            "platelet": rng.randint(120, 320),
            "alt": rng.randint(8, 55) if exam.is_complete else None,
            "cr": rng.randint(45, 110),
            "bun": rng.randint(30, 80) / 10,
            "tc": rng.randint(34, 62) / 10,
            "tg": rng.randint(6, 26) / 10,
            "ldl": rng.randint(18, 40) / 10,
            "hdl": rng.randint(9, 20) / 10,
            "ecg": rng.choice(("1", "1", "2")) if exam.is_complete else None,
            "bultrasonic": rng.choice(("1", "1", "2")),
            "tcmConstitution": rng.choice("ABCDEFGHI") if exam.has_tcm else None,
            "healthGuide": done,
            "checkDoctor": exam.archive.doctor,
            "manaUnitId": exam.archive.unit,
            "inputDate": cells.date("inputDate", exam.known_on),
            "lastModifyDate": cells.date("lastModifyDate", exam.known_on),
        },
        sort=exam.number,
        owner=exam.archive.person.code,
    )


def _death_card(desk: Desk, card: DeathCard) -> None:
    number, on = card.number, card.reported_on
    written = desk.clerk.write("D", DEATHS, number, card.person, on, custom="death")
    written = replace(written, phone="")
    cells = Cells(desk.world, DEATHS, number, on)
    desk.book.add(
        "D20",
        on,
        {
            "cardId": number,
            "deadName": written.name,
            "idCard": cells.id_number(written.id_number),
            "sexCode": str(written.sex),
            "birthday": cells.written_date("birthday", written.born),
            "address": written.address,
            "deadDate": cells.date("deadDate", card.died_on),
            "rootCauseCode": card.cause.clinical,
            "rootCauseName": card.cause.name,
            "reportDate": cells.date("reportDate", on),
            "reportUnit": card.town.centre.name,
            "townCode": card.town.code,
        },
        sort=number,
        owner=card.person.code,
    )
