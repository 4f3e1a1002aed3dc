"""Days on the width of a picture: which are shown, and where each of them lies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from loaders.life.model import Life

# Kinds that may lie years before all else that is told; the picture does not begin there.
LASTING = frozenset({"archive", "programme_record", "contract"})
QUARTERS = (1, 4, 7, 10)
MONTHS_UNTIL_DAYS = 800
MOST_YEARS = 8
ROOM = 98.0


@dataclass(frozen=True)
class Tick:
    """A mark of time; `month` is 0 at the begin of a year. Not every one has words."""

    x: float
    year: int
    month: int
    has_words: bool
    has_year: bool = False


@dataclass(frozen=True)
class Scale:
    """The days from `first` to `last`, from 0 to 98 percent of the width."""

    first: date
    last: date
    known_until: date

    def x(self, day: date) -> float:
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return round(min(max(share, 0.0), 1.0) * ROOM, 2)

    def has(self, since: date | None, until: date | None = None) -> bool:
        """Whether any day from `since` until `until` is shown."""
        if since is None:
            return False
        return since <= self.last and (until or since) >= self.first

    @property
    def unknown_from(self) -> float | None:
        """Where the days begin of which nothing can be known yet."""
        if self.known_until >= self.last:
            return None
        return self.x(self.known_until + timedelta(days=1))

    def ticks(self) -> list[Tick]:
        """Begins of years, and of quarters where there is room."""
        by_quarter = (self.last - self.first).days <= MONTHS_UNTIL_DAYS
        years = range(self.first.year, self.last.year + 1)
        step = -(-len(years) // MOST_YEARS)
        ticks = [
            Tick(self.x(day), day.year, 0 if day.month == 1 else day.month,
                 day.month != 1 or (day.year - years[0]) % step == 0)
            for year in years
            for month in (QUARTERS if by_quarter else (1,))
            if self.has(day := date(year, month, 1))
        ]  # fmt: skip
        # Words at the very right would be cut off.
        kept = [tick for tick in ticks if tick.x < ROOM - 6]
        if kept and kept[0].month:
            kept[0] = replace(kept[0], has_year=True)
        return kept


def years_of(life: Life) -> list[int]:
    """The years of which something is told, and those between."""
    days = list(_days(life))
    first = min(days, default=life.end)
    return list(range(min(first, life.end).year, life.end.year + 1))


def scale_of(life: Life, year: int | None) -> Scale:
    """One year, or all that is told of."""
    if year is not None:
        return Scale(date(year, 1, 1), date(year, 12, 31), life.end)
    first = min(min(_days(life), default=life.end), life.end).replace(day=1)
    if (life.end - first).days < 90:
        first = (first - timedelta(days=90)).replace(day=1)
    return Scale(first, life.end, life.end)


def _days(life: Life) -> Iterable[date]:
    for event in life.events:
        if event.on and event.kind not in LASTING:
            yield event.on
    for measured in life.measurements:
        yield measured.on
