"""Settlements of stays: interim and final ones, and void ones that the next replaces."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from loaders.demo_county.bills import Bill
from loaders.demo_county.events import Settlement, Stay
from loaders.demo_county.insurance import reverse, settle, settle_again
from loaders.demo_county.world import World

BILL_TABLES = {"A": "ZY_ZYJS", "C": "zy_zyjs"}
# What stands between date and serial of the settlement of a stay.
STAY_SETTLED = "9916"


def native_number(stay: Stay, number: str) -> str:
    """Numbers of C are unique within an institution only."""
    return f"{stay.place.jgid}+{number}" if stay.system == "C" else number


def settle_bill(
    world: World, stay: Stay, bill: Bill, earlier: list[Settlement]
) -> list[Settlement]:
    """Settle one bill of a stay; a void one is followed by another with the same sum."""
    stay.bills.append(bill)
    treatment = earlier[0].treatment if earlier else ""
    key = (stay.system, stay.place.code22, stay.number)
    prompt = world.mess.would_hit("settlement_void", *key)
    settlement = settle_part(world, stay, bill.total, bill.at, treatment, prompt=prompt)
    if settlement:
        bill.fund = settlement.basic_fund
    found = [settlement] if settlement else []
    voided_at = _voided_at(world, stay, bill)
    if voided_at:
        found += _replace(world, stay, bill, settlement, voided_at)
    return found


def _voided_at(world: World, stay: Stay, bill: Bill) -> datetime | None:
    key = (stay.system, stay.place.code22, stay.number)
    if stay.system not in BILL_TABLES or bill.is_interim:
        return None
    if not world.mess.hits("settlement_void", *key):
        return None
    later = world.later_day("settlement void", *key)
    if later and bill.at.date() < later and world.dice.share("void later", *key) < 0.3:
        return datetime.combine(later, time(12, 51, 43))
    return bill.at + timedelta(minutes=20)


def _replace(
    world: World, stay: Stay, bill: Bill, settlement: Settlement | None, at: datetime
) -> list[Settlement]:
    """The settlement is void; the next number of the stay has the same sum."""
    bill.void_at = at
    again = Bill(
        ordinal=bill.ordinal + 1,
        is_interim=False,
        begins_on=bill.begins_on,
        ends_on=bill.ends_on,
        at=at + timedelta(minutes=7),
        total=bill.total,
        fund=bill.fund,
    )
    stay.bills.append(again)
    table = BILL_TABLES[stay.system]
    number = native_number(stay, f"{stay.number}+{bill.ordinal}")
    world.mess.note("settlement_void", stay.system, table, number, at.date())
    if settlement is None or not reverse(world, settlement, at):
        return []
    found = settle_again(world, settlement, again.total, again.at)
    return [found] if found else []


def settle_part(
    world: World,
    stay: Stay,
    cost: int,
    at: datetime,
    treatment: str,
    *,
    prompt: bool = False,
) -> Settlement | None:
    """What the insurance makes of a part of a stay."""
    if stay.diagnosis.setting == "birth":
        kind = "52"
    else:
        kind = "22" if stay.diagnosis.clinical.startswith("S") else "21"
    began_on: date = stay.admitted_at.date()
    return settle(
        world,
        stay.person,
        stay.place,
        stay.diagnosis,
        cost,
        at,
        began_on=began_on,
        medical_type=kind,
        treatment=treatment,
        prompt=prompt,
        number=f"{at:%Y%m%d}{STAY_SETTLED}{stay.number:07d}{len(stay.bills)}",
    )
