"""Special records and the visits that belong to them, as the platform's forms have them."""

from __future__ import annotations

from datetime import date

from loaders.demo_county.cells import Cells
from loaders.demo_county.chronicle import Cell
from loaders.demo_county.clerk import Written
from loaders.demo_county.exporting import Desk
from loaders.demo_county.exports_d_visits import head
from loaders.demo_county.life import Life
from loaders.demo_county.programme_records import CareVisit, Facts, SpecialRecord
from loaders.demo_county.registers import Archive

NOBODY: dict[str, Cell] = {"empiId": None, "phrId": None}


def export_programmes(desk: Desk, life: Life, written: dict[str, Written]) -> None:
    """The special records of one life and all visits of whatever form."""
    for record in life.special_records:
        _record(desk, record, written[record.archive.number])
    for visit in life.care_visits:
        if visit.feed in ("D06", "D09", "D11") and visit.archive:
            export_visit(desk, visit, written[visit.archive.number])


def export_visit(desk: Desk, visit: CareVisit, written: Written) -> None:
    """One row of a form about a visit; it repeats what stands in the record."""
    contract = desk.book.contracts[visit.feed]
    table, names = contract.table, contract.column_names
    desk.clerk.copy(written, "D", table, visit.number, visit.known_on)
    cells = Cells(desk.world, table, visit.number, visit.known_on)
    held_on = "visitDate" if "visitDate" in names else "checkDate"
    values: dict[str, Cell] = {
        **who(visit.archive, written, cells),
        contract.key[0]: visit.number,
        held_on: cells.date(held_on, visit.on),
        **facts(cells, visit.facts),
        "manaUnitId": visit.unit,
        **entered(cells, visit.known_on, visit.known_on),
    }
    if visit.is_impossible:
        values[held_on] = f"{visit.on.year}-06-31"
        desk.world.mess.note("impossible_date", "D", table, visit.number, visit.known_on)
    if "visitDoctor" in names and visit.archive:
        values["visitDoctor"] = visit.archive.doctor
    if visit.pressure:
        systolic, diastolic = cells.pressure(visit.pressure)
        values |= {"constriction": systolic, "diastolic": diastolic}
    if visit.glucose is not None:
        values["fbs"], values["unit"] = cells.glucose(visit.glucose)
    desk.book.add(
        visit.feed, visit.known_on, values, sort=visit.number, owner=visit.person.code
    )


def who(archive: Archive | None, written: Written, cells: Cells) -> dict[str, Cell]:
    """Whom a form is about, also somebody without an archive."""
    if archive:
        return head(archive, written, cells)
    named = {"personName": written.name, "idCard": cells.id_number(written.id_number)}
    return {**NOBODY, **named}


def facts(cells: Cells, known: Facts) -> dict[str, Cell]:
    """Facts as cells; dates the way of the clerk."""
    return {
        name: cells.date(name, value) if isinstance(value, date) else value
        for name, value in known.items()
    }


def entered(cells: Cells, input_on: date, changed_on: date) -> dict[str, Cell]:
    """When a row was typed, and when it was changed."""
    return {
        "inputDate": cells.date("inputDate", input_on),
        "lastModifyDate": cells.date("lastModifyDate", changed_on),
    }


def _record(desk: Desk, record: SpecialRecord, written: Written) -> None:
    """A record as it was opened, and as it was closed."""
    contract = desk.book.contracts[record.feed]
    table, names = contract.table, contract.column_names
    desk.clerk.copy(written, "D", table, record.number, record.known_on)
    versions = {record.known_on: False}
    if record.closing_known_on:
        versions[record.closing_known_on] = True
    for on, is_closed in sorted(versions.items()):
        cells = Cells(desk.world, table, record.number, on)
        known = record.facts | (record.closing_facts if is_closed else {})
        values: dict[str, Cell] = {
            **head(record.archive, written, cells),
            "recordId": record.number,
            **facts(cells, known),
            "status": "1" if is_closed else "0",
            "manaUnitId": record.archive.unit,
            **entered(cells, record.known_on, on),
        }
        if "createDate" in names:
            values["createDate"] = cells.date("createDate", record.created_on)
        if "cancellationReason" in names and is_closed:
            values["cancellationReason"] = record.closing_reason
            values["cancellationDate"] = cells.date("cancellationDate", record.closed_on)
        owner = record.archive.person.code
        desk.book.add(record.feed, on, values, sort=record.number, owner=owner)
    if record.deleted_on:
        key: dict[str, Cell] = {"phrId": record.archive.number, "recordId": record.number}
        desk.book.delete(record.feed, record.deleted_on, key)
        desk.world.mess.note("d_deletion", "D", table, record.number, record.deleted_on)
