"""The county hospital's laboratory and imaging (handbook, 3.A, chapters 5 to 7)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from tests.staging.sent_rows import Deliveries

DAY = "2025-01-02"
HOSPITAL = "12991525MB000002C2"
CENTRE = "12991525MB000005F5"


def sample(number: str, **changes: str | None) -> dict[str, str | None]:
    return {
        "SAMPLENO": number,
        "PATIENTID": "100",
        "BRLX": "1",
        "BRH": "500",
        "BRXM": "样甲",
        "SEX": "男",
        "REQUESTTIME": "2025-01-01 09:10",
        "CHECKTIME": "2025-01-01 09:50",
        "JZBZ": "0",
        "HRBZ": "0",
        "STATUS": "2",
    } | changes


def test_a_sample_names_a_visit_or_a_printed_stay_number(deliveries: Deliveries) -> None:
    in_patient = sample("2", BRLX="2", BRH="202500001", SEX="女")
    deliveries.file("A12", DAY, sample("1"), in_patient)
    first, second = deliveries.staged("stg_a__l_patientinfo")
    assert (first["visit_number"], first["printed_stay_number"]) == ("500", None)
    assert (second["visit_number"], second["printed_stay_number"]) == (None, "202500001")
    assert [first["sex_code"], second["sex_code"]] == ["1", "2"]
    assert first["requested_at"] == datetime(2025, 1, 1, 9, 10)


def test_a_recognised_result_has_no_verification(deliveries: Deliveries) -> None:
    recognised = sample("1", HRBZ="1", HRJG=CENTRE, CHECKTIME=None)
    repeated = sample("2", HRBZ="2", HRJG=CENTRE, HRYY="4")
    deliveries.file("A12", DAY, recognised, repeated)
    first, second = deliveries.staged("stg_a__l_patientinfo")
    assert (first["recognition_code"], first["recognised_org_code"]) == ("1", CENTRE)
    assert (first["checked_at"], first["set_aside_because"]) == (None, None)
    assert second["not_recognised_reason_code"] == "4"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"BRXM": "测 试"}, "test_row"),
        ({"REQUESTTIME": "2099-01-01 10:00"}, "test_row"),
        ({"REQUESTTIME": "2025-02-30 10:00", "CHECKTIME": None}, "impossible_date"),
        ({"REQUESTTIME": "2025-02-30 10:00"}, None),
    ],
)
def test_a_sample_that_cannot_be_used_says_why(
    deliveries: Deliveries, changes: dict[str, str | None], reason: str | None
) -> None:
    deliveries.file("A12", DAY, sample("1", **changes))
    assert deliveries.staged("stg_a__l_patientinfo")[0]["set_aside_because"] == reason


@pytest.mark.parametrize(
    ("written", "number", "finding"),
    [
        ("6.11", "6.11", None),
        ("5。6", "5.6", None),
        ("0", "0", None),
        ("阴性(-)", None, "negative"),
        ("阴性（－）", None, "negative"),
        ("弱阳性±", None, "weakly_positive"),
        ("1+", None, "positive_1"),
        ("溶血", None, "haemolysed"),
        ("标本不合格", None, "unfit_sample"),
        # No list has it: kept as it was written.
        ("少量", None, "少量"),
        (None, None, None),
    ],
)
def test_a_result_is_a_number_or_a_finding(
    deliveries: Deliveries, written: str | None, number: str | None, finding: str | None
) -> None:
    deliveries.file("A13", DAY, {"SAMPLENO": "1", "TESTID": "X", "TESTRESULT": written})
    (row,) = deliveries.staged("stg_a__l_testresult")
    assert row["result_number"] == (None if number is None else Decimal(number))
    assert (row["finding_code"], row["result_text"]) == (finding, written)


@pytest.mark.parametrize(
    ("test", "result", "unit", "standard"),
    [
        ("CREA", "88", "µmol/L", (Decimal(88), "umol/L")),
        ("CREA", "88", "μmol/L", (Decimal(88), "umol/L")),
        ("GLU", "126", "mg/dL", (Decimal(7), "mmol/L")),
        ("GLU", "100", "mg/dl", (Decimal("5.5556"), "mmol/L")),
        ("GLU", "5。6", "mmol/L", (Decimal("5.6"), "mmol/L")),
        ("HGB", "13.9", "g/dL", (Decimal(139), "g/L")),
        ("GLU", "溶血", "mg/dL", (None, "mmol/L")),
        # Nobody has said how: left alone.
        ("NEW", "3", "mg/dL", (Decimal(3), "mg/dL")),
    ],
)
def test_a_result_in_another_unit_becomes_comparable(
    deliveries: Deliveries,
    test: str,
    result: str,
    unit: str,
    standard: tuple[Decimal | None, str],
) -> None:
    row = {"SAMPLENO": "1", "TESTID": test, "TESTRESULT": result, "UNIT": unit}
    deliveries.file("A13", DAY, row)
    (staged,) = deliveries.staged("stg_a__l_testresult")
    assert (staged["standard_number"], staged["standard_unit"]) == standard
    assert staged["unit_text"] == unit


def test_results_follow_their_sample(deliveries: Deliveries) -> None:
    deliveries.file("A12", DAY, sample("1"), sample("2", STATUS="9"))
    results = [
        {"SAMPLENO": number, "TESTID": "WBC", "TESTRESULT": "<0.5", "HINT": hint}
        for number, hint in (("1", "↓"), ("2", "↑"), ("3", None))
    ]
    deliveries.file("A13", DAY, *results)
    deliveries.build("stg_a__l_patientinfo")
    rows = deliveries.staged("stg_a__l_testresult")
    assert [row["is_withdrawn"] for row in rows] == [False, True, None]
    assert [row["abnormal_code"] for row in rows] == ["4", "3", None]
    assert {row["result_comparator"] for row in rows} == {"<"}


def report(number: str, **changes: str | None) -> dict[str, str | None]:
    return {
        "BGDH": number,
        "SQJG": HOSPITAL,
        "BGJG": HOSPITAL,
        "BRID": "100",
        "BRXM": "样甲",
        "SFZH": "991525199001010011",
        "XB": "女",
        "JCLB": "ECG",
        "JCSJ": "2025-01-01 10:16:25",
        "BGZT": "2",
    } | changes


def test_void_revised_and_remote_reports_are_told_apart(deliveries: Deliveries) -> None:
    deliveries.file(
        "A14",
        DAY,
        report("1", BGZT="9"),
        report("2", YBGDH="1"),
        report("3", SQJG=CENTRE),
    )
    rows = deliveries.staged("stg_a__pacs_bgjg")
    assert [row["is_void"] for row in rows] == [True, False, False]
    assert [row["is_revision"] for row in rows] == [False, True, False]
    assert [row["is_remote"] for row in rows] == [False, False, True]
    assert rows[1]["replaced_report_number"] == "1"
    assert {row["sex_code"] for row in rows} == {"2"}
    # The record belongs to the hospital whose system delivers it, whoever applied.
    assert {row["org_code"] for row in rows} == {HOSPITAL}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"BRXM": "ceshi"}, "test_row"),
        ({"JCSJ": "2099-01-01 10:00:00"}, "test_row"),
        ({"JCSJ": "2024-06-31 10:00:00"}, "impossible_date"),
        # A void report is known to be void; it is not set aside.
        ({"BGZT": "9"}, None),
    ],
)
def test_a_report_that_cannot_be_used_says_why(
    deliveries: Deliveries, changes: dict[str, str | None], reason: str | None
) -> None:
    deliveries.file("A14", DAY, report("1", **changes))
    assert deliveries.staged("stg_a__pacs_bgjg")[0]["set_aside_because"] == reason
