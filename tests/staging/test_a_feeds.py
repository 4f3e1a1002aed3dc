"""Prescriptions, invoices, charges and settlements of the county hospital (chapter 5)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.staging.sent_rows import Deliveries

DAY = "2025-01-02"


def prescription(number: str, **changes: str | None) -> dict[str, str | None]:
    return {
        "CFSB": number,
        "JZXH": "500",
        "BRID": "100",
        "KFRQ": "2025-01-01 09:00:00",
        "CFLX": "1",
        "FYBZ": "1",
        "TYBZ": "0",
        "ZFPB": "0",
        "XGSJ": "2025-01-01 09:00:00",
    } | changes


def line(number: str, prescription_number: str, **changes: str | None) -> dict[str, Any]:
    return {
        "SBXH": number,
        "CFSB": prescription_number,
        "YPMC": "阿莫西林胶囊",
        "YPSL": "2",
        "YPDJ": "12.50",
        "HJJE": "25.00",
        "ZFPB": "0",
    } | changes


def prescribed(deliveries: Deliveries) -> dict[str, dict[str, Any]]:
    deliveries.build("stg_a__ms_cf01")
    rows = deliveries.staged("stg_a__ms_cf02")
    return {row["prescription_line_number"]: row for row in rows}


def test_lines_of_a_void_prescription_count_nothing(deliveries: Deliveries) -> None:
    deliveries.file("A04", DAY, prescription("1"), prescription("2", TYBZ="1", ZFPB="1"))
    deliveries.file("A05", DAY, line("11", "1"), line("21", "2"), line("22", "2"))
    rows = prescribed(deliveries)
    assert {n: row["net_fee_fen"] for n, row in rows.items()} == {
        "11": 2500,
        "21": 0,
        "22": 0,
    }
    # The lines are kept as they were charged.
    assert {row["line_fee_fen"] for row in rows.values()} == {2500}
    assert [rows[n]["is_void"] for n in ("11", "21")] == [False, True]


def test_a_partial_refund_leaves_the_prescription_standing(deliveries: Deliveries) -> None:
    deliveries.file("A04", DAY, prescription("1", TYBZ="1", ZFPB="0"))
    deliveries.file("A05", DAY, line("11", "1"))
    row = prescribed(deliveries)["11"]
    assert (row["is_void"], row["has_returned_drugs"]) == (False, True)
    assert row["net_fee_fen"] == 2500


def test_the_flag_that_means_void_elsewhere_means_self_paid_on_a_line(
    deliveries: Deliveries,
) -> None:
    deliveries.file("A04", DAY, prescription("1"))
    deliveries.file("A05", DAY, line("11", "1", ZFPB="1"))
    row = prescribed(deliveries)["11"]
    assert (row["is_self_paid"], row["is_void"], row["net_fee_fen"]) == (True, False, 2500)


def test_a_line_whose_prescription_is_late_is_kept(deliveries: Deliveries) -> None:
    deliveries.file("A05", DAY, line("11", "1"))
    row = prescribed(deliveries)["11"]
    assert (row["is_void"], row["net_fee_fen"]) == (None, 2500)


def test_a_prescription_that_became_void_is_void(deliveries: Deliveries) -> None:
    deliveries.file("A04", DAY, prescription("1"))
    voided = prescription("1", ZFPB="1", TYBZ="1", XGSJ="2025-01-03 10:00:00")
    deliveries.file("A04", "2025-01-04", voided)
    # The same window comes again with the row as it was: it is older.
    deliveries.file("A04", "2025-01-05", prescription("1"))
    (row,) = deliveries.staged("stg_a__ms_cf01")
    assert (row["is_void"], row["has_returned_drugs"]) == (True, True)


def test_doses_belong_to_herbs_and_are_in_the_amount(deliveries: Deliveries) -> None:
    deliveries.file("A04", DAY, prescription("1", CFLX="3", CFTS="7"))
    herbs = line("11", "1", YPSL="10", YPDJ="0.22", HJJE="15.40", FYGB="CYF")
    deliveries.file("A05", DAY, herbs)
    assert deliveries.staged("stg_a__ms_cf01")[0]["dose_count"] == 7
    row = prescribed(deliveries)["11"]
    assert (row["quantity"], row["unit_price_fen"]) == (Decimal(10), 22)
    assert row["line_fee_fen"] == 1540
    assert row["fee_category_code"] == "CYF"


def test_a_void_invoice_counts_nothing_and_says_when(deliveries: Deliveries) -> None:
    old = {"MZXH": "1", "ZJJE": "￥1,042.50", "ZFPB": "1", "THPB": "0"}
    new = {"MZXH": "2", "YMZXH": "1", "ZJJE": "30.00", "ZFPB": "0", "THPB": "0"}
    deliveries.file("A06", DAY, old, new)
    deliveries.file("A07", DAY, {"MZXH": "1", "ZFRQ": "2025-01-01 11:21:21"})
    invoices = deliveries.staged("stg_a__ms_mzxx")
    assert [row["total_fee_fen"] for row in invoices] == [104250, 3000]
    assert [row["net_fee_fen"] for row in invoices] == [0, 3000]
    (voided,) = deliveries.staged("stg_a__ms_zffp")
    assert voided["invoice_number"] == "1"
    assert voided["voided_at"] == datetime(2025, 1, 1, 11, 21, 21)


def test_refunds_of_a_stay_are_rows_below_zero(deliveries: Deliveries) -> None:
    charge = {"JLXH": "1", "ZYH": "7", "FYSL": "3", "FYDJ": "20.00", "ZJJE": "60.00"}
    refund = charge | {"JLXH": "2", "FYSL": "-1", "ZJJE": "-20.00"}
    written = charge | {"JLXH": "3", "FYSL": "-1", "ZJJE": "(1,020.00)", "YEPB": "1"}
    deliveries.file("A09", DAY, charge, refund, written)
    rows = deliveries.staged("stg_a__zy_fymx")
    assert [row["net_fee_fen"] for row in rows] == [6000, -2000, -102000]
    assert [row["is_refund"] for row in rows] == [False, True, True]
    assert [row["is_newborn"] for row in rows] == [None, None, True]


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        ("2025-01-01 10:00:00", None),
        # The amount of a stay does not depend on the day of the line.
        ("2024-06-31 10:00:00", None),
        ("2099-01-01 10:00:00", "test_row"),
    ],
)
def test_a_charge_is_set_aside_only_as_a_test(
    deliveries: Deliveries, at: str, reason: str | None
) -> None:
    deliveries.file("A09", DAY, {"JLXH": "1", "ZYH": "7", "FYRQ": at, "ZJJE": "1.00"})
    assert deliveries.staged("stg_a__zy_fymx")[0]["set_aside_because"] == reason


def settlement(ordinal: str, fee: str, **changes: str) -> dict[str, str | None]:
    return {
        "ZYH": "7",
        "JSCS": ordinal,
        "JSLX": "1",
        "JSRQ": "2025-01-01 10:03:12",
        "HZRQ": "2025-01-02",
        "FYHJ": fee,
        "ZFHJ": "10.00",
        "TCJE": "5.00",
        "ZFPB": "0",
    } | changes


def test_void_settlements_count_nothing_and_interim_ones_do(deliveries: Deliveries) -> None:
    deliveries.file(
        "A10",
        DAY,
        settlement("1", "100.00", JSLX="5"),
        settlement("2", "300.00", ZFPB="1", ZFRQ="2025-01-05 10:24:28"),
        settlement("3", "250.00"),
    )
    rows = deliveries.staged("stg_a__zy_zyjs")
    assert [row["settlement_ordinal"] for row in rows] == [1, 2, 3]
    assert [row["net_fee_fen"] for row in rows] == [10000, 0, 25000]
    assert [row["net_self_paid_fee_fen"] for row in rows] == [1000, 0, 1000]
    assert [row["net_pooled_fund_fee_fen"] for row in rows] == [500, 0, 500]
    assert rows[1]["voided_at"] == datetime(2025, 1, 5, 10, 24, 28)
    assert rows[1]["total_fee_fen"] == 30000
    assert rows[0]["finance_booked_on"] == date(2025, 1, 2)
    assert [row["native_part"] for row in rows] == ["1", "2", "3"]


def test_a_settlement_on_no_day_is_set_aside(deliveries: Deliveries) -> None:
    deliveries.file("A10", DAY, settlement("1", "1.00", JSRQ="2024-06-31 10:00:00"))
    (row,) = deliveries.staged("stg_a__zy_zyjs")
    assert row["set_aside_because"] == "impossible_date"
