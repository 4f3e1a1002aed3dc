"""Reports and lists made by people: staff, postings, beds, finance, equipment."""

from __future__ import annotations

from datetime import date

import pytest

from tests.staging.sent_rows import Deliveries

ID = "992427197805267736"


def finance(**changes: str | None) -> dict[str, str | None]:
    return {
        "集团": "样集团",
        "单位": "元",
        "机构": "样医院",
        "口径": "本月数",
        "医疗收入/小计": "72458.25",
        "支出/支出合计": "92679.02",
        "月末在岗职工人数": "36",
        **changes,
    }


def posting(**changes: str | None) -> dict[str, str | None]:
    return {
        "姓名": "样甲",
        "身份证号": ID,
        "派驻单位": "样卫生院",
        "开始日期": "2024-01-09",
        **changes,
    }


@pytest.mark.parametrize(
    ("unit", "written", "fen"),
    [
        ("元", "72458.25", 7245825),
        ("元", "85", 8500),
        ("元", "(1,234.00)", -123400),
        ("元", "(65.00)", -6500),
        ("万元", "8.356301", 8356301),
        ("万元", "(0.006500)", -6500),
        ("万元", "0.30000000000000004", 300000),
        # Half a fen is rounded once, after converting.
        ("万元", "0.0000015", 2),
        ("元", None, None),
    ],
)
def test_amounts_are_fen_in_whatever_unit_the_sheet_is(
    deliveries: Deliveries, unit: str, written: str | None, fen: int | None
) -> None:
    deliveries.file("H05", "2024-12", finance(单位=unit, **{"医疗收入/挂号收入": written}))
    (row,) = deliveries.staged("stg_h__group_finance")
    assert row["registration_income_fen"] == fen
    # People are never counted in ten thousands.
    assert row["staff_count"] == 36


def test_every_column_of_the_report_becomes_one_of_staging(deliveries: Deliveries) -> None:
    income = "挂号 诊察 床位 检查 化验 治疗 手术 护理 西药 中成药 中药饮片 卫生材料".split()
    cells = [f"医疗收入/{name}收入" for name in income]
    cells += ["医疗收入/其他医疗收入", "医疗收入/小计", "财政补助收入", "科教收入"]
    cells += ["其他收入", "收入合计"]
    expense = "工资福利支出 对个人和家庭补助 人员经费小计 药品费 卫生材料费".split()
    expense += ["固定资产折旧", "其他费用", "支出合计"]
    cells += [f"支出/{name}" for name in expense]
    sent = {cell: str(place) for place, cell in enumerate(cells, start=1)}
    deliveries.file("H05", "2024-12", finance(**sent))
    (row,) = deliveries.staged("stg_h__group_finance")
    amounts = [value for name, value in row.items() if name.endswith("_fen")]
    assert amounts == [100 * place for place in range(1, len(cells) + 1)]
    assert row["herb_income_fen"] == 1100
    assert row["staff_expense_fen"] == 2100
    assert row["total_expense_fen"] == 2600


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"单位": None}, "unreadable_figure"),
        ({"单位": "千元"}, "unreadable_figure"),
        ({"口径": "本季数"}, "unreadable_figure"),
        ({"支出/支出合计": "见附表"}, "unreadable_figure"),
        ({"单位": "万元", "支出/支出合计": "999999999999999"}, "unreadable_figure"),
        ({"机构": "样集团小计"}, "total_row"),
    ],
)
def test_a_line_of_the_report_that_cannot_be_used_is_set_aside(
    deliveries: Deliveries, changes: dict[str, str | None], reason: str | None
) -> None:
    deliveries.file("H05", "2024-12", finance(**changes))
    (row,) = deliveries.staged("stg_h__group_finance")
    assert row["set_aside_because"] == reason


def test_a_corrected_month_replaces_that_month_only(deliveries: Deliveries) -> None:
    deliveries.file("H05", "2024-11", finance(**{"医疗收入/小计": "1"}))
    closed = deliveries.file("H05", "2024-12", finance(**{"医疗收入/小计": "2"}))
    deliveries.change(closed, state="replaced")
    deliveries.file(
        "H05",
        "2024-12",
        finance(**{"医疗收入/小计": "3"}),
        finance(口径="本年累计", **{"医疗收入/小计": "4"}),
        revision=1,
    )
    rows = deliveries.staged("stg_h__group_finance")
    assert sorted(
        (row["month_begins_on"], row["is_year_to_date"], row["medical_income_fen"])
        for row in rows
    ) == [
        (date(2024, 11, 1), False, 100),
        (date(2024, 12, 1), False, 300),
        (date(2024, 12, 1), True, 400),
    ]


def test_the_roster_of_the_newest_month_stands(deliveries: Deliveries) -> None:
    here = {"身份证号": ID, "姓名": "样甲", "单位": "样医院", "入职日期": "2022.7.1"}
    gone = here | {"身份证号": "992427197406280110"}
    deliveries.file("H02", "2024-12", here, gone, full=True)
    deliveries.file(
        "H02", "2025-01", here | {"全科医生": "是", "离职日期": "45296"}, full=True
    )
    (row,) = deliveries.staged("stg_h__staff")
    assert row["roster_month_on"] == date(2025, 1, 1)
    assert (row["joined_on"], row["left_on"]) == (date(2022, 7, 1), date(2024, 1, 5))
    assert row["is_general_practitioner"] is True
    assert row["is_public_health_physician"] is None


def test_two_people_may_have_had_one_staff_number(deliveries: Deliveries) -> None:
    old = {"身份证号": ID, "姓名": "样甲", "单位": "样医院", "工号": "0003"}
    new = old | {"身份证号": "992427197406280110", "姓名": "样乙"}
    deliveries.file("H02", "2025-01", old | {"离职日期": "2024-05-30"}, new, full=True)
    rows = deliveries.staged("stg_h__staff")
    assert {(row["staff_number"], row["staff_name"]) for row in rows} == {
        ("0003", "样甲"),
        ("0003", "样乙"),
    }


@pytest.mark.parametrize(
    ("end", "read", "reason"),
    [
        ("2024-04-17", date(2024, 4, 17), None),
        ("2024.5.18", date(2024, 5, 18), None),
        (None, None, None),
        ("9999-12-31", None, None),
        ("2024-06-31", None, "impossible_date"),
    ],
)
def test_a_posting_without_an_end_goes_on_but_one_with_a_wrong_end_does_not(
    deliveries: Deliveries, end: str | None, read: date | None, reason: str | None
) -> None:
    deliveries.file("H03", "2024", posting(结束日期=end))
    (row,) = deliveries.staged("stg_h__posting")
    assert (row["ended_on"], row["set_aside_because"]) == (read, reason)
    assert row["ended_on_text"] == end


def test_a_posting_of_two_registers_stands_as_in_the_newer(deliveries: Deliveries) -> None:
    deliveries.file("H03", "2024", posting())
    deliveries.file("H03", "2025", posting(开始日期="2024.1.9", 结束日期="2025-02-28"))
    rows = deliveries.staged("stg_h__posting")
    assert {(row["year"], row["ended_on"], row["set_aside_because"]) for row in rows} == {
        (2024, None, "older_version"),
        (2025, date(2025, 2, 28), None),
    }


def test_postings_that_overlap_are_all_kept(deliveries: Deliveries) -> None:
    second = posting(开始日期="2024-02-04", 结束日期="2024-05-14")
    deliveries.file("H03", "2024", posting(结束日期="2024-09-30"), second)
    rows = deliveries.staged("stg_h__posting")
    assert [row["set_aside_because"] for row in rows] == [None, None]


@pytest.mark.parametrize(
    ("month", "beds", "begins", "reason"),
    [
        ("202402", "4", date(2024, 2, 1), None),
        ("202413", "4", None, "unreadable_figure"),
        ("202402", "约四", date(2024, 2, 1), "unreadable_figure"),
        ("202402", "-4", date(2024, 2, 1), "unreadable_figure"),
    ],
)
def test_beds_of_a_month(
    deliveries: Deliveries, month: str, beds: str, begins: date | None, reason: str | None
) -> None:
    deliveries.file("H04", "2024", {"月份": month, "机构代码": "X", "开放床位": beds})
    (row,) = deliveries.staged("stg_h__bed_month")
    assert (row["month_begins_on"], row["set_aside_because"]) == (begins, reason)


@pytest.mark.parametrize(
    ("residents", "reason"),
    [
        ("120", None),
        ("0", None),
        ("-120", "unreadable_figure"),
        ("约百", "unreadable_figure"),
    ],
)
def test_residents_are_counted_from_none_upwards(
    deliveries: Deliveries, residents: str, reason: str | None
) -> None:
    deliveries.file(
        "H06", "2024", {"乡镇代码": "991525101", "性别": "男", "合计": residents}
    )
    (row,) = deliveries.staged("stg_h__population")
    assert row["set_aside_because"] == reason


@pytest.mark.parametrize(
    ("mark", "has"),
    [
        *[(mark, True) for mark in ("有", "是", "1", "√", " 有")],
        *[(mark, False) for mark in ("无", "否", "0", " ", None)],
        ("待装", None),
    ],
)
def test_a_clinic_has_what_is_ticked_and_a_blank_is_no(
    deliveries: Deliveries, mark: str | None, has: bool | None
) -> None:
    deliveries.file("H07", "2024", {"JGID": "100101", "心电图机": mark, "血糖仪": "有"})
    (row,) = deliveries.staged("stg_h__village_equipment")
    assert (row["has_ecg_machine"], row["has_ecg_machine_raw"]) == (has, mark)
    assert row["has_glucose_meter"] is True


def test_equipment_of_two_years_is_two_rows(deliveries: Deliveries) -> None:
    for year in ("2023", "2024"):
        deliveries.file("H07", year, {"JGID": "100101", "心电图机": "有"})
    rows = deliveries.staged("stg_h__village_equipment")
    assert [row["year"] for row in rows] == [2023, 2024]


def test_every_list_of_institutions_says_which_group_one_was_in(
    deliveries: Deliveries,
) -> None:
    known = {"JGDM22": "22A", "TYSHXYDM": "99A", "JGMC": "样卫生院"}
    deliveries.file("H01", "2024-01-01", known | {"SSJT": "G1"})
    deliveries.file("H01", "2024-06-01", known | {"SSJT": "G3"}, state="replaced")
    deliveries.file("H01", "2024-06-01", known | {"SSJT": "G2"}, revision=1)
    found = sorted(
        (str(row["listed_on"]), row["group_code"])
        for row in deliveries.asked("stg_h__institution_listed")
    )
    assert found == [("2024-01-01", "G1"), ("2024-06-01", "G2")]
