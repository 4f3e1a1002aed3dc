"""The family-doctor system: teams, and contracts as they are signed, stopped, deleted."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from loaders.demo_county.archives import doctor_name
from loaders.demo_county.chronicle import Cell
from loaders.demo_county.exporting import Desk
from loaders.demo_county.family_doctor import (
    TEAMS_PER_CENTRE,
    groups_of,
    packages_of,
    team_number,
)
from loaders.demo_county.life import Life
from loaders.demo_county.registers import Contract
from loaders.demo_county.staff import employee_number

CONTRACTS = "SCM_SignContractRecord"
UTC_OFFSET = timedelta(hours=8)
ORDINALS = "一二三四"


def export_teams(desk: Desk) -> None:
    """The teams, known before the history begins."""
    county = desk.world.county
    for town in county.towns:
        villages = [v.code for v in county.villages if v.town is town]
        for nth in range(TEAMS_PER_CENTRE):
            rng = desk.world.dice.stream("team", town.code, nth)
            number = team_number(desk.world, town.code, nth)
            separator = rng.choice((",", "、", "|"))
            desk.book.add(
                "E01",
                date(desk.world.calendar.first_year - 2, 12, 1),
                {
                    "teamId": number,
                    "teamName": f"{town.name}第{ORDINALS[nth]}家庭医生团队",
                    "manaUnitId": town.code,
                    "leaderName": doctor_name(desk.world, town.code, nth),
                    "leaderIdCard": employee_number(desk.world, town.centre, nth),
                    "memberCount": rng.randint(3, 6),
                    "regionCodes": separator.join(villages),
                },
                sort=number,
            )


def export_contracts(desk: Desk, life: Life) -> None:
    """All contracts of one life, and when they were deleted again."""
    for contract in life.contracts:
        _contract(desk, life, contract)


def _contract(desk: Desk, life: Life, contract: Contract) -> None:
    person, number = contract.person, contract.number
    written = desk.clerk.write("E", CONTRACTS, number, person, contract.known_on)
    flags, packages = groups_of(life, contract), packages_of(life, contract)
    values: dict[str, Cell] = {
        "SCID": number,
        "favoreeEmpiId": contract.health_index or None,
        "favoreeName": written.name,
        "idCard": written.id_number or None,
        "sex": "男" if written.sex == 1 else "女",
        "birthday": written.born,
        "mobile": written.phone or None,
        "SecondParty": contract.signer.name,
        "peopleFlag": listed(desk, contract, "peopleFlag", flags) or "00",
        "signServicePackages": listed(desk, contract, "signServicePackages", packages),
        "teamId": contract.team,
        "year": contract.begins_on.year,
        "scDate": utc(contract.signed_at),
        "beginDate": contract.begins_on.isoformat(),
        "endDate": contract.ends_on.isoformat(),
        "stopDate": None,
        "stopReason": None,
        "signFlag": "3" if contract.is_renewal else "1",
        "fphm": None,
        "lastModifyDate": utc(contract.signed_at + timedelta(hours=2)),
    }
    sort, owner = number, person.code
    desk.book.add("E02", contract.known_on, values, sort=sort, owner=owner)
    if contract.stopped_on:
        values["stopDate"] = contract.stopped_on.isoformat()
        values["stopReason"] = contract.stop_reason
        values["lastModifyDate"] = utc(datetime.combine(contract.stopped_on, time(16, 5)))
        desk.book.add("E02", contract.stopped_on, values, sort=sort, owner=owner)
    if contract.deleted_on:
        desk.book.delete("E02", contract.deleted_on, {"SCID": number})


def listed(desk: Desk, contract: Contract, column: str, codes: list[str]) -> str:
    """Several codes in one cell, apart by what the version of the client takes for it."""
    number, separator = contract.number, ","
    key = (CONTRACTS, number, column)
    if len(codes) > 1 and desk.world.mess.hits("list_separator", "E", *key):
        known_on = contract.known_on
        desk.world.mess.note("list_separator", "E", CONTRACTS, number, known_on)
        separator = "、|"[int(desk.world.dice.share("separator", *key) * 2)]
    return separator.join(codes)


def utc(local: datetime) -> str:
    """A local time as this system writes it."""
    return f"{local - UTC_OFFSET:%Y-%m-%dT%H:%M:%SZ}"
