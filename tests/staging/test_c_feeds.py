"""The township system's feeds beyond visits and stays: what its dialect means."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from tests.staging.sent_rows import Deliveries

Row = dict[str, str | None]

PRESCRIPTIONS = "stg_c__ms_cf02"
INVOICES = "stg_c__ms_mzxx"
VOID_INVOICES = "stg_c__ms_zffp"
STAY_CHARGES = "stg_c__zy_fymx"
SETTLEMENTS = "stg_c__zy_zyjs"
SAMPLES = "stg_c__l_patientinfo"
RESULTS = "stg_c__l_testresult"
IMAGE_REPORTS = "stg_c__pacs_bgjg"
OFFICES = "stg_c__sys_office_jg"
CHANGED = "2025-01-01 09:00:00"


def row(**cells: str | None) -> Row:
    return {"jgid": "1001", "gxsj": CHANGED} | cells


def test_self_paid_is_not_void(deliveries: Deliveries) -> None:
    paid = row(sbxh="1", ypsl="2", ypdj="14.80", hjje="29.60", zfpb="1")
    herb = row(sbxh="2", ypsl="15", cfts="7", ypdj="0.18", hjje="18.90", zfpb="0")
    deliveries.file("C04", "2025-01-02", paid, herb)
    lines = deliveries.staged(PRESCRIPTIONS)
    assert [line["is_self_paid"] for line in lines] == [True, False]
    assert [line["line_fee_fen"] for line in lines] == [2960, 1890]
    assert [line["total_quantity"] for line in lines] == [2, 105]
    assert "is_void" not in lines[0]


def test_a_void_invoice_keeps_its_amount_and_counts_nothing(
    deliveries: Deliveries,
) -> None:
    void = row(mzxh="1", zjje="24.80", zfpb="1")
    instead = row(mzxh="2", ymzxh="1", zjje="10.00", zfpb="0")
    deliveries.file("C05", "2025-01-02", void, instead)
    deliveries.file("C06", "2025-01-02", row(mzxh="1", zfrq="2024-02-10 14:07:11"))
    invoices = deliveries.staged(INVOICES)
    assert [invoice["total_fee_fen"] for invoice in invoices] == [2480, 1000]
    assert [invoice["net_fee_fen"] for invoice in invoices] == [0, 1000]
    voided = deliveries.staged(VOID_INVOICES)[0]
    assert voided["invoice_number"] == "1"
    assert voided["voided_at"] == datetime(2024, 2, 10, 14, 7, 11)


def test_a_refunded_charge_is_already_negative(deliveries: Deliveries) -> None:
    deliveries.file(
        "C08",
        "2025-01-02",
        row(jlxh="1", zyh="7", fyxm="CWF", fysl="6", zjje="180.00"),
        row(jlxh="2", zyh="7", fyxm="CWF", fysl="-2", zjje="-60.00"),
        row(jlxh="3", zyh="7", fyxm="新费", fysl="1", zjje="1,000.00"),
    )
    lines = deliveries.staged(STAY_CHARGES)
    assert sum(line["net_fee_fen"] for line in lines) == 112000
    assert [line["is_refund"] for line in lines] == [False, True, False]
    # No list names the last category; it is kept to be listed.
    assert [line["fee_category_code"] for line in lines] == ["CWF", "CWF", "新费"]


def test_a_void_settlement_is_followed_by_the_next(deliveries: Deliveries) -> None:
    void = row(zyh="7", jscs="1", jsrq="2025-01-02 12:31:43", fyhj="1785.40", zfpb="1")
    void |= {"tcje": "1285.42", "zfrq": "2025-01-03 12:51:43"}
    valid = void | {"jscs": "2", "zfpb": "0", "zfrq": None}
    deliveries.file("C09", "2025-01-02", void, valid, valid | {"jscs": "3", "zfpb": "?"})
    staged = deliveries.staged(SETTLEMENTS)
    assert [s["settlement_ordinal"] for s in staged] == [1, 2, 3]
    assert [s["total_fee_fen"] for s in staged] == [178540] * 3
    # Only what is marked as not void is valid.
    assert [s["is_void"] for s in staged] == [True, False, None]
    assert [s["net_fee_fen"] for s in staged] == [0, 178540, 0]
    assert [s["net_pooled_fund_fee_fen"] for s in staged] == [0, 128542, 0]


def test_a_settlement_that_became_void_is_so_in_the_newest_copy(
    deliveries: Deliveries,
) -> None:
    settled = row(zyh="7", jscs="1", jsrq=CHANGED, fyhj="10.00", zfpb="0")
    void = settled | {"zfpb": "1", "gxsj": "2025-01-03 12:51:43"}
    deliveries.file("C09", "2025-01-04", void)
    deliveries.file("C09", "2025-01-02", settled, delivered="2025-01-05")
    assert [s["is_void"] for s in deliveries.staged(SETTLEMENTS)] == [True]


@pytest.mark.parametrize(
    ("feed", "model", "cells", "reason"),
    [
        ("C04", PRESCRIPTIONS, {"sbxh": "1", "ypmc": "测试"}, "test_row"),
        ("C06", VOID_INVOICES, {"mzxh": "1", "zfrq": "2099-01-01 09:00:00"}, "test_row"),
        ("C08", STAY_CHARGES, {"jlxh": "1", "fyrq": "2099-01-01 09:00:00"}, "test_row"),
        ("C08", STAY_CHARGES, {"jlxh": "1", "fyrq": None}, None),
        (
            "C09",
            SETTLEMENTS,
            {"zyh": "1", "jscs": "1", "jsrq": "2024-06-31 09:00:00"},
            "impossible_date",
        ),
        ("C10", SAMPLES, {"sampleno": "1", "checktime": None}, "impossible_date"),
        ("C10", SAMPLES, {"sampleno": "1", "checktime": CHANGED}, None),
        ("C12", IMAGE_REPORTS, {"bgdh": "1", "yxzd": "测试"}, "test_row"),
        # A report that is not written yet has no date.
        ("C12", IMAGE_REPORTS, {"bgdh": "1", "bgsj": None}, None),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside(
    deliveries: Deliveries, feed: str, model: str, cells: Row, reason: str | None
) -> None:
    deliveries.file(feed, "2025-01-02", row(**cells))
    assert deliveries.staged(model)[0]["set_aside_because"] == reason


def test_a_result_is_read_as_number_or_as_finding(deliveries: Deliveries) -> None:
    written = ["117", "5。6", "阴性", "弱阳性±", "1+", "标本不合格", None]
    results = [
        row(sampleno="1", testid=f"{n}", testresult=result, unit="" if n > 1 else "g/L")
        for n, result in enumerate(written)
    ]
    deliveries.file("C11", "2025-01-02", *results)
    staged = deliveries.staged(RESULTS)
    assert [r["result_text"] for r in staged] == written
    assert [r["result_number"] for r in staged[:3]] == [117, Decimal("5.6"), None]
    assert [r["finding_code"] for r in staged] == [
        None, None, "negative", "weakly_positive", "positive_1", "unfit_sample", None,
    ]  # fmt: skip
    assert [r["unit"] for r in staged[:3]] == ["g/L", "g/L", None]


def test_samples_are_told_apart_by_institution(deliveries: Deliveries) -> None:
    sample = row(sampleno="1", zjgid="1001", brid="20159", checktime=CHANGED)
    deliveries.file("C10", "2025-01-02", sample, sample | {"jgid": "1002"})
    keys = [s["record_key"] for s in deliveries.staged(SAMPLES)]
    assert keys == ["C|l_patientinfo|1001|1", "C|l_patientinfo|1002|1"]


@pytest.mark.parametrize(
    ("status", "is_final", "is_void"),
    [("1", False, False), ("2", True, False), ("9", False, True), (None, False, False)],
)
def test_only_a_final_report_counts(
    deliveries: Deliveries, status: str | None, is_final: bool, is_void: bool
) -> None:
    deliveries.file("C12", "2025-01-02", row(bgdh="1", jclb="US", bgzt=status))
    report = deliveries.staged(IMAGE_REPORTS)[0]
    assert (report["is_final"], report["is_void"]) == (is_final, is_void)
    assert report["exam_type_code"] == "US"


def test_a_clinic_names_its_centre(deliveries: Deliveries) -> None:
    centre = row(jgmc="样镇卫生院", sjjgid=None, jglb="C220")
    clinic = row(jgid="100101", jgmc="样村卫生室", sjjgid="1001", jglb="D600")
    deliveries.file("C13", "2025-01-02", centre, clinic)
    found = [(o["org_code"], o["parent_org_code"]) for o in deliveries.staged(OFFICES)]
    assert found == [("1001", None), ("100101", "1001")]
