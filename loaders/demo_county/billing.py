"""Bills of visits: invoices, what is settled with the insurance, what is given back."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from loaders.demo_county.events import Charge, Invoice, Settlement, Visit
from loaders.demo_county.insurance import fund_share, reverse, settle
from loaders.demo_county.world import World, office_time


def pay(world: World, visit: Visit, rng: Random) -> list[Settlement]:
    """Bill the visit, settle it, and take some of it back; returns the settlements."""
    if world.mess.hits(
        "visit_without_invoice", visit.system, visit.place.code22, visit.number
    ):
        table = "YS_MZ_JZLS" if visit.system == "A" else "ys_mz_jzls"
        kind = "visit_without_invoice"
        world.mess.note(
            kind, visit.system, table, _native(visit, visit.number), visit.known_on
        )
        return []
    for nth in range(2 if rng.random() < 0.08 else 1):
        visit.invoices.append(
            _invoice(world, visit, visit.at + timedelta(minutes=8 + 5 * nth), rng)
        )
    refund = _refund_kind(world, visit)
    first = None if visit.is_impossible else _settle_visit(world, visit, bool(refund))
    if refund is None:
        return [first] if first else []
    back_at = office_time(rng, visit.at.date() + timedelta(days=rng.randint(1, 18)))
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
        again = _settle_visit(world, visit, True, back_at, first.treatment)
    return [first, again] if again else [first]


def _native(visit: Visit, number: int) -> str:
    """Numbers of C are unique within an institution only."""
    return f"{visit.place.jgid}+{number}" if visit.system == "C" else str(number)


def _refund_kind(world: World, visit: Visit) -> str | None:
    key = (visit.system, visit.place.code22, visit.number)
    if visit.system == "B":
        part = (
            world.dice.share("part of it", *key) < 0.4
            and len(visit.invoices[0].charges) > 1
        )
        return (
            ("part" if part else "all") if world.mess.hits("b_refund_row", *key) else None
        )
    if world.mess.hits("void_invoice", *key):
        return "all"
    return "part" if world.mess.hits("partial_refund", *key) else None


def _invoice(world: World, visit: Visit, at: datetime, rng: Random) -> Invoice:
    number = world.numbering.by_day(f"invoice {visit.place.code22}", at.date())
    kinds = {"any", "primary" if visit.place.is_primary else "hospital"}
    if visit.department == "5001" and visit.system == "B":
        kinds = {"any", "chinese"}
    items = [price for price in world.county.prices if price.where in kinds]
    charges = [
        Charge(p.category, p.code, p.name, p.fen, max(1, rng.randint(p.most // 2, p.most)))
        for p in [items[0], *rng.sample(items[1:], rng.randint(1, 3))]
    ]
    for nth, charge in enumerate(charges):
        charge.number = f"MX{number}{nth:02d}"
    invoice = Invoice(number, at, charges)
    invoice.fund = _fund(visit, invoice.total)
    return invoice


def _fund(visit: Visit, total: int) -> int:
    return (
        total * 88 // 100 * fund_share(False, visit.place) // 100
        if visit.scheme != "7"
        else 0
    )


def _settle_visit(
    world: World,
    visit: Visit,
    prompt: bool,
    at: datetime | None = None,
    treatment: str = "",
) -> Settlement | None:
    if visit.scheme == "7" or visit.kind == "check":
        return None
    at = at or visit.at + timedelta(minutes=20)
    if visit.system == "B":
        left = [c.amount for i in visit.invoices for c in i.charges if not c.refunded_at]
    else:
        left = [i.total for i in visit.invoices if i.void_at is None]
    return settle(
        world,
        visit.person,
        visit.place,
        visit.diagnosis,
        sum(left),
        at,
        began_on=visit.at.date(),
        medical_type="13" if visit.kind == "emergency" else "11",
        treatment=treatment,
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
    table = "MS_MZXX" if visit.system == "A" else "ms_mzxx"
    known_on = max(visit.known_on, at.date())
    voided = visit.invoices[:1] if in_part else list(visit.invoices)
    for invoice in voided:
        invoice.void_at, invoice.is_replaced = at, in_part
        world.mess.note(kind, visit.system, table, _native(visit, invoice.number), known_on)
    if in_part:
        number = world.numbering.by_day(f"invoice {visit.place.code22}", at.date())
        less = Invoice(number, at, voided[0].charges[:-1], replaces=voided[0])
        less.fund = _fund(visit, less.total)
        visit.invoices.append(less)
