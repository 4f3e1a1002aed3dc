"""Write the quality report: one HTML file that needs nothing but itself.

Goes in: the warehouse. Comes out: `index.html` in a folder, with its style inside, no
script, no address of anything outside. It can be mailed, printed and read on a phone.
"""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Engine

from loaders.report.figures import Figures, read_figures
from loaders.report.gates import gates_section
from loaders.report.indicators import indicators_section
from loaders.report.ledger import ledger_section
from loaders.report.markup import Markup, both, joined, shown
from loaders.report.people import people_section, set_aside_section
from loaders.report.releases import glance_section, releases_section

STYLE = Path(__file__).with_name("page.css")
PARTS = (
    ("glance", "概览", "At a glance"),
    ("indicators", "指标", "Indicators"),
    ("gates", "门禁", "Gates"),
    ("ledger", "台账", "Ledger"),
    ("identity", "身份", "Identity"),
    ("set-aside", "搁置", "Set aside"),
    ("releases", "发布", "Releases"),
)


def write_quality_page(engine: Engine, folder: Path) -> Path:
    """Write the page into `folder` and return where it is."""
    page = render(read_figures(engine))
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "index.html"
    # Whoever has the page open sees the old one or the new one, never half of it.
    unfinished = folder / f".index.{os.getpid()}"
    unfinished.write_text(page, "utf-8")
    unfinished.replace(target)
    return target


def render(figures: Figures) -> str:
    """The page as text."""
    county = figures.first("county")
    release = figures.first("releases")
    place = county.org_name if county and county.org_name else "一卡通 OneCard"
    links = "".join(f'<a href="#{anchor}">{both(zh, en)}</a>' for anchor, zh, en in PARTS)
    known = (
        both(
            f"数据截止 {release.data_day:%Y-%m-%d}", f"data of {release.data_day:%d %B %Y}"
        )
        if release
        else both("尚未发布", "nothing published yet")
    )
    parts = joined(
        part(figures)
        for part in (
            glance_section,
            indicators_section,
            gates_section,
            ledger_section,
            people_section,
            set_aside_section,
            releases_section,
        )
    )
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{shown(place)} 数据质量报告 · OneCard quality report</title>"
        f"<style>{STYLE.read_text('utf-8')}</style></head><body>"
        f'<a class="skip" href="#glance">{both("跳到正文", "skip to content")}</a>'
        f'<header><p class="brand">一卡通 OneCard</p>'
        f"<h1>{shown(place)} {both('数据质量报告', 'Quality report')}</h1>"
        f'<p class="lead">{known}</p>'
        f'<nav aria-label="目录 contents">{links}</nav></header>'
        f"<main>{parts}</main>{_footer()}</body></html>\n"
    )


def _footer() -> Markup:
    words = both(
        "本页由 audit 与 published 两层生成，不含姓名、证件号、电话与住址，"
        "也不载入任何外部内容。",
        "Made from audit and published. It holds no name, id number, phone or address, and"
        " loads nothing from outside.",
    )
    return Markup(f"<footer><p>{words}</p></footer>")
