"""The county hospital's prescriptions, void invoices, samples and results."""

from __future__ import annotations

from datetime import datetime, timedelta

from loaders.demo_county.cards import booked_card, holder_on
from loaders.demo_county.clerk import Written
from loaders.demo_county.events import MEDICINES, Charge, Invoice, Stay, Visit
from loaders.demo_county.exporting import Desk
from loaders.demo_county.orders import Sample
from loaders.demo_county.population import Person
from loaders.demo_county.spelling import moment, yuan
from loaders.demo_county.texts import Place, spell_age, spell_price, spoil_name

LINES_PER_INVOICE = 10
USAGES = ("qd", "bid", "tid", "qn")
VOID_CLERKS = 4
SEXES = {1: "男", 2: "女"}
PRINTED = frozenset({"name", "sex"})


def export_prescriptions(desk: Desk, visit: Visit, moved_at: list[datetime]) -> None:
    """A prescription per invoice and kind of medicine; the void rows of its invoices."""
    for invoice in visit.invoices:
        if invoice.replaces is None:
            by_kind: dict[str, list[tuple[int, Charge]]] = {}
            for nth, charge in enumerate(invoice.charges):
                if charge.is_medicine:
                    kind = MEDICINES[charge.category]
                    by_kind.setdefault(kind, []).append((nth, charge))
            for kind, charges in by_kind.items():
                _prescription(desk, visit, invoice, kind, charges, moved_at)
        if invoice.void_at:
            _void_row(desk, invoice, invoice.void_at)


def _prescription(
    desk: Desk,
    visit: Visit,
    invoice: Invoice,
    kind: str,
    charges: list[tuple[int, Charge]],
    moved_at: list[datetime],
) -> None:
    number = invoice.number * LINES_PER_INVOICE + int(kind)
    written_at = invoice.at - timedelta(minutes=1)
    place = Place(desk.world, "A", "MS_CF01", str(number), written_at.date())
    at_midnight = place.struck("midnight_time") is not None
    day = written_at.replace(hour=0, minute=0, second=0)
    for at in sorted({written_at, *moved_at, *_void_moment(invoice)}):
        back = invoice.void_at is not None and invoice.void_at <= at
        paid_by = _replacement(visit, invoice) if back and invoice.is_replaced else invoice
        is_hit = not invoice.is_replaced or charges[-1][1] is invoice.charges[-1]
        desk.book.add(
            "A04",
            at.date(),
            {
                "CFSB": number,
                "CFHM": f"CF{number}",
                "JZXH": visit.number,
                "BRID": booked_card(desk.world, visit, at),
                "KFRQ": moment(day if at_midnight else written_at),
                "CFLX": kind,
                "CFTS": charges[0][1].doses if kind == "3" else None,
                "KSDM": visit.department,
                "YSDM": visit.doctor,
                "MZXH": paid_by.number,
                "FYBZ": "0" if back and not invoice.is_replaced else "1",
                "TYBZ": "1" if back and is_hit else "0",
                "ZFPB": "1" if back and not invoice.is_replaced else "0",
                "XGSJ": moment(at),
            },
            sort=f"{number:014d}",
        )
    for nth, charge in charges:
        _prescription_line(desk, number, invoice, nth, charge, written_at)


def _void_moment(invoice: Invoice) -> list[datetime]:
    return [invoice.void_at] if invoice.void_at else []


def _replacement(visit: Visit, invoice: Invoice) -> Invoice:
    return next(i for i in visit.invoices if i.replaces is invoice)


def _prescription_line(
    desk: Desk, number: int, invoice: Invoice, nth: int, charge: Charge, at: datetime
) -> None:
    line = invoice.number * LINES_PER_INVOICE * 10 + nth
    place = Place(desk.world, "A", "MS_CF02", str(line), at.date())
    herbs = charge.doses > 1
    desk.book.add(
        "A05",
        at.date(),
        {
            "SBXH": line,
            "CFSB": number,
            "YPXH": charge.code,
            "YPMC": spoil_name(place, charge.name),
            "YPSL": str(charge.quantity),
            "YPDJ": spell_price(place, charge.price),
            "HJJE": yuan(charge.amount),
            "YYTS": 7 * (1 if herbs else charge.quantity),
            "YPYF": "水煎服" if herbs else USAGES[line % len(USAGES)],
            "FYGB": charge.category,
            "ZFPB": "1" if desk.world.dice.share("self-paid", line) < 0.06 else "0",
            "XGSJ": moment(at),
        },
        sort=f"{line:016d}",
    )


def _void_row(desk: Desk, invoice: Invoice, at: datetime) -> None:
    drawn = desk.world.dice.share("cashier", invoice.number)
    desk.book.add(
        "A07",
        at.date(),
        {
            "MZXH": invoice.number,
            "FPHM": f"FP{invoice.number}",
            "CZGH": f"90{1 + int(drawn * VOID_CLERKS):02d}",
            "ZFRQ": moment(at),
            "XGSJ": moment(at),
        },
        sort=f"{invoice.number:012d}",
    )


def export_visit_samples(
    desk: Desk, visit: Visit, written: Written, moved_at: list[datetime]
) -> None:
    """The samples of a visit, again when the visit moves to another card."""
    for sample in visit.samples:
        known_at = _known_at(sample)
        for at in sorted({known_at, *moved_at}):
            card = booked_card(desk.world, visit, at)
            _sample(
                desk, sample, "1", str(visit.number), card, holder_on(visit), written, at
            )
        _results(desk, sample, known_at)


def export_stay_samples(desk: Desk, stay: Stay, written: Written, card: int) -> None:
    """The samples of a stay, under the printed number of the stay."""
    for sample in stay.samples:
        at = _known_at(sample)
        _sample(desk, sample, "2", stay.printed_number, card, stay.person, written, at)
        _results(desk, sample, at)


def _known_at(sample: Sample) -> datetime:
    return sample.checked_at.replace(second=sample.asked_at.second)


def _sample(
    desk: Desk,
    sample: Sample,
    kind: str,
    visit_number: str,
    card: int,
    person: Person,
    written: Written,
    at: datetime,
) -> None:
    on = sample.asked_at.date()
    place = Place(desk.world, "A", "L_PATIENTINFO", sample.number, at.date())
    desk.clerk.copy(written, "A", place.table, sample.number, at.date(), PRINTED)
    source = sample.recognised_from
    desk.book.add(
        "A12",
        at.date(),
        {
            "SAMPLENO": sample.number,
            "PATIENTID": card,
            "BRLX": kind,
            "BRH": visit_number,
            "BRXM": written.name,
            "SEX": SEXES[written.sex],
            "AGE": spell_age(place, person.age(on), (on - person.born).days),
            "EXAMINAIM": sample.panel,
            "REQUESTTIME": f"{sample.asked_at:%Y-%m-%d %H:%M}",
            "CHECKTIME": f"{sample.checked_at:%Y-%m-%d %H:%M}" if sample.results else None,
            "JZBZ": "1" if sample.is_emergency else "0",
            "HRBZ": sample.recognition,
            "HRJG": source.credit_code if source else None,
            "HRYY": sample.reason or None,
            "STATUS": "2",
            "XGSJ": moment(at),
        },
        sort=sample.number,
        owner=person.code,
    )


def _results(desk: Desk, sample: Sample, at: datetime) -> None:
    for result in sample.results:
        analyte = result.analyte
        desk.book.add(
            "A13",
            at.date(),
            {
                "SAMPLENO": sample.number,
                "TESTID": analyte.code,
                "CHINESENAME": analyte.name,
                "TESTRESULT": result.text,
                "UNIT": result.unit,
                "HINT": result.mark or None,
                "REFLO": analyte.low,
                "REFHI": analyte.high,
                "XGSJ": moment(at),
            },
            sort=sample.number,
        )
