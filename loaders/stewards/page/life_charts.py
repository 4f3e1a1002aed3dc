"""Measurements over time as small line charts, with the targets to stay below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from loaders.life.model import Life, Measurement, as_written
from loaders.stewards.page.life_rows import measured
from loaders.stewards.page.life_scale import Scale
from loaders.stewards.rules import Words
from loaders.stewards.words import words_of

# Items that belong into one chart, and those that are drawn first.
PRESSURE = "blood_pressure"
TOGETHER = {"systolic_pressure": PRESSURE, "diastolic_pressure": PRESSURE}
FIRST = (
    PRESSURE, "fasting_glucose", "weight", "height", "body_mass_index", "heart_rate",
)  # fmt: skip
HEIGHT, TOP, BOTTOM = 120.0, 12.0, 108.0
LEAST_POINTS = 2


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    anchor: str
    words: Words
    is_plausible: bool


@dataclass(frozen=True)
class Line:
    """The points of one item, and its number among those of the chart."""

    item: str
    place: int
    points: tuple[Point, ...]

    @property
    def segments(self) -> list[tuple[Point, Point]]:
        good = [point for point in self.points if point.is_plausible]
        return list(zip(good, good[1:], strict=False))


@dataclass(frozen=True)
class Limit:
    """A target as a level line with its value."""

    x: float
    until_x: float
    y: float
    value: str


@dataclass(frozen=True)
class Chart:
    """All that is drawn of one item, or of two that belong together."""

    name: str
    words: Words
    unit: str
    last: str
    low: str
    high: str
    low_y: float
    high_y: float
    lines: tuple[Line, ...]
    limits: tuple[Limit, ...]


def charts_of(life: Life, scale: Scale) -> list[Chart]:
    """A chart for every item that was measured at least twice in what is shown."""
    items: dict[str, dict[str, list[tuple[str, Measurement]]]] = defaultdict(dict)
    for anchor, those in measured(life).items():
        for one in those:
            if scale.has(one.on):
                chart = items[TOGETHER.get(one.item, one.item)]
                chart.setdefault(one.item, []).append((anchor, one))
    names = sorted(items, key=lambda name: (_place(name), name))
    return [
        _chart(life, scale, name, items[name])
        for name in names
        if max(len({one.on for _, one in those}) for those in items[name].values())
        >= LEAST_POINTS
    ]


def _place(name: str) -> int:
    return FIRST.index(name) if name in FIRST else len(FIRST)


def _chart(
    life: Life,
    scale: Scale,
    name: str,
    items: dict[str, list[tuple[str, Measurement]]],
) -> Chart:
    targets = [
        target
        for target in life.targets
        if target.item in items and scale.has(target.since, target.until or life.end)
    ]
    # A value that cannot be true must not press the others flat.
    values = [
        one.value for those in items.values() for _, one in those if one.is_plausible
    ] or [one.value for those in items.values() for _, one in those]
    levels = [*values, *(target.below for target in targets)]
    low, high = min(levels), max(levels)
    spread = (high - low) or Decimal(1)

    def y(value: Decimal) -> float:
        share = float((min(max(value, low), high) - low) / spread)
        return round(BOTTOM - share * (BOTTOM - TOP), 1)

    # The higher item first, as blood pressure is said.
    ordered = sorted(items, key=lambda item: -max(one.value for _, one in items[item]))
    lines = tuple(
        Line(
            item, place,
            tuple(
                Point(scale.x(one.on), y(one.value), anchor, _words(one), one.is_plausible)
                for anchor, one in items[item]
            ),
        )
        for place, item in enumerate(ordered)
    )  # fmt: skip
    limits = tuple(
        Limit(
            scale.x(target.since), scale.x(min(target.until or life.end, scale.last)),
            y(target.below), as_written(target.below),
        )
        for target in targets
    )  # fmt: skip
    one = items[ordered[0]][0][1]
    return Chart(
        name=name,
        words=words_of("charts", name) if len(items) > 1 else one.name,
        unit=one.unit,
        last=_last(ordered, items),
        low=as_written(min(values)),
        high=as_written(max(values)),
        low_y=y(min(values)),
        high_y=y(max(values)),
        lines=lines,
        limits=limits,
    )


def _last(ordered: Sequence[str], items: dict[str, list[tuple[str, Measurement]]]) -> str:
    last = [items[item][-1][1] for item in ordered]
    return "/".join(one.said for one in last) + f" ({last[0].on})"


def _words(one: Measurement) -> Words:
    value = f"{one.said} {one.unit} · {one.on}"
    return Words(zh=f"{one.name.zh} {value}", en=f"{one.name.en} {value}")
