"""The lanes of a life: what is drawn in which row, as a mark or as a bar over days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from loaders.life.model import Gap, Life
from loaders.life.naming import ENCOUNTERS, LASTING, details_of, name_of
from loaders.stewards.page.life_rows import Numbered, shown
from loaders.stewards.page.life_scale import Scale
from loaders.stewards.rules import Words
from loaders.stewards.words import words_of

# A bar of one day must be seen.
THINNEST = 0.7
# Rows below the encounters, in this order; what is not named here comes last.
ROWS = {
    "orders": ("lab_report", "imaging_report", "operation", "prescription"),
    "care": (
        "follow_up", "health_exam", "vaccination", "service_performed", "referral",
        "consultation", "outside_filing", "infectious_report",
    ),
    "money": ("settlement", "hospital_bill"),
    "life": ("archive", "death"),
}  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """Something at a day; `anchor` is the row of the table that tells it."""

    x: float
    shape: str
    anchor: str
    words: Words
    counts: bool = True


@dataclass(frozen=True)
class Bar:
    """Something that lasts; open where it began before or goes on after what is shown."""

    x: float
    width: float
    look: str
    anchor: str
    words: Words
    is_open_left: bool = False
    is_open_right: bool = False


@dataclass
class Lane:
    """A row of the picture."""

    section: str
    words: Words
    bars: list[Bar] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    badge: Words | None = None


def lanes_of(life: Life, scale: Scale) -> list[Lane]:
    """The rows of the picture from top to bottom, none of them empty."""
    events = shown(life, scale)
    lanes = [
        *_gaps(life, scale),
        *_conditions(life, scale),
        *_lasting(life, scale, events),
        *_encounters(scale, events),
        *_others(scale, events),
    ]
    return [lane for lane in lanes if lane.bars or lane.marks]


def bar_of(
    scale: Scale,
    since: date | None,
    until: date | None,
    look: str,
    anchor: str,
    words: Words,
) -> Bar:
    """A bar from a day, or from before, until a day, or beyond."""
    begin = scale.x(since) if since else 0.0
    last = min(until or scale.known_until, scale.last)
    width = max(scale.x(last) - begin, THINNEST)
    return Bar(
        begin, round(width, 2), look, anchor, words,
        is_open_left=since is None or since < scale.first,
        is_open_right=until is None or until > scale.last,
    )  # fmt: skip


def _gaps(life: Life, scale: Scale) -> Iterable[Lane]:
    lanes: dict[str, Lane] = {}
    for number, gap in enumerate(life.gaps, 1):
        until = gap.until or life.end
        if scale.has(gap.since, until):
            lane = lanes.setdefault(gap.rule_id, Lane("gaps", gap.rule))
            words = _joined(gap.detail, gap.rule, _gap_span(gap))
            lane.bars.append(
                bar_of(scale, gap.since, gap.until, "gap", f"g{number}", words)
            )
    return lanes.values()


def _conditions(life: Life, scale: Scale) -> Iterable[Lane]:
    for number, one in enumerate(life.conditions, 1):
        if one.since is None or scale.has(one.since, one.until or life.end):
            lane = Lane("conditions", one.name, badge=words_of("tiers", one.tier))
            words = _joined(
                one.name, words_of("tiers", one.tier), _span(one.since, one.until)
            )
            lane.bars.append(
                bar_of(scale, one.since, one.until, one.tier, f"c{number}", words)
            )
            yield lane


def _lasting(life: Life, scale: Scale, events: Sequence[Numbered]) -> Iterable[Lane]:
    lanes: dict[str, Lane] = {}
    for one in events:
        event = one.event
        if event.kind not in LASTING or event.on is None:
            continue
        name = name_of(event)
        lane = lanes.setdefault(name.zh, Lane("programmes", name))
        words = _joined(name, *details_of(event), _span(event.on, event.until_on))
        until = event.until_on or (life.dead_on if life.dead_on else None)
        lane.bars.append(bar_of(scale, event.on, until, event.kind, one.anchor, words))
    return lanes.values()


def _encounters(scale: Scale, events: Sequence[Numbered]) -> Iterable[Lane]:
    """A row per institution, the one that was seen most often first."""
    those = [one for one in events if one.event.kind in ENCOUNTERS and one.event.on]
    times = Counter(one.event.institution for one in those)
    elsewhere = words_of("life", "elsewhere")
    lanes = {
        name: Lane("encounters", Words(zh=name, en=name) if name else elsewhere)
        for name, _ in sorted(times.items(), key=lambda item: (-item[1], item[0]))
    }
    for one in those:
        event, lane = one.event, lanes[one.event.institution]
        main = next((each.name or each.code for each in event.diagnoses), event.code)
        words = _joined(
            name_of(event),
            Words(zh=main, en=main),
            _span(event.on, event.until_on or event.on),
        )
        if event.kind == "inpatient":
            look = "inpatient" if not event.not_counted_because else "inpatient uncounted"
            lane.bars.append(
                bar_of(scale, event.on, event.until_on, look, one.anchor, words)
            )
        else:
            lane.marks.append(
                _mark(scale, one, event.encounter_class or "ambulatory", words)
            )
    return lanes.values()


def _others(scale: Scale, events: Sequence[Numbered]) -> Iterable[Lane]:
    section_of = {kind: section for section, kinds in ROWS.items() for kind in kinds}
    places = list(section_of)
    found: dict[tuple[int, str, str], Lane] = {}
    by_name: dict[str, list[Numbered]] = defaultdict(list)
    for one in events:
        if one.event.kind not in (*ENCOUNTERS, *LASTING) and one.event.on:
            by_name[one.event.kind].append(one)
    for kind, those in by_name.items():
        for one in those:
            # Follow-ups have a row for each programme.
            detail = one.event.detail if kind == "follow_up" else Words(zh="", en="")
            place = places.index(kind) if kind in section_of else len(places)
            lane = found.setdefault(
                (place, kind, detail.zh),
                Lane(
                    section_of.get(kind, "life"),
                    _joined(words_of("life_kinds", kind), detail),
                ),
            )
            words = _joined(
                words_of("life_kinds", kind), one.event.detail,
                _span(one.event.on, one.event.on),
            )  # fmt: skip
            lane.marks.append(_mark(scale, one, kind, words))
    return [found[key] for key in sorted(found)]


def _mark(scale: Scale, one: Numbered, shape: str, words: Words) -> Mark:
    day = one.event.on or scale.first
    return Mark(
        scale.x(day), shape, one.anchor, words, counts=not one.event.not_counted_because
    )


def _gap_span(gap: Gap) -> Words:
    if not gap.is_month_only:
        return _span(gap.since, gap.until)
    since = f"{gap.since:%Y-%m}"
    return Words(zh=f"{since} 起", en=f"since {since}")


def _span(since: date | None, until: date | None) -> Words:
    if since is not None and since == until:
        return Words(zh=f"{since}", en=f"{since}")
    begin, end = since or "…", until or "…"
    return Words(zh=f"{begin} 至 {end}", en=f"{begin} to {end}")


def _joined(*parts: Words) -> Words:
    return Words(
        zh=" · ".join(part.zh for part in parts if part.zh),
        en=" · ".join(part.en for part in parts if part.en),
    )
