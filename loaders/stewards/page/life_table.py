"""The same life as tables: for whoever cannot see the picture, and for all details."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from loaders.life.model import Event, Life, Source
from loaders.life.naming import ENCOUNTERS, LASTING, details_of, name_of
from loaders.stewards.page.life_lanes import ROWS
from loaders.stewards.page.life_rows import Numbered, measured
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
    is_month_only: bool = False
    links: tuple[tuple[Words, str], ...] = ()


@dataclass(frozen=True)
class Table:
    """The rows of a section, under the name that the picture gives it."""

    section: str
    lines: tuple[Line, ...] = field(default=())

    @property
    def has_places(self) -> bool:
        return any(line.where for line in self.lines)

    @property
    def has_sources(self) -> bool:
        return any(line.sources for line in self.lines)


def tables_of(life: Life, scale: Scale, events: Sequence[Numbered]) -> list[Table]:
    """The sections that have any rows, in the order of the picture."""
    sections: dict[str, list[Line]] = {
        "gaps": _gaps(life, scale, events),
        "conditions": _conditions(life, scale),
        "programmes": [],
        "encounters": [],
        **{section: [] for section in ROWS},
        "measurements": _measurements(life, scale),
    }
    section_of = {kind: section for section, kinds in ROWS.items() for kind in kinds}
    section_of |= dict.fromkeys(LASTING, "programmes") | dict.fromkeys(
        ENCOUNTERS, "encounters"
    )
    for one in events:
        section = section_of.get(one.event.kind, "life")
        sections[section].append(_event(one.anchor, one.event))
    return [Table(name, tuple(lines)) for name, lines in sections.items() if lines]


def _event(anchor: str, event: Event) -> Line:
    notes = [
        *details_of(event),
        *(
            Words(
                zh=f"{each.code} {each.name}".strip(), en=f"{each.code} {each.name}".strip()
            )
            if each.certainty in ("confirmed", "")
            else _with(
                Words(zh=f"{each.code} {each.name}", en=f"{each.code} {each.name}"),
                words_of("certainties", each.certainty),
            )
            for each in event.diagnoses
        ),
    ]
    if event.way is not None:
        notes.append(event.way)
    if event.own_words:
        notes.append(Words(zh=event.own_words, en=event.own_words))
    if event.fee_fen is not None:
        yuan = f"{event.fee_fen / 100:,.2f}"
        notes.append(Words(zh=f"{yuan} 元", en=f"{yuan} yuan"))
    warnings = []
    if event.not_counted_because:
        why = words_of("uncounted", event.not_counted_because)
        warnings.append(Words(zh=f"不计数：{why.zh}", en=f"Not counted: {why.en}"))
    if not event.was_found:
        warnings.append(words_of("life", "not_found"))
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
        anchor, event.on, event.until_on, name_of(event), event.institution, tuple(notes),
        tuple(warnings), event.sources,
        goes_on=event.until is None and event.kind in (*LASTING, "inpatient"),
    )  # fmt: skip


def _gaps(life: Life, scale: Scale, events: Sequence[Numbered]) -> list[Line]:
    lines = []
    anchors = {name: one.anchor for one in events for name in one.event.reported_as}
    for number, gap in enumerate(life.gaps, 1):
        if not scale.has(gap.since, gap.until or life.end):
            continue
        last = gap.until or life.end
        days = (last - gap.since + timedelta(days=1)).days
        form = "%Y-%m" if gap.is_month_only else "%Y-%m-%d"
        due, begin = f"{gap.due_by_on:{form}}", f"{gap.from_on:{form}}"
        about = Words(zh="约", en="about ") if gap.is_month_only else NOTHING
        notes = [
            Words(
                zh=f"最迟{due}，缺{about.zh}{days}天",
                en=f"due by {due}, missing for {about.en}{days} days",
            ),
            Words(zh=f"依据：{gap.source}", en=f"Rule {gap.rule_id}"),
        ]
        links = [
            (gap.from_event_id, Words(zh=f"自{begin}起算", en=f"counted from {begin}"))
        ]
        if gap.served_on:
            links.append(
                (
                    gap.served_event_id,
                    Words(zh=f"{gap.served_on}补上", en=f"came {gap.served_on}"),
                )
            )
        what = Words(
            zh=" · ".join(part for part in (gap.rule.zh, gap.detail.zh) if part),
            en=" · ".join(part for part in (gap.rule.en, gap.detail.en) if part),
        )
        lines.append(
            Line(f"g{number}", gap.since, gap.until, what, notes=tuple(notes),
                 goes_on=gap.until is None, is_month_only=gap.is_month_only,
                 links=tuple((words, anchors.get(name, "")) for name, words in links))
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
        warnings: tuple[Words, ...] = ()
        if one.doubtful_because:
            warnings = (words_of("doubts", one.doubtful_because),)
        lines.append(
            Line(f"c{number}", one.since, one.until, one.name, notes=tuple(notes),
                 warnings=warnings, sources=one.sources, goes_on=one.until is None)
        )  # fmt: skip
    return lines


def _measurements(life: Life, scale: Scale) -> list[Line]:
    """What one form or report says in numbers is one row."""
    lines = []
    for anchor, those in measured(life).items():
        first = those[0]
        if not scale.has(first.on):
            continue
        notes, warnings = [], []
        for one in those:
            value = f"{one.said} {one.unit}".strip()
            words = Words(zh=f"{one.name.zh} {value}", en=f"{one.name.en} {value}")
            if one.is_derived:
                words = _with(words, words_of("life", "derived"))
            if one.is_plausible and not one.implausible_because:
                notes.append(words)
            else:
                why = words_of("implausible", one.implausible_because or "out_of_range")
                warnings.append(_with(words, why))
        what = words_of("life_kinds", first.source.kind)
        lines.append(
            Line(anchor, first.on, first.on, what, notes=tuple(notes),
                 warnings=tuple(warnings),
                 sources=tuple(dict.fromkeys(one.source for one in those)))
        )  # fmt: skip
    return lines


def _with(words: Words, more: Words) -> Words:
    return Words(zh=f"{words.zh}（{more.zh}）", en=f"{words.en} ({more.en})")
