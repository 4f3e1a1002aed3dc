"""The Chinese medicine hospital's tables, in the dialect of the regional platform."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from loaders.demo_county.cards import Card, card_number
from loaders.demo_county.chronicle import Cell
from loaders.demo_county.clerk import Written
from loaders.demo_county.events import Charge, Invoice, Stay, Visit
from loaders.demo_county.exporting import Desk, Entries
from loaders.demo_county.exports_b_orders import export_prescriptions, export_samples
from loaders.demo_county.exports_b_ward import (
    card_of,
    export_front_page,
    export_lines,
    export_operations,
)
from loaders.demo_county.life import Life
from loaders.demo_county.spelling import tight_moment, yuan
from loaders.demo_county.texts import Place, spoil_text

VISIT_KINDS = {"plain": "100", "emergency": "200", "check": "500"}
CARD_KIND = "04"


def export_tcm_hospital(desk: Desk, life: Life, cards: list[Card]) -> Entries:
    """All rows of one life; returns what stands on the cards."""
    entries: Entries = {}
    for card in cards:
        if card.system == "B":
            entries["B", card.place.code22, card.number] = _card(desk, life, card)
    for visit in life.visits:
        if visit.system == "B":
            _visit(desk, life, visit, entries)
    for stay in life.stays:
        if stay.system == "B":
            _stay(desk, stay)
            export_lines(desk, stay)
            export_operations(desk, stay)
            if stay.has_ended(desk.last_day):
                card_shown = card_of(desk, stay)
                written = entries["B", stay.place.code22, card_shown]
                export_front_page(desk, stay, written)
    return entries


def card_text(number: int) -> str:
    """A card number as this hospital prints it."""
    return f"TCM{number:07d}"


def _code(desk: Desk) -> str:
    return desk.world.county.hospitals["B"].code22


def _card(desk: Desk, life: Life, card: Card) -> Written:
    number = card_text(card.number)
    rng = desk.world.dice.stream("B01", card.number)
    table = "TB_YL_PATIENT_INFORMATION"
    written = desk.write_card(card, table, number)
    values: dict[str, Cell] = {
        "YLJGDM": _code(desk),
        "KH": number,
        "KLX": CARD_KIND,
        "XM": written.name,
        "XB": str(written.sex),
        "CSRQ": written.born.replace("-", ""),
        "ZJLX": "01" if written.id_number else "99",
        "ZJHM": written.id_number,
        "MZ": life.person.ethnicity,
        "HYZK": rng.choice(("10", "20", "90")),
        "LXDH": written.phone,
        "JTDZ": written.address,
        "YBKH": life.person.insurance_number if rng.random() < 0.55 else None,
        "XGBZ": "0",
        "YWSCSJ": tight_moment(datetime.combine(card.issued_on, time())),
    }
    sort, owner = f"{card.number:09d}", life.person.code
    desk.book.add("B01", card.issued_on, values, sort=sort, owner=owner)
    if changed_on := desk.correction_day("B", table, number, card.issued_on):
        values["XGBZ"] = "1"
        values["LXDH"] = f"{life.person.phone[:3]}{rng.randint(0, 10**8 - 1):08d}"
        values["YWSCSJ"] = tight_moment(datetime.combine(changed_on, time(14, 12, 3)))
        desk.book.add("B01", changed_on, values, sort=sort, owner=owner)
    return written


def _visit(desk: Desk, life: Life, visit: Visit, entries: Entries) -> None:
    on = visit.at.date()
    card_shown = card_number(desk.world, "B", visit.place, life.person, on)
    card = card_text(card_shown)
    diagnosis = visit.diagnosis
    began = tight_moment(visit.at)
    if visit.is_impossible:
        began = f"{on:%Y%m}31{visit.at:%H:%M:%S}"
        desk.world.mess.note(
            "impossible_date", "B", "TB_YL_MZ_MEDICAL_RECORD", visit.number, visit.known_on
        )
    complaint = f"{diagnosis.complaint}{1 + visit.number % 9}天"
    table = "TB_YL_MZ_MEDICAL_RECORD"
    place = Place(desk.world, "B", table, str(visit.number), visit.known_on)
    complaint = spoil_text(place, complaint, line_break=f"{complaint}\r\n舌淡苔白")
    desk.book.add(
        "B02",
        visit.known_on,
        {
            "YLJGDM": _code(desk),
            "JZLSH": str(visit.number),
            "KH": card,
            "KLX": CARD_KIND,
            "JZLX": VISIT_KINDS[visit.kind],
            "JZKSBM": visit.department,
            "JZKSMC": desk.world.county.departments[visit.department or ""],
            "ZZYSGH": visit.doctor,
            "JZKSRQ": began,
            "ZZDH": visit.referral or None,
            "ZS": complaint,
            "ZDBM": diagnosis.clinical,
            "ZDMC": diagnosis.name,
            "XGBZ": "0",
            "YWSCSJ": tight_moment(visit.at + timedelta(minutes=11)),
        },
        sort=f"{visit.number:012d}",
        owner=visit.person.code,
    )
    terms = desk.world.county.chinese_terms.get(diagnosis.name)
    code = diagnosis.clinical
    written_at = Place(desk.world, "B", "TB_IH_DIAGNOSIS_DETAIL", f"{visit.number}", on)
    kind = written_at.struck("dx_letter_o", "dx_spelling")
    if kind == "dx_letter_o":
        code = code[0] + code[1:].replace("0", "O", 1)
    elif kind == "dx_spelling":
        code = code.replace(".", "")
    found = [("1", code, diagnosis.name)]
    if visit.second_diagnosis:
        found.append(("1", visit.second_diagnosis.clinical, visit.second_diagnosis.name))
    if terms:
        found.append(("2", terms.disease_code, terms.disease))
        found.append(("3", terms.syndrome_code, terms.syndrome))
    _diagnoses(desk, str(visit.number), "1", found, visit.at)
    export_prescriptions(desk, visit)
    export_samples(desk, visit, card, entries["B", visit.place.code22, card_shown])
    for invoice in visit.invoices:
        for charge in invoice.charges:
            _charge(desk, visit, invoice, charge, card)


def _diagnoses(
    desk: Desk, number: str, kind: str, found: list[tuple[str, str, str]], at: datetime
) -> None:
    for nth, (tradition, code, name) in enumerate(found, 1):
        desk.book.add(
            "B03",
            at.date(),
            {
                "YLJGDM": _code(desk),
                "JZLSH": number,
                "MZZYBZ": kind,
                "ZDXH": nth,
                "ZDLX": tradition,
                "ZDBM": code,
                "ZDMC": name,
                "YWSCSJ": tight_moment(at),
            },
            sort=f"{kind}{number:>12}{nth}",
        )


def _charge(desk: Desk, visit: Visit, invoice: Invoice, charge: Charge, card: str) -> None:
    values: dict[str, Cell] = {
        "YLJGDM": _code(desk),
        "SFMXID": charge.number,
        "JZLSH": str(visit.number),
        "STFBZ": "1",
        "STFBH": str(invoice.number),
        "KH": card,
        "MXFYLB": desk.world.county.fee_numbers[charge.category],
        "STFSJ": tight_moment(invoice.at),
        "MXXMBM": charge.code,
        "MXXMMC": charge.name,
        "MXXMDJ": yuan(charge.price),
        "MXXMSL": str(charge.quantity * charge.doses),
        "MXXMJE": yuan(charge.amount),
        "BXLX": {"1": "310", "2": "390"}.get(visit.scheme, "00"),
        "XGBZ": "0",
    }
    desk.book.add("B05", invoice.at.date(), values, sort=f"{charge.number}")
    if charge.refunded_at:
        values |= {
            "SFMXID": charge.refund_number,
            "TSFMXID": charge.number,
            "STFBZ": "2",
            "STFBH": f"T{invoice.number}",
            "STFSJ": tight_moment(charge.refunded_at),
        }
        on: date = charge.refunded_at.date()
        desk.book.add("B05", on, values, sort=f"{charge.number}T")


def _stay(desk: Desk, stay: Stay) -> None:
    number, sort = str(stay.number), f"{stay.number:012d}"
    owner = stay.person.code
    on = stay.admitted_at.date()
    registered: dict[str, Cell] = {
        "YLJGDM": _code(desk),
        "ZYLSH": number,
        "ZYH": stay.printed_number,
        "KH": card_text(card_number(desk.world, "B", stay.place, stay.person, on)),
        "RYSJ": tight_moment(stay.admitted_at),
        "RYKSBM": stay.department,
        "RYZDBM": stay.diagnosis.clinical,
        "RYTJ": "2",
        "XGBZ": "0",
        "YWSCSJ": tight_moment(stay.admitted_at),
    }
    desk.book.add("B06", on, registered, sort=sort, owner=owner)
    if stay.cancelled_at:
        registered |= {"XGBZ": "2", "YWSCSJ": tight_moment(stay.cancelled_at)}
        known_on = stay.cancelled_at.date()
        desk.book.add("B06", known_on, registered, sort=sort, owner=owner)
        desk.world.mess.note("cancelled_stay", "B", "TB_HIS_ZY_ADM_REG", number, known_on)
        return
    diagnosis, left_at = stay.diagnosis, stay.discharged_at
    summary = Place(desk.world, "B", "TB_CIS_LEAVEHOSPITAL_SUMMARY", number, left_at.date())
    skew = 1 + stay.number % 9 if summary.struck("clock_skew") else 0
    _diagnoses(desk, number, "2", [("1", diagnosis.clinical, diagnosis.name)], left_at)
    desk.book.add(
        "B07",
        left_at.date(),
        {
            "YLJGDM": _code(desk),
            "ZYLSH": number,
            "RYSJ": tight_moment(stay.admitted_at + timedelta(seconds=skew)),
            "CYSJ": tight_moment(left_at),
            "CYKSBM": stay.department,
            "CYZDBM": diagnosis.clinical,
            "CYZDMC": diagnosis.name,
            "LYFS": stay.leaving,
            "ZFY": yuan(stay.cost),
            "XGBZ": "0",
            "YWSCSJ": tight_moment(left_at + timedelta(minutes=10)),
        },
        sort=sort,
    )
