"""The county hospital's tables of in-patients: stays and front pages."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from loaders.demo_county.cards import card_number
from loaders.demo_county.chronicle import Cell
from loaders.demo_county.clerk import Written
from loaders.demo_county.events import Stay
from loaders.demo_county.exporting import Desk
from loaders.demo_county.life import Life
from loaders.demo_county.population import Person
from loaders.demo_county.spelling import moment, yuan
from loaders.demo_county.world import World

IN_HOSPITAL = "1900-01-01 00:00:00"


def export_hospital_stays(desk: Desk, life: Life, cards: dict[int, Written]) -> None:
    """All stays of one life; front pages repeat what stands on the card."""
    for stay in life.stays:
        if stay.system == "A":
            _stay(desk, stay)
            if stay.has_ended(desk.last_day):
                _front_page(desk, stay, cards[_stay_card(desk.world, stay)])


def _stay_card(world: World, stay: Stay) -> int:
    return card_number(world, "A", stay.place, stay.person, stay.admitted_at.date())


def _stay(desk: Desk, stay: Stay) -> None:
    person, admitted_on = stay.person, stay.admitted_at.date()
    values: dict[str, Cell] = {
        "ZYH": stay.number,
        "ZYHM": stay.printed_number,
        "BAHM": stay.record_number,
        "BRID": _stay_card(desk.world, stay),
        "RYRQ": moment(stay.admitted_at),
        "CYRQ": IN_HOSPITAL,
        "CYPB": "0",
        "CYFS": None,
        "BRKS": stay.department,
        "ZYYS": stay.doctor,
        "ZYCS": stay.ordinal,
        "RYNL": _age_text(person, admitted_on),
        "JSCS": 0,
    }
    versions: list[tuple[datetime, dict[str, Cell]]] = [(stay.admitted_at, {})]
    if stay.cancelled_at:
        versions.append((stay.cancelled_at, {"CYPB": "99"}))
        desk.world.mess.note(
            "cancelled_stay", "A", "ZY_BRRY", stay.number, stay.cancelled_at.date()
        )
    else:
        left: dict[str, Cell] = {
            "CYRQ": moment(stay.discharged_at),
            "CYPB": "8",
            "CYFS": stay.leaving,
            "JSCS": 1,
        }
        versions.append((stay.discharged_at + timedelta(minutes=35), left))
    for at, change in versions:
        values |= change
        row = values | {"XGSJ": moment(at)}
        desk.book.add("A08", at.date(), row, sort=f"{stay.number:012d}")


def _age_text(person: Person, on: date) -> str:
    days = (on - person.born).days
    if days < 60:
        return f"{days}天"
    return f"{days // 30}月" if days < 730 else f"{person.age(on)}岁"


def _front_page(desk: Desk, stay: Stay, written: Written) -> None:
    world, person = desk.world, stay.person
    left_on, known_on = stay.discharged_at.date(), stay.coded_at.date()
    record_number = stay.record_number
    taken = (stay.ordinal, left_on)
    if taken not in world.pages_without_number and world.mess.hits(
        "front_page_zero", "A", stay.number
    ):
        # Two such pages of one day and ordinal would be one key: one keeps its number.
        world.pages_without_number.add(taken)
        record_number = "0"
        world.mess.note("front_page_zero", "A", "BASY", record_number, known_on)
    desk.clerk.copy(written, "A", "BASY", record_number, known_on)
    second = stay.second_diagnosis
    shares = {"ZHYLFWF": 15, "ZDLF": 22, "ZLLF": 25, "XYF": 24, "ZCYF": 3, "HCF": 9}
    parts = {name: stay.cost * share // 100 for name, share in shares.items()}
    parts |= {"ZCAOYF": 0, "QTF": stay.cost - sum(parts.values())}
    desk.book.add(
        "A11",
        known_on,
        {
            "USERNAME": stay.place.name,
            "YLFKFS": {"310": "1", "390": "3"}.get(person.scheme, "7"),
            "JKKH": "-",
            "ZYCS": stay.ordinal,
            "BAH": record_number,
            "XM": written.name,
            "XB": str(written.sex),
            "CSRQ": written.born.replace("-", ""),
            "NL": str(person.age(stay.admitted_at.date())),
            "MZ": person.ethnicity,
            "SFZH": written.id_number,
            "ZY": "27",
            "HY": "2" if person.spouse else "9",
            "XZZ": written.address,
            "DH": written.phone,
            "RYTJ": "2",
            "RYSJ": f"{stay.admitted_at:%Y-%m-%d}",
            "RYSJS": stay.admitted_at.hour,
            "RYKB": stay.department,
            "CYSJ": f"{stay.discharged_at:%Y-%m-%d}",
            "CYSJS": stay.discharged_at.hour,
            "CYKB": stay.department,
            "SJZYTS": max(1, (left_on - stay.admitted_at.date()).days),
            "JBDM": stay.diagnosis.clinical,
            "ZYZD": stay.diagnosis.name,
            "RYBQ": "1",
            "JBDM1": second.clinical if second else None,
            "QTZD1": second.name if second else None,
            "LYFS": stay.leaving,
            "XX": "5",
            "RH": "2",
            "ZFY": yuan(stay.cost),
            "ZFJE": yuan(stay.cost - stay.fund),
            **{name: yuan(part) for name, part in parts.items()},
            "SCSJ": moment(stay.coded_at),
        },
        sort=f"{stay.number:012d}",
        owner=person.code,
    )
