"""The gates of the last run: what each said, what stopped it, and every expectation."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Row

from loaders.report.figures import Figures
from loaders.report.markup import Markup, badge, both, folded, joined, section, shown, table

STAGES = {
    "landing": ("落地", "what we were sent"),
    "staging": ("贴源", "what we parsed"),
    "record": ("档案", "the record"),
    "indicators": ("指标", "what we counted"),
}
STATES = {
    "passed": ("good", "放行", "passed"),
    "refused": ("bad", "拒绝", "refused"),
    "crashed": ("bad", "出错", "crashed"),
    "running": ("bad", "未答复", "no answer"),
    None: ("quiet", "未询问", "not asked"),
}
MET = ("good", "符合", "met")
KEYS_SHOWN = 5
HEADER = (
    ("期望", "expectation", "wide"),
    ("结果", "answer", ""),
    ("不符", "failing", "n"),
    ("不符者的键", "keys of what fails", "keys"),
)


def gates_section(figures: Figures) -> Markup:
    """The four gates of the last run."""
    said = {gate.stage: gate for gate in figures["gates"]}
    return section(
        "gates",
        "门禁",
        "Gates",
        both(
            "四道门禁全部放行才发布；没有答复也算拒绝。只记计数与键，不记任何数据值："
            "file 2 line 5 即台账第 2 号文件的第 5 行。",
            "All four must say yes before anything is published; no answer is a no. Counts"
            " and keys are recorded, values never: file 2 line 5 is line 5 of the file with"
            " number 2 in the ledger.",
        ),
        joined(_gate(stage, said.get(stage), figures) for stage in STAGES),
    )


def gate_strip(figures: Figures) -> Markup:
    """The four gates as one line of badges."""
    said = {gate.stage: gate.state for gate in figures["gates"]}
    return Markup(
        '<ol class="strip">'
        + "".join(
            f"<li>{both(zh, stage)}<br>{badge(*STATES[said.get(stage)])}</li>"
            for stage, (zh, _) in STAGES.items()
        )
        + "</ol>"
    )


def _gate(stage: str, gate: Row[Any] | None, figures: Figures) -> Markup:
    zh, en = STAGES[stage]
    answers = [answer for answer in figures["answers"] if answer.stage == stage]
    unmet = [answer for answer in answers if not answer.success]
    state = badge(*STATES[gate.state if gate else None])
    if gate is None:
        return Markup(
            f'<div class="gate"><h3>{both(zh, en)} {state}</h3>'
            f"<p>{both('前面的门禁未放行，不再询问。', 'An earlier one said no.')}</p>"
            "</div>"
        )
    met = len(answers) - len(unmet)
    content = joined(
        [
            Markup(
                f'<p class="note">{both("符合", "met")} {met:,} / {len(answers):,}'
                f" · {shown(gate.seconds)} s"
                + (f" · {shown(gate.message)}" if gate.state == "crashed" else "")
                + "</p>"
            ),
            joined(_unmet(answer) for answer in unmet),
            folded(
                both(f"全部 {len(answers):,} 条期望", f"all {len(answers):,} expectations"),
                joined(_suites(answers)),
            )
            if answers
            else Markup(""),
        ]
    )
    return Markup(f'<div class="gate"><h3>{both(zh, en)} {state}</h3>{content}</div>')


def _unmet(answer: Row[Any]) -> Markup:
    kind = "bad" if answer.severity == "critical" else "warn"
    what = ("严重", "critical") if kind == "bad" else ("提醒", "noted")
    return Markup(
        f'<div class="unmet {kind}"><p>{badge(kind, *what)}'
        f" <strong>{shown(answer.meaning_zh)}</strong></p>"
        f'<p class="en" lang="en">{shown(answer.meaning_en)}</p>'
        f'<p class="note"><code>{shown(answer.suite)}</code> ·'
        f" <code>{shown(answer.expectation)}</code> · {shown(answer.unexpected_count)}"
        f" · {both('查看', 'see')} <code>{shown(answer.look_at)}</code></p>"
        f'<p class="keys">{_keys(answer)}</p></div>'
    )


def _suites(answers: list[Row[Any]]) -> Iterator[Markup]:
    by_table = sorted(answers, key=lambda answer: (answer.suite, answer.expectation))
    for suite, group in groupby(by_table, key=lambda answer: answer.suite):
        of_table = list(group)
        unmet = sum(not answer.success for answer in of_table)
        mark = badge("warn", f"{unmet} 条不符", "not met") if unmet else badge(*MET)
        rows = max(answer.element_count for answer in of_table)
        asked = len(of_table)
        words = both(f"{asked} 条，{rows:,} 行", f"{asked} checks, {rows:,} rows")
        yield folded(
            Markup(f"<code>{shown(suite)}</code> {mark} {words}"),
            table(Markup(f"<code>{shown(suite)}</code>"), HEADER, map(_row, of_table)),
        )


def _row(answer: Row[Any]) -> tuple[object, ...]:
    kind, zh, en = MET
    if not answer.success:
        bad = answer.severity == "critical"
        kind, zh, en = ("bad", "不符", "not met") if bad else ("warn", "提醒", "noted")
    return (
        Markup(
            f"{shown(answer.meaning_zh)}"
            f'<br><span class="en" lang="en">{shown(answer.meaning_en)}</span>'
            f"<br><code>{shown(answer.expectation)}</code>"
        ),
        badge(kind, zh, en),
        answer.unexpected_count,
        _keys(answer),
    )


def _keys(answer: Row[Any]) -> Markup:
    keys = joined(
        Markup(f"<code>{shown(key)}</code> ") for key in answer.failing_keys[:KEYS_SHOWN]
    )
    more = answer.unexpected_count - KEYS_SHOWN
    return joined([keys, Markup(f"+{more:,}" if keys and more > 0 else "")])
