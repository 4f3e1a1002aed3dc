"""A suggested answer in words: what usually is the case, and what to look at.

Goes in: a question and how alike its records are. Comes out: a verdict, or none where only
a look elsewhere helps, and the code of a sentence. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loaders.stewards.likeness import Likeness

# From here on the model would have linked by itself, had nothing stood against it.
STRONG = 0.99


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to answer, if anything, and why."""

    verdict: str | None
    sentence: str


def suggest(
    kind: str,
    probability: float | None,
    likeness: Mapping[str, Likeness],
    numbers_differ: bool,
    is_one_person: bool = False,
    are_newborns: bool = False,
    is_contradicted: bool = False,
) -> Suggestion:
    """The usual answer to a question of this kind with records so alike.

    `are_newborns` when both names are provisional, `is_contradicted` when decisions are.
    """
    if is_contradicted:
        return Suggestion(None, "decisions_contradict")
    name, born, sex = (
        likeness[field].relation for field in ("person_name", "born_on", "sex_code")
    )
    apart = [relation for relation in (name, born, sex) if relation == "different"]
    if kind == "too_large_cluster":
        return Suggestion("split", "too_large")
    if kind == "overlay" and is_one_person:
        return Suggestion(None, "one_life_contradicts")
    if likeness["person_name"].level == "newborn":
        if born == "different":
            return Suggestion("different", "mother_and_child")
        if born == "same" and sex != "different":
            return Suggestion("same", "newborn_registered")
        return Suggestion(None, "newborn")
    if kind == "newborn" or (are_newborns and name == "different"):
        # One may be called after the mother and the other after the father.
        return Suggestion(None, "newborn")
    if kind in ("contested_id", "overlay") and apart:
        return Suggestion("different", f"{kind}_other_person")
    if kind == "overlay" and numbers_differ and (name, born) == ("same", "same"):
        return Suggestion(None, "two_numbers_one_card")
    if numbers_differ:
        return Suggestion("different", "two_valid_numbers")
    if kind in ("contested_id", "overlay"):
        return Suggestion("same", f"{kind}_same_person")
    if apart:
        return Suggestion(None, "something_differs")
    if probability is not None and probability >= STRONG:
        return Suggestion("same", "strong")
    return Suggestion(None, "likely")
