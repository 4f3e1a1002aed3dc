"""Amounts counted while rows pass are those that SQL finds in the table afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from loaders.contracts.model import Contract, contract_of
from loaders.landing.amounts import Amounts, read_amount
from loaders.landing.control_totals import (
    ColumnTotal,
    money_columns,
    note_control_totals,
    plain_amount,
)
from loaders.landing.copy_form import copy_line
from loaders.landing.rows import CopyLines, null_mark
from loaders.landing.schema import landing_table
from loaders.landing.store import store_rows
from tests.landing.looking import Landing
from tests.landing.reading import contract_for

FILE = 9_900_000
SLOW = settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
PIECES = st.sampled_from(
    [*"0123456789", "..", ".", ".", "-", "+", "(", ")", ",", "，", "。", "．", "１", "９",
     "（", "）", "－", "￥", "¥", "元", " ", "\u3000", "\xa0", "\t", "\n", "\r", "\\",
     "\\N", "e", "NaN", "Infinity", "无", "٣", "५", "²", "−", "/", ":", "00", "\x85",
     "0000000000", "123456789012345", "1234567890123456"]
)  # fmt: skip
FIGURES = st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str)
PLAIN = st.from_regex(r"-?[0-9]{1,9}([.][0-9]{1,6})?", fullmatch=True)
CELLS = st.one_of(st.none(), PLAIN, FIGURES, st.lists(PIECES, max_size=8).map("".join))


@pytest.fixture
def connection(landing: Landing) -> Iterator[Connection]:
    landing.land()
    with landing.engine.connect() as connection:
        yield connection
        connection.rollback()


def trial(nulls: list[str]) -> Contract:
    columns = [
        {"name": name, "standard": name, "zh": "试", "en": "trial", "type": type_}
        for name, type_ in (("k", "text"), ("amount", "money"))
    ]
    return contract_for("jsonl", columns=columns, nulls=nulls)


def rows_with(contract: Contract, cells: Sequence[str | None]) -> CopyLines:
    """Rows that hold a cell in every money column, as landing would have made them."""
    mark, lines = null_mark(contract), []
    money = set(money_columns(contract))
    for number, cell in enumerate(cells):
        value = None if cell in contract.nulls else cell
        values = [value if name in money else "x\t" for name in contract.column_names]
        digest = f"{number:032x}"
        lines.append(f"{FILE}\t{number}\t{digest}\t{mark}\t{copy_line(values, mark)}\n")
    return CopyLines(len(lines), "".join(lines).encode())


def passing(contract: Contract, *items: CopyLines) -> list[ColumnTotal]:
    amounts = Amounts(contract)
    assert list(amounts.watch(items)) == list(items)
    return amounts.totals()


def noted(connection: Connection) -> list[ColumnTotal]:
    found = connection.execute(
        text(
            "select column_name, cell_count, unreadable_count, total"
            " from audit.file_control_total where file_id = :file order by column_name"
        ),
        {"file": FILE},
    )
    return [ColumnTotal._make(row) for row in found]


@pytest.mark.parametrize("feed", ["E03", "B04"])
def test_both_ways_add_up_to_the_same(connection: Connection, feed: str) -> None:
    contract = contract_of(feed)
    assert money_columns(contract)

    @SLOW
    @given(cells=st.lists(CELLS, max_size=40))
    @example(cells=["1.5"] * 30 + ["-0.25", "-", ".", "-.5", "5.", "1.2.3", "--1", "1-"])
    @example(cells=["999999999999"] * 40)
    @example(cells=["0.000000000000001", "999999999999999", "-0", "-0.00"])
    def check(cells: list[str | None]) -> None:
        rows = rows_with(contract, cells)
        point = connection.begin_nested()
        store_rows(connection, landing_table(contract), contract, FILE, "trial", [rows])
        note_control_totals(connection, contract, FILE)
        counted = noted(connection)
        # Written down and read again, they are still what they were.
        note_control_totals(connection, contract, FILE, passing(contract, rows))
        assert noted(connection) == counted
        assert [str(one.total) for one in noted(connection)] == [
            str(one.total) for one in counted
        ]
        point.rollback()

    check()


@SLOW
@given(cell=st.one_of(CELLS, st.text()).filter(lambda cell: cell and "\0" not in cell))
def test_an_amount_is_read_as_in_sql(connection: Connection, cell: str) -> None:
    found = connection.scalar(
        text(f"select {plain_amount('cast(:cell as text)')}"), {"cell": cell}
    )
    assert read_amount(cell) == found


@SLOW
@given(cells=st.lists(CELLS, max_size=30), cut=st.integers(0, 30))
def test_it_does_not_matter_how_rows_are_handed_on(
    cells: list[str | None], cut: int
) -> None:
    for nulls in ([], [""], ["-", ""]):
        contract = trial(nulls)
        whole = passing(contract, rows_with(contract, cells))
        parts = cells[:cut], cells[cut:]
        assert passing(contract, *(rows_with(contract, part) for part in parts)) == whole
        single = passing(contract, *(rows_with(contract, [cell]) for cell in cells))
        assert single == whole


def test_a_sum_beyond_every_machine_number_is_exact() -> None:
    contract = trial([""])
    cells = ["999999999999"] * 20_000 + ["0.1"] * 3 + ["9" * 15] * 5
    rows = rows_with(contract, cells)
    (total,) = passing(contract, *[rows] * 50)
    assert total.cell_count == 50 * len(cells)
    wanted = 50 * (20_000 * 999999999999 + 5 * (10**15 - 1)) + Decimal(15)
    assert total.total == wanted
