"""The public-health platform's other forms: follow-ups, exams, death cards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from loaders.demo_county.cells import Cells
from loaders.demo_county.chronicle import Cell
from loaders.demo_county.clerk import Written
from loaders.demo_county.exporting import Desk
from loaders.demo_county.life import Life
from loaders.demo_county.registers import Archive, DeathCard, Exam, FollowUp

EXAMS = "HC_HealthCheck"
FOLLOW_UPS = "MDC_HypertensionVisit"
DEATHS = "DEA_DeathReportCard"


def export_health_services(desk: Desk, life: Life, written: dict[str, Written]) -> None:
    """All rows of one life; they repeat what stands in the archive."""
    for visit in life.follow_ups:
        _follow_up(desk, visit, written[visit.record.archive.number])
    for exam in life.exams:
        _exam(desk, exam, written[exam.archive.number])
    if life.death_card:
        _death_card(desk, life.death_card)


def head(archive: Archive, written: Written, cells: Cells) -> dict[str, Cell]:
    """Whom a form is about, in the columns that all forms have."""
    return {
        "empiId": archive.health_index,
        "phrId": archive.number,
        "personName": written.name,
        "idCard": cells.id_number(written.id_number),
    }


def _follow_up(desk: Desk, visit: FollowUp, written: Written) -> None:
    _follow_up_row(
        desk, visit, written, visit.known_on, visit.first_pressure or visit.pressure
    )
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
            **head(record.archive, written, cells),
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
            **head(exam.archive, written, cells),
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
