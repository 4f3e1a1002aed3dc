"""Whatever is in a table, every format brings the same values, by every path."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.contracts.model import Contract
from loaders.landing.readers import blocks, cursor
from loaders.landing.readers.opening import READERS
from loaders.landing.readers.reading import BadRecord
from loaders.landing.rows import LandingRows, null_mark
from tests.corpus import writing
from tests.corpus.feeds import COLUMNS, FEEDS, NAMES
from tests.landing.reading import contract_for

# The same examples every time: a test that fails must fail for its author first.
FAST = settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
ODD = (
    '"', '""', ",", "|", "\t", "\n", "\r", "\r\n", "\\", "\\N", "\\.", "null", "-", " ",
    "\u3000", "\xa0", "合计", "''", "\ufeff", "\x1a", "\x85", "\u2028", "中", "㐀", "𠮷",
    "\ue864", "é", "\U0010ffff", "k", "name", "0", "1.50", "=1", "#N/A", "_x000D_",
)  # fmt: skip


def texts(without: str = "", xml: bool = False) -> st.SearchStrategy[str]:
    """Any text without these characters; NUL and surrogates are faults of their own."""
    controls = {"Cc"} if xml else set()
    forbidden = (
        set(without) | {"\0"} | ({"\ufffe", "\uffff", "\x1a", "\x85"} if xml else set())
    )
    single = st.characters(
        exclude_categories=["Cs", *controls],
        exclude_characters=sorted(forbidden),  # type: ignore[arg-type]
    )
    odd = st.sampled_from([part for part in ODD if not forbidden & set(part)])
    return st.lists(st.one_of(odd, single), max_size=8).map("".join)


def tables(
    values: st.SearchStrategy[str],
) -> st.SearchStrategy[list[tuple[str | None, ...]]]:
    """Rows of four columns; the first is the key and never blank."""
    cell = st.one_of(values, st.none())
    row = st.tuples(values.map("K{}".format), cell, cell, cell)
    return st.lists(row, max_size=6)


class Landed(NamedTuple):
    """A row as it goes into its table."""

    line_number: int
    digest: str
    values: tuple[str | None, ...]


def rows_of(data: bytes, contract: Contract) -> list[Landed | BadRecord]:
    """What landing would store of these bytes, and what it would set aside."""
    reading = READERS[contract.format](io.BytesIO(data), contract, None)
    found: list[Landed | BadRecord] = []
    for item in LandingRows(contract, "20250101", 7, reading):
        if isinstance(item, BadRecord):
            found.append(item)
            continue
        lines = item.data.decode().split("\n")
        assert lines.pop() == ""
        assert len(lines) == item.row_count
        found += [_landed(line, null_mark(contract)) for line in lines]
    # Plain lines overtake others: each says where it stood.
    return sorted(found, key=lambda row: row.line_number)


def _landed(line: str, null: str) -> Landed:
    file_id, number, digest, extra, *values = line.split("\t")
    assert (file_id, extra) == ("7", null)
    return Landed(int(number), digest, tuple(_value(part, null) for part in values))


def _value(part: str, null: str) -> str | None:
    if part == null:
        return None
    made, marks = [], iter(part)
    for mark in marks:
        made.append({"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}[next(marks)]
                    if mark == "\\" else mark)  # fmt: skip
    return "".join(made)


def arrives(
    format_: str, rows: list[tuple[str | None, ...]], data: bytes,
    kept: Callable[[str], str | None] = lambda value: value,
) -> None:  # fmt: skip
    """Check that a table comes out of its bytes as it went in."""
    contract = FEEDS[format_].contract
    wanted = [
        tuple(None if v is None or kept(v) in contract.nulls else kept(v) for v in row)
        for row in rows
    ]
    found = rows_of(data, contract)
    assert [row.values if isinstance(row, Landed) else row for row in found] == wanted
    _stand_where_they_say(data, contract)


def _stand_where_they_say(data: bytes, contract: Contract) -> None:
    reading = READERS[contract.format](io.BytesIO(data), contract, None)
    for record in reading.one_by_one():
        if record.raw is None:
            continue
        assert record.raw
        assert data[record.byte_offset :].startswith(record.raw)
        if contract.format == "delimited":
            codec = {"utf-16": "utf-16-le"}.get(contract.encoding or "", contract.encoding)
            before = data[: record.byte_offset].decode(codec or "utf-8")
            assert record.line_number == before.count("\n") + 1


QUOTINGS = st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])


@pytest.mark.parametrize("format_", ["csv", "csv8", "csv16"])
@FAST
@given(rows=tables(texts()), quoting=QUOTINGS)
def test_csv_brings_every_text(
    format_: str, rows: list[tuple[str | None, ...]], quoting: int
) -> None:
    encoding = FEEDS[format_].contract.encoding or ""
    data = writing.delimited(NAMES, rows, encoding=encoding, quoting=quoting)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "TELLING", 1 << 30)
        arrives(format_, rows, data)


@pytest.mark.parametrize(("format_", "without"), [("bar", "|\r\n"), ("tab", "\t\r\n")])
def test_unquoted_text_brings_every_text_without_its_delimiter(
    format_: str, without: str
) -> None:
    @FAST
    @given(rows=tables(texts(without)))
    def check(rows: list[tuple[str | None, ...]]) -> None:
        arrives(format_, rows, writing.WRITERS[format_](NAMES, rows))

    check()


@pytest.mark.parametrize("format_", ["jsonl", "json"])
@FAST
@given(rows=tables(texts()))
def test_json_brings_every_text(format_: str, rows: list[tuple[str | None, ...]]) -> None:
    arrives(format_, rows, writing.WRITERS[format_](NAMES, rows))


@FAST
@given(rows=tables(texts(xml=True)))
def test_xml_brings_every_text(rows: list[tuple[str | None, ...]]) -> None:
    arrives("xml", rows, writing.xml(NAMES, rows), lambda value: value or None)


@FAST
@given(rows=tables(texts("\r", xml=True)))
def test_xlsx_brings_every_text(rows: list[tuple[str | None, ...]]) -> None:
    trimmed = [_without_blank_end(row) for row in rows]
    arrives("xlsx", trimmed, writing.workbook(NAMES, rows))


def _without_blank_end(row: tuple[str | None, ...]) -> tuple[str | None, ...]:
    # Cells of blanks behind the last value are as empty as those without anything.
    cells = list(row)
    while not (cells[-1] or "").strip():
        cells.pop()
    return (*cells, *[None] * (len(row) - len(cells)))


@FAST
@given(rows=tables(texts()))
def test_dbf_brings_every_text(rows: list[tuple[str | None, ...]]) -> None:
    arrives("dbf", rows, writing.dbase(NAMES, rows), lambda value: value.rstrip(" "))


# Lines as nobody should write them.
PARTS = st.sampled_from(
    ["a", "1", '"', '""', ",", ",", ",", "|", "|", "|", "\t", "\t", "\t", "\r", "\n", "\n",
     "\r\n", "x,y,z,w\n", "x|y|z|w\n", "x\ty\tz\tw\t\n", '"x","y","z","w"\n', " ", "\u3000",
     "合计", "k,name,note,amount\n", "k|name|note|amount\n", "k\tname\tnote\tamount\t\n",
     "\\", "\\N", "-", "null", "\ufeff", "é", "中", "\x1a", "\0"]
)  # fmt: skip
HEADERS = {
    "csv": "k,name,note,amount\r\n",
    "csv8": '"k",name,"note",amount\n',
    "csv16": "k,name,note,amount\n",
    "bar": "k|name|note|amount\r\n",
    "tab": "k\tname\tnote\tamount\t\n",
}


@pytest.mark.parametrize("format_", sorted(HEADERS))
@settings(FAST, max_examples=150)
@given(parts=st.lists(PARTS, max_size=40), bad=st.integers(0, 40))
def test_both_paths_agree_on_every_input(format_: str, parts: list[str], bad: int) -> None:
    contract = FEEDS[format_].contract
    codec = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(
        contract.encoding or "", contract.encoding
    )
    encoded = [part.encode(codec or "utf-8") for part in (HEADERS[format_], *parts)]
    if 0 < bad < len(encoded):
        encoded.insert(bad, b"\xff\xd8" if codec == "utf-16-le" else b"\xff")
    data = b"".join(encoded)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "TELLING", 1 << 30)
        whole = rows_of(data, contract)
        for row in whole:
            if isinstance(row, BadRecord):
                assert row.raw and data[row.byte_offset :].startswith(row.raw)
        patch.setattr(blocks, "BLOCK", 8)
        assert rows_of(data, contract) == whole
        patch.setattr(cursor.Cursor, "plain_run", lambda _: None)
        assert rows_of(data, contract) == whole
        patch.undo()
        patch.setattr(blocks, "TELLING", 1 << 30)
        patch.setattr(cursor.Cursor, "plain_run", lambda _: None)
        assert rows_of(data, contract) == whole


@FAST
@given(rows=tables(texts("|\t\r\n合")), order=st.permutations(range(4)))
def test_digests_do_not_depend_on_how_a_row_was_delivered(
    rows: list[tuple[str | None, ...]], order: list[int]
) -> None:
    digests = {
        tuple(row.digest for row in rows_of(data, contract) if isinstance(row, Landed))
        for data, contract in _deliveries(rows, order)
    }
    assert len(digests) == 1


def _deliveries(
    rows: list[tuple[str | None, ...]], order: list[int]
) -> Iterator[tuple[bytes, Contract]]:
    # A null is an empty value where the format has no other.
    filled = [tuple(value or "" for value in row) for row in rows]
    names, turned = [NAMES[i] for i in order], [[row[i] for i in order] for row in filled]
    for delimiter, quoting, codec in (
        (",", csv.QUOTE_ALL, "utf-8"),
        (",", csv.QUOTE_MINIMAL, "utf-16"),
        ("|", None, "utf-8"),
        ("\t", None, "utf-16"),
        (";", csv.QUOTE_MINIMAL, "gb18030"),
    ):
        text = {"delimiter": delimiter, "quote": None if quoting is None else '"'}
        contract = contract_for(
            "delimited", encoding=codec, text=text, columns=COLUMNS, nulls=[""]
        )
        data = writing.delimited(
            names, turned, delimiter=delimiter, quoting=quoting, encoding=codec
        )
        yield data, contract
    for format_ in ("jsonl", "json"):
        contract = contract_for(format_, columns=COLUMNS, nulls=[""])
        yield writing.WRITERS[format_](names, turned), contract


def test_the_longest_run_of_plain_lines_keeps_its_numbers() -> None:
    rows = [(f"K{n}", "x", "y", "z") for n in range(200_000)]
    data = writing.delimited(NAMES, rows, quoting=csv.QUOTE_MINIMAL)
    found = rows_of(data, FEEDS["csv8"].contract)
    numbers = [row.line_number for row in found if isinstance(row, Landed)]
    assert numbers == list(range(2, 200_002))
