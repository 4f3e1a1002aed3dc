"""What a stay costs: charge lines day by day, operations, and the settlements of it all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from loaders.demo_county.bills import Bill, Operation, WardLine
from loaders.demo_county.county import Price
from loaders.demo_county.events import Settlement, Stay
from loaders.demo_county.ward_bills import native_number, settle_bill
from loaders.demo_county.world import World

INTERIM_AFTER_DAYS = 12
BED, NURSING, CONSULTING, TREATMENT = "110900001", "120100003", "110200005", "120100010"
INFUSION, INFUSION_SET = "120400006", "C140101010000"
TESTS = (("XCG", 0.8), ("SH", 0.5), ("GLU", 0.3), ("NCG", 0.3))
EXAMINATIONS = (("ECG", 0.5), ("DR", 0.3), ("US", 0.3), ("CT", 0.3))
# Lines that exist only because of mess have numbers of their own.
REFUND_LINE, NEWBORN_LINE = 800, 900
LINE_TABLES = {"A": "ZY_FYMX", "B": "TB_HIS_ZY_FEE_DETAIL", "C": "zy_fymx"}
HERB_DOSES = 7
SETTLED_AFTER = timedelta(minutes=35)


@dataclass(frozen=True)
class _Part:
    """The days of one settlement."""

    begins: datetime
    ends: datetime
    days: int

    def moment(self, rng: Random) -> datetime:
        """Some moment of these days, by daylight as far as the days have any."""
        on = self.begins.date() + timedelta(days=rng.randint(0, self.days))
        at = datetime.combine(on, time(rng.randint(6, 21), rng.randint(0, 59), 27))
        return min(max(at, self.begins), self.ends)


def charge_stay(world: World, stay: Stay) -> list[Settlement]:
    """Write down lines, operations and bills; returns what the insurance settled."""
    settlements: list[Settlement] = []
    parts = _parts(stay)
    rng = world.dice.stream("ward", stay.place.code22, stay.number)
    serial = 0
    for nth, part in enumerate(parts):
        lines = _lines(world, stay, part, rng, is_first=nth == 0)
        for line in lines:
            line.number = f"{stay.number}{serial:03d}"
            serial += 1
        stay.lines += lines
        lines += _newborn_lines(world, stay, part, nth) + _refund(world, stay, part, lines)
        total = sum(line.amount for line in lines)
        is_last = nth == len(parts) - 1
        ends = stay.discharged_at if is_last else part.ends
        bill = Bill(
            ordinal=len(stay.bills) + 1,
            is_interim=not is_last,
            begins_on=part.begins.date(),
            ends_on=ends.date(),
            at=ends + SETTLED_AFTER if is_last else ends,
            total=total,
        )
        settlements += settle_bill(world, stay, bill, settlements)
    return settlements


def _parts(stay: Stay) -> list[_Part]:
    begins, ends = stay.admitted_at + timedelta(minutes=9), stay.discharged_at
    last = max(begins, ends - timedelta(minutes=25))
    days = (ends.date() - begins.date()).days
    if days <= INTERIM_AFTER_DAYS:
        return [_Part(begins, last, days)]
    half = days // 2
    middle = datetime.combine(begins.date() + timedelta(days=half), time(16, 5))
    rest = datetime.combine(middle.date(), time(16, 6))
    return [_Part(begins, middle, half), _Part(rest, last, days - half)]


def _lines(
    world: World, stay: Stay, part: _Part, rng: Random, *, is_first: bool
) -> list[WardLine]:
    county, days = world.county, max(1, part.days)
    wanted: list[tuple[Price, int]] = [
        (county.price(code), days) for code in (BED, NURSING, CONSULTING)
    ]
    if rng.random() < 0.8:
        wanted.append((county.price(TREATMENT), days))
    wanted += _medicines(world, stay, days, rng)
    if is_first:
        wanted += _diagnostics(world, stay, rng)
        wanted += _operate(world, stay, part, rng)
    return [WardLine("", part.moment(rng), price, count) for price, count in wanted]


def _medicines(world: World, stay: Stay, days: int, rng: Random) -> list[tuple[Price, int]]:
    county = world.county
    by_kind = {
        kind: [p for p in county.prices if p.category == kind]
        for kind in ("XYF", "ZCYF", "CYF")
    }
    found = [
        (p, rng.randint(1, p.most)) for p in rng.sample(by_kind["XYF"], rng.randint(1, 3))
    ]
    found += [
        (p, rng.randint(1, p.most)) for p in rng.sample(by_kind["ZCYF"], rng.randint(0, 2))
    ]
    found += [(county.price(INFUSION), days), (county.price(INFUSION_SET), days)]
    if stay.system == "B" and rng.random() < 0.5:
        found += [(p, rng.randint(8, 20) * HERB_DOSES) for p in by_kind["CYF"]]
    return found


def _diagnostics(world: World, stay: Stay, rng: Random) -> list[tuple[Price, int]]:
    by_order = {p.order: p for p in world.county.prices if p.order}
    offered = [*TESTS, *EXAMINATIONS]
    if stay.place.is_primary:
        offered = [(order, share) for order, share in offered if order != "CT"]
    return [(by_order[order], 1) for order, share in offered if rng.random() < share]


def _operate(world: World, stay: Stay, part: _Part, rng: Random) -> list[tuple[Price, int]]:
    """The operation of the illness, and another in the same session or later."""
    surgery = world.county.surgeries.get(stay.diagnosis.clinical)
    if surgery is None or stay.place.is_primary or rng.random() >= surgery.share:
        return []
    at = part.moment(rng)
    anaesthesia = rng.choice("123")
    stay.operations.append(
        Operation(surgery.code, surgery.name, surgery.level, at, anaesthesia)
    )
    if surgery.also_code and rng.random() < 0.3:
        also_at = at if rng.random() < 0.6 else part.moment(rng)
        stay.operations.append(
            Operation(
                surgery.also_code,
                surgery.also_name,
                surgery.also_level,
                also_at,
                anaesthesia,
            )
        )
    codes = [code for code in (surgery.charge, surgery.material) if code]
    return [(world.county.price(code), 1) for code in codes]


def _newborn_lines(world: World, stay: Stay, part: _Part, nth: int) -> list[WardLine]:
    """What the newborn cost, on its mother's stay."""
    kind = "newborn_on_mothers_stay"
    if stay.diagnosis.setting != "birth" or stay.system == "C" or nth:
        return []
    if not world.mess.hits(kind, stay.system, stay.number):
        return []
    rng = world.dice.stream("newborn lines", stay.place.code22, stay.number)
    found = []
    for step, code in enumerate((NURSING, "250101015")):
        price = world.county.price(code)
        days = max(1, part.days) if code == NURSING else 1
        number = f"{stay.number}{NEWBORN_LINE + step}"
        line = WardLine(number, part.moment(rng), price, days, is_newborn=True)
        table = LINE_TABLES[stay.system]
        world.mess.note(kind, stay.system, table, number, line.at.date())
        found.append(line)
    stay.lines += found
    return found


def _refund(world: World, stay: Stay, part: _Part, lines: list[WardLine]) -> list[WardLine]:
    """Something that was charged and not given, taken off before the settlement."""
    key = (stay.system, stay.place.code22, stay.number, part.begins.date())
    if not world.mess.hits("ward_refund", *key):
        return []
    rng = world.dice.stream("ward refund", *key)
    line = rng.choice([x for x in lines if x.price.category not in ("SSF", "CWF")])
    count = rng.randint(1, line.quantity)
    at = min(part.ends, line.at + timedelta(hours=rng.randint(1, 30)))
    number = f"{stay.number}{REFUND_LINE + len(stay.bills)}"
    back = WardLine(
        number, at, line.price, count, is_newborn=line.is_newborn, gives_back=True
    )
    table = LINE_TABLES[stay.system]
    world.mess.note(
        "ward_refund", stay.system, table, native_number(stay, number), at.date()
    )
    stay.lines.append(back)
    return [back]
