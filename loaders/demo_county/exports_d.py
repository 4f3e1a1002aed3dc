"""The public-health platform's master forms: archives and hypertension records."""

from __future__ import annotations

from datetime import date

from loaders.demo_county.cells import Cells
from loaders.demo_county.chronic import has_record
from loaders.demo_county.chronicle import Cell
from loaders.demo_county.clerk import Written
from loaders.demo_county.exporting import Desk
from loaders.demo_county.exports_d_family import export_family
from loaders.demo_county.exports_d_programme import export_programmes
from loaders.demo_county.exports_d_visits import export_health_services, head
from loaders.demo_county.life import Life
from loaders.demo_county.registers import (
    Archive,
    HypertensionRecord,
)

ARCHIVES = "EHR_HealthRecord"
RECORDS = "MDC_HypertensionRecord"
# Illnesses in the past history, by the special record of them.
HISTORY = {"D05": "0203", "D08": "0208", "D10": "0209"}


def export_public_health(desk: Desk, life: Life) -> None:
    """All rows of one life."""
    written = {archive.number: _archive(desk, life, archive) for archive in life.archives}
    for record in life.records:
        _record(desk, record, written[record.archive.number])
    export_health_services(desk, life, written)
    export_programmes(desk, life, written)
    export_family(desk, life, written)


def _archive(desk: Desk, life: Life, archive: Archive) -> Written:
    person, number = archive.person, archive.number
    written = desk.clerk.write("D", ARCHIVES, number, person, archive.known_on)
    rng = desk.world.dice.stream("D01", number)
    education, blood = rng.choice("12345678"), rng.choice("12345")
    is_diabetic = has_record(life, "D05")
    history = [code for feed, code in HISTORY.items() if has_record(life, feed)]
    history = ["0202"] * bool(life.records) + history
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
                **head(archive, written, cells),
                "sexCode": str(written.sex),
                "birthday": cells.written_date("birthday", written.born),
                "nationCode": person.ethnicity,
                "phoneNumber": phone or None,
                "address": written.address,
                "regionCode": cells.region(archive.village_code),
                "educationCode": education,
                "maritalStatusCode": "20" if person.spouse else "10",
                "bloodTypeCode": blood,
                "rhBloodCode": "3",
                "payMode": {"310": "01", "390": "02"}.get(person.scheme, "07"),
                "isHypertension": cells.yes_no("isHypertension", bool(life.records)),
                "isDiabetes": cells.yes_no("isDiabetes", is_diabetic),
                "isDisabled": cells.yes_no("isDisabled", rng.random() < 0.03),
                "isPoverty": cells.yes_no("isPoverty", rng.random() < 0.05),
                "pastHistory": ",".join(history) or None,
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


def _dates(
    cells: Cells, created_on: date, input_on: date, changed_on: date
) -> dict[str, Cell]:
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
                **head(record.archive, written, cells),
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
