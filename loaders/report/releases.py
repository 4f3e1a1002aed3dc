"""Releases and restatements: what is up, since when, and which figures changed why."""

from __future__ import annotations

from decimal import Decimal

from loaders.report.figures import Figures
from loaders.report.gates import gate_strip
from loaders.report.indicators import as_text
from loaders.report.ledger import totals
from loaders.report.markup import (
    Markup,
    badge,
    both,
    card,
    joined,
    section,
    shown,
    table,
)
from loaders.report.people import total


def glance_section(figures: Figures) -> Markup:
    """The first screen: is the release up, did the gates pass, does the ledger balance."""
    release, sums = figures.first("releases"), totals(figures)
    balanced = (
        badge("bad", f"{sums['unbalanced']} 处不平", "not balanced")
        if sums["unbalanced"]
        else badge("good", "逐行平衡", "balanced line for line")
    )
    waiting = (
        badge("warn", f"{sums['waiting']} 份待补", "files waiting")
        if sums["waiting"]
        else Markup("")
    )
    cards = [
        card("一人一档", "people", total(figures, "people")),
        card("读入行数", "lines read", sums["rows_read"], joined([balanced, waiting])),
        card("指标值", "values", int(release.value_count) if release else None),
        card("名单", "cases behind them", int(release.case_count) if release else None),
    ]
    return Markup(
        f'<section id="glance" aria-label="概览 at a glance">{_banner(figures)}'
        f"{gate_strip(figures)}"
        f'<div class="cards">{joined(cards)}</div></section>'
    )


def _banner(figures: Figures) -> Markup:
    release, run = figures.first("releases"), figures.first("runs")
    failed = run is not None and run.state == "failed"
    asked = {gate.state for gate in figures["gates"]}
    if failed or asked - {"passed"}:
        zh = "最近一次运行未能发布"
        en = "The last run was not published"
        if release is not None:
            zh += f"；第 {release.release_id} 次发布仍然有效"
            en += f"; release {release.release_id} stays up"
        return Markup(f'<p class="banner bad">{both(zh + "。", en + ".")}</p>')
    if release is None:
        return Markup(
            f'<p class="banner quiet">{both("尚未发布。", "Nothing published yet.")}</p>'
        )
    return Markup(
        '<p class="banner good">'
        + both(
            f"第 {release.release_id} 次发布有效，四道门禁全部放行。",
            f"Release {release.release_id} is up; every gate said yes.",
        )
        + "</p>"
    )


def releases_section(figures: Figures) -> Markup:
    """The last releases, and the values that they restated."""
    counts = {row.release_id: int(row.how_many) for row in figures["restatement_counts"]}
    releases = table(
        both("最近的发布", "last releases"),
        (
            ("发布", "release", "n"),
            ("发布时间", "published at", ""),
            ("数据截止日", "data of", ""),
            ("指标值", "values", "n"),
            ("名单行", "cases", "n"),
            ("重述", "restated", "n"),
            ("摘要", "digest", ""),
        ),
        (
            (
                row.release_id, row.at, f"{row.data_day:%Y-%m-%d}", row.value_count,
                row.case_count, counts.get(row.release_id, 0),
                Markup(f"<code>{row.digest[:12]}</code>"),
            )
            for row in figures["releases"]
        ),
    )  # fmt: skip
    return section(
        "releases",
        "发布与重述",
        "Releases and restatements",
        both(
            "已发布的值后来改变，必定留下原值、新值与原因。",
            "A published value that changes later keeps its old figure, its new one and"
            " the reason.",
        ),
        joined([releases, _restatements(figures)]),
    )


def _restatements(figures: Figures) -> Markup:
    rows = figures["restatements"]
    if not rows:
        return Markup(f"<p>{both('尚无重述。', 'Nothing has been restated.')}</p>")
    return table(
        both("最近重述的全县值", "county values restated last"),
        (
            ("发布", "release", "n"),
            ("指标", "indicator", ""),
            ("期间", "period", ""),
            ("原值", "was", "n"),
            ("新值", "is", "n"),
            ("原因", "reason", "reason"),
        ),
        (
            (
                row.release_id,
                both(row.name_zh or row.indicator_code, row.name_en or ""),
                row.period,
                _figure(row.old_value, row.old_numerator, row.old_denominator, row.unit),
                _figure(row.new_value, row.new_numerator, row.new_denominator, row.unit),
                both(*row.reason.split(" / ", 1)),
            )
            for row in rows
        ),
    )


def _figure(
    value: Decimal | None, numerator: int | None, denominator: int | None, unit: str | None
) -> Markup:
    if numerator is None:
        return shown(None)
    return Markup(
        f"{shown(as_text(value, unit or ''))}"
        f'<br><span class="en">{shown(numerator)} ÷ {shown(denominator)}</span>'
    )
