"""The county hospital's tables of out-patients: cards, visits, diagnoses, invoices."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from loaders.demo_county.cards import (
    Card,
    booked_card,
    card_split_on,
    lends_card,
    split_card_number,
)
from loaders.demo_county.chronicle import Cell
from loaders.demo_county.clerk import Written
from loaders.demo_county.events import Visit
from loaders.demo_county.exporting import Desk, Entries, health_index
from loaders.demo_county.exports_a_orders import (
    export_prescriptions,
    export_visit_samples,
)
from loaders.demo_county.exports_a_stays import export_hospital_stays
from loaders.demo_county.life import Life
from loaders.demo_county.spelling import midnight, moment, yuan
from loaders.demo_county.texts import (
    Place,
    spell_code,
    spell_diagnosis,
    spell_money,
    spoil_text,
)

FAR_AWAY = date(2099, 12, 31)
VISIT_KINDS = {"plain": "1", "emergency": "2", "check": "5"}


def export_county_hospital(desk: Desk, life: Life, cards: list[Card]) -> Entries:
    """All rows of one life; returns what stands on the cards."""
    written: dict[int, Written] = {}
    for card in [*(c for c in cards if c.system == "A"), *_split_cards(desk, life)]:
        written[card.number] = _card(desk, life, card, cards)
    for visit in life.visits:
        if visit.system == "A":
            _visit(desk, visit, _card_of(desk, visit, written))
    export_hospital_stays(desk, life, written)
    code = desk.world.county.hospitals["A"].code22
    return {("A", code, number): entry for number, entry in written.items()}


def _card_of(desk: Desk, visit: Visit, written: dict[int, Written]) -> Written:
    """What stands on the card of a visit, also on that of somebody else."""
    number = booked_card(desk.world, visit, visit.at)
    if number in written:
        return written[number]
    return desk.clerk.entry("A", "MS_BRDA", number, visit.card_person)


def _split_cards(desk: Desk, life: Life) -> list[Card]:
    """The card that was issued when two people were found on one."""
    on = card_split_on(desk.world, life.person)
    came = any(visit.system == "A" for visit in life.visits)
    if on is None or not came or lends_card(desk.world, life.person) is None:
        return []
    number = split_card_number(desk.world, life.person)
    place = desk.world.county.hospitals["A"]
    return [Card("A", place, number, life.person, on, False, False)]


def _card(desk: Desk, life: Life, card: Card, cards: list[Card]) -> Written:
    rng = desk.world.dice.stream("A01", card.number)
    written = desk.write_card(card, "MS_BRDA", card.number)
    insured = life.person.insurance_number if rng.random() < 0.6 else ""
    place = Place(desk.world, "A", "MS_BRDA", str(card.number), card.issued_on)
    address = written.address
    if len(address) > 4 and place.struck("line_break"):
        address = f"{address[:-4]}\n{address[-4:]}"
    values: dict[str, Cell] = {
        "BRID": card.number,
        "EMPIID": health_index(life, card.issued_on) if rng.random() < 0.35 else None,
        "MZHM": f"M{card.number}",
        "BRXM": written.name,
        "SFZH": written.id_number,
        "BRXZ": {"310": "1", "390": "2"}.get(life.person.scheme, "7"),
        "BRXB": str(written.sex),
        "CSNY": _birth_date(written, rng.random() < 0.15),
        "HYZK": rng.choice(("20", "20", "10", "2", "1", "90")),
        "ZYDM": rng.choice(("27", "27", "17", "80", "90")),
        "MZDM": spell_code(place, life.person.ethnicity),
        "XXDM": rng.choice(("1", "2", "3", "4", "5", None)),
        "LXDH": written.phone,
        "LXDZ": address,
        "YBKH": insured,
        "JDSJ": midnight(_opened_on(desk, card)),
        "ZXBZ": "0",
    }
    versions: list[tuple[datetime, dict[str, Cell]]] = [
        (datetime.combine(card.issued_on, time()), {})
    ]
    second = next((c for c in cards if c.replaces_first and c.system == "A"), None)
    if (
        second
        and not card.replaces_first
        and not card.is_for_newborn
        and rng.random() < 0.5
    ):
        cancelled_at = max(second.issued_on, card.issued_on)
        versions.append((datetime.combine(cancelled_at, time(11, 20)), {"ZXBZ": "1"}))
    changed_on = desk.correction_day("A", "MS_BRDA", card.number, card.issued_on)
    if changed_on:
        new_phone = f"{life.person.phone[:3]}{rng.randint(0, 10**8 - 1):08d}"
        versions.append((datetime.combine(changed_on, time(10, 5)), {"LXDH": new_phone}))
    for at, change in sorted(versions, key=lambda version: version[0]):
        values |= change
        row = values | {"XGSJ": moment(at)}
        owner = life.person.code
        desk.book.add("A01", at.date(), row, sort=f"{card.number:012d}", owner=owner)
    return written


def _opened_on(desk: Desk, card: Card) -> date:
    """When a card was issued; trainers type days that are far away."""
    if not card.person.is_test or not desk.world.mess.is_on("test_date_2099"):
        return card.issued_on
    desk.world.mess.note("test_date_2099", "A", "MS_BRDA", card.number, card.issued_on)
    return FAR_AWAY


def _birth_date(written: Written, with_slashes: bool) -> str:
    if not with_slashes:
        return written.born
    year, month, day = (int(part) for part in written.born.split("-"))
    return f"{year}/{month}/{day}"


def _visit(desk: Desk, visit: Visit, written: Written) -> None:
    """The rows of a visit, again with every change of any of them."""
    ended_at = visit.at + timedelta(minutes=11)
    moments = {ended_at}
    if visit.card_split_on:
        moments.add(datetime.combine(visit.card_split_on, time(17, 30)))
        desk.world.mess.note(
            "shared_card", "A", "YS_MZ_JZLS", visit.number, visit.card_split_on
        )
    elif visit.card_person is not visit.person:
        desk.world.mess.note(
            "borrowed_card", "A", "YS_MZ_JZLS", visit.number, visit.at.date()
        )
    for at in sorted(moments):
        card = booked_card(desk.world, visit, at)
        _visit_row(desk, visit, card, at)
        _diagnosis_rows(desk, visit, card, at)
    changed_on = desk.correction_day("A", "YS_MZ_JZLS", visit.number, visit.at.date())
    if changed_on and not visit.card_split_on:
        at = datetime.combine(changed_on, time(9, 40))
        _visit_row(desk, visit, booked_card(desk.world, visit, at), at, "(更正)")
    moved_at = sorted(moments - {ended_at})
    export_prescriptions(desk, visit, moved_at)
    export_visit_samples(desk, visit, written, moved_at)
    for invoice in visit.invoices:
        times = {invoice.at, *moved_at}
        times |= {invoice.void_at} if invoice.void_at else set()
        for at in sorted(times):
            is_void = invoice.void_at is not None and invoice.void_at <= at
            _invoice_row(desk, visit, invoice_number=invoice.number, at=at, is_void=is_void)


def _visit_row(desk: Desk, visit: Visit, card: int, at: datetime, remark: str = "") -> None:
    number = visit.number
    complaint = f"{visit.diagnosis.complaint}{1 + number % 11}天"
    place = Place(desk.world, "A", "YS_MZ_JZLS", str(number), visit.known_on)
    complaint = spoil_text(
        place,
        complaint,
        quoted_text=f'诉"{complaint}",既往体健,无特殊',
        line_break=f"{complaint}\n无药物过敏史",
    )
    desk.book.add(
        "A02",
        at.date(),
        {
            "JZXH": number,
            "GHXH": number + 200000,
            "BRBH": card,
            "KSDM": visit.department,
            "YSDM": visit.doctor,
            "MZLB": VISIT_KINDS[visit.kind],
            "ZYZD": visit.diagnosis.name + remark,
            "ZSXX": complaint,
            "KSSJ": moment(visit.at),
            "ZZDH": visit.referral or None,
            "JSSJ": moment(visit.at + timedelta(minutes=11)),
            "JZZT": "9",
            "XGSJ": moment(at),
        },
        sort=f"{number:012d}",
        owner=visit.person.code,
    )


def _diagnosis_rows(desk: Desk, visit: Visit, card: int, at: datetime) -> None:
    for nth, diagnosis in enumerate((visit.diagnosis, visit.second_diagnosis)):
        if diagnosis is None:
            continue
        number = visit.number * 4 + nth
        place = Place(desk.world, "A", "MS_BRZD", str(number), visit.at.date())
        code, name = spell_diagnosis(place, diagnosis)
        desk.book.add(
            "A03",
            at.date(),
            {
                "JLBH": number,
                "JZXH": visit.number,
                "BRID": card,
                "ZDLB": "1",
                "ZDMC": name,
                "ICD10": code,
                "ZDSJ": moment(visit.at + timedelta(minutes=6)),
                "ZDYS": visit.doctor,
                "DEEP": nth,
                "XGSJ": moment(at),
            },
            sort=f"{visit.number:012d}{nth}",
        )


def _invoice_row(
    desk: Desk, visit: Visit, *, invoice_number: int, at: datetime, is_void: bool
) -> None:
    invoice = next(i for i in visit.invoices if i.number == invoice_number)
    place = Place(desk.world, "A", "MS_MZXX", str(invoice_number), invoice.at.date())
    desk.book.add(
        "A06",
        at.date(),
        {
            "MZXH": invoice.number,
            "FPHM": f"FP{invoice.number}",
            "YMZXH": invoice.replaces.number if invoice.replaces else None,
            "JZXH": visit.number,
            "BRID": booked_card(desk.world, visit, at),
            "SFRQ": moment(invoice.at),
            "BRXZ": visit.scheme,
            "ZJJE": spell_money(place, invoice.total),
            "ZFJE": yuan(invoice.total - invoice.fund),
            "JJZFJE": yuan(invoice.fund),
            "ZFPB": "1" if is_void else "0",
            "THPB": "1" if is_void and not invoice.is_replaced else "0",
            "JYLYJMJE": "0.00",
            "XGSJ": moment(at),
        },
        sort=f"{invoice.number:012d}",
    )
