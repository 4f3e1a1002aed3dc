"""Referrals and remote consultations."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.staging.sent_rows import Deliveries


def referral(**changes: str | None) -> dict[str, str | None]:
    return {
        "reserveNo": "ZZ1",
        "patientName": "样甲",
        "fromHospitalCode": "12991525MB000017H7",
        "hospitalCode": "12991525MB000002C2",
        "direction": "1",
        "submitTime": "20240106T100754",
        "status": "1",
        **changes,
    }


def consultation(**changes: str | None) -> dict[str, str | None]:
    return {
        "consultNo": "HZ1",
        "applyUnit": "12991525MB000030A0",
        "applyTime": "2024-01-07T15:17:00",
        "status": "1",
        **changes,
    }


def test_a_decision_of_the_next_day_wins_over_a_late_first_file(
    deliveries: Deliveries,
) -> None:
    decided = referral(status="3", acceptTime="20240107T084500")
    deliveries.file("G01", "2024-01-07", decided, delivered="2024-01-08")
    deliveries.file("G01", "2024-01-06", referral(), delivered="2024-01-10")
    (row,) = deliveries.staged("stg_g__dr_referrals")
    assert row["referral_status_code"] == "3"
    assert row["submitted_at"] == datetime(2024, 1, 6, 10, 7, 54)
    assert row["accepted_at"] == datetime(2024, 1, 7, 8, 45)
    assert row["_first_delivery_on"] == date(2024, 1, 8)


@pytest.mark.parametrize(
    ("status", "cancelled"), [("1", False), ("2", False), ("3", False), ("9", True)]
)
def test_every_referral_stays_whatever_became_of_it(
    deliveries: Deliveries, status: str, cancelled: bool
) -> None:
    deliveries.file("G01", "2024-01-07", referral(status=status))
    (row,) = deliveries.staged("stg_g__dr_referrals")
    assert (row["is_cancelled"], row["set_aside_because"]) == (cancelled, None)


@pytest.mark.parametrize(
    ("letter", "code"), [("M", "1"), ("F", "2"), ("f", "2"), ("U", "U"), (None, None)]
)
def test_the_letter_of_the_sex_becomes_the_standard_code(
    deliveries: Deliveries, letter: str | None, code: str | None
) -> None:
    deliveries.file("G01", "2024-01-07", referral(sex=letter))
    (row,) = deliveries.staged("stg_g__dr_referrals")
    assert (row["sex_code"], row["sex_code_raw"]) == (code, letter)


def test_days_of_a_referral_have_no_hyphens(deliveries: Deliveries) -> None:
    sent = referral(direction="2", birthday="19550401", dischargeDate="20240201")
    deliveries.file("G01", "2024-02-01", sent)
    (row,) = deliveries.staged("stg_g__dr_referrals")
    assert (row["born_on"], row["discharged_on"]) == (date(1955, 4, 1), date(2024, 2, 1))
    assert row["org_code"] == row["from_institution_code"] == "12991525MB000017H7"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"submitTime": "20240631T100754"}, "impossible_date"),
        ({"submitTime": "20990601T100754"}, "test_row"),
        ({"patientName": "测试"}, "test_row"),
    ],
)
def test_a_referral_that_cannot_be_used_is_set_aside(
    deliveries: Deliveries, changes: dict[str, str | None], reason: str
) -> None:
    deliveries.file("G01", "2024-01-07", referral(**changes))
    (row,) = deliveries.staged("stg_g__dr_referrals")
    assert row["set_aside_because"] == reason


def test_experts_are_json_and_the_opinion_comes_later(deliveries: Deliveries) -> None:
    experts = '[{"unit":"12991525MB000003D3","name":"样医"},{"unit":"X","name":"样师"}]'
    deliveries.file("G02", "2024-01-08", consultation(experts=experts))
    issued = consultation(
        experts=experts, status="3", opinionTime="2024-01-09T17:17:00", durationMinutes="25"
    )
    deliveries.file("G02", "2024-01-10", issued)
    (row,) = deliveries.staged("stg_g__cons_consultationrecord")
    assert [expert["unit"] for expert in row["experts"]] == ["12991525MB000003D3", "X"]
    assert row["consultation_status_code"] == "3"
    assert row["opinion_issued_at"] == datetime(2024, 1, 9, 17, 17)
    assert row["duration_minutes"] == 25


@pytest.mark.parametrize("experts", ["[{", "样医", '{"unit":"X"}', None])
def test_experts_that_are_no_list_are_kept_as_text(
    deliveries: Deliveries, experts: str | None
) -> None:
    deliveries.file("G02", "2024-01-08", consultation(experts=experts, status="4"))
    (row,) = deliveries.staged("stg_g__cons_consultationrecord")
    assert (row["experts"], row["experts_text"]) == (None, experts)
    assert row["is_cancelled"] is True


@pytest.mark.parametrize(
    ("word", "age", "read"), [("女", "42", ("2", 42)), ("男 ", "42岁", ("1", None))]
)
def test_sex_and_age_of_who_is_consulted_about(
    deliveries: Deliveries, word: str, age: str, read: tuple[str, int | None]
) -> None:
    deliveries.file("G02", "2024-01-08", consultation(sex=word, age=age))
    (row,) = deliveries.staged("stg_g__cons_consultationrecord")
    assert (row["sex_code"], row["age_years"]) == read
