"""What the amounts of a file add up to, counted while its rows are on their way.

Goes in: rows in COPY's text form. Comes out: what `control_totals` would count in SQL once
they are stored, exactly. Most amounts are a few digits with a point; these are added many
at a time, digit by digit. All others are read one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from loaders.contracts.model import Contract
from loaders.landing.control_totals import PLAIN, WRITTEN, ColumnTotal, money_columns
from loaders.landing.copy_form import NULL, TAB, values_of
from loaders.landing.readers.reading import BadRecord
from loaders.landing.rows import CopyLines
from loaders.landing.schema import PROVENANCE

AS_PLAIN = str.maketrans(WRITTEN[: len(PLAIN)], PLAIN, WRITTEN[len(PLAIN) :])
FIGURE = re.compile(r"[-+]?[0-9]{1,15}([.]([0-9]{0,15}))?")
IN_BRACKETS = re.compile(rf"[(](?P<figure>{FIGURE.pattern})[)]")
# Decimal places of the smallest amount; sums are kept in whole numbers of that.
SCALE = 15
# Characters of a cell that is added with others; more digits may be too many.
SHORT = 15
DIGITS, POINT = np.uint8(ord("0")), (ord(".") - ord("0")) % 256

Codes = NDArray[np.uint8]


def read_amount(text: str) -> Decimal | None:
    """An amount as people write it, as `control_totals.plain_amount` reads it in SQL."""
    plain = text.translate(AS_PLAIN)
    if FIGURE.fullmatch(plain):
        return Decimal(plain)
    bracketed = IN_BRACKETS.fullmatch(plain)
    # Unlike the operator, this does not round.
    return Decimal(bracketed["figure"]).copy_negate() if bracketed else None


class Amounts:
    """The totals of the money columns of one file."""

    def __init__(self, contract: Contract) -> None:
        names = contract.column_names
        self._width = len(PROVENANCE) + len(names)
        self._columns = {
            len(PROVENANCE) + names.index(name): _Column(name)
            for name in money_columns(contract)
        }

    def watch(
        self, items: Iterable[CopyLines | BadRecord]
    ) -> Iterator[CopyLines | BadRecord]:
        """The same items; the amounts of the rows among them are added as they pass."""
        for item in items:
            if isinstance(item, CopyLines) and item.row_count and self._columns:
                self._add(item)
            yield item

    def totals(self) -> list[ColumnTotal]:
        """What has been added up so far."""
        return [column.total() for column in self._columns.values()]

    def _add(self, rows: CopyLines) -> None:
        codes = np.frombuffer(rows.data, np.uint8)
        # TAB and LF are neighbours, and stand behind every cell.
        stops = np.flatnonzero(codes - np.uint8(TAB[0]) < 2)
        ends = stops.reshape(rows.row_count, self._width)
        for place, column in self._columns.items():
            column.add(rows.data, codes, ends[:, place - 1] + 1, ends[:, place])


class _Column:
    def __init__(self, name: str) -> None:
        self._name = name
        self._cells = self._unreadable = self._sum = self._scale = 0

    def total(self) -> ColumnTotal:
        whole = self._sum // 10 ** (SCALE - self._scale)
        total = Decimal(f"{whole}E-{self._scale}")
        return ColumnTotal(self._name, self._cells, self._unreadable, total)

    def add(
        self,
        data: bytes,
        codes: Codes,
        starts: NDArray[np.intp],
        ends: NDArray[np.intp],
    ) -> None:
        """Add cells of these rows, one each."""
        lengths = ends - starts
        short = np.flatnonzero((lengths > 0) & (lengths <= SHORT))
        left = np.flatnonzero(lengths > SHORT).tolist()
        if len(short):
            plain = self._add_plain(codes, starts[short], ends[short])
            left += short[~plain].tolist()
        for row in left:
            self._add_cell(data[starts[row] : ends[row]])

    def _add_plain(
        self, codes: Codes, starts: NDArray[np.intp], ends: NDArray[np.intp]
    ) -> NDArray[np.bool_]:
        """Add those of short cells that are digits, with a minus or a point; which were."""
        lengths = (ends - starts).astype(np.uint8)
        width = int(lengths.max())
        # A column per cell, the last digits in the last line; above a short cell stands
        # what was before it.
        after = np.arange(width - 1, -1, -1, dtype=np.uint8)[:, None]
        figures = codes[ends - 1 - after] - DIGITS
        inside = after < lengths
        is_digit = (figures < 10) & inside
        is_point = (figures == POINT) & inside
        minus = codes[starts] == ord("-")
        points = is_point.sum(axis=0, dtype=np.uint8)
        plain: NDArray[np.bool_] = (
            (is_digit.sum(axis=0, dtype=np.uint8) + points + minus == lengths)
            & (points <= 1)
            & (codes[starts + minus] - DIGITS < 10)
            & is_digit[-1]
        )
        scales = (is_point * after).sum(axis=0, dtype=np.uint8)
        figures *= is_digit
        for scale in np.flatnonzero(np.bincount(scales[plain])).tolist():
            same = plain & (scales == scale)
            self._note(_sum_of(figures, same & ~minus, scale), scale)
            self._note(-_sum_of(figures, same & minus, scale), scale)
        self._cells += int(plain.sum())
        return plain

    def _add_cell(self, cell: bytes) -> None:
        text = "" if cell == NULL.encode() else values_of(cell)[0]
        # As in SQL, where btrim() knows this blank only.
        if not text.strip(" "):
            return
        self._cells += 1
        amount = read_amount(text)
        if amount is None:
            self._unreadable += 1
            return
        sign, digits, exponent = amount.as_tuple()
        scale = -int(exponent)
        figure = int("".join(map(str, digits)))
        self._note(-figure if sign else figure, scale)

    def _note(self, amount: int, scale: int) -> None:
        self._sum += amount * 10 ** (SCALE - scale)
        self._scale = max(self._scale, scale)


def _sum_of(figures: Codes, which: NDArray[np.bool_], scale: int) -> int:
    """The sum of these columns, read as numbers; there is a zero for their point."""
    chosen = figures if which.all() else figures[:, which]
    by_place = chosen.sum(axis=1, dtype=np.int64).tolist()[::-1]
    # What stands before the point counts a tenth of what its place says.
    return sum(
        figure * 10 ** (place - (place > scale > 0))
        for place, figure in enumerate(by_place)
    )
