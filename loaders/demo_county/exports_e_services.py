"""Packages of the family doctors, and what was done under contracts."""

from __future__ import annotations

from datetime import date, datetime, time

from loaders.demo_county.chronicle import Cell
from loaders.demo_county.exporting import Desk
from loaders.demo_county.exports_e import utc
from loaders.demo_county.life import Life
from loaders.demo_county.programme import load_programme
from loaders.demo_county.programme_records import Service
from loaders.demo_county.spelling import yuan

OPEN_END = "9999-12-31"
IN_CLINIC, AT_HOME = "1", "2"


def export_packages(desk: Desk) -> None:
    """The packages, known before the history begins."""
    programme = load_programme()
    for package in programme.packages:
        items: list[dict[str, Cell]] = [
            {
                "itemCode": code,
                "itemName": programme.items[code],
                "itemNature": AT_HOME if code in programme.home_items else IN_CLINIC,
                "serviceTimes": times,
            }
            for code, times in package.items
        ]
        desk.book.add(
            "E03",
            date(desk.world.calendar.first_year - 2, 12, 1),
            {
                "spCode": package.code,
                "spName": package.name,
                "intendedPopulation": package.population,
                "spPrice": yuan(package.fen),
                "validEndDate": OPEN_END,
                "LOGOFF": "0",
                "items": items,
            },
            sort=package.code,
        )


def export_services(desk: Desk, life: Life) -> None:
    """The services of one life; they disappear together with their contract."""
    for service in life.services:
        _service(desk, service)


def _service(desk: Desk, service: Service) -> None:
    contract, owner = service.contract, service.contract.person.code
    values: dict[str, Cell] = {
        "serviceId": service.number,
        "SCID": contract.number,
        "favoreeEmpiId": service.health_index or None,
        "itemCode": service.item,
        "serviceDate": service.on.isoformat(),
        "serviceMode": service.mode,
        "servicer": service.doctor,
        "SBXH": service.visit or None,
        "status": "1",
        "lastModifyDate": utc(datetime.combine(service.on, time(16, 20))),
    }
    sort = service.number
    desk.book.add("E04", service.on, values, sort=sort, owner=owner)
    if service.cancelled_on:
        at = datetime.combine(service.cancelled_on, time(9, 30))
        values |= {"status": "9", "lastModifyDate": utc(at)}
        desk.book.add("E04", service.cancelled_on, values, sort=sort, owner=owner)
    if contract.deleted_on and service.on < contract.deleted_on:
        gone_on = contract.deleted_on
        desk.book.delete("E04", gone_on, {"serviceId": service.number})
        desk.world.mess.note(
            "e_deletion", "E", "SCM_ServiceRecords", service.number, gone_on
        )
