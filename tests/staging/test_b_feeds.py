"""The TCM hospital's feeds beyond visits and stays: what its dialect means."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.staging.sent_rows import Deliveries

Row = dict[str, str | None]

PRESCRIPTIONS = "stg_b__tb_cis_prescription_detail"
VISIT_CHARGES = "stg_b__tb_his_mz_fee_detail"
STAY_CHARGES = "stg_b__tb_his_zy_fee_detail"
OPERATIONS = "stg_b__tb_operation_detail"
LAB_REPORTS = "stg_b__tb_lis_report"
LAB_RESULTS = "stg_b__tb_lis_indicators"
IMAGE_REPORTS = "stg_b__tb_ris_report"
FRONT_PAGES = "stg_b__hqms"
HOSPITAL, CENTRE = "40001", "40002"


def test_herbs_are_counted_over_all_doses(deliveries: Deliveries) -> None:
    herb = {"YLJGDM": HOSPITAL, "CFLX": "3", "KFRQ": "2024010109:59:18"}
    drug = herb | {"CFMXH": "2", "CFLX": "1", "XMSL": "3", "XMDJ": "14.60", "XMJE": "43.80"}
    herb |= {"CFMXH": "1", "CFTS": "7", "XMSL": "15", "XMDJ": "0.18", "XMJE": "18.90"}
    deliveries.file("B04", "2025-01-01", herb, drug)
    lines = deliveries.staged(PRESCRIPTIONS)
    assert [line["total_quantity"] for line in lines] == [105, 3]
    assert [line["line_fee_fen"] for line in lines] == [1890, 4380]
    assert [line["line_fee_fen"] for line in lines] == [
        line["unit_price_fen"] * line["total_quantity"] for line in lines
    ]
    assert lines[0]["prescribed_at"] == datetime(2024, 1, 1, 9, 59, 18)


@pytest.mark.parametrize(
    ("at", "item", "reason"),
    [
        ("2024010109:59:18", "黄芪(饮片)", None),
        ("2024063109:59:18", "黄芪(饮片)", "impossible_date"),
        ("2099010109:59:18", "黄芪(饮片)", "test_row"),
        ("2024010109:59:18", "测试", "test_row"),
    ],
)
def test_a_prescription_that_cannot_be_used_is_set_aside(
    deliveries: Deliveries, at: str, item: str, reason: str | None
) -> None:
    row = {"YLJGDM": HOSPITAL, "CFMXH": "1", "KFRQ": at, "XMMC": item}
    deliveries.file("B04", "2025-01-01", row)
    assert deliveries.staged(PRESCRIPTIONS)[0]["set_aside_because"] == reason


@pytest.mark.parametrize(
    ("feed", "model", "number"),
    [("B05", VISIT_CHARGES, "SFMXID"), ("B08", STAY_CHARGES, "FYMXID")],
)
def test_a_refund_is_positive_and_only_its_mark_tells(
    deliveries: Deliveries, feed: str, model: str, number: str
) -> None:
    def line(n: int, mark: str, quantity: str, amount: str) -> Row:
        cells = {"YLJGDM": HOSPITAL, number: f"{n}", "STFBZ": mark, "MXFYLB": "12"}
        return cells | {"MXXMSL": quantity, "MXXMJE": amount}

    deliveries.file(
        feed,
        "2025-01-01",
        line(1, "1", "5", "150.00"),
        line(2, "1", "1", "1,010.50"),
        line(3, "2", "2", "60.00"),
    )
    lines = deliveries.staged(model)
    assert [row["line_fee_fen"] for row in lines] == [15000, 101050, 6000]
    assert [row["is_refund"] for row in lines] == [False, False, True]
    assert sum(row["net_fee_fen"] for row in lines) == 110050
    assert sum(row["net_quantity"] for row in lines) == 4
    # Fee categories of A, B and C can be compared.
    assert {row["fee_category_code"] for row in lines} == {"CYF"}
    assert {row["fee_category_code_raw"] for row in lines} == {"12"}


def test_a_code_that_no_list_names_is_kept(deliveries: Deliveries) -> None:
    rows = [
        {"YLJGDM": HOSPITAL, "FYMXID": f"{n}", "STFBZ": "1", "MXFYLB": code}
        for n, code in enumerate(["77", " 05", None], start=1)
    ]
    deliveries.file("B08", "2025-01-01", *rows)
    staged = deliveries.staged(STAY_CHARGES)
    assert [row["fee_category_code"] for row in staged] == ["77", "HYF", None]


def test_without_a_time_of_change_the_later_file_and_line_count(
    deliveries: Deliveries,
) -> None:
    same = {"YLJGDM": HOSPITAL, "FYMXID": "1", "STFBZ": "1"}
    other = same | {"FYMXID": "2"}
    deliveries.file("B08", "2025-01-03", same | {"MXXMJE": "3.00"})
    deliveries.file("B08", "2025-01-02", same | {"MXXMJE": "2.00"}, delivered="2025-01-04")
    deliveries.file(
        "B08", "2025-01-03", other | {"MXXMJE": "7.00"}, other | {"MXXMJE": "8.00"}
    )
    fees = [row["net_fee_fen"] for row in deliveries.staged(STAY_CHARGES)]
    assert fees == [300, 800]


@pytest.mark.parametrize(
    ("code", "level", "is_cut"),
    [
        ("81.51", "4", True),
        ("74.1x", "2", True),
        ("81.5100x001", "4", False),
        ("47.0901", "2", False),
        ("74.1x01", "2", False),
        ("99.1500", None, False),
        (None, None, False),
    ],
)
def test_an_operation_keeps_its_code_and_says_when_it_was_cut(
    deliveries: Deliveries, code: str | None, level: str | None, is_cut: bool
) -> None:
    row = {"YLJGDM": HOSPITAL, "SSLSH": "1", "SSBM": code, "SSJB": level}
    deliveries.file("B09", "2025-01-01", row | {"SSKSSJ": "2024012618:43:59"})
    operation = deliveries.staged(OPERATIONS)[0]
    assert (operation["operation_code"], operation["operation_level"]) == (code, level)
    assert operation["is_code_cut"] is is_cut
    assert operation["set_aside_because"] is None


def _report(number: str, **cells: str) -> Row:
    return {
        "YLJGDM": HOSPITAL, "BGDH": number, "HZXM": "样甲", "BGRQ": "2024010110:34:18",
        "JYMC": "SH", "JZBZ": "0", "HRBZ": "0", "BGZT": "1",
    } | cells  # fmt: skip


def test_a_withdrawn_report_takes_its_results_with_it(deliveries: Deliveries) -> None:
    deliveries.file("B10", "2025-01-01", _report("1"), _report("2", BGZT="3"))
    results = [
        {"YLJGDM": HOSPITAL, "BGDH": number, "JYZBDM": "GLU", "JYZBJG": "5.1"}
        for number in ("1", "2", "3")
    ]
    deliveries.file("B11", "2025-01-01", *results)
    assert [r["is_withdrawn"] for r in deliveries.staged(LAB_REPORTS)] == [False, True]
    deliveries.build(LAB_REPORTS)
    # Results may come before their report.
    withdrawn = [r["is_withdrawn"] for r in deliveries.staged(LAB_RESULTS)]
    assert withdrawn == [False, True, None]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({}, None),
        ({"BGRQ": "2024063110:34:18"}, "impossible_date"),
        ({"BGRQ": "2099010110:34:18"}, "test_row"),
        ({"HZXM": "ceshi2"}, "test_row"),
    ],
)
def test_a_report_that_cannot_be_used_is_set_aside(
    deliveries: Deliveries, cells: dict[str, str], reason: str | None
) -> None:
    deliveries.file("B10", "2025-01-01", _report("1", **cells))
    assert deliveries.staged(LAB_REPORTS)[0]["set_aside_because"] == reason


def test_a_result_is_read_as_number_or_as_finding(deliveries: Deliveries) -> None:
    written = ["5.42", "5。6", "<0.5", "阴性(-)", "弱阳性±", "溶血", "见镜检", None]
    rows = [
        {"YLJGDM": HOSPITAL, "BGDH": "1", "JYZBDM": f"{n}", "JYZBJG": result}
        for n, result in enumerate(written)
    ]
    deliveries.file("B11", "2025-01-01", *rows)
    staged = deliveries.staged(LAB_RESULTS)
    assert [row["result_text"] for row in staged] == written
    assert [row["result_number"] for row in staged] == [
        Decimal("5.42"), Decimal("5.6"), Decimal("0.5"), None, None, None, None, None,
    ]  # fmt: skip
    assert [row["result_comparator"] for row in staged[:3]] == [None, None, "<"]
    assert [row["finding_code"] for row in staged] == [
        None, None, None, "negative", "weakly_positive", "haemolysed", "见镜检", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spelled", "unit"),
    [("µmol/L", "umol/L"), ("μmol/L", "umol/L"), ("mg/dL", "mg/dL"), (None, None)],
)
def test_a_unit_is_spelled_one_way_beside_the_one_that_was_sent(
    deliveries: Deliveries, spelled: str | None, unit: str | None
) -> None:
    row = {"YLJGDM": HOSPITAL, "BGDH": "1", "JYZBDM": "CREA", "JLDW": spelled}
    deliveries.file("B11", "2025-01-01", row)
    result = deliveries.staged(LAB_RESULTS)[0]
    assert (result["unit"], result["unit_text"]) == (unit, spelled)


@pytest.mark.parametrize(
    ("item", "written", "unit", "number", "standard_unit"),
    [
        ("GLU", "90", "mg/dL", "5", "mmol/L"),
        ("GLU", "5.1", "mmol/L", "5.1", "mmol/L"),
        ("HGB", "11.7", "g/dL", "117", "g/L"),
        ("CREA", "88", "μmol/L", "88", "umol/L"),
        ("GLU", "溶血", "mg/dL", None, "mmol/L"),
    ],
)
def test_results_in_another_unit_can_be_compared(
    deliveries: Deliveries,
    item: str,
    written: str,
    unit: str,
    number: str | None,
    standard_unit: str,
) -> None:
    row = {"YLJGDM": HOSPITAL, "BGDH": "1", "JYZBDM": item, "JYZBJG": written}
    deliveries.file("B11", "2025-01-01", row | {"JLDW": unit})
    result = deliveries.staged(LAB_RESULTS)[0]
    assert result["standard_number"] == (number and Decimal(number))
    assert result["standard_unit"] == standard_unit
    assert result["result_text"] == written


@pytest.mark.parametrize(
    ("spelled", "low", "high"),
    [
        ("3.9-6.1", "3.9", "6.1"),
        ("44～106", "44", "106"),
        ("<5", None, None),
        ("阴性", None, None),
        (None, None, None),
    ],
)
def test_a_reference_range_has_two_ends(
    deliveries: Deliveries, spelled: str | None, low: str | None, high: str | None
) -> None:
    row = {"YLJGDM": HOSPITAL, "BGDH": "1", "JYZBDM": "GLU", "CKZ": spelled, "YCTS": "3"}
    deliveries.file("B11", "2025-01-01", row)
    result = deliveries.staged(LAB_RESULTS)[0]
    ends = [result["reference_low"], result["reference_high"]]
    assert ends == [end and Decimal(end) for end in (low, high)]
    assert (result["abnormal_code"], result["abnormal_code_raw"]) == ("3", "3")


def _image(number: str, **cells: str | None) -> Row:
    return {
        "YLJGDM": HOSPITAL, "SQJGDM": HOSPITAL, "BGDH": number, "HZXM": "样甲", "XB": "1",
        "JCLX": "ECG", "JCSJ": "2024010110:34:06", "BGZT": "2",
    } | cells  # fmt: skip


def test_a_reading_says_whether_it_is_final_remote_or_a_revision(
    deliveries: Deliveries,
) -> None:
    deliveries.file(
        "B12",
        "2025-01-01",
        _image("1", BGSJ="2024010112:40:06"),
        _image("2", BGZT="1"),
        _image("3", BGZT="9"),
        _image("4", SQJGDM=CENTRE),
        _image("5", YBGDH="3"),
    )
    marks = [
        tuple(row[f"is_{mark}"] for mark in ("final", "void", "remote", "revision"))
        for row in deliveries.staged(IMAGE_REPORTS)
    ]
    assert marks == [
        (True, False, False, False),
        (False, False, False, False),
        (False, True, False, False),
        (True, False, True, False),
        (True, False, False, True),
    ]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"BGSJ": None}, None),
        ({"HZXM": None}, None),
        ({"JCSJ": None}, "impossible_date"),
        ({"JCSJ": "2099010110:34:06"}, "test_row"),
        ({"HZXM": "测试病人"}, "test_row"),
    ],
)
def test_a_reading_that_cannot_be_used_is_set_aside(
    deliveries: Deliveries, cells: Row, reason: str | None
) -> None:
    deliveries.file("B12", "2025-01-01", _image("1", **cells))
    assert deliveries.staged(IMAGE_REPORTS)[0]["set_aside_because"] == reason


def _page(number: str, **cells: str) -> Row:
    return {
        "P900": "C1", "P3": number, "P2": "1", "P4": "样甲", "P22": "2024012419",
        "P25": "2024012916", "P321": "K35800", "P63": "1", "P782": "3196.80",
        "P_SCSJ": "2024020817",
    } | cells  # fmt: skip


def test_a_front_page_is_read_to_the_hour(deliveries: Deliveries) -> None:
    deliveries.file("B13", "2024-01-01", _page("20182", P491="20240126"))
    page = deliveries.staged(FRONT_PAGES)[0]
    assert page["admitted_at"] == datetime(2024, 1, 24, 19)
    assert page["discharged_at"] == datetime(2024, 1, 29, 16)
    assert page["operated_on_1"] == date(2024, 1, 26)
    assert page["main_diagnosis_code"] == "K35.800"
    assert page["total_fee_fen"] == 319680
    # Here 1 is Rh negative, as the standard code is.
    assert (page["rh_code"], page["set_aside_because"]) == ("1", None)


def test_a_page_without_a_record_number_is_told_apart_by_its_patient(
    deliveries: Deliveries,
) -> None:
    someone = _page("0", P13="99")
    twin = _page("0", P4="样乙")
    deliveries.file("B13", "2024-01-01", someone, twin, _page("0", P22="2024012507"))
    staged = deliveries.staged(FRONT_PAGES)
    assert len({row["record_key"] for row in staged}) == len(staged) == 3
    assert not any("样" in row["record_key"] for row in staged)


def test_a_month_that_is_sent_again_replaces_the_former(deliveries: Deliveries) -> None:
    deliveries.file("B13", "2024-01-01", _page("1"), _page("2"), state="replaced")
    again = _page("1", P782="3200.00", P_SCSJ="2024021517")
    deliveries.file("B13", "2024-01-01", again, delivered="2024-03-01")
    pages = deliveries.staged(FRONT_PAGES)
    assert [page["medical_record_number"] for page in pages] == ["1"]
    assert pages[0]["total_fee_fen"] == 320000


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"P25": "2024023110"}, "impossible_date"),
        ({"P25": "2099013110"}, "test_row"),
        ({"P4": "测试"}, "test_row"),
        ({"P4": "样?"}, None),
    ],
)
def test_a_front_page_that_cannot_be_used_is_set_aside(
    deliveries: Deliveries, cells: dict[str, str], reason: str | None
) -> None:
    deliveries.file("B13", "2024-01-01", _page("1", **cells))
    assert deliveries.staged(FRONT_PAGES)[0]["set_aside_because"] == reason
