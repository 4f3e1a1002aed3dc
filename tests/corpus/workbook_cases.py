"""Workbooks of both kinds that are wrong."""

from __future__ import annotations

import functools
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from openpyxl import Workbook

from tests.corpus.case import Case, refused
from tests.corpus.feeds import CANARY, NAMES, good
from tests.landing.test_landing_sheets import encrypted
from tests.landing.workbooks import (
    with_part,
    with_shared_strings,
    with_sheet_xml,
    xls,
    xlsx,
)

Cells = Sequence[object]
MAKERS: dict[str, Callable[..., bytes]] = {"xlsx": xlsx, "xls": xls}
NO_HEADER = "no header row within the first 10 rows of any sheet"
HEADER = list(NAMES)
sheet_case = functools.partial(Case, rows_have_bytes=False)


def cases() -> Iterator[Case]:
    """All of them."""
    for format_, make in MAKERS.items():
        yield from _tables(format_, make)
        yield from _no_tables(format_, make)
    yield from _books()
    yield from _parts()
    yield from _legacy()
    yield from _pages()


def _row(number: int, tag: str) -> list[object]:
    return list(good(number, tag).values())


def _tables(f: str, make: Callable[..., bytes]) -> Iterator[Case]:
    """Rows and headers that both kinds can have."""

    def table(kind: str, rows: Sequence[Cells], announced: int, **more: object) -> Case:
        return sheet_case(f, kind, make(S=rows), announced, **more)  # type: ignore[arg-type]

    a = f"{f} "
    yield table(
        "titles headers and totals among the rows",
        [["@ 报表"], HEADER, _row(1, a), HEADER, [], _row(2, a), ["合计", "", "", 9],
         _row(3, a)],
        3, stored=(1, 2, 3), mess="M27",
    )  # fmt: skip
    yield table(
        "more cells than columns", [HEADER, [*_row(1, a), CANARY], _row(2, a)], 2,
        stored=(2,), rejects=[(2, "too_many_fields")],
    )  # fmt: skip
    yield table(
        "values one column further than the header",
        [HEADER, ["", *_row(1, "b"), "x"], _row(2, "b")], 2, stored=(2,),
        rejects=[(2, "too_many_fields")],
    )  # fmt: skip
    yield table(
        "rows without a key", [HEADER, ["", CANARY, "x"], [" ", CANARY, "y"], _row(3, a)],
        3, stored=(3,), rejects=[(2, "key_missing"), (3, "key_missing")],
    )  # fmt: skip
    yield table("header only", [HEADER], 0, has_rows=False)
    yield table(
        "columns swapped", [["amount", "name", "k", "note"], ["1", CANARY, "1", "x"]], 1,
        stored=(1,), notes={"1": "x"}, mess="M60",
    )  # fmt: skip
    yield table(
        "a column added in the middle",
        [["k", "name", "xin", "note", "amount"], ["1", CANARY, "new", "x", "1"]], 1,
        stored=(1,), notes={"1": "x"}, mess="M60",
    )  # fmt: skip
    yield table(
        "a column without a name",
        [["k", "name", None, "note", "amount"], ["1", CANARY, "new", "x", "1"]], 1,
        stored=(1,), notes={"1": "x"}, mess="M60",
    )  # fmt: skip
    yield table(
        "an optional column missing", [["k", "name", "amount"], ["1", CANARY, "1"]], 1,
        stored=(1,), notes={"1": None}, mess="M60",
    )  # fmt: skip
    yield table(
        "a column under its other name",
        [["k", "name", "remark", "amount"], ["1", CANARY, "x", "1"]], 1, stored=(1,),
        notes={"1": "x"}, mess="M60",
    )  # fmt: skip
    yield table(
        "blanks around the names", [[" k", "name ", "note\t", "\u3000amount"], _row(1, a)],
        1, stored=(1,), notes={"1": a}, mess="M12",
    )  # fmt: skip
    yield table(
        "injections are values",
        [HEADER, ["1", CANARY, "'; drop table x; --"], ["2", CANARY, "%s {0} :x"],
         ["3", CANARY, "<a>&amp;</a>"]],
        3, stored=(1, 2, 3), notes={"1": "'; drop table x; --", "2": "%s {0} :x"},
    )  # fmt: skip
    yield table(
        "error cells are text", [HEADER, ["1", CANARY, "#REF!"], ["2", CANARY, "#DIV/0!"]],
        2, stored=(1, 2), notes={"1": "#REF!", "2": "#DIV/0!"},
    )  # fmt: skip
    yield table(
        "identity numbers as numbers", [HEADER, ["1", CANARY, 992427199001011230.0, 1.5]],
        1, stored=(1,), notes={"1": "992427199001011200"}, mess="M03",
    )  # fmt: skip
    yield table(
        "dates as numbers and as texts",
        [HEADER, ["1", CANARY, 45296.0], ["2", CANARY, "2024年1月5日"]], 2, stored=(1, 2),
        notes={"1": "45296", "2": "2024年1月5日"}, mess="M20",
    )  # fmt: skip
    yield table(
        "the header after three blank rows", [[], [], [], HEADER, _row(1, a)], 1,
        stored=(1,), mess="M27",
    )  # fmt: skip


def _no_tables(f: str, make: Callable[..., bytes]) -> Iterator[Case]:
    def bad(kind: str, rows: Sequence[Cells], reason: str, **more: object) -> Case:
        return refused(f, kind, make(S=rows), 1, reason, rows_have_bytes=False, **more)

    yield bad("no header", [_row(n, "x") for n in (1, 2, 3)], NO_HEADER, mess="M60")
    yield bad("an empty sheet", [], NO_HEADER, has_rows=False)
    yield bad("the header far below", [["@"]] * 12 + [HEADER, _row(1, "x")], NO_HEADER)
    yield bad(
        "a required column missing", [["k", "note", "amount"], ["1", CANARY]],
        "columns missing: name", mess="M60",
    )  # fmt: skip
    yield bad(
        "a column twice", [["k", "name", "note", "name"], ["1", CANARY]],
        "the header names columns twice: 2, 4",
    )  # fmt: skip
    yield bad(
        "a header that is mostly values", [["k", "name", CANARY, CANARY, "x"], ["1"]],
        NO_HEADER, mess="M60",
    )  # fmt: skip
    data = make(S=[HEADER, _row(1, "x"), _row(2, "cut")])
    for place, end in (
        ("half", len(data) // 2),
        ("a tenth", len(data) // 10),
        ("all but a little", -40),
    ):
        yield refused(
            f, f"cut after {place}", data[:end], 2,
            f"the file is not a readable {'xlsx' if f == 'xlsx' else 'xls'} workbook",
            mess="M29", rows_have_bytes=False,
        )  # fmt: skip
    neither = "the file is neither an xlsx nor an xls workbook"
    for kind, content in (
        ("a text under the name of a workbook", f"k,name\r\n1,{CANARY}\r\n".encode()),
        ("a web page under the name of a workbook",
         f"<html><table><tr><td>{CANARY}</td></tr></table></html>".encode()),
        ("an empty file", b""),
        ("one byte", b"P"),
    ):  # fmt: skip
        has_rows = b"<" in content or b"," in content
        yield refused(
            f, kind, content, 1, neither, has_rows=has_rows, rows_have_bytes=False
        )
    yield refused(
        f, "an encrypted workbook", encrypted(), 1, "the workbook is encrypted",
        has_rows=False,
    )  # fmt: skip


def _books() -> Iterator[Case]:
    """What a program can put into an xlsx."""

    def book(kind: str, make: Callable[[Workbook], object], announced: int,
             **more: object) -> Case:  # fmt: skip
        workbook = Workbook()
        make(workbook)
        stream = io.BytesIO()
        workbook.save(stream)
        return sheet_case("xlsx", kind, stream.getvalue(), announced, **more)  # type: ignore[arg-type]

    def fill(workbook: Workbook, *rows: Cells, title: str = "S", state: str = "visible"
             ) -> None:  # fmt: skip
        sheet = workbook.create_sheet(title)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(list(row))

    def hidden_first(workbook: Workbook) -> None:
        workbook.remove(workbook.worksheets[0])
        fill(workbook, HEADER, _row(8, "old"), _row(9, "old"), title="old", state="hidden")
        fill(workbook, HEADER, _row(1, "now"), title="now")

    yield book("a hidden sheet before the table", hidden_first, 1, stored=(1,))

    def very_hidden(workbook: Workbook) -> None:
        fill(workbook, HEADER, _row(1, "now 2"), title="now")
        fill(workbook, HEADER, _row(9, "old"), title="old", state="veryHidden")

    yield book("a very hidden sheet after the table", very_hidden, 1, stored=(1,))

    def two_tables(workbook: Workbook) -> None:
        fill(workbook, HEADER, _row(1, "two"), title="a")
        fill(workbook, HEADER, _row(2, "two"), title="b")

    yield book(
        "a second sheet with rows that the contract does not expect", two_tables, 2,
        state="refused", reason="row count differs from manifest: 1 read, 2 announced",
    )  # fmt: skip

    def merged(workbook: Workbook) -> None:
        fill(workbook, HEADER, _row(1, "m"), ["", CANARY, "m", "1"], _row(3, "m"))
        workbook["S"].merge_cells("A2:A3")

    yield book("merged key cells", merged, 3, stored=(1, 3), rejects=[(3, "key_missing")])

    def formulas(workbook: Workbook) -> None:
        fill(workbook, HEADER, _row(1, "f"), ["2", CANARY, "=cmd|' /C calc'!A0", "1"],
             _row(3, "f"))  # fmt: skip

    yield book(
        "a formula without a value", formulas, 3, stored=(1, 3),
        rejects=[(3, "formula_without_value")],
    )  # fmt: skip

    def filtered(workbook: Workbook) -> None:
        fill(workbook, HEADER, _row(1, "h"), _row(2, "h"), _row(3, "h"))
        workbook["S"].row_dimensions[3].hidden = True
        workbook["S"].column_dimensions["B"].hidden = True

    yield book("hidden rows and columns are data", filtered, 3, stored=(1, 2, 3))

    def wide(workbook: Workbook) -> None:
        fill(workbook, HEADER, _row(1, "w"))
        workbook["S"]["XFD1048576"] = CANARY

    yield book(
        "a lone cell in the last row and column", wide, 2, stored=(1,),
        rejects=[(1048576, "too_many_fields")],
    )  # fmt: skip

    def dates(workbook: Workbook) -> None:
        fill(workbook, HEADER, ["1", CANARY, datetime(2024, 1, 5, 8, 30)],
             ["2", CANARY, 2958466.5], ["3", CANARY, -5])  # fmt: skip
        for row in (3, 4):
            workbook["S"].cell(row, 3).number_format = "yyyy-mm-dd"

    yield book(
        "numbers in the form of dates that are none", dates, 3, stored=(1, 2, 3),
        notes={"1": "2024-01-05 08:30:00", "2": "2958466.5", "3": "-5"}, mess="M21",
    )  # fmt: skip


def _parts() -> Iterator[Case]:
    """Parts of an xlsx that no program would write."""

    def cell(place: str, body: str) -> str:
        return f'<c r="{place}" {body}</c>'

    def text_row(number: int, *texts: str) -> str:
        cells = "".join(
            cell(f"{'ABCDEF'[n]}{number}", f't="inlineStr"><is><t>{text}</t></is>')
            for n, text in enumerate(texts)
        )
        return f'<row r="{number}">{cells}</row>'

    head = text_row(1, *NAMES)
    no_book = "the file is not a readable xlsx workbook"

    def part(kind: str, data: bytes, announced: int, **more: object) -> Case:
        return sheet_case("xlsx", kind, data, announced, **more)  # type: ignore[arg-type]

    def bad(kind: str, data: bytes, reason: str = no_book, **more: object) -> Case:
        return refused("xlsx", kind, data, 1, reason, rows_have_bytes=False, **more)

    one = text_row(2, "1", CANARY, "p", "1")
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE t [<!ENTITY a "ha"><!ENTITY b "'
        + "&a;" * 100 + '"><!ENTITY c "' + "&b;" * 100 + '">]>'
    )  # fmt: skip
    yield bad("an entity bomb in the sheet",
              with_sheet_xml(head + text_row(2, "1", CANARY, "&c;"), bomb))  # fmt: skip
    yield bad(
        "an entity bomb in the texts",
        with_shared_strings(f"<si><t>{CANARY}&c;</t></si>", head + one, bomb),
    )
    empty = head + one + "".join(f'<row r="{n}"/>' for n in range(3, 1_048_577))
    yield part("a million empty rows", with_sheet_xml(empty), 1, stored=(1,))
    wide = with_sheet_xml(head + one)
    with zipfile.ZipFile(io.BytesIO(wide)) as opened:
        sheet = opened.read("xl/worksheets/sheet1.xml").decode()
    huge = sheet.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    yield part(
        "a huge dimension", with_part(wide, "xl/worksheets/sheet1.xml", huge.encode()), 1,
        stored=(1,),
    )  # fmt: skip
    yield bad("rows out of order", with_sheet_xml(head + text_row(9, "9", CANARY) + one),
              "rows out of order after row 9")  # fmt: skip
    yield bad("a row twice", with_sheet_xml(head + one + one),
              "rows out of order after row 2")  # fmt: skip
    yield bad(
        "a row beyond the last",
        with_sheet_xml(head + one + text_row(1048577, "2", CANARY)),
        "rows out of order after row 2",
    )
    yield bad(
        "a text that is not among the texts",
        with_shared_strings(
            f"<si><t>{CANARY}</t></si>",
            head + '<row r="2"><c r="A2" t="s"><v>9</v></c></row>',
        ),
    )
    yield bad(
        "a number that is none",
        with_sheet_xml(head + f'<row r="2"><c r="A2"><v>{CANARY}</v></c></row>'),
    )
    yield bad(
        "a sheet that is not closed",
        with_part(wide, "xl/worksheets/sheet1.xml", sheet[:-30].encode()),
    )
    yield bad(
        "a cell with no place of a cell",
        with_sheet_xml(head + f'<row r="2"><c r="?"><v>1</v></c></row><!--{CANARY}-->'),
    )
    yield part(
        "macros in the workbook", with_part(wide, "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"),
        1, stored=(1,),
    )  # fmt: skip
    yield part(
        "a path that leaves the workbook", with_part(wide, "../evil.xml", b"<a/>"), 1,
        state="refused", reason="the zip holds a member whose name leaves its folder",
    )  # fmt: skip
    yield bad("a zip that is no workbook", _zip({"a.txt": CANARY.encode()}))
    yield bad("a zip bomb as a sheet", _bomb(wide),
              r"the zip holds a member that unpacks to \d+ times its size")  # fmt: skip


def _pages() -> Iterator[Case]:
    """Pages of one long table: only the first must have a header."""
    page = functools.partial(sheet_case, "page", mess="M30")
    first = xlsx(S=[["@ 报表"], HEADER, _row(1, "p"), _row(2, "p")])
    yield page("the first of three", first, 2, stored=(1, 2))
    yield page(
        "no header, and the last row of the page before",
        xlsx(S=[_row(2, "p"), _row(3, "p")]), 2, stored=(2, 3),
    )  # fmt: skip
    yield page(
        "a title, no header, a header at a page break and a total",
        xlsx(S=[["@ 报表"], _row(4, "p"), HEADER, _row(5, "p"), ["合计", "", "", 2]]), 2,
        stored=(4, 5),
    )  # fmt: skip


def _zip(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return stream.getvalue()


def _bomb(book: bytes) -> bytes:
    return with_part(book, "xl/worksheets/sheet1.xml", b" " * (70 << 20))


def _legacy() -> Iterator[Case]:
    data = xls(S=[HEADER, _row(1, "legacy"), _row(2, "legacy")])
    for place in (30, 48, 68, 76):
        broken = data[:place] + b"\xff\xff\xff\x7f" + data[place + 4 :]
        yield refused(
            "xls", f"nonsense at byte {place}", broken, 2,
            "the file is not a readable xls workbook", rows_have_bytes=False,
        )  # fmt: skip
    yield refused(
        "xls", "only the mark of a compound file", bytes.fromhex("d0cf11e0a1b11ae1"), 2,
        "the file is not a readable xls workbook", has_rows=False,
    )  # fmt: skip
