"""Writing a file of weights that people can review line by line.

Goes in: what a training measured and chose. Comes out: YAML with, for each level, the two
shares, the evidence in bits, why they are that, and on how many pairs they rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from loaders.identity.name_frequency import NameFrequencies
from loaders.identity.weights import FREQUENCY_NUMBERS, FREQUENCY_PARTS

if TYPE_CHECKING:
    from loaders.identity.fitting import Fitted
    from loaders.identity.training import Training


def write_weights(
    out: Path,
    trained_on: str,
    prior: float,
    training: Training,
    fitted: Mapping[str, Mapping[str, Fitted]],
    names: NameFrequencies,
    seed: int,
) -> None:
    """Write the file; the same training gives the same bytes."""
    lines = [
        "# Written by training and reviewed; once in use it is frozen, and a new training",
        "# writes a new file (docs/decisions/0013). same: share of pairs of records of one",
        "# person at this level; different: of two persons; bits: what the level weighs.",
        f"version: {out.stem}",
        "trained_on:",
        f"  records: {trained_on}",
        f"  people: {training.people}",
        f"  statements: {training.statements}",
        f"  seed: {seed}",
        "prior:",
        f"  probability: {_number(prior, 5)}",
        "  reason: declared for a county of 300,000, cautious for a smaller one",
        "comparisons:",
    ]
    for comparison, levels in fitted.items():
        lines.append(f"  {comparison}:")
        for label, one in levels.items():
            seen = training.levels[comparison][label]
            weight = one.weight
            lines += [
                f"    {label}:",
                f"      same: {_number(weight.same)}",
                f"      different: {_number(weight.different)}",
                f"      bits: {weight.bits:.2f}",
                f"      met_in_one: {seen.met_in_one:.0f} of {seen.pairs_of_one}",
                f"      met_in_two: {seen.met_in_two:.0f} of {seen.pairs_of_two}",
                f"      reason: {one.reason}",
            ]
    lines += ["name_frequency:"]
    for part in FREQUENCY_PARTS:
        shares = list(getattr(names, part).items())
        lines.append(f"  {part}:" if shares else f"  {part}: {{}}")
        lines += [f"    {sign}: {_number(share)}" for sign, share in shares]
    lines += [
        f"  {number}: {_number(getattr(names, number))}" for number in FREQUENCY_NUMBERS
    ]
    out.write_text("\n".join(lines) + "\n", "utf-8")


def _number(share: float, digits: int = 3) -> str:
    # YAML takes 1e-06 for a word and 1.0e-06 for a number.
    mantissa, e, exponent = f"{share:.{digits}g}".partition("e")
    point = "" if "." in mantissa or not e else ".0"
    return f"{mantissa}{point}{e}{exponent}"
