"""Workbooks: several sheets, headers of several rows, both formats, and hostile ones."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from loaders.contracts.model import Contract
from loaders.landing.readers import archive, workbook
from loaders.landing.readers.opening import open_table
from loaders.landing.refusal import FileRefusedError
from tests.landing.reading import Read, contract_for, refusal
from tests.landing.workbooks import (
    with_part,
    with_shared_strings,
    with_sheet_xml,
    xls,
    xlsx,
)

PLAIN = contract_for("sheet", "no", "name", "sum")
HEADER = ("no", "name", "sum")
# A report as the county's finance people lay it out.
UPPER = ("机构", "口径", "收入", None, "合计数", "支出", None, "人数")
LOWER = (None, None, "药品", "检查", None, "工资", "其他", None)
NAMES = (
    "机构",
    "口径",
    "收入/药品",
    "收入/检查",
    "合计数",
    "支出/工资",
    "支出/其他",
    "人数",
)
REPORT = contract_for(
    "sheet",
    *NAMES,
    "单位",
    "集团",
    sheet={
        "title_rows": 2,
        "header_rows": 2,
        "total_marks": ["小计", "合计"],
        "all_sheets": True,
        "above_header": {"单位": "单位[:：](.+)"},
        "sheet_name": "集团",
    },
)


def report(
    *rows: tuple[object, ...], unit: str | None = "单位:元"
) -> list[tuple[object, ...]]:
    top: list[tuple[object, ...]] = [("收入费用月报 2024年1月",), (unit,), UPPER, LOWER]
    return [*top, *rows, ("小计", "本月数", 1, 2, 3, 4, 5)]


def row(name: str, *values: object) -> tuple[object, ...]:
    return (name, "本月数", *(values or (1, 2.5, 3, 4, 5, 6)))


@pytest.mark.parametrize("make", [xlsx, xls])
def test_all_sheets_come_one_after_the_other(make: Callable[..., bytes]) -> None:
    data = make(
        甲=report(row("a"), row("b")), 空=[], 乙=report(row("c"), unit="单位：万元 ")
    )
    read = Read(data, REPORT)
    assert read.columns == [*NAMES, "单位", "集团"]
    values = ["本月数", "1", "2.5", "3", "4", "5", "6"]
    assert read.rows == [
        ["a", *values, "元", "甲"],
        ["b", *values, "元", "甲"],
        ["c", *values, "万元", "乙"],
    ]
    # The first sheet has seven rows: its sum is the last.
    assert read.numbers == [5, 6, 7 + 5]


def test_a_short_row_keeps_unit_and_sheet_in_their_columns() -> None:
    read = Read(xlsx(甲=report(("a", "本月数"))), REPORT)
    assert read.rows == [["a", "本月数", *[None] * 6, "元", "甲"]]


def test_a_header_of_two_rows_is_known_again_at_page_breaks() -> None:
    rows = report(row("a"), UPPER, LOWER, row("b"))
    assert [r[0] for r in Read(xlsx(甲=rows), REPORT).rows] == ["a", "b"]


@pytest.mark.parametrize(
    ("upper", "lower", "names"),
    [
        (("no", "A", None, "sum"), (None, "x", "y", None), ["no", "A/x", "A/y", "sum"]),
        # A merged name ends where a column stands alone.
        (
            ("no", "A", None, "B"),
            (None, "x", None, "y"),
            ["no", "A/x", "(column 3)", "B/y"],
        ),
        (("no", "sum", None), (None, None, "x"), ["no", "sum", "x"]),
        (("no", None, "sum"), (None, "x", None), ["no", "x", "sum"]),
    ],
)  # fmt: skip
def test_names_of_two_rows(
    upper: tuple[str | None, ...], lower: tuple[str | None, ...], names: list[str]
) -> None:
    contract = contract_for("sheet", "no", "sum", "A/x", "B/y", sheet={"header_rows": 2})
    read = Read(xlsx(S=[("title",), upper, lower, ("1", "2", "3", "4")]), contract)
    assert read.columns == names


def test_names_of_three_rows_do_not_run_on_under_another_name() -> None:
    contract = contract_for("sheet", "A/B/x", "A/B/y", "C/z", sheet={"header_rows": 3})
    rows = [("A", None, "C"), ("B", None, None), ("x", "y", "z"), (1, 2, 3)]
    read = Read(xlsx(S=rows), contract)
    assert read.columns == ["A/B/x", "A/B/y", "C/z"]
    assert read.rows == [["1", "2", "3"]]


def test_a_sheet_with_another_header_refuses_the_file() -> None:
    other = report(row("b"))
    other[3] = (None, None, "药品", "化验", None, "工资", "其他", None)
    reason = "table 2 of the workbook has another header than the first"
    assert refusal(xlsx(甲=report(row("a")), 乙=other), REPORT) == reason


def test_a_sheet_without_header_refuses_the_file() -> None:
    data = xlsx(甲=report(row("a")), 说明=[("数据来自财务科",)])
    assert refusal(data, REPORT) == "sheet 2 has no header row"


def test_what_is_not_said_above_the_header_refuses_the_file() -> None:
    data = xlsx(甲=report(row("a")), 乙=report(row("b"), unit=None))
    assert refusal(data, REPORT) == "sheet 2 does not say 单位 above its header"


def test_only_the_first_table_counts_unless_the_contract_says_all() -> None:
    data = xlsx(说明=[("x",)], 甲=[HEADER, ("1", "a", 2)], 乙=[HEADER, ("2", "b", 3)])
    assert Read(data, PLAIN).rows == [["1", "a", "2"]]


def test_a_header_may_use_other_spellings() -> None:
    contract = contract_for("sheet", "no", "name")
    column = contract.columns[1].model_copy(update={"aliases": ("姓名", "名字")})
    contract = contract.model_copy(update={"columns": (contract.columns[0], column)})
    assert Read(xlsx(S=[("no", "姓名"), (1, 2)]), contract).columns == ["no", "姓名"]


def test_a_page_without_header_takes_sheet_and_columns_of_page_one() -> None:
    contract = contract_for("sheet", "no", "name", "part", sheet={"sheet_name": "part"})
    data = xlsx(二=[("1", "a"), ("2", "b")])
    read = Read(data, contract, lambda: ["no", "name", "part"])
    assert read.rows == [["1", "a", "二"], ["2", "b", "二"]]


def test_a_workbook_without_table_is_refused() -> None:
    reason = "no header row within the first 10 rows of any sheet"
    assert refusal(xlsx(S=[]), PLAIN) == reason
    assert refusal(xlsx(S=[("a",)] * 10 + [HEADER]), PLAIN) == reason


def test_an_xls_gives_the_same_text_as_an_xlsx() -> None:
    rows = [
        HEADER,
        (1, "甲", 2.50),
        ("0012", True, None, "more"),
        (20250105, datetime(2025, 1, 5, 8, 30, 2), "#N/A"),
        (),
        (None, None, "#REF!"),
    ]
    new, old = Read(xlsx(S=rows), PLAIN), Read(xls_with_dates(rows), PLAIN)
    assert old.records == new.records
    assert new.rows == [
        ["1", "甲", "2.5"],
        ["20250105", "2025-01-05 08:30:02", "#N/A"],
        [None, None, "#REF!"],
    ]
    assert new.rejects == [(3, "too_many_fields")]
    assert new.numbers == [2, 3, 4, 6]


def xls_with_dates(rows: list[tuple[object, ...]]) -> bytes:
    # An xls knows a date by the format of its cell; xlwt does not choose one.
    import xlwt

    style = xlwt.easyxf(num_format_str="YYYY-MM-DD HH:MM:SS")
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for number, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if isinstance(value, str) and value.startswith("#"):
                code = {"#N/A": 0x2A, "#REF!": 0x17}[value]
                sheet.row(number).set_cell_error(column, code)
            elif isinstance(value, date):
                sheet.write(number, column, value, style)
            elif value is not None:
                sheet.write(number, column, value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("size", [10, 4000])
def test_error_cells_of_an_xls_are_found_in_small_and_large_files(size: int) -> None:
    rows = [HEADER, *[(n, f"某人{n}", "x") for n in range(size)], ("z", "#DIV/0!", 1)]
    assert Read(xls(S=rows), PLAIN).rows[-1] == ["z", "#DIV/0!", "1"]


def test_a_name_says_nothing_about_the_format(tmp_path: Path) -> None:
    for name, data in (("a.xls", xlsx(S=[HEADER, (1, 2, 3)])),
                       ("b.xlsx", xls(S=[HEADER, (1, 2, 3)]))):  # fmt: skip
        (tmp_path / name).write_bytes(data)
        with open_table(PLAIN, tmp_path / name, "", None) as reading:
            assert [r.raw for r in reading.records] == [None]


@pytest.mark.parametrize("make", [xlsx, xls])
def test_a_workbook_in_a_zip(make: Callable[..., bytes], tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("inner.xlsx", make(S=[HEADER, (1, 2, 3)]))
    with open_table(PLAIN, path, "inner.xlsx", None) as reading:
        assert len(list(reading.records)) == 1


def test_broken_xls_files_cost_their_file_and_not_the_process() -> None:
    good = xls(S=[HEADER, *[(n, "某人", n / 7) for n in range(50)]])
    chance = random.Random(20)
    outcomes = set()
    for _ in range(12):
        data = bytearray(good)
        for _ in range(40):
            data[chance.randrange(8, len(data))] = chance.randrange(256)
        try:
            Read(bytes(data[: chance.randrange(600, len(data))]), PLAIN)
        except FileRefusedError as refused:
            outcomes.add(refused.reason)
    assert "the file is not a readable xls workbook" in outcomes


def test_an_encrypted_workbook_says_so() -> None:
    assert refusal(encrypted(), PLAIN) == "the workbook is encrypted"


def encrypted() -> bytes:
    """An xls whose second record says that all that follows is encrypted."""
    from xlwt import CompoundDoc, Workbook

    book = Workbook()
    book.add_sheet("S")
    stream = book.get_biff_data()
    first = 4 + int.from_bytes(stream[2:4], "little")
    lock = bytes.fromhex("2f00 3600 0100 0100 0100") + bytes(range(48))
    target = io.BytesIO()
    CompoundDoc.XlsDoc().save(target, stream[:first] + lock + stream[first:])
    return target.getvalue()


def test_an_encrypted_xlsx_says_so() -> None:
    data = bytearray(xls(S=[HEADER, (1, 2, 3)]))
    name = "Workbook".encode("utf-16-le")
    place = data.index(name)
    data[place : place + 32] = "EncryptedPackage".encode("utf-16-le")
    data[place + 64] = 34
    assert refusal(bytes(data), PLAIN) == "the workbook is encrypted"


TOP = (
    "<row r='1'><c r='A1' t='str'><v>no</v></c><c r='B1' t='str'><v>name</v></c>"
    "<c r='C1' t='str'><v>sum</v></c></row>"
)


def cells(number: int, first: str) -> str:
    return f"<row r='{number}'>{first}<c r='C{number}'><v>3</v></c></row>"


@pytest.mark.parametrize(
    "cell",
    [
        "<c r='A2'><f>B2*2</f></c>",
        "<c r='A2'><f>B2*2</f><v/></c>",
        "<c r='A2'><f>B2*2</f><v></v></c>",
        "<c r='A2' t='str'><f>B2*2</f></c>",
    ],
)
def test_a_formula_without_value_is_no_empty_cell(cell: str) -> None:
    data = with_sheet_xml(TOP + cells(2, cell) + cells(3, "<c r='A3'><v>7</v></c>"))
    read = Read(data, PLAIN)
    assert read.rejects == [(2, "formula_without_value")]
    assert read.records[0].raw == b'["=B2*2", null, "3"]'
    assert read.rows == [["7", None, "3"]]


def test_formulas_count_by_their_values() -> None:
    data = with_sheet_xml(
        TOP
        + cells(2, "<c r='A2'><f>1+1</f><v>2</v></c>")
        + cells(3, "<c r='A3' t='str'><f>\"\"</f><v></v></c>")
        + cells(4, "<c r='A4' t='e'><f>1/0</f><v>#DIV/0!</v></c>")
    )
    read = Read(data, PLAIN)
    assert read.rows == [["2", None, "3"], [None, None, "3"], ["#DIV/0!", None, "3"]]
    assert read.rejects == []


def test_a_total_may_have_a_formula_without_value() -> None:
    total = "<row r='3'><c r='A3' t='str'><v>合计</v></c><c r='C3'><f>SUM(C2)</f></c></row>"
    read = Read(with_sheet_xml(TOP + cells(2, "<c r='A2'><v>1</v></c>") + total), PLAIN)
    assert read.rows == [["1", None, "3"]]
    assert read.rejects == []


def test_rows_and_cells_out_of_order_are_refused() -> None:
    again = cells(2, "<c r='A2'><v>1</v></c>")
    assert refusal(with_sheet_xml(TOP + again + again), PLAIN) == (
        "rows out of order after row 2"
    )
    far = again.replace("r='2'", "r='99999999'")
    assert "rows out of order" in refusal(with_sheet_xml(TOP + far), PLAIN)
    twice = cells(2, "<c r='D2'><v>1</v></c>")
    assert refusal(with_sheet_xml(TOP + twice), PLAIN) == "cells out of order in row 2"


def test_rows_that_are_left_out_keep_the_numbers_of_others() -> None:
    data = with_sheet_xml(TOP + cells(900, "<c r='A900'><v>1</v></c>"))
    assert Read(data, PLAIN).numbers == [900]


ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "part",
    ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"],
)
def test_entities_in_any_part_are_refused(part: str) -> None:
    good = xlsx(S=[HEADER, ("a", "b", "c")])
    with zipfile.ZipFile(io.BytesIO(good)) as zipped:
        xml = zipped.read(part).decode().removeprefix('<?xml version="1.0"?>')
    data = with_part(good, part, (ENTITIES + xml).encode())
    assert refusal(data, PLAIN) == "the file is not a readable xlsx workbook"


def test_texts_may_stand_in_a_part_of_their_own() -> None:
    shared = "".join(f"<si><t>{text}</t></si>" for text in (*HEADER, "王"))
    number = "<c t='s'><v>{}</v></c>".format
    rows = f"<row>{''.join(map(number, (0, 1, 2)))}</row><row>{number(3)}</row>"
    assert Read(with_shared_strings(shared, rows), PLAIN).rows == [["王", None, None]]
    bomb = with_shared_strings(shared.replace("王", "&b;"), rows, ENTITIES)
    assert refusal(bomb, PLAIN) == "the file is not a readable xlsx workbook"


def test_a_row_without_end_is_not_gathered_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workbook, "LONGEST_RECORD", 1 << 20)
    data = with_sheet_xml(TOP + "<row r='2'>" + "<c/>" * 500_000 + "</row>")
    assert refusal(data, PLAIN) == "a row of the workbook has no end"


def test_a_workbook_that_unpacks_to_far_more_is_refused_unread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archive, "SMALL_BYTES", 1 << 16)
    data = with_sheet_xml(TOP + " " * 10_000_000)
    assert "times its size" in refusal(data, PLAIN)
    monkeypatch.setattr(workbook, "MOST_BYTES", 1 << 20)
    monkeypatch.setattr(archive, "SMALL_BYTES", 1 << 30)
    assert "would unpack to" in refusal(data, PLAIN)


def test_texts_and_styles_that_memory_cannot_hold_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reason = "the workbook has more texts or styles than memory may hold"
    shared = "".join(f"<si><t>{text}</t></si>" for text in [*HEADER, *range(1000)])
    rows = TOP + cells(2, "<c r='A2' t='s'><v>500</v></c>")
    data = with_shared_strings(shared, rows)
    for limit in ("MOST_SHARED_BYTES", "MOST_HELD_BYTES"):
        with monkeypatch.context() as patch:
            patch.setattr(workbook, limit, 1000)
            assert refusal(data, PLAIN) == reason
    assert Read(data, PLAIN).rows == [["497", None, "3"]]


def broken_workbooks() -> list[tuple[bytes, str]]:
    good = xlsx(S=[HEADER, (1, 2, 3)])
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as zipped:
        zipped.writestr("word/document.xml", "<x/>")
    return [
        (b"", "the file is neither an xlsx nor an xls workbook"),
        (b"<html><table>", "the file is neither an xlsx nor an xls workbook"),
        (good[: len(good) // 2], "the file is not a readable xlsx workbook"),
        (other.getvalue(), "the file is not a readable xlsx workbook"),
        (with_part(good, "xl/worksheets/sheet1.xml", b"<worksheet>"),
         "the file is not a readable xlsx workbook"),
        (with_sheet_xml(TOP + "<row r='2'><c t='s'><v>99</v></c></row>"),
         "the file is not a readable xlsx workbook"),
        (with_sheet_xml(TOP + "<row r='2'><c><v>1,5</v></c></row>"),
         "the file is not a readable xlsx workbook"),
    ]  # fmt: skip


@pytest.mark.parametrize(("data", "reason"), broken_workbooks())
def test_what_is_no_workbook_is_refused(data: bytes, reason: str) -> None:
    assert refusal(data, PLAIN) == reason


def test_a_contract_without_layout_reads_as_before() -> None:
    contract: Contract = contract_for("sheet", "no", "name")
    rows = [("title",), ("no", "name"), (1, "a"), ("no", "name"), (2, "b"), (), ("合计", 2)]
    read = Read(xlsx(S=rows), contract)
    assert (read.rows, read.numbers) == ([["1", "a"], ["2", "b"]], [3, 5])
