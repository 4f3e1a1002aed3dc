"""The insurance: who is insured, and every settlement with its reversal."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from loaders.demo_county.chronicle import Cell
from loaders.demo_county.clerk import Written
from loaders.demo_county.events import Settlement
from loaders.demo_county.exporting import Desk
from loaders.demo_county.exports_g import export_filings
from loaders.demo_county.insurance import FLAG_FROM
from loaders.demo_county.life import Life
from loaders.demo_county.population import Person
from loaders.demo_county.spelling import moment, yuan

INSURED = "PSN_INSU_D"
SETTLED = "SETL_D"
UNKNOWN_BIRTH = "1970-01-01 08:00"
# In which delivery, counted from the first, the list of the new year comes.
NEW_YEAR_LIST = 4
OTHER_SCHEME = {"310": "390", "390": "310"}


def export_insurance(desk: Desk, life: Life) -> None:
    """All rows of one life."""
    person = life.person
    if not person.insurance_number:
        return
    written = _insured(desk, person, person.insurance_number, person.scheme)
    if person.second_insurance_number:
        other = OTHER_SCHEME[person.scheme]
        _insured(desk, person, person.second_insurance_number, other)
    export_filings(desk, life, written)
    for settlement in life.settlements:
        _settlement(desk, settlement, written)


def _insured(desk: Desk, person: Person, number: str, scheme: str) -> Written:
    calendar = desk.world.calendar
    first = calendar.history_end
    years = {calendar.year: first, calendar.year + 1: first + timedelta(days=NEW_YEAR_LIST)}
    written = desk.clerk.write("F", INSURED, number, person, first)
    for year, known_on in years.items():
        if not person.is_alive(date(year, 1, 1)) and person.born.year != calendar.year:
            continue
        unknown = desk.world.dice.share("birth unknown", number) < 0.002
        age = person.age(calendar.history_end)
        kind = "14" if age < 18 else "15" if age < 60 else "16"
        at = datetime.combine(known_on, time(2, 11)) + timedelta(
            seconds=person.number % 2900
        )
        desk.book.add(
            "F01",
            known_on,
            {
                "YEAR": str(year),
                "PSN_NO": number,
                "PSN_NAME": written.name,
                "PSN_CERT_TYPE": "01" if written.id_number else "99",
                "CERTNO": written.id_number or None,
                "GEND": str(written.sex),
                "NATY": person.ethnicity,
                "BRDY": UNKNOWN_BIRTH if unknown else written.born,
                "INSUTYPE": scheme,
                "PSN_TYPE": ("11" if age < 60 else "12") if scheme == "310" else kind,
                "INSU_ADMDVS": desk.world.county.division,
                "RESD_TOWN": person.village.town.code,
                "PSN_INSU_STAS": "1" if person.is_alive(known_on) else "2",
                "UPDT_TIME": moment(at),
            },
            sort=number,
            owner=person.code,
        )
    return written


def _settlement(desk: Desk, settlement: Settlement, written: Written) -> None:
    person, owner = settlement.person, settlement.person.code
    known_on = settlement.updated_at.date()
    desk.clerk.copy(written, "F", SETTLED, settlement.number, known_on)
    values = _values(desk, settlement, written, person)
    sort = settlement.number
    desk.book.add("F02", known_on, values, sort=sort, owner=owner)
    if settlement.reversed_at is None:
        return
    at = settlement.reversed_at
    updated = moment(at + timedelta(minutes=9))
    if at.date() >= FLAG_FROM:
        again = values | {"REFD_SETL_FLAG": "1", "UPDT_TIME": updated}
        desk.book.add("F02", at.date(), again, sort=sort, owner=owner)
    desk.clerk.copy(written, "F", SETTLED, settlement.reversal_number, at.date())
    reversal = values | {
        "SETL_ID": settlement.reversal_number,
        "INIT_SETL_ID": settlement.number,
        "SETL_TIME": moment(at),
        **_amounts(settlement, -1),
        "REFD_SETL_FLAG": "1",
        "UPDT_TIME": updated,
    }
    sort = settlement.reversal_number
    desk.book.add("F02", at.date(), reversal, sort=sort, owner=owner)


def _values(
    desk: Desk, settlement: Settlement, written: Written, person: Person
) -> dict[str, Cell]:
    place, diagnosis = settlement.place, settlement.diagnosis
    inside = desk.world.county.is_inside(place)
    same_province = place.division.startswith(desk.world.county.division[:2])
    kind = (
        "41"
        if settlement.medical_type == "41"
        else "21"
        if settlement.is_inpatient
        else "11"
    )
    return {
        "SETL_ID": settlement.number,
        "INIT_SETL_ID": None,
        "MDTRT_ID": settlement.treatment,
        "PSN_NO": settlement.insurance_number,
        "PSN_NAME": written.name,
        "PSN_CERT_TYPE": "01" if written.id_number else "99",
        "CERTNO": written.id_number or None,
        "GEND": str(written.sex),
        "BRDY": written.born,
        "AGE": f"{person.age(settlement.began_on)}.0",
        "INSUTYPE": settlement.scheme,
        "INSU_ADMDVS": desk.world.county.division,
        "FIXMEDINS_CODE": place.insurance_code,
        "FIXMEDINS_NAME": place.name,
        "HOSP_LV": place.level,
        "FIX_BLNG_ADMDVS": place.division[:6] if settlement.names_division else None,
        "PAY_LOC": "2" if inside else "3" if same_province else "4",
        "BEGNDATE": settlement.began_on.isoformat(),
        "ENDDATE": settlement.ended_on.isoformat(),
        "SETL_TIME": moment(settlement.at),
        "MED_TYPE": settlement.medical_type,
        "CLR_TYPE": kind,
        "MDTRT_CERT_TYPE": settlement.certificate,
        "DISE_NO": diagnosis.insurance,
        "DISE_NAME": diagnosis.name,
        **_amounts(settlement, 1),
        "REFD_SETL_FLAG": "0",
        "VALI_FLAG": "1" if settlement.is_valid else "0",
        "UPDT_TIME": moment(settlement.updated_at),
    }


def _amounts(settlement: Settlement, sign: int) -> dict[str, Cell]:
    fund = settlement.basic_fund + settlement.serious_illness_fund + settlement.aid
    paid = settlement.total - fund
    amounts = {
        "MEDFEE_SUMAMT": settlement.total,
        "FULAMT_OWNPAY_AMT": settlement.own_pay,
        "OVERLMT_SELFPAY": settlement.over_limit,
        "PRESELFPAY_AMT": settlement.first_pay,
        "INSCP_AMT": settlement.eligible,
        "HIFP_PAY": settlement.basic_fund,
        "HIFMI_PAY": settlement.serious_illness_fund,
        "MAF_PAY": settlement.aid,
        "FUND_PAY_SUMAMT": fund,
        "PSN_PAY": paid,
        "ACCT_PAY": settlement.account,
        "CASH_PAYAMT": paid - settlement.account,
    }
    return {name: yuan(sign * fen) for name, fen in amounts.items()}
