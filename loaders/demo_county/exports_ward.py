"""Charge lines, settlements and front-page sums of stays, as A and C write them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from loaders.demo_county.bills import Bill, WardLine
from loaders.demo_county.chronicle import Cell
from loaders.demo_county.events import Stay
from loaders.demo_county.exporting import Desk
from loaders.demo_county.spelling import moment, yuan
from loaders.demo_county.texts import Place, spell_money, spell_price, spoil_name
from loaders.demo_county.world import World

GROUPS = "general diagnosis treatment western proprietary herbs material other".split()
CASHIERS_CLOSE = 18


def page_sums(world: World, stay: Stay) -> list[int]:
    """The eight groups of the front page; together they are the cost of the stay."""
    sums = dict.fromkeys(GROUPS, 0)
    for line in stay.lines:
        sums[world.county.page_groups[line.price.category]] += line.amount
    return list(sums.values())


def bill_states(bill: Bill) -> Iterator[tuple[datetime, bool]]:
    """When a settlement was written and, if so, made void."""
    yield bill.at, False
    if bill.void_at:
        yield bill.void_at, True


def newborn_of(world: World, stay: Stay) -> str | None:
    """The child that was born on this stay; None where twins share one mark."""
    on = stay.admitted_at.date()
    born = [c for c in world.children.get(stay.person.number, []) if c.born == on]
    return born[0].code if len(born) == 1 else None


def export_hospital_lines(desk: Desk, stay: Stay) -> None:
    """A09: every line of a stay of the county hospital."""
    for line in stay.lines:
        place = Place(desk.world, "A", "ZY_FYMX", line.number, line.at.date())
        row = _line(place, line) | {
            "YEPB": "1" if line.is_newborn else "0",
            "XGSJ": moment(line.at),
        }
        owner = newborn_of(desk.world, stay) if line.is_newborn else None
        desk.book.add("A09", line.at.date(), row, sort=line.number, owner=owner)


def _line(place: Place, line: WardLine) -> dict[str, Cell]:
    """What both systems call by the same names, in capitals."""
    sign = -1 if line.gives_back else 1
    return {
        "JLXH": int(line.number),
        "ZYH": int(line.number[:-3]),
        "FYRQ": moment(line.at),
        "FYXH": line.price.code,
        "FYMC": spoil_name(place, line.price.name),
        "FYXM": line.price.category,
        "FYSL": str(sign * line.quantity),
        "FYDJ": spell_price(place, line.price.fen),
        "ZJJE": yuan(line.amount),
    }


def export_hospital_bills(desk: Desk, stay: Stay) -> None:
    """A10: interim, final and void settlements."""
    for bill in stay.bills:
        native = f"{stay.number}+{bill.ordinal}"
        place = Place(desk.world, "A", "ZY_ZYJS", native, bill.at.date())
        total, settled_at = spell_money(place, bill.total), bill.at
        if not bill.is_interim and place.struck("settled_before_admission"):
            settled_at = stay.admitted_at - timedelta(days=1)
        for at, is_void in bill_states(bill):
            desk.book.add(
                "A10",
                at.date(),
                {
                    "ZYH": stay.number,
                    "JSCS": bill.ordinal,
                    "JSLX": "5" if bill.is_interim else "1",
                    "KSRQ": bill.begins_on.isoformat(),
                    "ZZRQ": bill.ends_on.isoformat(),
                    "JSRQ": moment(settled_at),
                    "JZRQ": moment(_closed_at(bill)),
                    "HZRQ": (_closed_at(bill).date() + timedelta(days=1)).isoformat(),
                    "FYHJ": total,
                    "ZFHJ": yuan(bill.total - bill.fund),
                    "TCJE": yuan(bill.fund),
                    "FPHM": f"ZF{stay.number}{bill.ordinal}",
                    "ZFPB": "1" if is_void else "0",
                    "ZFRQ": moment(at) if is_void else None,
                    "XGSJ": moment(at),
                },
                sort=f"{stay.number:012d}{bill.ordinal}",
            )


def _closed_at(bill: Bill) -> datetime:
    """The cashier's close after a settlement; late ones wait for the next evening."""
    close = bill.at.replace(hour=CASHIERS_CLOSE, minute=0, second=0)
    return close if bill.at < close else close + timedelta(days=1)


def export_centre_lines(desk: Desk, stay: Stay) -> None:
    """C08: every line of a stay at a centre."""
    jgid = stay.place.jgid
    for line in stay.lines:
        key = f"{jgid}+{line.number}"
        place = Place(desk.world, "C", "zy_fymx", key, line.at.date())
        row: dict[str, Cell] = {k.lower(): v for k, v in _line(place, line).items()}
        row |= {"jgid": jgid, "gxsj": moment(line.at)}
        desk.book.add("C08", line.at.date(), row, sort=f"{jgid}{line.number}")


def export_centre_bills(desk: Desk, stay: Stay) -> None:
    """C09: settlements of stays at centres."""
    for bill in stay.bills:
        for at, is_void in bill_states(bill):
            desk.book.add(
                "C09",
                at.date(),
                {
                    "jgid": stay.place.jgid,
                    "zyh": stay.number,
                    "jscs": bill.ordinal,
                    "jsrq": moment(bill.at),
                    "fyhj": yuan(bill.total),
                    "tcje": yuan(bill.fund),
                    "zfpb": "1" if is_void else "0",
                    "zfrq": moment(at) if is_void else None,
                    "gxsj": moment(at),
                },
                sort=f"{stay.place.jgid}{stay.number:012d}{bill.ordinal}",
            )
