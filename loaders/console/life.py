"""The sections of a life on a terminal, each small enough for one screen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from loaders.console.table import print_table
from loaders.life.model import Event, Life, Measurement, Source
from loaders.life.naming import ENCOUNTERS, LASTING, details_of, name_of
from loaders.stewards.words import words_of

# What has a section of its own is not told again among the services.
NOT_SERVICES = (*LASTING, *ENCOUNTERS, "archive")
SCREEN = 40


def show_life(life: Life) -> None:
    """Print a life section by section; nothing for sections without rows."""
    _print("缺口 care that is missing", ["since", "until", "rule", "due_by", "detail"],
           [(f"{gap.since:%Y-%m}" if gap.is_month_only else gap.since, gap.until or "…",
             gap.rule, f"{gap.due_by_on:%Y-%m}" if gap.is_month_only else gap.due_by_on,
             gap.detail if gap.detail.zh else "")
            for gap in life.gaps])  # fmt: skip
    _print("状况 conditions",
           ["since", "until", "condition", "tier", "seen", "lines", "first_line"],
           [(one.since or "?", one.until or "…", one.name, words_of("tiers", one.tier),
             one.seen_on or "", len(one.sources), _first(one.sources))
            for one in life.conditions])  # fmt: skip
    _print("管理与签约 programmes and contracts",
           ["since", "until", "what", "institution", "detail", "source"],
           [(event.on, event.until_on or "…",
             name_of(event), event.institution, _detail(event),
             _first(event.sources))
            for event in life.events if event.kind in LASTING])  # fmt: skip
    _print(
        "测量值（最近） measurements, the last of each",
        ["item", "value", "unit", "day", "times", "source"],
        _last_values(life),
    )
    _events("诊疗 encounters", life, ENCOUNTERS)
    others = {event.kind for event in life.events} - set(NOT_SERVICES)
    _events("检查、随访与服务 tests, follow-ups and services", life, tuple(others))


def _events(title: str, life: Life, kinds: Sequence[str]) -> None:
    _print(title,
           ["day", "until", "what", "institution", "detail", "yuan", "not_counted",
            "sources"],
           [(event.on, event.until_on if event.until_on != event.on else "",
             name_of(event), event.institution, _detail(event),
             "" if event.fee_fen is None else f"{event.fee_fen / 100:.2f}",
             words_of("uncounted", event.not_counted_because).zh,
             " + ".join(source.address for source in event.sources))
            for event in life.events if event.kind in kinds])  # fmt: skip


def _detail(event: Event) -> str:
    said = [f"{one.code} {one.name}".strip() for one in event.diagnoses]
    said += [words.zh for words in details_of(event)]
    if event.way is not None:
        said.append(event.way.zh)
    if event.own_words:
        said.append(event.own_words)
    return "; ".join(said)


def _last_values(life: Life) -> list[tuple[object, ...]]:
    items: dict[str, list[Measurement]] = defaultdict(list)
    for one in life.measurements:
        if one.is_plausible:
            items[one.item].append(one)
    return [
        (those[-1].name, those[-1].said, those[-1].unit, those[-1].on,
         len(those), those[-1].source.address)
        for those in items.values()
    ]  # fmt: skip


def _first(sources: Sequence[Source]) -> str:
    return sources[0].address if sources else ""


def _print(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """The newest rows, as many as fit on a screen; the page and the timeline have all."""
    if not rows:
        return
    if len(rows) > SCREEN:
        title = f"{title} ({SCREEN} of {len(rows)}, the newest)"
    print_table(title, columns, rows[-SCREEN:])
