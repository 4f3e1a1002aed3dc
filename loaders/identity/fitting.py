"""From what was measured to weights that make sense: a few pairs do not outvote reason.

Goes in: the measured shares of one comparison's levels and the weights to begin with. Comes
out: a weight for each level, and where it comes from. What was declared counts as much as
some pairs would, and alone where a county happens to have hardly any. What a household
shares, and names that sound alike, are no rarer than declared, however few people live in
the county. And no level weighs more than one that is more alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loaders.identity.levels import CHAINS
from loaders.identity.weights import LevelWeight

# What was declared counts as much as so many pairs of one person, or of two. The pairs of
# one person are no independent witnesses: one slip at one counter is in many of them.
DECLARED_PAIRS_OF_ONE = 10_000
DECLARED_PAIRS_OF_TWO = 1_000_000
# A level that is met less often has not been measured.
FEWEST_PAIRS = 20
# What kind of names are compared, rather than how alike they are: not measured.
NOT_MEASURED = frozenset({("name", "rank_differs"), ("name", "provisional")})
# Common to a household: evidence of the family more than of the person. Phone and roof come
# together, and a father and his son share both, so that their weights must not add up.
# And the fewer people, the fewer of their names sound alike.
NO_RARER_THAN_DECLARED = frozenset(
    {
        ("phone", "shared"), ("address", "same_house"), ("address", "same_group"),
        ("name", "same_tones"), ("name", "homophone"), ("name", "fuzzy_sound"),
    }
)  # fmt: skip
# How common a name is comes from its characters: the level's own share is only a base.
BY_NAME_FREQUENCY = frozenset({("name", "exact")})
# People who were told apart by their numbers have different ones, by choice.
TOLD_APART_BY = "id_number"
SIGNIFICANT_DIGITS = 3
HIGHEST_SHARE = 0.999


@dataclass(frozen=True, slots=True)
class Measured:
    """How often a level was met, among pairs that said enough to be compared."""

    met_in_one: float
    pairs_of_one: int
    met_in_two: float
    pairs_of_two: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """The weight of a level, and where it comes from."""

    weight: LevelWeight
    reason: str


def fit(
    comparison: str, measured: Mapping[str, Measured], base: Mapping[str, LevelWeight]
) -> dict[str, Fitted]:
    """Choose the weight of each level of one comparison."""
    fitted = {
        label: _one(comparison, label, found, base[label])
        for label, found in measured.items()
    }
    for chain in CHAINS[comparison]:
        fitted |= _falling(chain, fitted)
    return fitted


def _one(comparison: str, label: str, found: Measured, base: LevelWeight) -> Fitted:
    same, same_reason = _same(found, base.same)
    different, different_reason = _different(found, base.different)
    if (comparison, label) in NOT_MEASURED:
        return Fitted(base, "declared")
    if comparison == TOLD_APART_BY:
        different, different_reason = (
            base.different,
            "declared, people were told apart by it",
        )
    elif (comparison, label) in BY_NAME_FREQUENCY:
        different, different_reason = base.different, "by how common the name is"
    elif (comparison, label) in NO_RARER_THAN_DECLARED and different < base.different:
        different, different_reason = base.different, "declared, no rarer than that"
    return _fitted(same, different, f"same {same_reason}, different {different_reason}")


def _same(found: Measured, declared: float) -> tuple[float, str]:
    if found.met_in_one < FEWEST_PAIRS:
        return declared, "declared"
    pairs = found.pairs_of_one + DECLARED_PAIRS_OF_ONE
    return (found.met_in_one + DECLARED_PAIRS_OF_ONE * declared) / pairs, "measured"


def _different(found: Measured, declared: float) -> tuple[float, str]:
    if found.met_in_two < FEWEST_PAIRS:
        return declared, "declared"
    pairs = found.pairs_of_two + DECLARED_PAIRS_OF_TWO
    return (found.met_in_two + DECLARED_PAIRS_OF_TWO * declared) / pairs, "measured"


def _falling(chain: tuple[str, ...], fitted: Mapping[str, Fitted]) -> dict[str, Fitted]:
    """Give neighbours in a chain that stand the wrong way round the weight of both."""
    groups: list[list[str]] = []
    for label in chain:
        groups.append([label])
        while len(groups) > 1 and _ratio(groups[-2], fitted) < _ratio(groups[-1], fitted):
            last = groups.pop()
            groups[-1] += last
    changed = {}
    for group in groups:
        ratio = _ratio(group, fitted)
        for label in group if len(group) > 1 else ():
            different = fitted[label].weight.different
            reason = f"{fitted[label].reason}; one weight for {', '.join(group)}"
            changed[label] = _fitted(different * ratio, different, reason)
    return changed


def _ratio(group: list[str], fitted: Mapping[str, Fitted]) -> float:
    same = sum(fitted[label].weight.same for label in group)
    return same / sum(fitted[label].weight.different for label in group)


def _fitted(same: float, different: float, reason: str) -> Fitted:
    return Fitted(LevelWeight(_rounded(same), _rounded(different)), reason)


def _rounded(share: float) -> float:
    # Nothing is certain: a share of one would make its level a proof.
    return float(f"{min(share, HIGHEST_SHARE):.{SIGNIFICANT_DIGITS}g}")
