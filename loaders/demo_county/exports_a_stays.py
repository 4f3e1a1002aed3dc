"""The county hospital's tables of in-patients: stays and front pages."""

from __future__ import annotations

from datetime import datetime, timedelta

from loaders.demo_county.cards import card_number
from loaders.demo_county.chronicle import Cell
from loaders.demo_county.clerk import Written
from loaders.demo_county.events import Stay
from loaders.demo_county.exporting import Desk
from loaders.demo_county.exports_a_orders import export_stay_samples
from loaders.demo_county.exports_ward import (
    export_hospital_bills,
    export_hospital_lines,
    page_sums,
)
from loaders.demo_county.life import Life
from loaders.demo_county.spelling import moment, yuan
from loaders.demo_county.texts import Place, spell_age
from loaders.demo_county.world import World

IN_HOSPITAL = "1900-01-01 00:00:00"
NO_RECORD_NUMBER = "0"
PAGE_OPERATIONS = 3
PAGE_SUMS = ("ZHYLFWF", "ZDLF", "ZLLF", "XYF", "ZCYF", "ZCAOYF", "HCF", "QTF")


def export_hospital_stays(desk: Desk, life: Life, cards: dict[int, Written]) -> None:
    """All stays of one life; front pages repeat what stands on the card."""
    for stay in life.stays:
        if stay.system == "A":
            card = _stay_card(desk.world, stay)
            _stay(desk, stay)
            export_hospital_lines(desk, stay)
            export_hospital_bills(desk, stay)
            export_stay_samples(desk, stay, cards[card], card)
            if stay.has_ended(desk.last_day):
                _front_page(desk, stay, cards[card])


def _stay_card(world: World, stay: Stay) -> int:
    return card_number(world, "A", stay.place, stay.person, stay.admitted_at.date())


def _stay(desk: Desk, stay: Stay) -> None:
    person, admitted_on = stay.person, stay.admitted_at.date()
    place = Place(desk.world, "A", "ZY_BRRY", str(stay.number), admitted_on)
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
        "RYNL": spell_age(place, person.age(admitted_on), (admitted_on - person.born).days),
        "JSCS": 0,
    }
    versions: list[tuple[datetime, dict[str, Cell]]] = [(stay.admitted_at, {})]
    if stay.cancelled_at:
        versions.append((stay.cancelled_at, {"CYPB": "99"}))
        desk.world.mess.note(
            "cancelled_stay", "A", "ZY_BRRY", stay.number, stay.cancelled_at.date()
        )
    else:
        settled_at = stay.discharged_at + timedelta(hours=2)
        left: dict[str, Cell] = {
            "CYRQ": moment(stay.discharged_at),
            "CYPB": "8",
            "CYFS": stay.leaving,
            "JSCS": max(b.ordinal for b in stay.bills if b.at <= settled_at),
        }
        versions.append((stay.discharged_at + timedelta(minutes=35), left))
    for at, change in versions:
        values |= change
        row = values | {"XGSJ": moment(at)}
        sort = f"{stay.number:012d}"
        desk.book.add("A08", at.date(), row, sort=sort, owner=person.code)


def page_number(desk: Desk, stay: Stay) -> str:
    """The record number of a front page, which may be lacking."""
    taken = (stay.system, stay.ordinal, stay.discharged_at.date())
    if taken in desk.world.pages_without_number:
        return stay.record_number
    if not desk.world.mess.hits("front_page_zero", stay.system, stay.number):
        return stay.record_number
    # Two such pages of one day and ordinal would be one key: one keeps its number.
    desk.world.pages_without_number.add(taken)
    table = {"A": "BASY", "B": "HQMS"}[stay.system]
    known_on = stay.coded_at.date()
    desk.world.mess.note("front_page_zero", stay.system, table, NO_RECORD_NUMBER, known_on)
    return NO_RECORD_NUMBER


def next_place(world: World, stay: Stay) -> str | None:
    """Where a patient was sent: to a hospital, or to the centre at home."""
    if stay.leaving == "3":
        return stay.person.village.town.centre.name
    return world.county.outside[0].name if stay.leaving == "2" else None


def _operations(stay: Stay) -> dict[str, Cell]:
    """The first operations of a stay; a procedure has no level."""
    found: dict[str, Cell] = {}
    for nth, operation in enumerate(stay.operations[:PAGE_OPERATIONS], 1):
        found |= {
            f"SSJCZBM{nth}": operation.code,
            f"SSJCZRQ{nth}": f"{operation.at:%Y-%m-%d}",
            f"SSJB{nth}": operation.level or None,
            f"SSJCZMC{nth}": operation.name,
        }
    return found


def _front_page(desk: Desk, stay: Stay, written: Written) -> None:
    world, person = desk.world, stay.person
    left_on, known_on = stay.discharged_at.date(), stay.coded_at.date()
    record_number = page_number(desk, stay)
    desk.clerk.copy(written, "A", "BASY", record_number, known_on)
    second = stay.second_diagnosis
    place = Place(world, "A", "BASY", record_number, known_on)
    name = stay.place.name
    if stay.place.former_name and place.struck("former_name"):
        name = stay.place.former_name
    parts = zip(PAGE_SUMS, page_sums(world, stay), strict=True)
    desk.book.add(
        "A11",
        known_on,
        {
            "USERNAME": name,
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
            **_operations(stay),
            "LYFS": stay.leaving,
            "YZZY_YLJG": next_place(world, stay),
            "XX": "5",
            "RH": "2",
            "ZFY": yuan(stay.cost),
            "ZFJE": yuan(stay.cost - stay.fund),
            **{column: yuan(part) for column, part in parts},
            "SCSJ": moment(stay.coded_at),
        },
        sort=f"{stay.number:012d}",
        owner=person.code,
    )
