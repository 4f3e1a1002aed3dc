"""Cells of a spreadsheet as clerks leave them: dates, identity numbers, yes and no."""

from __future__ import annotations

import re
from datetime import date, timedelta

from loaders.demo_county.chronicle import Cell
from loaders.demo_county.world import World

SERIAL_ZERO = date(1899, 12, 30)
YES_NO = (("Y", "N"), ("是", "否"), ("1", "0"))
DATE_MESS = ("date_spelling", "date_excel_serial", "date_serial_text")
ID_MESS = ("id_excel_zeros", "id_excel_scientific", "id_excel_rounded")
# Milligrams in a decilitre for one millimole in a litre.
GLUCOSE_IN_MG = 18
PRESSURE_MESS = ("bp_one_cell", "bp_decimal")


def day_of(cell: Cell) -> date:
    """The day that a date cell means, however it is spelled.

    Raises: ValueError for what is no date that `Cells.date` spells.
    """
    if isinstance(cell, dict):
        return date.fromisoformat(cell["on"])
    text = str(cell)
    if text.isdigit():
        return SERIAL_ZERO + timedelta(days=int(text))
    year, month, day = re.findall(r"\d+", text)
    return date(int(year), int(month), int(day))


class Cells:
    """The cells of one row of one table."""

    def __init__(
        self,
        world: World,
        table: str,
        native_id: str,
        known_on: date,
        system: str = "D",
    ) -> None:
        self._world = world
        self._table = table
        self._key = native_id
        self._known_on = known_on
        self._system = system

    def date(self, column: str, on: date | None) -> Cell:
        """A date as text in one of several spellings, or as a spreadsheet date."""
        if on is None:
            return None
        kind = self._struck(DATE_MESS, column)
        if kind == "date_spelling":
            drawn = self._world.dice.share("spelling", self._table, self._key, column)
            return (
                f"{on.year}/{on.month}/{on.day}",
                f"{on.year}.{on.month}.{on.day}",
                f"{on.year}年{on.month}月{on.day}日",
            )[int(drawn * 3)]
        if kind == "date_excel_serial":
            return {"on": on.isoformat()}
        if kind == "date_serial_text":
            return str((on - SERIAL_ZERO).days)
        return on.isoformat()

    def written_date(self, column: str, text: str) -> Cell:
        """A date that a clerk wrote; one that does not exist stays as it is."""
        try:
            return self.date(column, date.fromisoformat(text))
        except ValueError:
            return text

    def id_number(self, number: str) -> Cell:
        """An identity number, as text or as what a spreadsheet made of it."""
        if len(number) != 18 or not (number.isascii() and number[:17].isdigit()):
            return number or None
        # A number that ends in X is no number to a spreadsheet.
        kind = self._struck(ID_MESS, "idCard") if number.isdigit() else None
        if kind == "id_excel_zeros":
            return int(number[:15]) * 1000
        if kind == "id_excel_scientific":
            return f"{number[0]}.{number[1:6]}E+17"
        if kind == "id_excel_rounded":
            return str(int(float(number)))
        return number

    def pressure(self, reading: tuple[int, int] | None) -> tuple[str | None, str | None]:
        """Blood pressure in two cells, or both values in the first."""
        if reading is None:
            return None, None
        systolic, diastolic = reading
        kind = self._struck(PRESSURE_MESS, "")
        if kind == "bp_one_cell":
            return f"{systolic}/{diastolic}", None
        if kind == "bp_decimal":
            return f"{systolic}.0", f"{diastolic}.0"
        return str(systolic), str(diastolic)

    def glucose(self, value: float) -> tuple[str, str]:
        """Fasting glucose and the code of its unit, mmol/L or mg/dL."""
        if self._struck(("glucose_in_mg",), ""):
            return str(round(value * GLUCOSE_IN_MG)), "2"
        return str(value), "1"

    def region(self, code: str) -> str:
        """A village's code, now and then with the county's former one in front."""
        former = self._world.county.former_division
        return (
            former + code[len(former) :] if self._struck(("former_region",), "") else code
        )

    def yes_no(self, column: str, value: bool) -> str:
        """Yes and no as this clerk writes them."""
        nth = 0
        if self._struck(("yes_no_spelling",), column):
            nth = 1 + int(self._world.dice.share("yes and no", self._key, column) * 2)
        yes, no = YES_NO[nth]
        return yes if value else no

    def _struck(self, kinds: tuple[str, ...], column: str) -> str | None:
        kind = self._world.mess.struck(kinds, self._system, self._table, self._key, column)
        if kind:
            self._world.mess.note(
                kind, self._system, self._table, self._key, self._known_on
            )
        return kind
