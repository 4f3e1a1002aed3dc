"""Bills of visits: invoices, what is settled with the insurance, what is given back."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from loaders.demo_county.county import Price
from loaders.demo_county.events import Charge, Invoice, Settlement, Visit
from loaders.demo_county.illness import fitting_medicines
from loaders.demo_county.insurance import fund_share, reverse, settle, settle_again
from loaders.demo_county.world import World, office_time

HERB_DOSES = 7
REFUNDS = ("void_invoice", "partial_refund")


def bill(world: World, visit: Visit, rng: Random) -> None:
    """Write the invoices of a visit."""
    for nth in range(2 if rng.random() < 0.08 else 1):
        visit.invoices.append(
            _invoice(world, visit, visit.at + timedelta(minutes=8 + 5 * nth), rng)
        )


def pay(world: World, visit: Visit) -> list[Settlement]:
    """Settle what was billed, and take some of it back; returns the settlements."""
    key = (visit.system, visit.place.code22, visit.number)
    if world.mess.would_hit("visit_without_invoice", *key):
        if not world.mess.is_on("visit_without_invoice"):
            return _settled(_settle_visit(world, visit, False))
        table = "YS_MZ_JZLS" if visit.system == "A" else "ys_mz_jzls"
        number = _native(visit, visit.number)
        world.mess.note(
            "visit_without_invoice", visit.system, table, number, visit.known_on
        )
        visit.invoices.clear()
        return []
    would_refund = any(world.mess.would_hit(kind, *key) for kind in _refunds(visit))
    first = None if visit.is_impossible else _settle_visit(world, visit, would_refund)
    refund = _refund_kind(world, visit)
    if refund is None:
        return _settled(first)
    chance = world.dice.stream("refund", *key)
    back_at = office_time(chance, visit.at.date() + timedelta(days=chance.randint(1, 18)))
    if refund == "part" and visit.system == "B":
        _give_back(world, visit.invoices[0].charges[:1], back_at)
    elif visit.system == "B":
        _give_back(world, [c for i in visit.invoices for c in i.charges], back_at)
    else:
        _void(world, visit, back_at, refund == "part")
    if first is None:
        return []
    again = None
    if reverse(world, first, back_at) and refund == "part":
        again = settle_again(world, first, _left_to_pay(visit), back_at)
    return [first, again] if again else [first]


def _settled(settlement: Settlement | None) -> list[Settlement]:
    return [settlement] if settlement else []


def _native(visit: Visit, number: int) -> str:
    """Numbers of C are unique within an institution only."""
    return f"{visit.place.jgid}+{number}" if visit.system == "C" else str(number)


def _refunds(visit: Visit) -> tuple[str, ...]:
    return ("b_refund_row",) if visit.system == "B" else REFUNDS


def _refund_kind(world: World, visit: Visit) -> str | None:
    key = (visit.system, visit.place.code22, visit.number)
    found = world.mess.struck(_refunds(visit), *key)
    if found == "b_refund_row":
        has_more = len(visit.invoices[0].charges) > 1
        part = has_more and world.dice.share("part of it", *key) < 0.4
        return "part" if part else "all"
    return {"void_invoice": "all", "partial_refund": "part"}.get(found or "")


def _invoice(world: World, visit: Visit, at: datetime, rng: Random) -> Invoice:
    scope = f"invoice {visit.place.code22}"
    number = world.numbering.by_day(scope, at.date(), visit.is_impossible)
    items = _price_list(world, visit)
    ordered = [items[0], *rng.sample(items[1:], rng.randint(1, 3))]
    charges = [_charge(p, rng) for p in fitting_medicines(world, visit, ordered)]
    for nth, charge in enumerate(charges):
        charge.number = f"MX{number}{nth:02d}"
    invoice = Invoice(number, at, charges)
    invoice.fund = _fund(visit, invoice.total)
    return invoice


def _price_list(world: World, visit: Visit) -> list[Price]:
    kinds = {"any", "primary" if visit.place.is_primary else "hospital"}
    if visit.place.is_primary and visit.place.class_code != "D600":
        kinds.add("centre")
    if visit.department == "5001" and visit.system == "B":
        kinds = {"any", "chinese"}
    return [price for price in world.county.prices if price.where & kinds]


def _charge(price: Price, rng: Random) -> Charge:
    return Charge(
        price.category,
        price.code,
        price.name,
        price.fen,
        max(1, rng.randint(price.most // 2, price.most)),
        doses=HERB_DOSES if price.category == "CYF" else 1,
        order=price.order,
    )


def _fund(visit: Visit, total: int) -> int:
    return (
        total * 88 // 100 * fund_share(False, visit.place) // 100
        if visit.scheme != "7"
        else 0
    )


def _left_to_pay(visit: Visit) -> int:
    if visit.system == "B":
        return sum(c.amount for i in visit.invoices for c in i.charges if not c.refunded_at)
    return sum(i.total for i in visit.invoices if i.void_at is None)


def _settle_visit(world: World, visit: Visit, prompt: bool) -> Settlement | None:
    if visit.scheme == "7" or visit.kind == "check":
        return None
    return settle(
        world,
        visit.person,
        visit.place,
        visit.diagnosis,
        _left_to_pay(visit),
        visit.at + timedelta(minutes=20),
        began_on=visit.at.date(),
        medical_type="13" if visit.kind == "emergency" else "11",
        prompt=prompt,
    )


def _give_back(world: World, charges: list[Charge], at: datetime) -> None:
    for nth, charge in enumerate(charges):
        charge.refunded_at = at
        charge.refund_number = f"TF{charge.number[2:]}{nth}"
        table = "TB_HIS_MZ_FEE_DETAIL"
        world.mess.note("b_refund_row", "B", table, charge.refund_number, at.date())


def _void(world: World, visit: Visit, at: datetime, in_part: bool) -> None:
    kind = "partial_refund" if in_part else "void_invoice"
    table, void_table = (
        ("MS_MZXX", "MS_ZFFP") if visit.system == "A" else ("ms_mzxx", "ms_zffp")
    )
    known_on = max(visit.known_on, at.date())
    voided = visit.invoices[:1] if in_part else list(visit.invoices)
    for invoice in voided:
        invoice.void_at, invoice.is_replaced = at, in_part
        number = _native(visit, invoice.number)
        world.mess.note(kind, visit.system, table, number, known_on)
        world.mess.note(kind, visit.system, void_table, number, known_on)
    if in_part:
        scope = f"invoice {visit.place.code22}"
        number_again = world.numbering.by_day(scope, at.date(), extra=True)
        less = Invoice(number_again, at, voided[0].charges[:-1], replaces=voided[0])
        less.fund = _fund(visit, less.total)
        visit.invoices.append(less)
