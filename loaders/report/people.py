"""Identity in figures: people, links by method, review queue; and what does not count."""

from __future__ import annotations

from loaders.report.figures import Figures
from loaders.report.markup import Markup, bars, both, card, joined, section, table
from loaders.report.words import in_words

METHODS = {
    "first": ("各人的首条记录", "first record of a person"),
    "deterministic": ("确定性规则", "deterministic rules"),
    "reference": ("系统自身引用", "named by the system itself"),
    "probabilistic": ("概率模型", "probabilistic model"),
    "set_aside": ("搁置（测试数据等）", "set aside (test rows)"),
}
LAYERS = {"staging": ("无法使用", "unusable"), "record": ("按口径不计", "not counted")}


def people_section(figures: Figures) -> Markup:
    """Who was recognised, how, and what is left to decide."""
    methods = _sums(figures, "records by method")
    open_tasks = [
        (detail.removeprefix("open: "), count)
        for detail, count in _details(figures, "review tasks")
        if detail.startswith("open: ")
    ]
    content = joined(
        [
            Markup('<div class="cards">'),
            card("一人一档", "people", total(figures, "people")),
            card("源记录", "records that name a person", total(figures, "records")),
            card("待复核", "open review tasks", sum(count for _, count in open_tasks)),
            card("有争议的记录", "contested", total(figures, "contested records")),
            Markup("</div>"),
            Markup(f"<h3>{both('关联方式', 'How records were linked')}</h3>"),
            bars(
                [
                    (both(*METHODS.get(name, (name, ""))), count)
                    for name, count in sorted(methods.items(), key=lambda one: -one[1])
                ]
            ),
            Markup(f"<h3>{both('一人出现在几个系统', 'Systems that know a person')}</h3>"),
            bars(
                [
                    (both(f"{detail} 个系统", "of the systems"), count)
                    for detail, count in _details(figures, "people by systems")
                ]
            ),
            Markup(f"<h3>{both('复核队列', 'Review queue')}</h3>"),
            bars([(in_words(kind), count) for kind, count in open_tasks])
            if open_tasks
            else Markup(f"<p>{both('空。', 'Empty.')}</p>"),
        ]
    )
    return section(
        "identity",
        "身份",
        "Identity",
        both(
            "同一个人在各系统的记录归到一个编号之下；拿不准的留给人来决定。",
            "Records of one human being come under one id; what is uncertain waits for"
            " a person to decide.",
        ),
        content,
    )


def set_aside_section(figures: Figures) -> Markup:
    """Rows that cannot be used or do not count, by reason."""
    return section(
        "set-aside",
        "搁置与不计",
        "Set aside",
        both(
            "没有一行被删除；不能用或按口径不计的，写明原因留着。",
            "No row is deleted; what is unusable or does not count stays, with a reason.",
        ),
        table(
            both("按原因", "by reason"),
            (
                ("去向", "what", ""),
                ("原因", "reason", ""),
                ("系统", "systems", ""),
                ("行数", "rows", "n"),
            ),
            (
                (both(*LAYERS[r.layer]), in_words(r.reason), r.systems, int(r.row_count))
                for r in figures["set_aside"]
            ),
        ),
    )


def total(figures: Figures, measure: str) -> int:
    """One figure of identity; zero before anybody was linked."""
    return sum(count for _, count in _details(figures, measure))


def _details(figures: Figures, measure: str) -> list[tuple[str, int]]:
    return [
        (row.detail, int(row.how_many))
        for row in figures["identity"]
        if row.measure == measure
    ]


def _sums(figures: Figures, measure: str) -> dict[str, int]:
    sums: dict[str, int] = {}
    for detail, count in _details(figures, measure):
        method = detail.split(":")[0]
        sums[method] = sums.get(method, 0) + count
    return sums
