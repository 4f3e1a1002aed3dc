"""Lists and reports of the administration: sums are sums, people and codes are known."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from loaders.demo_county.make import DemoSummary
from tests.demo_county.county_people import County, day
from tests.demo_county.county_reading import Row

MEDICAL = "医疗收入/小计"
SUMS = {
    MEDICAL: "医疗收入/",
    "支出/人员经费小计": ("支出/工资福利支出", "支出/对个人和家庭补助"),
    "收入合计": (MEDICAL, "财政补助收入", "科教收入", "其他收入"),
    "支出/支出合计": (
        "支出/人员经费小计",
        "支出/药品费",
        "支出/卫生材料费",
        "支出/固定资产折旧",
        "支出/其他费用",
    ),
}
CATEGORIES = {"医疗收入/西药收入": "XYF", "医疗收入/检查收入": "JCF"}


@pytest.fixture(scope="module")
def county(week: DemoSummary) -> County:
    return County(week.folder)


def _fen(cell: Any, unit: str) -> int:
    """An amount in fen, from a number or from a text in parentheses."""
    text = str(cell)
    sign = -1 if text.startswith("(") else 1
    amount = Decimal(text.strip("()").replace(",", ""))
    return sign * round(amount * (1_000_000 if unit == "万元" else 100))


def _reports(county: County) -> dict[str, list[Row]]:
    """The rows of every month; a correction stands after what it corrects."""
    found: dict[str, list[Row]] = {}
    for table in county.tables("H05"):
        found[table.path.stem.split("_", 1)[1]] = table.rows
    return found


def _amount(row: Row, column: str) -> int:
    return _fen(row[column], row["单位"])


def test_columns_of_sums_are_sums(county: County) -> None:
    for rows in _reports(county).values():
        for row in rows:
            for total, parts in SUMS.items():
                if isinstance(parts, str):
                    parts = tuple(c for c in row if c.startswith(parts) and c != total)
                assert _amount(row, total) == sum(_amount(row, part) for part in parts)


def test_the_year_is_the_sum_of_its_months(county: County) -> None:
    reports = _reports(county)
    so_far: dict[str, int] = defaultdict(int)
    for period in sorted(p for p in reports if p != "202412"):
        for row in reports[period]:
            column = "支出/支出合计"
            if row["口径"] == "本月数":
                so_far[row["机构"]] += _amount(row, column)
            else:
                assert _amount(row, column) == so_far[row["机构"]]
    assert len(so_far) == 7


def test_lines_of_sums_are_sums_of_their_sheet(week: DemoSummary) -> None:
    paths = sorted(Path(week.folder).rglob("医共体财务月报_*.xlsx"))
    assert len(paths) == 13
    for path in paths:
        for sheet in load_workbook(path):
            lines = list(sheet.iter_rows(min_row=5, values_only=True))
            unit = str(sheet["A2"].value).rpartition(":")[2]
            for span in ("本月数", "本年累计"):
                own = [line for line in lines if line[1] == span]
                *places, total = own
                assert total[0] == "小计"
                for at in range(2, len(total) - 1):
                    cells = [_fen(line[at], unit) for line in places]
                    assert _fen(total[at], unit) == sum(cells)


def test_one_group_reports_in_ten_thousand_yuan(county: County) -> None:
    units = {row["集团"]: row["单位"] for row in _reports(county)["202406"]}
    assert sorted(units.values()) == ["万元", "元", "元"]
    assert len(county.struck("sheet_in_wan", "财务月报")) == 13


def test_negative_amounts_are_in_parentheses(county: County) -> None:
    struck = county.struck("negative_in_parentheses", "财务月报")
    texts = [
        (row["单位"], cell)
        for rows in _reports(county).values()
        for row in rows
        for cell in row.values()
        if str(cell).startswith("(")
    ]
    assert texts and struck
    for unit, cell in texts:
        assert _fen(cell, unit) < 0
        assert len(cell.strip("()").split(".")[1]) == (6 if unit == "万元" else 2)


def test_income_is_what_was_charged(county: County) -> None:
    """The medicines and examinations of the county hospital, from its own detail lines."""
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for row in county.rows("A09"):
        for column, category in CATEGORIES.items():
            if row["FYXM"] == category:
                month = row["FYRQ"][:7].replace("-", "")
                expected[month, column] += round(Decimal(row["ZJJE"]) * 100)
    hospital = next(r["JGMC"] for r in county.rows("H01") if r["SSJT"])
    for period, rows in _reports(county).items():
        if period == "202412":
            continue
        (row,) = [r for r in rows if (r["机构"], r["口径"]) == (hospital, "本月数")]
        for column in CATEGORIES:
            # Out-patients come on top of what the wards charged.
            assert _amount(row, column) > expected[period[:6], column] * 0.99


def test_december_is_corrected(county: County) -> None:
    reports = _reports(county)
    early, corrected = reports["202412"], reports["202412_更正"]
    assert [r["机构"] for r in early] == [r["机构"] for r in corrected]
    months = [
        (_amount(a, MEDICAL), _amount(b, MEDICAL))
        for a, b in zip(early, corrected, strict=True)
        if a["口径"] == "本月数"
    ]
    assert sum(a < b for a, b in months) >= 2


def test_doctors_of_the_systems_are_on_the_staff(county: County) -> None:
    names = county.institutions()
    staff = {
        (names[row["单位"]]["JGMC"], row["工号"])
        for row in county.rows("H02")
        if row["人员类别"] == "医师"
    }
    hospitals = [r["JGMC"] for r in county.rows("H01") if r["SSJT"]][:2]
    working = {(hospitals[0], row["YSDM"]) for row in county.rows("A02")}
    working |= {(hospitals[1], row["ZZYSGH"]) for row in county.rows("B02")}
    working |= {(names[row["jgid"]]["JGMC"], row["ysdm"]) for row in county.rows("C02")}
    assert len(working) > 100
    assert working <= staff


def test_leaders_of_teams_are_on_the_staff(county: County) -> None:
    staff = {row["身份证号"]: row["姓名"] for row in county.rows("H02")}
    for row in county.rows("E01"):
        assert staff[row["leaderIdCard"]] == row["leaderName"]


def test_numbers_of_staff_are_used_again(county: County) -> None:
    reused = county.struck("staff_number_reused", "人员花名册")
    names = county.institutions()
    holders: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in county.rows("H02"):
        holders[names[row["单位"]]["JGMC"], row["工号"]].append(row)
    twice = [rows for rows in holders.values() if len(rows) > 1]
    assert twice
    for rows in twice:
        former, current = sorted(rows, key=lambda row: day(row["入职日期"]))
        assert former["身份证号"] in reused
        assert day(former["离职日期"]) < day(current["入职日期"])


def test_two_rosters_differ_by_who_has_left(county: County) -> None:
    old, new = county.tables("H02")
    assert (old.path.stem[-6:], new.path.stem[-6:]) == ("202412", "202501")
    left = [
        {row["身份证号"] for row in table.rows if row["离职日期"]} for table in (old, new)
    ]
    assert left[0] < left[1]


def test_postings_lead_from_hospitals_to_centres(county: County) -> None:
    names = county.institutions()
    first, again = county.tables("H03")
    staff = {row["身份证号"] for row in county.rows("H02")}
    assert first.path.name == again.path.name
    assert first.rows != again.rows
    for row in again.rows:
        assert row["身份证号"] in staff
        assert int(names[row["派出单位"]]["JGDJ"]) >= 2
        assert names[row["派驻单位"]]["JGLB"] in ("C210", "C220")
        assert row["结束日期"] is None or day(row["开始日期"]) <= day(row["结束日期"])
    people = [row["身份证号"] for row in again.rows]
    assert county.struck("posting_overlap", "派驻登记")
    assert len(set(people)) < len(people)
    short = {row["JGJC"] for row in county.rows("H01")}
    assert any(row["派驻单位"] in short for row in again.rows)


def test_beds_and_equipment_are_of_every_institution_that_has_them(county: County) -> None:
    beds = county.rows("H04")
    assert len(beds) == 7 * 12
    for row in beds:
        assert 0 < int(row["开放床位"]) <= int(row["实有床位"])
    clinics = {r["JGID"] for r in county.rows("H01") if r["JGLB"] == "D600"}
    equipment = county.rows("H07")
    words = {row[c] for row in equipment for c in ("心电图机", "血糖仪", "全自动血压计")}
    assert {row["JGID"] for row in equipment} == clinics
    assert len(words) >= 5
    assert {row["中医适宜技术项数"] for row in equipment} >= {"0", "6"}


def test_the_budget_goes_by_who_is_insured(county: County) -> None:
    towns = {r["XZQH"]: r["SSJTMC"] for r in county.rows("H01") if r["JGLB"][0] == "C"}
    counted: dict[str, int] = defaultdict(int)
    for row in county.rows("F01"):
        if (row["YEAR"], row["INSUTYPE"]) == ("2024", "390"):
            counted[towns[row["RESD_TOWN"]]] += 1
    first = county.tables("F04")[0]
    assert {row["集团"]: row["参保人数"] for row in first.rows} == counted
    for row in first.rows:
        total = Decimal(str(row["预算总额(万元)"])) * 10_000
        assert total == row["参保人数"] * row["人均预算标准(元)"]
