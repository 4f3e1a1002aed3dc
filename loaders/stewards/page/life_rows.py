"""The rows of the tables, to which the marks of the picture lead: what is in which row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from loaders.life.model import Event, Life, Measurement
from loaders.life.naming import ENCOUNTERS, LASTING
from loaders.stewards.page.life_scale import Scale


@dataclass(frozen=True)
class Numbered:
    """An event with the place of its row in the table."""

    anchor: str
    event: Event


def numbered(life: Life) -> list[Numbered]:
    """The events with names that do not change when only a year is shown."""
    return [Numbered(f"e{n}", event) for n, event in enumerate(life.events, 1)]


def measured(life: Life) -> dict[str, list[Measurement]]:
    """The measurements by the row of the table: those of one form or report together."""
    rows: dict[tuple[date, str], list[Measurement]] = {}
    for one in life.measurements:
        rows.setdefault((one.on, one.event_id), []).append(one)
    return {f"m{n}": those for n, those in enumerate(rows.values(), 1)}


def shown(life: Life, scale: Scale) -> list[Numbered]:
    """The events of which a day is shown; those without a day always are."""
    return [
        one
        for one in numbered(life)
        if one.event.on is None or scale.has(one.event.on, _last_day(one.event, life))
    ]


def _last_day(event: Event, life: Life) -> date | None:
    if event.kind in ENCOUNTERS:
        return event.until_on or (life.end if event.kind == "inpatient" else event.on)
    return (event.until_on or life.end) if event.kind in LASTING else event.on
