"""The measured quality as tables, and as a page with pictures.

Goes in: what was measured. Comes out: rows for a terminal; a Markdown page and SVG files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2
from pathlib import Path

from loaders.identity.bands import AUTO_PROBABILITY
from loaders.identity.evaluate import pictures
from loaders.identity.evaluate.agreement import ALL, Agreement
from loaders.identity.evaluate.blind import HIDDEN, HIDDEN_WITH_CONTACT, BlindResult
from loaders.identity.evaluate.events import KINDS as EVENT_KINDS
from loaders.identity.evaluate.events import Attribution
from loaders.identity.evaluate.quality import Quality
from loaders.identity.evaluate.truth import STRATA
from loaders.identity.splink_model import REVIEW_WEIGHT

COLUMNS = (
    "stratum", "records", "true pairs", "precision", "recall", "F1", "B³ precision",
    "B³ recall", "B³ F1",
)  # fmt: skip
NAMES = {
    ALL: ("全部", "all"),
    HIDDEN: ("号码被隐去的记录", "records whose numbers were hidden"),
    HIDDEN_WITH_CONTACT: ("其中有电话或住址的", "those of them with a phone or address"),
    **{stratum: (zh, en) for stratum, (zh, en, _) in STRATA.items()},
}
HEAD = """\
<!-- Written by `onecard identity quality --out`; do not edit. -->

# 身份识别质量 How well people are recognised

Against the truth of a demo county. A pair of records belongs to a stratum when one of the
two does; B³ is the mean over records. 以示范县真值衡量。
"""
EVENT_COLUMNS = ("event", "events", "right person", "share")
EVENTS = """\
## 就诊归属 Whose event

Visits and stays, and charges for newborns, that the record gives to the right person. A
card that somebody else uses says nothing of it: until the hospital splits the card or a
steward is told, its visits are the holder's.
借卡就诊在医院拆卡或管理员裁决之前归持卡人。
"""
BLIND = """\
## 盲测 Blind-id test

Half of the records that a number of their own names lose every number; the matcher must
find them again by name, birth date, sex, phone and address.
隐去一半记录的全部号码，再看能否认出。
"""
SCORES = """\
## 阈值与校准 Thresholds and calibration

Of the pairs of rule clusters that the model scored, in the blind-id test where it was made:
what linking from a weight on would come to, and how often a weight is right.
模型所评的规则簇对（做过盲测则取盲测）。

![threshold](threshold.svg)

![calibration](calibration.svg)
"""


def rows_of(found: Mapping[str, Agreement]) -> list[list[str]]:
    """One row per stratum, all records first: name, counts, pairwise and B³ measures."""
    rows = []
    for stratum in sorted(found, key=list(NAMES).index):
        its = found[stratum]
        measures = (
            its.precision, its.recall, its.f1, its.b3_precision, its.b3_recall, its.b3_f1,
        )  # fmt: skip
        counts = (str(its.records), str(its.true_pairs))
        rows.append([" ".join(NAMES[stratum]), *counts, *(f"{m:.5f}" for m in measures)])
    return rows


def event_rows(found: Mapping[str, Attribution]) -> list[list[str]]:
    """One row per kind of event: name, how many, how many right, the share."""
    return [
        [" ".join(EVENT_KINDS[kind]), str(its.events), str(its.right), f"{its.share:.5f}"]
        for kind, its in found.items()
    ]


def write_page(quality: Quality, blind: BlindResult | None, folder: Path) -> Path:
    """Write the page and its pictures into a folder; returns the page."""
    folder.mkdir(parents=True, exist_ok=True)
    english = {stratum: en for stratum, (_, en) in NAMES.items()}
    pictures.draw_strata(quality.strata, english, folder / "strata.svg")
    counts = [[f"{zh} {en}", str(count)] for zh, en, count in quality.counts()]
    parts = [
        HEAD,
        _table(COLUMNS, rows_of(quality.strata)),
        _table(("计数 what", "count"), counts),
        "![strata](strata.svg)\n",
    ]
    if quality.events:
        parts += [EVENTS, _table(EVENT_COLUMNS, event_rows(quality.events))]
    if blind:
        parts += [BLIND, _table(COLUMNS, rows_of(blind.agreement))]
    # Where numbers are hidden the model has the most to decide.
    scores = (blind and blind.scores) or quality.scores
    if scores:
        auto = log2(AUTO_PROBABILITY / (1 - AUTO_PROBABILITY))
        threshold = folder / "threshold.svg"
        pictures.draw_threshold(scores, REVIEW_WEIGHT, auto, threshold)
        pictures.draw_calibration(scores, folder / "calibration.svg")
        parts.append(SCORES)
    page = folder / "quality.md"
    page.write_text("\n".join(parts), "utf-8")
    return page


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    marks = "|".join(["---", *["---:"] * (len(columns) - 1)])
    lines = [f"| {' | '.join(cells)} |" for cells in (columns, *rows)]
    return "\n".join([lines[0], f"|{marks}|", *lines[1:], ""])
