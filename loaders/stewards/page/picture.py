"""What the page draws: the waterfall as bars, and where two values differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from loaders.stewards.evidence import Step

# A bar that is thinner than this cannot be seen.
THINNEST = 0.6


@dataclass(frozen=True, slots=True)
class Bar:
    """A step and its bar; `zero` is where nothing speaks for or against."""

    step: Step
    x: float
    width: float
    zero: float

    @property
    def sign(self) -> str:
        if not self.step.bits:
            return "none"
        return "for" if self.step.bits > 0 else "against"


def bars(steps: Sequence[Step]) -> list[Bar]:
    """A bar for every step, all on one scale."""
    places = [0.0, *(step.start for step in steps), *(step.end for step in steps)]
    low, high = min(places), max(places)
    scale = 100 / (high - low or 1.0)
    return [
        Bar(
            step,
            round((min(step.start, step.end) - low) * scale, 2),
            round(max(abs(step.end - step.start) * scale, THINNEST), 2),
            round(-low * scale, 2),
        )
        for step in steps
    ]


def pieces(value: str, other: str) -> list[tuple[str, bool]]:
    """A value cut where it differs from another; true for what the other has not."""
    matcher = SequenceMatcher(None, value, other, autojunk=False)
    return [
        (value[start:end], tag != "equal")
        for tag, start, end, _, _ in matcher.get_opcodes()
        if end > start
    ]
