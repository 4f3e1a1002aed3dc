"""The pictures: what a threshold would cost, whether scores mean what they say, strata.

Goes in: measured counts. Comes out: SVG files, the same bytes for the same counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loaders.identity.evaluate.agreement import ALL, Agreement
from loaders.identity.evaluate.scored import Scores

BLUE, RED, GREY = "#1f5a99", "#b3402a", "#777777"
# Bins of fewer pairs say little about a share: they are drawn pale.
TELLING_PAIRS = 20
SHARES = {0: "0", 1e-4: "0.01 %", 1e-3: "0.1 %", 1e-2: "1 %", 0.1: "10 %", 1: "all"}
STYLE: Any = {
    "svg.hashsalt": "onecard", "svg.fonttype": "none", "font.family": "sans-serif",
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
    "grid.color": "#e4e4e4", "axes.axisbelow": True,
}  # fmt: skip


def draw_threshold(scores: Scores, review: float, auto: float, file: Path) -> None:
    """Precision and recall of the model against the weight from which it would link."""
    curve = scores.curve()
    figure, axes = _canvas(7, 4)
    weights = [point.weight for point in curve]
    axes.plot(
        weights, [p.precision for p in curve], color=BLUE, marker=".", label="precision"
    )
    axes.plot(weights, [p.recall for p in curve], color=RED, marker=".", label="recall")
    for weight, label in ((review, "review"), (auto, "link")):
        axes.axvline(weight, color=GREY, linestyle="--", linewidth=1)
        axes.text(weight, 1.03, label, color=GREY, ha="center")
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("threshold: weight of evidence, bits")
    axes.set_ylabel("share of pairs of rule clusters")
    axes.legend(loc="lower left", frameon=False)
    _save(figure, file)


def draw_calibration(scores: Scores, file: Path) -> None:
    """In every half bit of weight: the share that is one person, and what was expected."""
    figure, axes = _canvas(7, 4)
    centres = [found.at_least + 0.25 for found in scores.bins]
    axes.plot(
        centres, [found.expected / found.pairs for found in scores.bins],
        color=GREY, label="what the score says",
    )  # fmt: skip
    for telling, alpha, label in ((True, 1.0, "what is true"), (False, 0.25, None)):
        chosen = [
            (centre, found.right / found.pairs)
            for centre, found in zip(centres, scores.bins, strict=True)
            if (found.pairs >= TELLING_PAIRS) is telling
        ]
        if chosen:
            axes.plot(*zip(*chosen, strict=True), "o", color=BLUE, alpha=alpha, label=label)
    axes.set_ylim(-0.02, 1.04)
    axes.set_xlabel(f"weight of evidence, bits (pale: fewer than {TELLING_PAIRS} pairs)")
    axes.set_ylabel("share that is one person")
    axes.legend(loc="lower right", frameon=False)
    _save(figure, file)


def draw_strata(
    found: Mapping[str, Agreement], labels: Mapping[str, str], file: Path
) -> None:
    """What is missed and what is wrong in every stratum; all records, then the worst."""
    strata = sorted(
        (name for name in found if name != ALL),
        key=lambda name: (found[name].recall, found[name].precision, name),
    )
    order = [ALL, *strata][::-1]
    figure, axes = _canvas(7, 0.28 * len(order) + 1)
    places = range(len(order))
    for measure, label, colour, marker in (
        ("recall", "missed: 1 - recall", RED, "o"),
        ("precision", "wrong: 1 - precision", BLUE, "|"),
    ):
        values = [1 - getattr(found[name], measure) for name in order]
        axes.plot(values, places, marker, color=colour, label=label, markersize=8)
    axes.set_yticks(
        list(places),
        [f"{labels.get(name, name)} ({found[name].records:,})" for name in order],
    )
    # Shares of one in ten thousand are worth seeing beside shares of a half.
    axes.set_xscale("symlog", linthresh=1e-4)
    axes.set_xlim(-2e-5, 1.2)
    axes.set_xticks(list(SHARES), list(SHARES.values()))
    axes.set_xlabel("share of the pairs that touch the stratum (its records)")
    axes.legend(loc="lower right")
    _save(figure, file)


def _canvas(width: float, height: float) -> tuple[Any, Any]:
    # No display, and no state of its own that would outlive a picture.
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.add_subplot()


def _save(figure: Any, file: Path) -> None:
    import matplotlib

    file.parent.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context(STYLE):
        figure.savefig(file, metadata={"Date": None, "Creator": None})
