"""The weights of the linkage model, as versioned files that are read and never computed.

Goes in: a file. Comes out: how often each level of a comparison is met in one person and in
two, what two random records come to beforehand, and how common names are. A file, once it
is in use, is not changed: training writes a new one (docs/decisions/0013).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from loaders.failure import ExpectedFailure
from loaders.identity.levels import COMPARISONS
from loaders.identity.name_frequency import NameFrequencies

IN_USE = "county_v1.yml"
DECLARED = "declared_v1.yml"
FREQUENCY_PARTS = ("surname", "single", "first", "second")
FREQUENCY_NUMBERS = (
    "one_character", "dependence", "unseen_surname", "unseen_character", "rarest",
)  # fmt: skip


class WeightsError(ExpectedFailure):
    """A file of weights that does not fit the comparisons; the message names the level."""


@dataclass(frozen=True, slots=True)
class LevelWeight:
    """How often a level is met among records of one person, and of two."""

    same: float
    different: float

    @property
    def bits(self) -> float:
        """The evidence that the level is, in bits; below zero it speaks against."""
        return math.log2(self.same / self.different)


@dataclass(frozen=True)
class Weights:
    """What one file says. `version` names it and its very bytes."""

    version: str
    prior: float
    levels: Mapping[str, Mapping[str, LevelWeight]]
    names: NameFrequencies

    def name_frequencies(self, keys: Iterable[str]) -> list[tuple[str, float]]:
        """Rows of a table of term frequencies: each name once, and how common it is."""
        return [
            (key, self.names.probability_of_name(key)) for key in sorted(set(keys) - {""})
        ]


@cache
def weights_in_use() -> Weights:
    """The weights that links are made with. Raises: WeightsError."""
    return load_weights(files(__name__).joinpath(IN_USE))


def load_weights(path: Path | Traversable) -> Weights:
    """Read a file of weights. Raises: WeightsError."""
    content = path.read_bytes()
    said = yaml.safe_load(content)
    digest = hashlib.sha256(content).hexdigest()[:12]
    levels = {}
    for comparison, (_, *compared) in COMPARISONS.items():
        listed = said["comparisons"].get(comparison, {})
        labels = [level.label for level in compared]
        if sorted(listed) != sorted(labels):
            odd = ", ".join(sorted(set(listed) ^ set(labels)))
            raise WeightsError(
                f"{path.name}: the levels of {comparison} and their weights differ in"
                f" {odd}. Every level needs its line there, and no other may stand there."
            )
        levels[comparison] = {
            label: _level_weight(path.name, comparison, label, listed[label])
            for label in labels
        }
    return Weights(
        version=f"{said['version']}+{digest}",
        prior=float(said["prior"]["probability"]),
        levels=levels,
        names=_frequencies(said["name_frequency"]),
    )


def _level_weight(
    name: str, comparison: str, label: str, line: Mapping[str, Any]
) -> LevelWeight:
    weight = LevelWeight(float(line["same"]), float(line["different"]))
    if not (0 < weight.same < 1 and 0 < weight.different < 1):
        raise WeightsError(
            f"{name}: {comparison} {label} must have probabilities between 0 and 1."
            " A level that is never met has no weight; give it a small one."
        )
    return weight


def _frequencies(said: Mapping[str, Any]) -> NameFrequencies:
    surname, single, first, second = (
        {str(sign): float(share) for sign, share in said[part].items()}
        for part in FREQUENCY_PARTS
    )
    one_character, dependence, unseen_surname, unseen_character, rarest = (
        float(said[number]) for number in FREQUENCY_NUMBERS
    )
    return NameFrequencies(
        surname, single, first, second, one_character, dependence, unseen_surname,
        unseen_character, rarest,
    )  # fmt: skip
