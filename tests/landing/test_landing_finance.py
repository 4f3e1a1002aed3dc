"""The finance report: a sheet per group, its unit above a header of two rows, subtotals."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from loaders.contracts.model import contract_of
from tests.landing.looking import Landing
from tests.landing.sending import Sender

D = "20250105"
Line = tuple[str, str, object, object]


def report(sheets: dict[str, tuple[list[str], list[Line]]]) -> bytes:
    """A workbook whose lines give institution, span, registration income and staff."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    names = [c.name for c in contract_of("H05").columns if c.name not in ("集团", "单位")]
    for title, (above, lines) in sheets.items():
        sheet = workbook.create_sheet(title)
        sheet.append([f"{title}收入费用月报 2024年12月"])
        sheet.append(above)
        upper: list[str | None] = []
        lower: list[str | None] = []
        for name in names:
            group, _, rest = name.partition("/")
            # Merged cells keep their text in the first one.
            upper.append(None if rest and group in upper else group)
            lower.append(rest or None)
        sheet.append(upper)
        sheet.append(lower)
        for institution, span, income, staff in lines:
            gap = [None] * (len(names) - 4)
            sheet.append([institution, span, income, *gap, staff])
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("above", [["单位:万元"], ["编制单位:财务科", "单位：万元"]])
def test_the_sheets_of_all_groups_land_with_their_own_unit(
    sender: Sender, landing: Landing, above: list[str]
) -> None:
    data = report(
        {
            "甲集团": (
                ["单位:元"],
                [("样医院", "本月数", 85.5, 36), ("小计", "本月数", 85.5, None)],
            ),
            "乙集团": (
                above,
                [
                    ("样卫生院", "本月数", "(0.006500)", 5),
                    ("样卫生院", "本年累计", 0.0054, 5),
                    ("小计", "本年累计", 0.0054, None),
                    ("合计", "本年累计", 0.0054, None),
                ],
            ),
        }
    )
    sender.put(D, "H05", "医共体财务月报_202412.xlsx", data, 3)
    landing.land()
    columns = ("集团", "单位", "机构", "口径", "医疗收入/挂号收入", "月末在岗职工人数")
    assert landing.rows("H05", *columns) == [
        ("甲集团", "元", "样医院", "本月数", "85.5", "36"),
        ("乙集团", "万元", "样卫生院", "本月数", "(0.006500)", "5"),
        ("乙集团", "万元", "样卫生院", "本年累计", "0.0054", "5"),
    ]
    (file,) = landing.ledger("H05")
    assert (file.columns_added, file.columns_missing) == ([], [])


def test_a_report_without_its_unit_is_refused(sender: Sender, landing: Landing) -> None:
    data = report({"甲集团": (["某表"], [("样医院", "本月数", 85.5, 36)])})
    sender.put(D, "H05", "医共体财务月报_202412.xlsx", data, 1)
    landing.land()
    (file,) = landing.ledger("H05")
    assert (file.state, file.rows_read) == ("refused", 0)
    assert file.state_reason == "sheet 1 does not say 单位 above its header"


def test_a_correction_takes_the_place_of_its_month(
    sender: Sender, landing: Landing
) -> None:
    for day, mark, income in ((D, "", 1), ("20250106", "_更正", 2)):
        data = report({"甲集团": (["单位:元"], [("样医院", "本月数", income, 36)])})
        sender.put(day, "H05", f"医共体财务月报_202412{mark}.xlsx", data, 1)
    landing.land()
    assert landing.states("H05") == [
        ("医共体财务月报_202412.xlsx", "replaced"),
        ("医共体财务月报_202412_更正.xlsx", "landed"),
    ]
    assert landing.rows("H05", "医疗收入/挂号收入") == [("2",)]
