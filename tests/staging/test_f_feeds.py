"""Filings for care outside the county, and the budget of the insurance fund."""

from __future__ import annotations

from datetime import date

import pytest

from tests.staging.sent_rows import Deliveries


def filing(**changes: str | None) -> dict[str, str | None]:
    return {
        "TRT_DCLA_DETL_SN": "WA1",
        "PSN_NAME": "样甲",
        "BEGNDATE": "2024-01-08",
        "ENDDATE": "2024-07-06",
        "VALI_FLAG": "1",
        "UPDT_TIME": "2024-01-08 09:00:00",
        **changes,
    }


def budget(**changes: str | None) -> dict[str, str | None]:
    return {
        "年度": "2024",
        "集团": "样集团",
        "险种": "城乡居民",
        "参保人数": "1234",
        "人均预算标准(元)": "980",
        "预算总额(万元)": "120.932",
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"VALI_FLAG": "0"}, "invalid_flag"),
        ({"VALI_FLAG": None}, "invalid_flag"),
        ({"BEGNDATE": "2024-06-31"}, "impossible_date"),
        ({"ENDDATE": None}, "impossible_date"),
        ({"PSN_NAME": "测试"}, "test_row"),
    ],
)
def test_a_filing_that_never_counts_is_set_aside(
    deliveries: Deliveries, changes: dict[str, str | None], reason: str | None
) -> None:
    deliveries.file("F03", "2025-01-01", filing(**changes))
    (row,) = deliveries.staged("stg_f__out_appy_d")
    assert row["set_aside_because"] == reason


def test_the_newest_change_of_a_filing_wins_over_the_later_file(
    deliveries: Deliveries,
) -> None:
    withdrawn = filing(VALI_FLAG="0", UPDT_TIME="2025-01-03 10:00:00")
    deliveries.file("F03", "2025-01-03", withdrawn)
    deliveries.file("F03", "2025-01-04", filing())
    (row,) = deliveries.staged("stg_f__out_appy_d")
    assert (row["is_valid"], row["set_aside_because"]) == (False, "invalid_flag")


def test_a_filing_holds_on_both_its_days(deliveries: Deliveries) -> None:
    deliveries.file("F03", "2025-01-01", filing(RLOC_REA="7", DIAG_CODE="k35800"))
    (row,) = deliveries.staged("stg_f__out_appy_d")
    assert (row["started_on"], row["ended_on"]) == (date(2024, 1, 8), date(2024, 7, 6))
    assert row["filing_reason_code"] == "7"
    assert (row["diagnosis_code"], row["diagnosis_code_raw"]) == ("K35.800", "k35800")


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("120.932", 120932000),
        # 12.345.678,90 yuan in 万元, as binary arithmetic leaves it.
        ("1234.5678900000001", 1234567890),
        ("0.0000005", 1),
        ("(0.006500)", -6500),
        ("1,234.5", 1234500000),
        (None, None),
        # More than a bigint holds.
        ("999999999999999", None),
    ],
)
def test_ten_thousands_of_yuan_become_fen_and_are_rounded_then(
    deliveries: Deliveries, written: str | None, fen: int | None
) -> None:
    deliveries.file("F04", "2024", budget(**{"预算总额(万元)": written}))
    (row,) = deliveries.staged("stg_f__fund_budget")
    assert row["total_budget_fen"] == fen
    assert row["per_person_budget_fen"] == 98000


@pytest.mark.parametrize(
    ("word", "code"), [("城乡居民", "390"), (" 职工 ", "310"), ("长期护理", "长期护理")]
)
def test_the_kind_of_insurance_is_named_or_kept(
    deliveries: Deliveries, word: str, code: str
) -> None:
    deliveries.file("F04", "2024", budget(险种=word))
    (row,) = deliveries.staged("stg_f__fund_budget")
    assert (row["insurance_type_code"], row["insurance_type_code_raw"]) == (code, word)


@pytest.mark.parametrize(
    "changes",
    [
        {"参保人数": "约一千"},
        # Each can be read, and what they make together fits into no column.
        {"参保人数": "999999999", "人均预算标准(元)": "999999999999999"},
    ],
)
def test_a_budget_that_cannot_be_read_is_set_aside(
    deliveries: Deliveries, changes: dict[str, str | None]
) -> None:
    deliveries.file("F04", "2024", budget(**changes))
    (row,) = deliveries.staged("stg_f__fund_budget")
    assert row["set_aside_because"] == "unreadable_figure"


def test_a_later_budget_of_a_year_leaves_the_other_years_alone(
    deliveries: Deliveries,
) -> None:
    first = deliveries.file("F04", "2024", budget(), budget(集团="旧集团"))
    deliveries.change(first, state="replaced")
    deliveries.file("F04", "2024", budget(参保人数="1300"), delivered="2025-02-01")
    deliveries.file("F04", "2025", budget(年度="2025"))
    rows = deliveries.staged("stg_f__fund_budget")
    assert [(row["year"], row["insured_count"]) for row in rows] == [
        (2024, 1300),
        (2025, 1234),
    ]
