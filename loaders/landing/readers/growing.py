"""Columns of formats without a header: they appear as records name them."""

from __future__ import annotations

from collections.abc import Mapping

# Names are columns: where they do not come to an end they are values.
MOST_NAMES = 4096


class GrowingColumns:
    """The names seen so far, in the order in which they came."""

    def __init__(self) -> None:
        # Handed to the reading, which sees it grow.
        self.names: list[str] = []
        self._places: dict[str, int] = {}

    def fields_of(self, document: Mapping[str, str | None]) -> list[str | None] | None:
        """The values in the order of the columns; None if a name can be no column's."""
        new = [name for name in document if name not in self._places]
        if len(self.names) + len(new) > MOST_NAMES:
            return None
        if not all(name and name.isprintable() for name in new):
            return None
        for name in new:
            self._places[name] = len(self.names)
            self.names.append(name)
        fields: list[str | None] = [None] * len(self.names)
        for name, value in document.items():
            fields[self._places[name]] = value
        return fields
