"""Mother and child on the public-health platform, vaccinations, and reported diseases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from loaders.demo_county.cells import Cells
from loaders.demo_county.chronicle import Cell
from loaders.demo_county.clerk import Written
from loaders.demo_county.exporting import Desk
from loaders.demo_county.exports_d_programme import entered, export_visit, who
from loaders.demo_county.life import Life
from loaders.demo_county.motherhood import birth_certificate
from loaders.demo_county.population import Person
from loaders.demo_county.programme_records import (
    CareVisit,
    ChildCard,
    DiseaseReport,
    Dose,
    Pregnancy,
)

PREGNANCIES, NEWBORNS = "MHC_PregnantRecord", "MHC_BabyVisit"
CARDS, DOSES, DISEASES = "CDH_HealthCard", "PIV_VaccinateRecord", "IDR_Report"
CHILD_AGE = 14


def export_family(desk: Desk, life: Life, written: dict[str, Written]) -> None:
    """The rows of one life as a mother and as a child, and its reported diseases."""
    mothers = {p.number: _pregnancy(desk, p, written) for p in life.pregnancies}
    for visit in life.care_visits:
        if visit.feed in ("D13", "D14"):
            export_visit(desk, visit, mothers[str(visit.facts["pregnantId"])])
        elif visit.feed == "D15":
            _newborn(desk, visit, mothers[str(visit.facts["pregnantId"])])
    if life.child_card:
        child = _card(desk, life.child_card, written)
        for visit in life.care_visits:
            if visit.feed == "D17":
                export_visit(desk, visit, child)
        for dose in life.doses:
            _dose(desk, dose, child)
    for report in life.disease_reports:
        _disease(desk, report)


def _pregnancy(desk: Desk, pregnancy: Pregnancy, archives: dict[str, Written]) -> Written:
    """The record as it was booked, and with its outcome."""
    number, mother = pregnancy.number, pregnancy.mother
    if pregnancy.archive:
        written = archives[pregnancy.archive.number]
        desk.clerk.copy(written, "D", PREGNANCIES, number, pregnancy.booked_on)
    else:
        written = desk.clerk.write("D", PREGNANCIES, number, mother, pregnancy.booked_on)
    versions = {pregnancy.booked_on: False}
    if pregnancy.outcome_known_on:
        versions[pregnancy.outcome_known_on] = True
    for on, is_over in sorted(versions.items()):
        cells = Cells(desk.world, PREGNANCIES, number, on)
        due_on = date.fromordinal(pregnancy.began_on.toordinal() + 280)
        values: dict[str, Cell] = {
            **who(pregnancy.archive, written, cells),
            "pregnantId": number,
            "birthday": cells.written_date("birthday", written.born),
            "bookDate": cells.date("bookDate", pregnancy.booked_on),
            "lastMenstrualPeriod": cells.date("lastMenstrualPeriod", pregnancy.began_on),
            "dateOfPrenatal": cells.date("dateOfPrenatal", due_on),
            "isLocal": "Y" if desk.world.dice.share("local", mother.number) < 0.96 else "N",
            "manaUnitId": pregnancy.unit,
            **entered(cells, pregnancy.booked_on, on),
        }
        if is_over:
            values |= {
                "deliveryDate": cells.date("deliveryDate", pregnancy.born_on),
                "deliveryUnit": pregnancy.place,
                "leaveHospitalDate": cells.date("leaveHospitalDate", pregnancy.left_on),
                "liveBirths": len(pregnancy.children),
            }
        desk.book.add("D12", on, values, sort=number, owner=mother.code)
    return written


def _newborn(desk: Desk, visit: CareVisit, mother: Written) -> None:
    """A visit to a child that mostly has no name yet."""
    child = visit.person
    if visit.known_on > desk.last_day:
        return
    if _is_nameless(desk, child):
        written = _nameless(desk, NEWBORNS, visit.number, child)
    else:
        written = desk.clerk.entry("D", NEWBORNS, visit.number, child)
    visit.facts |= {
        "motherName": mother.name,
        "motherCardNo": mother.id_number or None,
        "sexCode": str(written.sex),
    }
    visit.facts["birthday"] = child.born
    export_visit(desk, visit, replace(written, phone="", address=""))


def _is_nameless(desk: Desk, child: Person) -> bool:
    return desk.world.mess.would_hit("newborn_under_mother", "all", child.number)


def _nameless(desk: Desk, table: str, number: str, child: Person) -> Written:
    """A newborn as its mother's child; when that never happens nothing else does either."""
    if desk.world.mess.is_on("newborn_under_mother"):
        return desk.clerk.newborn(table, "D", number, child)
    return Written(
        name=child.name,
        id_number=child.id_number,
        sex=child.sex,
        born=child.born.isoformat(),
        phone="",
        address="",
    )


def _card(desk: Desk, card: ChildCard, archives: dict[str, Written]) -> Written:
    """The health card, first as the mother's child when it has no name yet."""
    child, number, calendar = card.child, card.number, desk.world.calendar
    written = replace(desk.clerk.entry("D", CARDS, number, child), phone="", address="")
    if not card.has_card:
        return written
    # Only what some delivery shows is written down: the history shows the last version.
    was_nameless = _is_nameless(desk, child) and card.named_on > calendar.history_end
    if was_nameless and card.created_on <= calendar.last_day:
        first = _nameless(desk, CARDS, number, child)
        _card_row(desk, card, first, card.created_on, card.created_on)
        if card.named_on <= calendar.last_day:
            desk.clerk.copy(written, "D", CARDS, number, card.named_on)
            _card_row(desk, card, written, card.created_on, card.named_on)
        return written
    desk.clerk.copy(written, "D", CARDS, number, card.created_on)
    _card_row(desk, card, written, card.created_on, card.created_on)
    return written


def _card_row(
    desk: Desk, card: ChildCard, written: Written, input_on: date, on: date
) -> None:
    child, mother = card.child, card.child.mother
    cells = Cells(desk.world, CARDS, card.number, on)
    has_died = child.died_on is not None and child.died_on <= on
    desk.book.add(
        "D16",
        on,
        {
            **who(card.archive, written, cells),
            "cardId": card.number,
            "sexCode": str(written.sex),
            "birthday": cells.written_date("birthday", written.born),
            "motherName": mother.name if mother else None,
            "motherCardNo": mother.id_number if mother else None,
            "certificateNo": birth_certificate(desk.world, child)
            if child.born >= desk.world.calendar.first_day
            else None,
            "createDate": cells.date("createDate", card.created_on),
            "status": "1" if has_died else "0",
            "manaUnitId": card.unit,
            **entered(cells, input_on, on),
        },
        sort=card.number,
        owner=child.code,
    )


def _dose(desk: Desk, dose: Dose, written: Written) -> None:
    card, on = dose.card, dose.known_on
    native = f"{dose.vaccinee}+{dose.code}+{dose.dose}"
    if not card.has_card and not dose.is_again:
        desk.world.mess.note("child_without_card", "D", DOSES, native, on)
    # The second row of a dose has nothing in common with the first but the child.
    row = f"{native}+{dose.on}+{dose.place}" if dose.is_again else native
    desk.clerk.copy(written, "D", DOSES, row, on)
    cells = Cells(desk.world, DOSES, row, on)
    mother: Person | None = card.child.mother
    desk.book.add(
        "D18",
        on,
        {
            "受种者编码": dose.vaccinee,
            "姓名": written.name,
            "性别": "男" if written.sex == 1 else "女",
            "出生日期": cells.written_date("出生日期", written.born),
            "身份证号": cells.id_number(written.id_number),
            "母亲姓名": mother.name if mother else None,
            "疫苗代码": dose.code,
            "疫苗名称": dose.name,
            "剂次": dose.dose,
            "接种日期": cells.date("接种日期", dose.on),
            "接种单位": dose.place,
            "批号": dose.batch,
            "录入日期": cells.date("录入日期", on),
        },
        sort=f"{on}{native}",
        owner=card.child.code,
    )


def _disease(desk: Desk, report: DiseaseReport) -> None:
    person, number, on = report.person, report.number, report.reported_at.date()
    written = desk.clerk.write("D", DISEASES, number, person, on, custom="death")
    cells = Cells(desk.world, DISEASES, number, on)
    is_child = person.age(on) < CHILD_AGE
    desk.book.add(
        "D19",
        on,
        {
            "reportId": number,
            "patientName": written.name,
            "idCard": cells.id_number(written.id_number),
            "sexCode": str(written.sex),
            "birthday": cells.written_date("birthday", written.born),
            "parentName": person.mother.name if is_child and person.mother else None,
            "diseaseCode": report.diagnosis.clinical,
            "diseaseName": report.diagnosis.name,
            "diseaseClass": report.disease_class,
            "diagnosisTime": f"{report.diagnosed_at:%Y-%m-%d %H:%M}",
            "reportTime": f"{report.reported_at:%Y-%m-%d %H:%M}",
            "reportUnit": report.place.name,
        },
        sort=number,
        owner=person.code,
    )
