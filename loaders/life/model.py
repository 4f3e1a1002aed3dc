"""What a life is made of, as whoever shows it gets it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from loaders.stewards.rules import Words

WRITTEN_DECIMALS = 4


def as_written(value: Decimal) -> str:
    """A number without zeros that say nothing.

    More decimals than anybody writes come from a division by what two units differ.
    """
    value = value.normalize()
    if -int(value.as_tuple().exponent) > WRITTEN_DECIMALS:
        value = round(value, max(2, 2 - value.adjusted())).normalize()
    return f"{value:f}"


@dataclass(frozen=True)
class Source:
    """A line of a delivered file that tells of an event, and why it does not count."""

    kind: str
    system: str
    file_name: str
    line: int
    delivered_on: date | None
    not_counted_because: str = ""

    @property
    def address(self) -> str:
        """As `onecard trace` takes it."""
        return f"{self.file_name}:{self.line}"


@dataclass(frozen=True)
class Conflict:
    """A fact in which a source differs from the one that leads: days, fen, or a code."""

    kind: str
    aspect: str
    difference: int


@dataclass(frozen=True)
class Diagnosis:
    """What an encounter was for, in the words of the source."""

    code: str
    name: str
    certainty: str
    is_main: bool


@dataclass(frozen=True)
class Event:
    """Something that happened once, whoever reported it."""

    event_id: str
    kind: str
    code: str
    detail: Words
    at: datetime | None
    until: datetime | None
    institution: str
    not_counted_because: str
    fee_fen: int | None
    encounter_class: str = ""
    sources: tuple[Source, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    way: Words | None = None
    own_words: str = ""
    was_found: bool = True
    reported_as: frozenset[str] = frozenset()

    @property
    def on(self) -> date | None:
        return self.at.date() if self.at else None

    @property
    def until_on(self) -> date | None:
        return self.until.date() if self.until else None


@dataclass(frozen=True)
class Condition:
    """A condition that the rules derive, and the lines that speak for it."""

    condition_id: str
    name: Words
    tier: str
    status: str
    since: date | None
    seen_on: date | None
    until: date | None
    doubtful_because: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Measurement:
    """A number at a day, in the standard unit.

    `event_id` is the form, visit or report that tells it; `comparator` is one of `<`, `<=`,
    `>`, `>=` where the true number is only known to lie there; `beyond_reference` is 1 when
    above the laboratory's range, -1 when below it, else None, also where none is known.
    """

    event_id: str
    item: str
    name: Words
    on: date
    value: Decimal
    unit: str
    is_plausible: bool
    implausible_because: str
    is_derived: bool
    source: Source
    comparator: str = ""
    beyond_reference: int | None = None

    @property
    def said(self) -> str:
        """The number as it is written, with its arrow."""
        arrow = {1: "↑", -1: "↓"}.get(self.beyond_reference or 0, "")
        return f"{self.comparator}{as_written(self.value)}{arrow}"


@dataclass(frozen=True)
class Target:
    """A value that an item should stay below from a day on."""

    item: str
    below: Decimal
    since: date
    until: date | None


@dataclass(frozen=True)
class Gap:
    """A time without care that a rule asks for."""

    rule_id: str
    rule: Words
    detail: Words
    source: str
    from_on: date
    due_by_on: date
    since: date
    until: date | None
    served_on: date | None
    from_event_id: str
    served_event_id: str
    is_from_birth: bool
    is_month_only: bool = False


@dataclass(frozen=True)
class Relation:
    """Another person who belongs to this life."""

    relation: str
    person_id: str
    is_reverse: bool


@dataclass(frozen=True)
class Life:
    """One person: facts, events, spans, numbers and gaps, up to the day that is known."""

    person_id: str
    sex_code: str
    born_on: date | None
    dead_on: date | None
    known_until: date
    events: tuple[Event, ...]
    conditions: tuple[Condition, ...]
    measurements: tuple[Measurement, ...]
    targets: tuple[Target, ...]
    gaps: tuple[Gap, ...]
    relations: tuple[Relation, ...] = field(default=())

    def masked(self) -> Life:
        """The same life without free words, and days that would tell the birthday."""

        def month(day: date) -> date:
            return day.replace(day=1)

        gaps = tuple(
            replace(
                gap, from_on=month(gap.from_on), due_by_on=month(gap.due_by_on),
                since=month(gap.since), is_month_only=True,
            )
            if gap.is_from_birth
            else gap
            for gap in self.gaps
        )  # fmt: skip
        targets = tuple(
            replace(
                target, since=month(target.since),
                until=month(target.until) if target.until else None,
            )
            for target in self.targets
        )  # fmt: skip
        # What a doctor wrote freely may name somebody.
        events = tuple(replace(event, own_words="") for event in self.events)
        return replace(self, gaps=gaps, targets=targets, events=events)

    @property
    def end(self) -> date:
        """The last day that can be told of."""
        return min(self.dead_on, self.known_until) if self.dead_on else self.known_until
