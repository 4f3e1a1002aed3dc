"""The monthly finance report: a sheet for each group, two header rows, sums at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from loaders.contracts.model import Contract
from loaders.demo_county.chronicle import Cell
from loaders.demo_county.county import Institution
from loaders.demo_county.finance import HEADS, Accounts, Amounts
from loaders.demo_county.reports_h import group_of, with_beds
from loaders.demo_county.shipment import Shipment
from loaders.demo_county.workbook import Sheet

THIS_MONTH, THIS_YEAR = "本月数", "本年累计"
LEADING = ("机构", "口径")
# So many signs of what a file is named by are its month.
PERIOD = 6
# The last group reports in ten thousand yuan.
YUAN, TEN_THOUSAND = "元", "万元"


def finance_sheets(
    shipment: Shipment, accounts: Accounts, contract: Contract, named: str, closed: bool
) -> list[Sheet]:
    """The sheets of a month, which begins the name; what is spelled oddly is noted."""
    world = shipment.world
    groups: dict[str, list[Institution]] = {}
    for place in with_beds(world):
        groups.setdefault(group_of(place)[1], []).append(place)
    last = list(groups)[-1]
    return [
        _Report(shipment, contract, named, group == last).sheet(
            group, places, accounts, closed
        )
        for group, places in groups.items()
    ]


class _Report:
    """One sheet of one month."""

    def __init__(
        self, shipment: Shipment, contract: Contract, named: str, is_last: bool
    ) -> None:
        self._shipment = shipment
        self._mess = shipment.world.mess
        self._contract = contract
        self._named, self._period = named, named[:PERIOD]
        self._columns = [c.name for c in contract.columns if c.type in ("money", "integer")]
        self._in_wan = is_last and self._mess.is_on("sheet_in_wan")

    def sheet(
        self, group: str, places: Sequence[Institution], accounts: Accounts, closed: bool
    ) -> Sheet:
        """Title, unit, header, two rows of each institution, two rows of sums."""
        year, month = int(self._period[:4]), int(self._period[4:])
        if self._in_wan:
            self._note("sheet_in_wan", group)
        unit = TEN_THOUSAND if self._in_wan else YUAN
        title = f"{group}收入费用月报 {year}年{month}月"
        upper, lower, merged = _header([*LEADING, *self._columns])
        rows: list[list[Cell]] = [[title], [f"单位:{unit}"], upper, lower]
        sums: dict[str, Counter[str]] = {THIS_MONTH: Counter(), THIS_YEAR: Counter()}
        for place in places:
            for span, amounts in (
                (THIS_MONTH, accounts.month(place, year, month, closed)),
                (THIS_YEAR, accounts.up_to(place, year, month, closed)),
            ):
                sums[span].update(amounts)
                rows.append([place.name, span, *self._cells(place.name, span, amounts)])
        if self._mess.is_on("total_row"):
            self._note("total_row", group)
            for span, total in sums.items():
                known = {k: v for k, v in total.items() if k != HEADS}
                rows.append(["小计", span, *self._cells(f"小计 {group}", span, known)])
        return Sheet(group, rows, merged)

    def _cells(self, place: str, span: str, amounts: Amounts) -> list[Cell]:
        return [
            amounts.get(column)
            if column == HEADS
            else self._amount(f"{place}+{span}+{column}", amounts[column])
            for column in self._columns
        ]

    def _amount(self, key: str, fen: int) -> Cell:
        digits, unit = (6, 1_000_000) if self._in_wan else (2, 100)
        if fen < 0 and self._mess.is_on("negative_in_parentheses"):
            self._note("negative_in_parentheses", key)
            return f"({-fen / unit:,.{digits}f})"
        exact, noisy = fen / unit, fen * (1 / unit)
        if noisy != exact and self._mess.hits("float_noise", "H", self._period, key):
            self._note("float_noise", key)
            return noisy
        return exact

    def _note(self, kind: str, key: str) -> None:
        self._shipment.note(kind, self._contract, f"{self._named}+{key}")


def _header(columns: Sequence[str]) -> tuple[list[Cell], list[Cell], list[str]]:
    """Both rows of column names, and which cells of the upper one are merged."""
    upper: list[Cell] = []
    lower: list[Cell] = []
    merged: list[str] = []
    begin = 0
    for at, column in enumerate(columns):
        group, _, name = column.rpartition("/")
        is_new = not group or group != columns[begin].rpartition("/")[0]
        if is_new:
            begin = at
        upper.append((group or name) if is_new else None)
        lower.append(name if group else None)
        following = columns[at + 1].rpartition("/")[0] if at + 1 < len(columns) else ""
        if group and following != group:
            merged.append(f"{_letters(begin)}3:{_letters(at)}3")
    return upper, lower, merged


def _letters(index: int) -> str:
    first, second = divmod(index, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)
