"""The pictures: what a threshold would cost, whether scores mean what they say, strata.

Goes in: measured counts. Comes out: SVG files, the same bytes for the same counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor, sqrt
from pathlib import Path
from typing import Any

from loaders.identity.evaluate.agreement import ALL, Agreement
from loaders.identity.evaluate.scored import Bin, Scores

BLUE, RED, GREY = "#1f5a99", "#b3402a", "#777777"
# Fewer pairs say little about a share: bins are taken together until they have as many.
TELLING_PAIRS = 20
SHARES = {0: "0", 1e-4: "0.01 %", 1e-3: "0.1 %", 1e-2: "1 %", 0.1: "10 %", 1: "100 %"}
# Of a normal distribution 95 % lie within so many standard deviations.
NORMAL_95 = 1.96
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
    """By weight: the share that is one person, with its 95 % interval, and the expected."""
    figure, axes = _canvas(7, 4)
    together = telling_bins(scores.bins)
    places = [weight for weight, _ in together]
    axes.plot(
        places, [found.expected / found.pairs for _, found in together],
        color=GREY, label="what the score says", zorder=3,
    )  # fmt: skip
    shares = [found.right / found.pairs for _, found in together]
    bounds = [_wilson(found.right, found.pairs) for _, found in together]
    axes.errorbar(
        places, shares, color=BLUE, fmt="o", markersize=4, capsize=3, label="what is true",
        yerr=[
            [share - low for share, (low, _) in zip(shares, bounds, strict=True)],
            [high - share for share, (_, high) in zip(shares, bounds, strict=True)],
        ],
    )  # fmt: skip
    # Where everything is nearly always right, the last tenths are worth the whole height.
    lowest = min((low for low, _ in bounds), default=0.0)
    axes.set_ylim(floor(lowest * 10) / 10 - 0.02, 1.02)
    axes.set_xlabel(f"weight of evidence, bits (at least {TELLING_PAIRS} pairs a point)")
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
    # A ring around a dot: both are to be seen where they meet.
    for measure, label, style in (
        ("recall", "missed: 1 - recall", {"color": RED, "markersize": 6}),
        (
            "precision", "wrong: 1 - precision",
            {"color": BLUE, "markersize": 11, "fillstyle": "none", "markeredgewidth": 1.5},
        ),
    ):  # fmt: skip
        values = [1 - getattr(found[name], measure) for name in order]
        axes.plot(values, places, "o", label=label, clip_on=False, **style)
    axes.set_yticks(
        list(places),
        [f"{labels.get(name, name)} ({found[name].records:,})" for name in order],
    )
    # Shares of one in ten thousand are worth seeing beside shares of a half.
    axes.set_xscale("symlog", linthresh=1e-4)
    axes.set_xlim(-2e-5, 2.5)
    axes.set_xticks(list(SHARES), list(SHARES.values()))
    axes.set_xlabel("share of the pairs that touch the stratum (its records)")
    axes.legend(loc="lower right")
    _save(figure, file)


def telling_bins(bins: Sequence[Bin]) -> list[tuple[float, Bin]]:
    """Neighbours taken together, each with the mean weight of its pairs.

    What is left at the high end joins the last of them.
    """
    together: list[list[Bin]] = [[]]
    for found in bins:
        if sum(one.pairs for one in together[-1]) >= TELLING_PAIRS:
            together.append([])
        together[-1].append(found)
    if len(together) > 1 and sum(one.pairs for one in together[-1]) < TELLING_PAIRS:
        rest = together.pop()
        together[-1] += rest
    return [(_mean_weight(group), _sum(group)) for group in together if group]


def _mean_weight(group: Sequence[Bin]) -> float:
    pairs = sum(one.pairs for one in group)
    return sum((one.at_least + 0.25) * one.pairs for one in group) / pairs


def _sum(group: Sequence[Bin]) -> Bin:
    return Bin(
        group[0].at_least,
        sum(one.pairs for one in group),
        sum(one.right for one in group),
        sum(one.expected for one in group),
    )


def _wilson(right: int, pairs: int) -> tuple[float, float]:
    """Between which shares the true one lies, by Wilson's score interval."""
    share, spread = right / pairs, NORMAL_95**2 / pairs
    centre = (share + spread / 2) / (1 + spread)
    half = sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))


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
