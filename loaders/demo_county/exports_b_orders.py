"""The Chinese medicine hospital's prescriptions, laboratory reports and their items."""

from __future__ import annotations

from datetime import timedelta

from loaders.demo_county.clerk import Written
from loaders.demo_county.events import MEDICINES, Visit
from loaders.demo_county.exporting import Desk
from loaders.demo_county.orders import Result, Sample
from loaders.demo_county.spelling import tight_moment, yuan
from loaders.demo_county.texts import Place, spell_price, spoil_name

PRESCRIBED, REPORTED = "TB_CIS_PRESCRIPTION_DETAIL", "TB_LIS_REPORT"
NAME_ONLY = frozenset({"name"})
NORMAL, ABNORMAL, HIGH, LOW = "1", "2", "3", "4"


def export_prescriptions(desk: Desk, visit: Visit) -> None:
    """B04: every medicine of the visit's receipts."""
    for invoice in visit.invoices:
        written_at = invoice.at - timedelta(minutes=1)
        for charge in invoice.charges:
            if not charge.is_medicine:
                continue
            number = charge.number[2:]
            place = Place(desk.world, "B", PRESCRIBED, number, written_at.date())
            day = written_at.replace(hour=0, minute=0, second=0)
            at = day if place.struck("midnight_time") else written_at
            desk.book.add(
                "B04",
                written_at.date(),
                {
                    "YLJGDM": visit.place.code22,
                    "CFMXH": number,
                    "JZLSH": str(visit.number),
                    "CFLX": MEDICINES[charge.category],
                    "CFTS": charge.doses if charge.doses > 1 else None,
                    "XMBM": charge.code,
                    "XMMC": spoil_name(place, charge.name),
                    "XMSL": str(charge.quantity),
                    "XMDJ": spell_price(place, charge.price),
                    "XMJE": yuan(charge.amount),
                    "KFRQ": tight_moment(at),
                },
                sort=f"{number:>14}",
            )


def export_samples(desk: Desk, visit: Visit, card: str, written: Written) -> None:
    """B10 and B11: reports of a visit and what they found."""
    for sample in visit.samples:
        _report(desk, visit, sample, card, written)
        for result in sample.results:
            _item(desk, visit, sample, result)


def _report(desk: Desk, visit: Visit, sample: Sample, card: str, written: Written) -> None:
    on, source = sample.checked_at.date(), sample.recognised_from
    desk.clerk.copy(written, "B", REPORTED, sample.number, on, NAME_ONLY)
    desk.book.add(
        "B10",
        on,
        {
            "YLJGDM": visit.place.code22,
            "BGDH": sample.number,
            "JZLSH": str(visit.number),
            "KH": card,
            "HZXM": written.name,
            "BGRQ": tight_moment(sample.checked_at),
            "JYMC": sample.panel,
            "JZBZ": "1" if sample.is_emergency else "0",
            "HRBZ": sample.recognition,
            "HRJGDM": source.code22 if source else None,
            "WHRYY": sample.reason or None,
            "BGZT": "1",
        },
        sort=sample.number,
        owner=visit.person.code,
    )


def _item(desk: Desk, visit: Visit, sample: Sample, result: Result) -> None:
    analyte = result.analyte
    hint = {"↑": HIGH, "↓": LOW}.get(
        result.mark, ABNORMAL if result.is_abnormal else NORMAL
    )
    desk.book.add(
        "B11",
        sample.checked_at.date(),
        {
            "YLJGDM": visit.place.code22,
            "BGDH": sample.number,
            "JYZBDM": analyte.code,
            "JYZBMC": analyte.name,
            "JYZBJG": result.text,
            "JLDW": result.unit or None,
            "CKZ": f"{analyte.low}-{analyte.high}",
            "YCTS": hint,
        },
        sort=sample.number,
    )
