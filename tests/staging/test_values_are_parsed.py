"""What the systems write, and what staging reads; anything else is null, never an error."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest

Parse = Callable[..., object]
NEW_YEAR = date(2024, 1, 5)
MORNING = datetime(2024, 1, 5, 10, 11, 12)


@pytest.mark.parametrize(
    "written",
    [
        "2024-01-05",
        "2024-01-05 00:00:00",
        "2024-01-05 10:11",
        "2024-01-05T10:11:12",
        "2024-1-5",
        "2024/1/5",
        "2024/01/05 9:30",
        "2024.1.5",
        "2024年1月5日",
        "2024年01月05日 10时",
        "20240105",
        "2024010510:11:12",
        "2024010510",
        "20240105101112",
        "20240105T101112",
        "45296",
        "45296.0",
        "45296.73",
        "２０２４－０１－０５",
        " 2024-01-05\u3000",
        "2024-01-04T16:00:00Z",
        "2024-01-05T15:59:59Z",
    ],
)
def test_every_spelling_of_a_day_is_read(parse: Parse, written: str) -> None:
    assert parse("parse_date", written) == NEW_YEAR


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        " ",
        "2024-06-31",
        "2023-02-29",
        "2024/13/1",
        "20240631",
        "2024年2月30日",
        "2024-00-10",
        "0024-01-05",
        "3024-01-05",
        "tomorrow",
        "infinity",
        "epoch",
        "不详",
        "0",
        "2024",
        "2024-01",
        "05/01/2024",
        "1-5-2024",
        "123456789",
        "9.92427E+17",
        "'2024-01-05'",
    ],
)
def test_what_is_no_day_is_null(parse: Parse, written: str | None) -> None:
    assert parse("parse_date", written) is None


@pytest.mark.parametrize(
    "written",
    [
        "1900-01-01",
        "1900-01-01 00:00:00",
        "1900/1/1",
        "19000101",
        "9999-12-31",
        "99991231",
        "1970-01-01 08:00",
        "1970-01-01 08:00:00",
        "1970/1/1 8:00",
    ],
)
def test_a_day_that_stands_for_unknown_is_null(parse: Parse, written: str) -> None:
    assert parse("parse_date", written) is None
    assert parse("parse_timestamp", written) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1970-01-01", date(1970, 1, 1)),
        ("2099-01-01", date(2099, 1, 1)),
        ("2024-02-29", date(2024, 2, 29)),
        ("1899-12-31", date(1899, 12, 31)),
        ("7306", date(1920, 1, 1)),
    ],
)
def test_an_unusual_day_is_kept(parse: Parse, written: str, read: date) -> None:
    assert parse("parse_date", written) == read


@pytest.mark.parametrize(
    "written",
    [
        "2024-01-05 10:11:12",
        "2024-1-5 10:11:12",
        "2024/1/5 10:11:12",
        "2024.1.5 10:11:12",
        "2024年1月5日 10:11:12",
        "2024年1月5日 10时11分12秒",
        "2024-01-05T10:11:12",
        "2024010510:11:12",
        "20240105 10:11:12",
        "20240105101112",
        "20240105T101112",
        "2024-01-05T02:11:12Z",
        "2024-01-05T10:11:12+08:00",
        "45296.424444444444",
    ],
)
def test_every_spelling_of_a_moment_is_read(parse: Parse, written: str) -> None:
    assert parse("parse_timestamp", written) == MORNING


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-03-05 15:00", datetime(2024, 3, 5, 15)),
        ("2024-3-5 9:05", datetime(2024, 3, 5, 9, 5)),
        ("2024030515", datetime(2024, 3, 5, 15)),
        ("202403051530", datetime(2024, 3, 5, 15, 30)),
        ("20240305T1530", datetime(2024, 3, 5, 15, 30)),
        ("2024-03-05", datetime(2024, 3, 5)),
        ("20240305", datetime(2024, 3, 5)),
        ("2024年3月5日", datetime(2024, 3, 5)),
        ("2024-03-04T16:00:00Z", datetime(2024, 3, 5)),
        ("45296", datetime(2024, 1, 5)),
    ],
)
def test_what_a_moment_leaves_out_is_zero(
    parse: Parse, written: str, read: datetime
) -> None:
    assert parse("parse_timestamp", written) == read


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "2024-02-30 15:10:00",
        "2024-06-31 09:00:00",
        "2024-01-05 25:00:00",
        "2024-01-05 10:61:00",
        "2024-01-05 morning",
        "2024013010:99:00",
        "now",
        "10:11:12",
    ],
)
def test_what_is_no_moment_is_null(parse: Parse, written: str | None) -> None:
    assert parse("parse_timestamp", written) is None


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("42.50", 4250),
        ("42.5", 4250),
        ("42", 4200),
        ("0.01", 1),
        ("-12.31", -1231),
        ("1,234.50", 123450),
        ("￥128.60", 12860),
        ("¥128.60", 12860),
        ("(1,234.00)", -123400),
        ("（12.00）", -1200),
        ("１２．５０", 1250),
        ("128.60元", 12860),
        (" 7.00 ", 700),
        ("0.285", 29),
        ("-0.285", -29),
        # A binary fraction would lose the fen here.
        ("90071992547409.93", 9007199254740993),
        ("", None),
        (None, None),
        ("无", None),
        ("1.2.3", None),
        ("(12.00", None),
        ("12.00-", None),
        ("NaN", None),
        ("Infinity", None),
        ("1e5", None),
    ],
)
def test_money_is_exact(parse: Parse, written: str | None, fen: int | None) -> None:
    assert parse("parse_fen", written) == fen


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("5.6", Decimal("5.6")),
        ("5。6", Decimal("5.6")),
        ("５.６", Decimal("5.6")),
        ("+3", Decimal(3)),
        ("5.", Decimal(5)),
        # What binary arithmetic leaves behind in a spreadsheet.
        ("0.30000000000000004", Decimal("0.30000000000000004")),
        ("(0.006500)", Decimal("-0.0065")),
        ("<5", None),
        ("溶血", None),
        ("", None),
    ],
)
def test_a_number_is_read(parse: Parse, written: str, read: Decimal | None) -> None:
    assert parse("parse_number", written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12", 12),
        ("136.0", 136),
        ("-3", -3),
        ("1,024", 1024),
        ("136.5", None),
        ("99999999999", None),
        ("三", None),
        (None, None),
    ],
)
def test_a_whole_number_is_read(
    parse: Parse, written: str | None, read: int | None
) -> None:
    assert parse("parse_integer", written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        *[(word, True) for word in ("Y", "y", "是", "1", "√", "有", " 1 ")],
        *[(word, False) for word in ("N", "否", "0", "无", "false")],
        *[(word, None) for word in (None, "", "2", "不详")],
    ],
)
def test_yes_and_no_are_read(parse: Parse, written: str | None, read: bool | None) -> None:
    assert parse("parse_yes_no", written) is read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("王建国\u3000", "王建国"),
        ("\u200b王建国\t", "王建国"),
        ("石\u3000琴英", "石\u3000琴英"),
        ("第一行\n第二行", "第一行\n第二行"),
        *[(word, None) for word in ("不详", " 无 ", "未知", "-", "0", "", "\ufeff")],
    ],
)
def test_words_for_nothing_are_null(parse: Parse, written: str, read: str | None) -> None:
    assert parse("clean_text", written) == read


@pytest.mark.parametrize(
    ("systolic", "diastolic", "read"),
    [
        ("136", "84", (136, 84)),
        ("136.0", "84", (136, 84)),
        ("130/85", None, (130, 85)),
        ("130／85", "", (130, 85)),
        ("130/85", "80", (130, 80)),
        ("0", "0", (None, None)),
        ("136", None, (136, None)),
        (None, None, (None, None)),
        ("未测", "拒测", (None, None)),
    ],
)
def test_two_readings_in_one_cell_are_two(
    parse: Parse,
    systolic: str | None,
    diastolic: str | None,
    read: tuple[int | None, int | None],
) -> None:
    assert parse("parse_systolic", systolic) == read[0]
    assert parse("parse_diastolic", systolic, diastolic) == read[1]


@pytest.mark.parametrize(
    ("written", "first", "second"),
    [
        ("J06.900", "J06.900", None),
        ("j06.900", "J06.900", None),
        ("JO6.9OO", "J06.900", None),
        ("J06900", "J06.900", None),
        ("I10.x00x002", "I10.x00x002", None),
        ("i10X00X002", "I10.x00x002", None),
        ("I10", "I10", None),
        ("E11.900;I10.x00x002", "E11.900", "I10.x00x002"),
        ("e11900、i10.x00x002", "E11.900", "I10.x00x002"),
        (" E11.900 , ", "E11.900", None),
        # Codes of Chinese medicine are another system and stay as they are.
        ("BNG050", "BNG050", None),
        ("B04.04.01.01.01", "B04.04.01.01.01", None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_diagnosis_code_gets_its_usual_form(
    parse: Parse, written: str | None, first: str | None, second: str | None
) -> None:
    assert parse("parse_icd", written, 1) == first
    assert parse("parse_icd", written, 2) == second


@pytest.mark.parametrize(
    ("written", "number", "comparator"),
    [
        ("6.11", "6.11", None),
        ("0", "0", None),
        ("007", "7", None),
        ("5。6", "5.6", None),
        ("５．６", "5.6", None),
        (" 6.1\u3000", "6.1", None),
        ("6.1↑", "6.1", None),
        ("-2.5", "-2.5", None),
        ("1,234.5", "1234.5", None),
        ("1.20E+03", "1200", None),
        ("<0.5", "0.5", "<"),
        ("＜0。5", "0.5", "<"),
        ("< 0.5", "0.5", "<"),
        ("<=0.5", "0.5", "<="),
        ("≤0.5", "0.5", "<="),
        (">1000", "1000", ">"),
        ("≥1,000", "1000", ">="),
        ("＞＝10", "10", ">="),
        *[
            (word, None, None)
            for word in (
                *(
                    "阴性",
                    "阴性(-)",
                    "弱阳性±",
                    "1+",
                    "+3",
                    "+-",
                    "-",
                    "溶血",
                    "标本不合格",
                ),
                *("1:160", "3-5", "0,5", "12,34", "1.2.3", "<", "<阴性", "(5)", "NaN"),
                *("Infinity", "5 6", "6.1 mmol/L", "1e999", "", " ", None),
            )
        ],
    ],
)
def test_a_laboratory_result_has_a_number_or_none(
    parse: Parse, written: str | None, number: str | None, comparator: str | None
) -> None:
    expected = None if number is None else Decimal(number)
    assert parse("parse_lab_number", written) == expected
    assert parse("parse_lab_comparator", written) == comparator


@pytest.mark.parametrize(
    ("canonical", "spellings"),
    [
        ("umol/L", ["umol/L", "µmol/L", "μmol/L", "UMOL/L", "umol/l", " μmol / L\u3000"]),
        ("mmol/L", ["mmol/L", "mmol／L", "ｍｍｏｌ/Ｌ", "MMOL/L"]),
        ("mg/dL", ["mg/dL", "mg/dl", "MG/DL"]),
        ("g/L", ["g/L", "G/L", "g/l"]),
        ("U/L", ["U/L", "u/l"]),
        ("mIU/L", ["mIU/L", "miu/l"]),
        ("uIU/mL", ["uIU/mL", "μIU/ml", "µIU/ML"]),
        (
            "10^9/L",
            [
                "10^9/L",
                "×10^9/L",
                "*10^9/l",
                "10⁹/L",
                "10*9/L",
                "10E9/L",
                "109/L",
                "10**9/L",
            ],
        ),
        ("10^12/L", ["10^12/L", "x10^12/L", "10¹²/L", "1012/L", "１０＾１２/Ｌ"]),
        ("fL", ["fL", "fl", "FL"]),
        ("pg", ["pg", "PG"]),
        ("mmHg", ["mmHg", "mmhg"]),
        ("mL/min", ["mL/min", "ml/min"]),
        ("%", ["%", "％"]),
        # Not known: as it came.
        ("个/HP", ["个/HP", " 个/HP "]),
        ("Copies/mL", ["Copies/mL"]),
        ("10/L", ["10/L"]),
        ("103/L", ["103/L"]),
        (None, [None, "", "-", "/", "无"]),
    ],
)
def test_a_unit_has_one_spelling(
    parse: Parse, canonical: str | None, spellings: list[str | None]
) -> None:
    assert [parse("clean_unit", spelling) for spelling in spellings] == [
        canonical for _ in spellings
    ]
