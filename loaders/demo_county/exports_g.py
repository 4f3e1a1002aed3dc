"""Referrals and consultations as the platform has them, and filings at the insurance."""

from __future__ import annotations

from datetime import date, datetime

from loaders.demo_county.chronicle import Cell
from loaders.demo_county.clerk import Written
from loaders.demo_county.exporting import Desk
from loaders.demo_county.life import Life
from loaders.demo_county.programme_records import Consultation, Filing, Referral
from loaders.demo_county.referrals import ACCEPTED
from loaders.demo_county.spelling import moment

REFERRALS, CONSULTATIONS, FILINGS = (
    "DR_Referrals",
    "CONS_ConsultationRecord",
    "OUT_APPY_D",
)
SUBMITTED, ASKED, ANSWERED = "1", "1", "3"


def export_referrals(desk: Desk, life: Life) -> None:
    """All rows of one life on the referral platform."""
    for referral in life.referrals:
        _referral(desk, referral)
    for consultation in life.consultations:
        _consultation(desk, consultation)


def export_filings(desk: Desk, life: Life, written: Written) -> None:
    """The filings of one life; they repeat what stands in the list of the insured."""
    for filing in life.filings:
        _filing(desk, filing, written)


def _referral(desk: Desk, referral: Referral) -> None:
    """As it was submitted, and as it was decided when that was on another day."""
    person, number = referral.person, referral.number
    on, decided_on = referral.submitted_at.date(), referral.decided_at.date()
    written = desk.clerk.write("G", REFERRALS, number, person, on, custom="E")
    values: dict[str, Cell] = {
        "reserveNo": number,
        "mpiId": referral.health_index or None,
        "patientName": written.name,
        "idCard": written.id_number or None,
        "sex": "M" if written.sex == 1 else "F",
        "birthday": written.born.replace("-", ""),
        "phone": written.phone or None,
        "direction": referral.direction,
        "fromHospitalCode": referral.origin.credit_code,
        "hospitalCode": referral.target.credit_code,
        "diagnosisCode": referral.diagnosis.clinical,
        "diagnosisName": referral.diagnosis.name,
        "turnReason": referral.reason,
        "dischargeDate": f"{referral.left_on:%Y%m%d}" if referral.left_on else None,
        "submitTime": _tight(referral.submitted_at),
        "status": SUBMITTED,
    }
    sort, owner = number, person.code
    if decided_on > on and desk.world.mess.is_on("referral_decided_later"):
        desk.book.add("G01", on, values, sort=sort, owner=owner)
        desk.world.mess.note("referral_decided_later", "G", REFERRALS, number, decided_on)
    values["status"] = referral.status
    if referral.status == ACCEPTED:
        values["acceptTime"] = _tight(referral.decided_at)
        values["JZYS"] = referral.doctor or None
    values["refuseReason"] = referral.refusal or None
    desk.book.add("G01", decided_on, values, sort=sort, owner=owner)


def _consultation(desk: Desk, consultation: Consultation) -> None:
    person, number = consultation.person, consultation.number
    on, answered_on = consultation.asked_at.date(), consultation.answered_at.date()
    written = desk.clerk.write("G", CONSULTATIONS, number, person, on, custom="E")
    experts: list[dict[str, Cell]] = [dict(expert) for expert in consultation.experts]
    values: dict[str, Cell] = {
        "consultNo": number,
        "applyUnit": consultation.place.credit_code,
        "applyTime": consultation.asked_at.isoformat(),
        "patientName": written.name,
        "idCard": written.id_number or None,
        "sex": "男" if written.sex == 1 else "女",
        "age": person.age(on),
        "diagnosis": consultation.diagnosis.name,
        "experts": experts,
        "status": ASKED,
    }
    if answered_on > on:
        desk.book.add("G02", on, values, sort=number, owner=person.code)
    values["status"] = consultation.status
    if consultation.status == ANSWERED:
        values["opinion"] = consultation.opinion
        values["opinionTime"] = consultation.answered_at.isoformat()
        values["durationMinutes"] = consultation.minutes
    desk.book.add("G02", answered_on, values, sort=number, owner=person.code)


def _filing(desk: Desk, filing: Filing, written: Written) -> None:
    number, on = filing.number, filing.known_at.date()
    desk.clerk.copy(written, "F", FILINGS, number, on)
    values: dict[str, Cell] = {
        "TRT_DCLA_DETL_SN": number,
        "PSN_NO": filing.insurance_number,
        "PSN_NAME": written.name,
        "CERTNO": written.id_number or None,
        "INSU_ADMDVS": desk.world.county.division,
        "RLOC_ADMDVS": filing.place.division[:6],
        "RLOC_FIXMEDINS": filing.place.insurance_code or None,
        "BEGNDATE": filing.begins_on.isoformat(),
        "ENDDATE": filing.ends_on.isoformat(),
        "RLOC_REA": filing.reason,
        "DIAG_CODE": filing.diagnosis.insurance,
        "VALI_FLAG": "1",
        "UPDT_TIME": moment(filing.known_at),
    }
    desk.book.add("F03", on, values, sort=number, owner=filing.person.code)
    if filing.withdrawn_at:
        again = values | {"VALI_FLAG": "0", "UPDT_TIME": moment(filing.withdrawn_at)}
        withdrawn_on: date = filing.withdrawn_at.date()
        desk.book.add("F03", withdrawn_on, again, sort=number, owner=filing.person.code)


def _tight(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%S}"
