"""Chance that can be repeated: everything follows from one seed and the names of things.

A draw depends on what it is for, never on how many draws were made before it. So a kind of
mess that is switched off, or one delivery day more, leaves everything else as it was.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from random import Random
from typing import TypeVar

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Dice:
    """All chance of one county."""

    seed: int

    def share(self, *names: object) -> float:
        """A number in [0, 1) that belongs to these names."""
        return self.share_of("|".join([str(name) for name in names]))

    def share_of(self, name: str) -> float:
        """The same for names that are joined already."""
        text = f"{self.seed}|{name}"
        digest = blake2b(text.encode(), digest_size=6).digest()
        return int.from_bytes(digest) / 2**48

    def stream(self, *names: object) -> Random:
        """A generator of its own for the thing that these names stand for."""
        # The simulation must be repeatable; nothing secret is drawn from it.
        return Random("|".join(map(str, (self.seed, *names))))  # noqa: S311


def pick_early(rng: Random, things: Sequence[Thing]) -> Thing:
    """One of the things, the first ones far more often than the last ones."""
    return things[int(len(things) * rng.random() ** 2.2)]


def pick_weighted(rng: Random, things: Sequence[Thing], weights: Sequence[float]) -> Thing:
    """One of the things by weight."""
    return rng.choices(things, weights)[0]


def poisson(rng: Random, mean: float) -> int:
    """How often something happens that happens `mean` times on average."""
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count
