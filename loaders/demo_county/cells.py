"""Cells of a spreadsheet as clerks leave them: dates, identity numbers, yes and no."""

from __future__ import annotations

from datetime import date

from loaders.demo_county.chronicle import Cell
from loaders.demo_county.world import World

SERIAL_ZERO = date(1899, 12, 30)
YES_NO = (("Y", "N"), ("是", "否"), ("1", "0"))


class Cells:
    """The cells of one row of one table."""

    def __init__(self, world: World, table: str, native_id: str, known_on: date) -> None:
        self._world = world
        self._table = table
        self._key = native_id
        self._known_on = known_on

    def date(self, column: str, on: date | None) -> Cell:
        """A date as text in one of several spellings, or as a spreadsheet date."""
        if on is None:
            return None
        if self._hits("date_spelling", column):
            drawn = self._world.dice.share("spelling", self._table, self._key, column)
            return (
                f"{on.year}/{on.month}/{on.day}",
                f"{on.year}.{on.month}.{on.day}",
                f"{on.year}年{on.month}月{on.day}日",
            )[int(drawn * 3)]
        if self._hits("date_excel_serial", column):
            return {"on": on.isoformat()}
        if self._hits("date_serial_text", column):
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
        if len(number) != 18 or not number[:17].isascii() or not number[:17].isdigit():
            return number or None
        if self._hits("id_excel_zeros", "idCard"):
            return int(number[:15]) * 1000
        if self._hits("id_excel_scientific", "idCard"):
            return f"{number[0]}.{number[1:6]}E+17"
        return number

    def pressure(self, reading: tuple[int, int] | None) -> tuple[str | None, str | None]:
        """Blood pressure in two cells, or both values in the first."""
        if reading is None:
            return None, None
        systolic, diastolic = reading
        if self._hits("bp_one_cell", ""):
            return f"{systolic}/{diastolic}", None
        if self._hits("bp_decimal", ""):
            return f"{systolic}.0", f"{diastolic}.0"
        return str(systolic), str(diastolic)

    def yes_no(self, column: str, value: bool) -> str:
        """Yes and no as this clerk writes them."""
        drawn = self._world.dice.share("yes and no", self._key, column)
        yes, no = YES_NO[0 if drawn < 0.8 else 1 if drawn < 0.9 else 2]
        return yes if value else no

    def _hits(self, kind: str, column: str) -> bool:
        if not self._world.mess.hits(kind, "D", self._table, self._key, column):
            return False
        self._world.mess.note(kind, "D", self._table, self._key, self._known_on)
        return True
