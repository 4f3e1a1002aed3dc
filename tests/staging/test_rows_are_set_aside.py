"""A row that cannot be used is kept, and says why (handbook, chapters 7 and 8.1)."""

from __future__ import annotations

import pytest

from tests.staging.sent_rows import Deliveries


@pytest.mark.parametrize(
    ("name", "born", "reason"),
    [
        ("测试", "1980-01-01", "test_row"),
        ("测 试", "1980-01-01", "test_row"),
        ("测　试3", "1980-01-01", "test_row"),
        ("测试病人2", "1980-01-01", "test_row"),
        ("ceshi", "1980-01-01", "test_row"),
        ("CeShi", None, "test_row"),
        ("样甲", "2099-01-01", "test_row"),
        ("样甲", "1980-01-01", None),
        ("样甲", "1980-06-31", None),
        (None, None, None),
    ],
)
def test_a_card_of_a_test_patient_is_set_aside(
    deliveries: Deliveries, name: str | None, born: str | None, reason: str | None
) -> None:
    deliveries.file("A01", "2025-01-01", {"BRID": "1", "BRXM": name, "CSNY": born})
    assert deliveries.staged("stg_a__ms_brda")[0]["set_aside_because"] == reason


@pytest.mark.parametrize(
    ("at", "diagnosis", "reason"),
    [
        ("2024-06-31 09:00:00", "急性支气管炎", "impossible_date"),
        (None, "急性支气管炎", "impossible_date"),
        ("2099-06-30 09:00:00", "急性支气管炎", "test_row"),
        ("2024-06-30 09:00:00", "测试", "test_row"),
        # Hearing is tested for real.
        ("2024-06-30 09:00:00", "听力测试", None),
        ("2024-06-30 09:00:00", None, None),
    ],
)
def test_a_visit_on_a_day_that_does_not_exist_is_set_aside(
    deliveries: Deliveries, at: str | None, diagnosis: str | None, reason: str | None
) -> None:
    deliveries.file("A02", "2025-01-01", {"JZXH": "1", "KSSJ": at, "ZYZD": diagnosis})
    assert deliveries.staged("stg_a__ys_mz_jzls")[0]["set_aside_because"] == reason


@pytest.mark.parametrize(
    ("flag", "reason"), [("1", None), ("0", "invalid_flag"), (None, "invalid_flag")]
)
def test_a_settlement_that_is_not_valid_is_set_aside(
    deliveries: Deliveries, flag: str | None, reason: str | None
) -> None:
    row = {"SETL_ID": "1", "SETL_TIME": "2024-01-01 09:23:57", "VALI_FLAG": flag}
    deliveries.file("F02", "2025-01-01", row)
    assert deliveries.staged("stg_f__setl_d")[0]["set_aside_because"] == reason


def test_a_stay_that_goes_on_has_no_discharge(deliveries: Deliveries) -> None:
    row = {"ZYH": "1", "RYRQ": "2025-01-01 10:00:00", "CYRQ": "1900-01-01 00:00:00"}
    deliveries.file("A08", "2025-01-02", row)
    stay = deliveries.staged("stg_a__zy_brry")[0]
    assert (stay["discharged_at"], stay["set_aside_because"]) == (None, None)


@pytest.mark.parametrize(
    ("code", "sex"), [("1", "1"), ("2", "2"), (" 2", "2"), ("9", None), ("男", None)]
)
def test_a_code_is_mapped_beside_the_one_that_was_sent(
    deliveries: Deliveries, code: str, sex: str | None
) -> None:
    deliveries.file("A01", "2025-01-01", {"BRID": "1", "BRXB": code})
    staged = deliveries.staged("stg_a__ms_brda")[0]
    assert (staged["sex_code"], staged["sex_code_raw"]) == (sex, code)


def test_the_same_column_means_the_same_in_every_feed(deliveries: Deliveries) -> None:
    # The platform counts Rh the other way round than the front page does.
    deliveries.file("A11", "2025-01-01", {"BAH": "7", "ZYCS": "1", "CYSJ": "1", "RH": "1"})
    deliveries.file("D01", "2025-01-01", {"phrId": "1", "rhBloodCode": "2"}, full=True)
    front_page = deliveries.staged("stg_a__basy")[0]
    archive = deliveries.staged("stg_d__ehr_healthrecord")[0]
    assert front_page["rh_code"] == archive["rh_code"] == "1"


@pytest.mark.parametrize(
    ("year", "reason"),
    [("2024", None), ("２０２４", None), ("本年", "unreadable_figure")],
)
def test_whose_year_of_insurance_cannot_be_read_is_set_aside(
    deliveries: Deliveries, year: str, reason: str | None
) -> None:
    deliveries.file("F01", "2025-01-01", {"PSN_NO": "1", "YEAR": year})
    assert deliveries.staged("stg_f__psn_insu_d")[0]["set_aside_because"] == reason


def test_a_number_too_long_for_any_index_names_nothing(deliveries: Deliveries) -> None:
    row = {"JZXH": "1", "KSSJ": "2024-06-30 09:00:00", "KSDM": "科" * 101}
    row |= {"BRBH": "3" * 301, "ZZDH": "转" * 101, "GHXH": "7" * 300}
    deliveries.file("A02", "2025-01-01", row)
    (visit,) = deliveries.staged("stg_a__ys_mz_jzls")
    assert (visit["patient_id"], visit["referral_number"]) == (None, None)
    assert visit["department_code"] is None
    assert visit["set_aside_because"] is None
