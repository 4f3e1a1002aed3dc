"""The same life as tables: for who cannot see the picture, for print, and for the details."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from loaders.life.model import Event, Life, Measurement, Source
from loaders.stewards.page.life_charts import number_words
from loaders.stewards.page.life_lanes import BARS, ENCOUNTERS, ROWS, Numbered
from loaders.stewards.page.life_scale import Scale
from loaders.stewards.rules import Words
from loaders.stewards.words import words_of

NOTHING = Words(zh="", en="")


@dataclass(frozen=True)
class Line:
    """A row: when, what, where, what is remarkable, and the lines that it comes from."""

    anchor: str
    since: date | None
    until: date | None
    what: Words
    where: str = ""
    notes: tuple[Words, ...] = ()
    warnings: tuple[Words, ...] = ()
    sources: tuple[Source, ...] = ()
    goes_on: bool = False


@dataclass(frozen=True)
class Table:
    """The rows of a section, under the name that the picture gives it."""

    section: str
    lines: tuple[Line, ...] = field(default=())


def tables_of(life: Life, scale: Scale, events: Sequence[Numbered]) -> list[Table]:
    """The sections that have any rows, in the order of the picture."""
    sections: dict[str, list[Line]] = {
        "gaps": _gaps(life, scale),
        "conditions": _conditions(life, scale),
        "programmes": [],
        "encounters": [],
        **{section: [] for section in ROWS},
        "measurements": _measurements(life.measurements, scale),
    }
    section_of = {kind: section for section, kinds in ROWS.items() for kind in kinds}
    section_of |= dict.fromkeys(BARS, "programmes") | dict.fromkeys(ENCOUNTERS, "encounters")
    for one in events:
        section = section_of.get(one.event.kind, "life")
        sections[section].append(_event(one.anchor, one.event))
    return [Table(name, tuple(lines)) for name, lines in sections.items() if lines]


def _event(anchor: str, event: Event) -> Line:
    kind = words_of("life_kinds", event.kind)
    if event.kind in ENCOUNTERS:
        kind = words_of("encounter_classes", event.encounter_class or event.kind)
    notes = [
        Words(zh=f"{each.code} {each.name}".strip(), en=f"{each.code} {each.name}".strip())
        if each.certainty in ("confirmed", "")
        else Words(
            zh=f"{each.code} {each.name}（{words_of('certainties', each.certainty).zh}）",
            en=f"{each.code} {each.name} ({words_of('certainties', each.certainty).en})",
        )
        for each in event.diagnoses
    ]
    if event.detail.zh:
        notes.insert(0, event.detail)
    elif event.code and not event.diagnoses and event.kind not in ("contract", "follow_up"):
        notes.insert(0, Words(zh=event.code, en=event.code))
    if event.fee_fen is not None:
        yuan = f"{event.fee_fen / 100:,.2f}"
        notes.append(Words(zh=f"{yuan} 元", en=f"{yuan} yuan"))
    warnings = []
    if event.not_counted_because:
        why = words_of("uncounted", event.not_counted_because)
        warnings.append(Words(zh=f"不计数：{why.zh}", en=f"Not counted: {why.en}"))
    for conflict in event.conflicts:
        kind_words = words_of("life_kinds", conflict.kind)
        aspect = words_of("aspects", conflict.aspect)
        amount = {
            "begin": f"{conflict.difference:+d} d",
            "end": f"{conflict.difference:+d} d",
            "fee": f"{conflict.difference / 100:+,.2f}",
        }.get(conflict.aspect, "")
        warnings.append(
            Words(
                zh=f"与{kind_words.zh}不一致：{aspect.zh} {amount}".strip(),
                en=f"{kind_words.en} differs: {aspect.en} {amount}".strip(),
            )
        )
    return Line(
        anchor, event.on, event.until_on, kind, event.institution, tuple(notes),
        tuple(warnings), event.sources,
    )  # fmt: skip


def _gaps(life: Life, scale: Scale) -> list[Line]:
    lines = []
    for number, gap in enumerate(life.gaps, 1):
        if not scale.has(gap.since, gap.until or life.end):
            continue
        last = gap.until or life.end
        days = (last - gap.since + timedelta(days=1)).days
        notes = [
            Words(
                zh=f"应于{gap.due_by_on}前，已缺{days}天",
                en=f"due by {gap.due_by_on}, missing for {days} days",
            ),
            Words(zh=f"依据：{gap.source}", en=f"Rule {gap.rule_id}"),
        ]
        if gap.served_on:
            notes.insert(1, Words(zh=f"{gap.served_on}补上", en=f"came {gap.served_on}"))
        what = Words(
            zh=" · ".join(part for part in (gap.rule.zh, gap.detail.zh) if part),
            en=" · ".join(part for part in (gap.rule.en, gap.detail.en) if part),
        )
        lines.append(
            Line(f"g{number}", gap.since, gap.until, what, notes=tuple(notes),
                 goes_on=gap.until is None)
        )  # fmt: skip
    return lines


def _conditions(life: Life, scale: Scale) -> list[Line]:
    lines = []
    for number, one in enumerate(life.conditions, 1):
        if one.since is not None and not scale.has(one.since, one.until or life.end):
            continue
        notes = [words_of("tiers", one.tier), words_of("condition_states", one.status)]
        if one.seen_on:
            notes.append(Words(zh=f"最近见于{one.seen_on}", en=f"last seen {one.seen_on}"))
        warnings = ()
        if one.doubtful_because:
            warnings = (words_of("doubts", one.doubtful_because),)
        lines.append(
            Line(f"c{number}", one.since, one.until, one.name, notes=tuple(notes),
                 warnings=warnings, sources=one.sources, goes_on=one.until is None)
        )  # fmt: skip
    return lines


def _measurements(measurements: Sequence[Measurement], scale: Scale) -> list[Line]:
    lines = []
    for number, one in enumerate(measurements, 1):
        if not scale.has(one.on):
            continue
        value = f"{number_words(one.value)} {one.unit}"
        what = Words(zh=f"{one.name.zh} {value}", en=f"{one.name.en} {value}")
        notes = (words_of("life", "derived"),) if one.is_derived else ()
        warnings = ()
        if not one.is_plausible or one.implausible_because:
            warnings = (words_of("implausible", one.implausible_because or "range"),)
        lines.append(
            Line(f"m{number}", one.on, one.on, what, notes=notes, warnings=warnings,
                 sources=(one.source,))
        )  # fmt: skip
    return lines
