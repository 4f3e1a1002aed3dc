"""Indicators against their targets: the year's figure, the months as a line, the groups."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import Row

from loaders.report.figures import Figures, Rows
from loaders.report.markup import Markup, badge, both, joined, section, shown

WIDTH, HEIGHT, EDGE = 260, 64, 6
STATUSES = {
    "final": ("good", "终值", "final"),
    "provisional": ("quiet", "暂值", "provisional"),
    "no_denominator": ("quiet", "无分母", "no denominator"),
    "no_source": ("quiet", "无数据来源", "source never came"),
}
GOALS = {
    "higher": ("越高越好", "higher is better"),
    "lower": ("越低越好", "lower is better"),
}


def indicators_section(figures: Figures) -> Markup:
    """A card for every indicator."""
    cards = joined(
        _card(indicator, [v for v in figures["values"] if v.indicator_code == code])
        for indicator in figures["indicators"]
        for code in [indicator.indicator_code]
    )
    nothing = Markup(f"<p>{both('尚未发布。', 'Nothing has been published yet.')}</p>")
    return section(
        "indicators",
        "指标",
        "Indicators",
        both(
            "全县年度值对照目标；有月度口径的画出逐月走势。每个值都等于其名单之和，金额以分计。",
            "The county's figure of the year against its target, and month by month where"
            " there are months. Every value equals the sum of its case list; money in fen.",
        ),
        Markup(f'<div class="indicators">{cards}</div>') if cards else nothing,
    )


def as_text(value: Decimal | None, unit: str) -> str:
    """A value as people say it: a share in per cent, anything else with two decimals."""
    if value is None:
        return "–"
    shown_value = value * 100 if unit == "share" else value
    rounded = shown_value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{rounded:,}%" if unit == "share" else f"{rounded:,}"


def _card(indicator: Row[Any], values: Rows) -> Markup:
    county = [value for value in values if value.grain == "county"]
    years = [value for value in county if len(value.period) == 4]
    # The newest year that is over, else the newest there is.
    done = [value for value in years if value.status == "final"]
    shown_year = (done or years or county)[-1] if county else None
    if shown_year is None:
        return Markup("")
    goal = GOALS.get(indicator.direction)
    return joined(
        [
            Markup('<article class="indicator">'),
            Markup(f"<h3>{both(indicator.name_zh, indicator.name_en)}</h3>"),
            Markup(
                f'<p class="figure">{shown(as_text(shown_year.value, indicator.unit))}'
                f' <span class="unit">{_unit(indicator.unit)}</span>'
                f' <span class="period">{shown(shown_year.period)}</span></p>'
            ),
            Markup(f'<p class="tags">{_status(shown_year)}{_verdict(shown_year)}</p>'),
            Markup(
                f'<p class="sum">{shown(shown_year.numerator)} ÷'
                f" {shown(shown_year.denominator)}</p>"
            ),
            _target(shown_year, indicator.unit),
            _months(county, shown_year, indicator.unit),
            _groups(values, shown_year.period, indicator.unit),
            Markup(
                "<details><summary>"
                + both("定义", "Definition")
                + f"</summary><p>{shown(indicator.definition_zh)}</p>"
                f'<p class="en" lang="en">{shown(indicator.definition_en)}</p>'
                + (f"<p>{both(*goal)}</p>" if goal else "")
                + f"<p><code>{shown(indicator.indicator_code)}</code></p></details>"
            ),
            _others(county, shown_year, indicator.unit),
            Markup("</article>"),
        ]
    )


def _unit(unit: str) -> Markup:
    return both("天", "days") if unit == "days" else Markup("")


def _status(value: Row[Any]) -> Markup:
    kind, zh, en = STATUSES.get(value.status, ("quiet", value.status, ""))
    return badge(kind, zh, en)


def _verdict(value: Row[Any]) -> Markup:
    if value.target_met is None:
        return badge("quiet", "无当期目标", "no target")
    if value.target_met:
        return badge("good", "达标", "target met")
    return badge("bad", "未达标", "target missed")


def _target(value: Row[Any], unit: str) -> Markup:
    if value.target_value is None or value.value is None or unit != "share":
        return Markup("")
    here, goal = float(value.value) * 100, float(value.target_value) * 100
    return Markup(
        f'<div class="target" role="img"'
        f' aria-label="{here:.1f}%, 目标 target {goal:.1f}%">'
        f'<span class="reached" style="width:{min(here, 100):.1f}%"></span>'
        f'<span class="goal" style="left:{min(goal, 100):.1f}%"></span></div>'
        f'<p class="note">{both("目标", "target")} {goal:.1f}%</p>'
    )


def _months(county: Rows, year: Row[Any], unit: str) -> Markup:
    months = [
        value
        for value in county
        if len(value.period) == 6
        and value.period[:4] == year.period
        and value.value is not None
    ]
    if len(months) < 2:
        return Markup("")
    numbers = [float(value.value) for value in months]
    low, high = min(numbers), max(numbers)
    spread = (high - low) or 1.0
    points = [
        (
            EDGE + (WIDTH - 2 * EDGE) * place / (len(numbers) - 1),
            HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (number - low) / spread,
        )
        for place, number in enumerate(numbers)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    words = "；".join(f"{v.period[4:]}月 {as_text(v.value, unit)}" for v in months)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4"><title>{value.period}:'
        f" {as_text(value.value, unit)}</title></circle>"
        for (x, y), value in zip(points, months, strict=True)
    )
    first, last = months[0].period, months[-1].period
    return Markup(
        f'<figure class="spark"><svg role="img" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' aria-label="{words}"><polygon points="{points[0][0]:.1f},{HEIGHT} {line}'
        f' {points[-1][0]:.1f},{HEIGHT}"/><polyline points="{line}"/>{dots}</svg>'
        f"<figcaption><span>{first[:4]}-{first[4:]}</span>"
        f"<span>{as_text(Decimal(str(low)), unit)} – {as_text(Decimal(str(high)), unit)}"
        f"</span><span>{last[:4]}-{last[4:]}</span></figcaption></figure>"
    )


def _groups(values: Rows, period: str, unit: str) -> Markup:
    groups = [
        value
        for value in values
        if value.grain == "group" and value.period == period and value.value is not None
    ]
    if not groups:
        return Markup("")
    # A share is drawn as a part of the whole, anything else against the largest.
    most = 1.0 if unit == "share" else max(float(value.value) for value in groups) or 1.0
    rows = "".join(
        f'<li><span class="name">{shown(value.org_name or value.org_code)}</span>'
        f'<span class="track"><span class="bar"'
        f' style="width:{_width(float(value.value) / most)}%"></span></span>'
        f'<span class="count">{shown(as_text(value.value, unit))}</span></li>'
        for value in groups
    )
    return Markup(f'<ul class="bars">{rows}</ul>')


def _width(part: float) -> str:
    return f"{min(max(100 * part, 0.4), 100):.1f}"


def _others(county: Rows, year: Row[Any], unit: str) -> Markup:
    # The last day of the year says the same as the year.
    same = (year.period, f"{year.period}1231")
    others = [v for v in county if len(v.period) != 6 and v.period not in same]
    if not others:
        return Markup("")
    words = joined(
        Markup(
            f"<li>{shown(value.period)}: {shown(as_text(value.value, unit))}"
            f" {_status(value)}</li>"
        )
        for value in others
    )
    return Markup(f'<ul class="others">{words}</ul>')
