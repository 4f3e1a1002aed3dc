"""The township system's medicines, void invoices, samples, results and institutions."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from loaders.demo_county.cards import card_number, centre_of
from loaders.demo_county.county import Institution
from loaders.demo_county.events import Invoice, Visit
from loaders.demo_county.exporting import Desk
from loaders.demo_county.spelling import moment, yuan
from loaders.demo_county.texts import Place, spell_price, spoil_name
from loaders.demo_county.township_clock import synchronised

LINES_PER_INVOICE = 10
MEDICINES = "ms_cf02"


def export_office_list(desk: Desk) -> None:
    """C13: the centres and clinics of the cloud system, there since the groups exist."""
    centres = {town.code: town.centre for town in desk.world.county.towns}
    for place in desk.world.county.institutions:
        if place.jgid:
            known_on = date.fromisoformat(dict(place.row)["QYRQ"])
            desk.book.add(
                "C13",
                known_on,
                {
                    "jgid": place.jgid,
                    "jgmc": place.name,
                    "sjjgid": _parent(place, centres[place.unit[:9]]),
                    "jglb": place.class_code,
                    "gxsj": moment(datetime.combine(known_on, datetime.min.time())),
                },
                sort=place.jgid,
            )


def _parent(place: Institution, centre: Institution) -> str | None:
    return None if place is centre else centre.jgid


def export_medicines(desk: Desk, visit: Visit, invoice: Invoice) -> None:
    """C04: the medicines of an invoice that replaces none, and C06 when it is void."""
    jgid = visit.place.jgid
    known_at = synchronised(visit, invoice.at + timedelta(minutes=1))
    for nth, charge in enumerate(invoice.charges):
        if invoice.replaces or not charge.is_medicine:
            continue
        number = invoice.number * LINES_PER_INVOICE + nth
        place = Place(desk.world, "C", MEDICINES, f"{jgid}+{number}", known_at.date())
        desk.book.add(
            "C04",
            known_at.date(),
            {
                "jgid": jgid,
                "sbxh": number,
                "jzxh": visit.number,
                "ypxh": charge.code,
                "ypmc": spoil_name(place, charge.name),
                "ypsl": str(charge.quantity),
                "cfts": charge.doses if charge.doses > 1 else None,
                "ypdj": spell_price(place, charge.price),
                "hjje": yuan(charge.amount),
                "zfpb": "1"
                if desk.world.dice.share("self-paid", jgid, number) < 0.06
                else "0",
                "gxsj": moment(known_at),
            },
            sort=f"{jgid:>6}{number:014d}",
        )
    if invoice.void_at:
        known_at = synchronised(visit, invoice.void_at + timedelta(minutes=3))
        desk.book.add(
            "C06",
            known_at.date(),
            {
                "jgid": jgid,
                "mzxh": invoice.number,
                "zfrq": moment(invoice.void_at),
                "gxsj": moment(known_at),
            },
            sort=f"{jgid:>6}{invoice.number:012d}",
        )


def export_samples(desk: Desk, visit: Visit) -> None:
    """C10 and C11: samples of a visit and what they found."""
    centre, jgid = centre_of(desk.world, visit.place), visit.place.jgid
    card = card_number(desk.world, "C", centre, visit.person, visit.at.date())
    for sample in visit.samples:
        known_at = synchronised(visit, sample.checked_at)
        desk.book.add(
            "C10",
            known_at.date(),
            {
                "jgid": jgid,
                "sampleno": sample.number,
                "zjgid": centre.jgid,
                "brid": card,
                "jzxh": visit.number,
                "examinaim": sample.panel,
                "checktime": moment(sample.checked_at),
                "gxsj": moment(known_at),
            },
            sort=f"{jgid:>6}{sample.number}",
            owner=visit.person.code,
        )
        for result in sample.results:
            desk.book.add(
                "C11",
                known_at.date(),
                {
                    "jgid": jgid,
                    "sampleno": sample.number,
                    "testid": result.analyte.code,
                    "chinesename": result.analyte.name,
                    "testresult": result.text,
                    "unit": result.unit,
                    "gxsj": moment(known_at),
                },
                sort=f"{jgid:>6}{sample.number}",
            )
