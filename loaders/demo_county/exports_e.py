"""The family-doctor system: teams, and contracts as they are signed, stopped, deleted."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from loaders.demo_county.archives import doctor_name
from loaders.demo_county.chronicle import Cell
from loaders.demo_county.exporting import Desk
from loaders.demo_county.family_doctor import TEAMS_PER_CENTRE, team_number
from loaders.demo_county.life import Life
from loaders.demo_county.numbers import identity_number
from loaders.demo_county.registers import Contract

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
            born = date(rng.randint(1962, 1992), rng.randint(1, 12), rng.randint(1, 28))
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
                    "leaderIdCard": identity_number(
                        county.former_division, born, rng.randint(1, 999)
                    ),
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
    flags = ["04"] * bool(life.records) + ["03"] * (person.age(contract.begins_on) >= 65)
    packages = ["BASE"] + ["HTN"] * bool(life.records)
    values: dict[str, Cell] = {
        "SCID": number,
        "favoreeEmpiId": contract.health_index or None,
        "favoreeName": written.name,
        "idCard": written.id_number or None,
        "sex": "男" if written.sex == 1 else "女",
        "birthday": written.born,
        "mobile": written.phone or None,
        "SecondParty": contract.signer.name,
        "peopleFlag": ("、" if person.number % 3 else ",").join(flags) or "00",
        "signServicePackages": ",".join(packages),
        "teamId": contract.team,
        "year": contract.begins_on.year,
        "scDate": _utc(contract.signed_at),
        "beginDate": contract.begins_on.isoformat(),
        "endDate": contract.ends_on.isoformat(),
        "stopDate": None,
        "stopReason": None,
        "signFlag": "3" if contract.is_renewal else "1",
        "fphm": None,
        "lastModifyDate": _utc(contract.signed_at + timedelta(hours=2)),
    }
    sort, owner = number, person.code
    desk.book.add("E02", contract.known_on, values, sort=sort, owner=owner)
    if contract.stopped_on:
        values["stopDate"] = contract.stopped_on.isoformat()
        values["stopReason"] = contract.stop_reason
        values["lastModifyDate"] = _utc(datetime.combine(contract.stopped_on, time(16, 5)))
        desk.book.add("E02", contract.stopped_on, values, sort=sort, owner=owner)
    if contract.deleted_on:
        desk.book.delete("E02", contract.deleted_on, {"SCID": number})


def _utc(local: datetime) -> str:
    return f"{local - UTC_OFFSET:%Y-%m-%dT%H:%M:%SZ}"
