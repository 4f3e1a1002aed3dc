"""The ledger: every delivery of every system, what became of its lines, what is waiting."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from loaders.contracts.model import load_systems
from loaders.report.figures import Figures
from loaders.report.markup import Markup, badge, both, folded, joined, section, shown, table
from loaders.report.words import in_words

FATES = (
    ("rows_accepted", "接收", "accepted"),
    ("rows_duplicate", "重复", "duplicate"),
    ("rows_superseded", "被取代", "superseded"),
    ("rows_rejected", "拒收", "rejected"),
)


def ledger_section(figures: Figures) -> Markup:
    """Deliveries by system, rejected lines, broken and missing files."""
    return section(
        "ledger",
        "台账",
        "Ledger",
        both(
            "每份文件：读入 = 接收 + 重复 + 被取代 + 拒收，一行不少。",
            "For every file: read = accepted + duplicate + superseded + rejected.",
        ),
        joined(
            [
                _legend(),
                _by_system(figures),
                _days(figures),
                _lines(figures),
                _drift(figures),
            ]
        ),
    )


def totals(figures: Figures) -> dict[str, int]:
    """Rows of the whole ledger, and how many deliveries do not balance."""
    sums = {
        name: sum(int(row._mapping[name]) for row in figures["ledger"])
        for name in ("rows_read", *(name for name, _, _ in FATES), "waiting")
    }
    sums["unbalanced"] = sum(not row.is_balanced for row in figures["ledger"])
    return sums


def _legend() -> Markup:
    words = "".join(
        f'<li><span class="swatch {name}"></span>{both(zh, en)}</li>'
        for name, zh, en in FATES
    )
    return Markup(f'<ul class="legend">{words}</ul>')


def _by_system(figures: Figures) -> Markup:
    rows = []
    for system in load_systems():
        of_system = [row for row in figures["ledger"] if row.system == system.system]
        read = sum(int(row.rows_read) for row in of_system)
        if not read:
            continue
        sums = {
            name: sum(int(row._mapping[name]) for row in of_system) for name, _, _ in FATES
        }
        bar = "".join(
            f'<span class="{name}" style="width:{100 * sums[name] / read:.2f}%"'
            f' title="{zh} {en}: {sums[name]:,}"></span>'
            for name, zh, en in FATES
        )
        words = ", ".join(f"{zh} {en} {sums[name]:,}" for name, zh, en in FATES)
        rows.append(
            Markup(
                f'<li><span class="name"><b>{system.system}</b>'
                f" {both(system.title.zh, system.title.en)}</span>"
                f'<span class="stack" role="img" aria-label="{words}">{bar}</span>'
                f'<span class="count">{read:,}</span></li>'
            )
        )
    return Markup(f'<ul class="systems">{joined(rows)}</ul>')


def _days(figures: Figures) -> Markup:
    systems = [system.system for system in load_systems()]
    cells = {(row.delivery_date, row.system): row for row in figures["ledger"]}
    days = sorted({row.delivery_date for row in figures["ledger"]}, reverse=True)
    header = (("交付日", "delivery", ""), *((letter, "", "n") for letter in systems))
    rows = (
        (f"{day:%Y-%m-%d}", *(_cell(cells.get((day, letter))) for letter in systems))
        for day in days
    )
    return table(
        both(
            "各交付日各系统的行数；✓ 即台账平衡", "Rows by delivery and system; ✓ balances"
        ),
        header,
        rows,
        stacks=False,
    )


def _cell(row: Row[Any] | None) -> Markup:
    if row is None:
        return shown(None)
    if not row.is_balanced:
        return joined(
            [shown(int(row.rows_read)), Markup(" "), badge("bad", "不平", "not balanced")]
        )
    mark = Markup('<span class="tick" aria-label="平衡 balanced">✓</span>')
    if row.waiting:
        mark = badge("bad", f"待补 {row.waiting}", "waiting")
    elif row.unusable:
        mark = badge("warn", f"已补 {row.unusable}", "sent again")
    elif not row.tables:
        return Markup('<span class="none">无契约</span>')
    return joined([shown(int(row.rows_read)), Markup(" "), mark])


def _lines(figures: Figures) -> Markup:
    rejects, unusable = figures["rejects"], figures["unusable"]
    parts = [Markup(f"<h3>{both('拒收的行', 'Rejected lines')}</h3>")]
    if rejects:
        parts.append(
            table(
                both("按原因", "by reason"),
                (
                    ("系统", "system", ""),
                    ("数据", "feed", ""),
                    ("原因", "reason", ""),
                    ("行数", "lines", "n"),
                    ("最近交付", "last delivery", ""),
                ),
                (
                    (r.system, f"{r.feed} {r.table_name}", r.reason_code, int(r.lines),
                     f"{r.last_delivery:%Y-%m-%d}")
                    for r in rejects
                ),
            )
        )  # fmt: skip
    else:
        parts.append(Markup(f"<p>{both('没有。', 'None.')}</p>"))
    parts.append(Markup(f"<h3>{both('残缺与缺失的文件', 'Broken and missing files')}</h3>"))
    if not unusable:
        parts.append(Markup(f"<p>{both('没有。', 'None.')}</p>"))
        return joined(parts)
    waiting = [row for row in unusable if not row.is_resolved]
    resolved = [row for row in unusable if row.is_resolved]
    if waiting:
        parts.append(_files(waiting, "等待完好的一份", "waiting for a good copy"))
    if resolved:
        parts.append(
            folded(
                both(f"{len(resolved)} 份已补齐", f"{len(resolved)} since sent again"),
                _files(resolved, "已由后来的文件补齐", "made good by a later file"),
            )
        )
    return joined(parts)


def _drift(figures: Figures) -> Markup:
    heading = Markup(f"<h3>{both('列的变化', 'Columns that came or went')}</h3>")
    if not figures["drift"]:
        return joined([heading, Markup(f"<p>{both('没有。', 'None.')}</p>")])
    words = {
        "added": both("新增", "added"),
        "missing": both("缺少", "missing"),
        "renamed": both("改名", "renamed"),
    }
    rows = [
        (
            row.feed,
            row.table_name,
            words[row.kind],
            Markup(f"<code>{shown(row.column_name)}</code>"),
            f"{row.since:%Y-%m-%d}",
            f"{row.until:%Y-%m-%d}",
            int(row.files),
        )
        for row in figures["drift"]
    ]
    header = (
        ("数据", "feed", ""), ("表", "table", ""), ("变化", "change", ""),
        ("列", "column", ""), ("首次", "since", ""), ("最近", "until", ""),
        ("文件数", "files", "n"),
    )  # fmt: skip
    return joined([heading, table(both("按列", "by column"), header, rows)])


def _files(rows: list[Row[Any]], zh: str, en: str) -> Markup:
    return table(
        both(zh, en),
        (
            ("交付日", "delivery", ""),
            ("系统", "system", ""),
            ("文件", "file", ""),
            ("状态", "state", ""),
            ("原因", "reason", ""),
        ),
        (
            (
                f"{row.delivery_date:%Y-%m-%d}",
                row.system,
                Markup(
                    f"<code>{shown(f'{row.file_name} {row.member_name}'.strip())}</code>"
                ),
                in_words(row.state),
                row.state_reason,
            )
            for row in rows
        ),
    )
