"""The township database: patients of the centres, visits, invoices and stays."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from loaders.demo_county.cards import Card, card_number, centre_of
from loaders.demo_county.chronicle import Cell
from loaders.demo_county.clerk import Written
from loaders.demo_county.events import Invoice, Stay, Visit
from loaders.demo_county.exporting import Desk, Entries, health_index
from loaders.demo_county.exports_c_orders import export_medicines, export_samples
from loaders.demo_county.exports_ward import export_centre_bills, export_centre_lines
from loaders.demo_county.life import Life
from loaders.demo_county.spelling import midnight, moment, yuan
from loaders.demo_county.texts import Place, spell_code, spell_diagnosis
from loaders.demo_county.township_clock import synchronised

VISIT_KINDS = {"plain": "1", "emergency": "2", "check": "5"}


def export_townships(desk: Desk, life: Life, cards: list[Card]) -> Entries:
    """All rows of one life; returns what stands on the cards."""
    entries: Entries = {}
    for card in cards:
        if card.system == "C":
            entries["C", card.place.code22, card.number] = _card(desk, life, card)
    for visit in life.visits:
        if visit.system == "C":
            _visit(desk, life, visit)
    for stay in life.stays:
        if stay.system == "C":
            _stay(desk, stay)
            export_centre_lines(desk, stay)
            export_centre_bills(desk, stay)
    return entries


def _card(desk: Desk, life: Life, card: Card) -> Written:
    rng = desk.world.dice.stream("C01", card.place.jgid, card.number)
    native = f"{card.place.jgid}+{card.number}"
    written = desk.write_card(card, "ms_brda", native)
    place = Place(desk.world, "C", "ms_brda", native, card.issued_on)
    values: dict[str, Cell] = {
        "jgid": card.place.jgid,
        "brid": card.number,
        "brxm": written.name,
        "sfzh": written.id_number or None,
        "brxb": str(written.sex),
        "csny": written.born,
        "mzdm": spell_code(place, life.person.ethnicity),
        "lxdh": written.phone or None,
        "lxdz": written.address or None,
        "nhkh": life.person.insurance_number or None if rng.random() < 0.6 else None,
        "empiid": health_index(life, card.issued_on) if rng.random() < 0.4 else None,
        "jdsj": midnight(card.issued_on),
        "zxbz": "0",
        "xgsj": midnight(card.issued_on),
        "gxsj": midnight(card.issued_on),
    }
    sort, owner = f"{card.place.jgid}{card.number:09d}", life.person.code
    desk.book.add("C01", card.issued_on, values, sort=sort, owner=owner)
    key = f"{card.place.jgid}+{card.number}"
    if changed_on := desk.correction_day("C", "ms_brda", key, card.issued_on):
        at = moment(datetime.combine(changed_on, time(15, 2, 44)))
        phone = f"{life.person.phone[:3]}{rng.randint(0, 10**8 - 1):08d}"
        values |= {"lxdh": phone, "xgsj": at, "gxsj": at}
        desk.book.add("C01", changed_on, values, sort=sort, owner=owner)
    return written


def _visit(desk: Desk, life: Life, visit: Visit) -> None:
    centre = centre_of(desk.world, visit.place)
    systolic, diastolic = _pressure(desk, visit)
    known_at = synchronised(visit, visit.at)
    sort = f"{visit.place.jgid:>6}{visit.number:012d}"
    desk.book.add(
        "C02",
        known_at.date(),
        {
            "jgid": visit.place.jgid,
            "jzxh": visit.number,
            "zjgid": centre.jgid,
            "brid": card_number(desk.world, "C", centre, life.person, visit.at.date()),
            "ksdm": visit.department,
            "ysdm": visit.doctor,
            "mzlb": VISIT_KINDS[visit.kind],
            "zyzd": visit.diagnosis.name,
            "zsxx": f"{visit.diagnosis.complaint}{1 + visit.number % 7}天",
            "ssy": systolic,
            "szy": diastolic,
            "kssj": moment(visit.at),
            "zzdh": visit.referral or None,
            "jzzt": "9",
            "xgsj": moment(visit.at),
            "gxsj": moment(known_at),
        },
        sort=sort,
        owner=life.person.code,
    )
    for nth, diagnosis in enumerate((visit.diagnosis, visit.second_diagnosis)):
        if diagnosis:
            number = visit.number * 4 + nth
            key = f"{visit.place.jgid}+{number}"
            place = Place(desk.world, "C", "ms_brzd", key, known_at.date())
            code, name = spell_diagnosis(place, diagnosis)
            desk.book.add(
                "C03",
                known_at.date(),
                {
                    "jgid": visit.place.jgid,
                    "jlbh": number,
                    "jzxh": visit.number,
                    "zdmc": name,
                    "icd10": code,
                    "deep": nth,
                    "gxsj": moment(known_at),
                },
                sort=f"{sort}{nth}",
            )
    for invoice in visit.invoices:
        _invoice(desk, visit, invoice)
        export_medicines(desk, visit, invoice)
    export_samples(desk, visit)


def _pressure(desk: Desk, visit: Visit) -> tuple[str | None, str | None]:
    if visit.pressure is None:
        return None, None
    systolic, diastolic = visit.pressure
    key = f"{visit.place.jgid}+{visit.number}"
    place = Place(desk.world, "C", "ys_mz_jzls", key, visit.known_on)
    kind = place.struck("bp_one_cell", "bp_decimal")
    if kind == "bp_one_cell":
        return f"{systolic}/{diastolic}", None
    if kind == "bp_decimal":
        return f"{systolic}.0", f"{diastolic}.0"
    return str(systolic), str(diastolic)


def _invoice(desk: Desk, visit: Visit, invoice: Invoice) -> None:
    values: dict[str, Cell] = {
        "jgid": visit.place.jgid,
        "mzxh": invoice.number,
        "ymzxh": invoice.replaces.number if invoice.replaces else None,
        "jzxh": visit.number,
        "sfrq": moment(invoice.at),
        "brxz": visit.scheme,
        "zjje": yuan(invoice.total),
        "jjzfje": yuan(invoice.fund),
        "zfje": yuan(invoice.total - invoice.fund),
        "zfpb": "0",
        "jylyjmje": "0.00",
    }
    sort = f"{visit.place.jgid:>6}{invoice.number:012d}"
    known_at = synchronised(visit, invoice.at + timedelta(minutes=1))
    desk.book.add("C05", known_at.date(), values | {"gxsj": moment(known_at)}, sort=sort)
    if invoice.void_at:
        known_at = synchronised(visit, invoice.void_at + timedelta(minutes=3))
        values |= {"zfpb": "1", "gxsj": moment(known_at)}
        desk.book.add("C05", known_at.date(), values, sort=sort)


def _stay(desk: Desk, stay: Stay) -> None:
    on: date = stay.admitted_at.date()
    values: dict[str, Cell] = {
        "jgid": stay.place.jgid,
        "zyh": stay.number,
        "zyhm": stay.printed_number,
        "brid": card_number(desk.world, "C", stay.place, stay.person, on),
        "ryrq": moment(stay.admitted_at),
        "cyrq": None,
        "cypb": 0,
        "cyfs": None,
        "zddm": None,
        "zdmc": None,
        "gxsj": moment(stay.admitted_at),
    }
    sort = f"{stay.place.jgid}{stay.number:012d}"
    owner = stay.person.code
    desk.book.add("C07", on, values, sort=sort, owner=owner)
    if stay.cancelled_at:
        values |= {"cypb": 99, "gxsj": moment(stay.cancelled_at)}
        desk.book.add("C07", stay.cancelled_at.date(), values, sort=sort, owner=owner)
        return
    values |= {
        "cyrq": moment(stay.discharged_at),
        "cypb": 8,
        "cyfs": stay.leaving,
        "zddm": stay.diagnosis.clinical,
        "zdmc": stay.diagnosis.name,
        "gxsj": moment(stay.discharged_at),
    }
    desk.book.add("C07", stay.discharged_at.date(), values, sort=sort, owner=owner)
