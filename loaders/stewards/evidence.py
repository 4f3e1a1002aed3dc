"""The waterfall of evidence: how many bits each comparison adds or takes.

Goes in: the evidence of a task, levels and total weight, no values. Comes out: steps from
the chance that two records are one person at all to the weight that linking gave them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log2

from loaders.identity.levels import COMPARISONS
from loaders.identity.weights import weights_in_use

PRIOR, NAME_FREQUENCY = "prior", "name_frequency"
# Below this a step is nothing that anybody could see or would mind.
SMALLEST_STEP = 0.05


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what was compared, its level, the bits, and where it starts and ends."""

    comparison: str
    level: str
    bits: float | None
    start: float
    end: float


def bits_of(comparison: str, level: str) -> float | None:
    """The bits that a level of a comparison is worth; None when it is not weighed.

    This and the two functions below alone know where the weights of linking are.
    """
    weight = weights_in_use().levels.get(comparison, {}).get(level)
    if weight is not None:
        return weight.bits
    is_known = comparison in COMPARISONS and level == COMPARISONS[comparison][0].label
    return 0.0 if is_known else None


def in_order(comparisons: Iterable[str]) -> list[str]:
    """Comparisons as the model makes them, then those that it does not know."""
    order = {name: place for place, name in enumerate(COMPARISONS)}
    return sorted(comparisons, key=lambda name: (order.get(name, len(order)), name))


def prior_bits() -> float:
    """The bits against two records drawn at random being one person."""
    chance = weights_in_use().prior
    return log2(chance / (1 - chance))


def waterfall(evidence: Mapping[str, str | float]) -> list[Step]:
    """The steps, in the order in which the model compares; empty without evidence.

    A question that rules asked has no weight: its steps start from nothing.
    """
    weight = evidence.get("weight")
    levels = {name: str(level) for name, level in evidence.items() if name != "weight"}
    steps: list[Step] = []
    place = 0.0
    if weight is not None:
        place = prior_bits()
        steps.append(Step(PRIOR, "", place, 0.0, place))
    for comparison in in_order(levels):
        level = levels[comparison]
        bits = bits_of(comparison, level)
        steps.append(Step(comparison, level, bits, place, place + (bits or 0.0)))
        place += bits or 0.0
    if weight is not None and abs(float(weight) - place) > SMALLEST_STEP:
        # The weight of the level is that of a name of middling frequency.
        bits = float(weight) - place
        level = "rare" if bits > 0 else "common"
        name = Step(NAME_FREQUENCY, level, bits, place, place + bits)
        steps.append(name)
    return steps
