"""How common a name is in a county, told from its characters.

Goes in: the names of a county's people, once, for training; later any name. Comes out: the
probability that a person drawn at random bears it. Only characters are kept, never a name,
and none that few people bear. So the answer depends on the file of weights alone: not on
whose records happen to be there, nor on how many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from loaders.identity.person_name import HAN, LOST, surname_length

# A character that fewer people bear could point at one of them: it counts as any rare one.
FEWEST_BEARERS = 5
# Names longer than this are minority or foreign names, each of them rare.
LONGEST_HAN_NAME = 4
SIGNIFICANT_DIGITS = 3


@dataclass(frozen=True)
class NameFrequencies:
    """Frequencies of surnames, and of characters by their place in the given name.

    `single`, `first` and `second` are shares among the given names of one and of two
    characters; `one_character` is the share of the former. `dependence` is the power that
    makes up for characters that are liked together. No name is thought rarer than `rarest`.
    """

    surname: Mapping[str, float]
    single: Mapping[str, float]
    first: Mapping[str, float]
    second: Mapping[str, float]
    one_character: float
    dependence: float
    unseen_surname: float
    unseen_character: float
    rarest: float
    _known: dict[str, float] = field(default_factory=dict, compare=False, repr=False)

    def probability_of_name(self, key: str) -> float:
        """How likely a person has the name whose comparable form is `key`."""
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = max(self.rarest, self._estimate(key))
        return known

    def _estimate(self, key: str) -> float:
        if not HAN.match(key) or len(key) > LONGEST_HAN_NAME:
            return self.rarest
        ends = surname_length(key)
        surname, given = key[:ends], key[ends:]
        share = 1.0 if LOST in surname else self.surname.get(surname, self.unseen_surname)
        if not given:
            return share
        if len(given) == 1:
            return share * float(self._given(given, self.single) * self.one_character)
        first = self._given(given[0], self.first)
        others = [self._given(character, self.second) for character in given[1:]]
        likely = (1 - self.one_character) * first
        for other in others:
            likely *= other
        return float(share * likely**self.dependence)

    def _given(self, character: str, shares: Mapping[str, float]) -> float:
        return 1.0 if character == LOST else shares.get(character, self.unseen_character)


def count_names(people: Sequence[str], rarest: float) -> NameFrequencies:
    """The frequencies among people, one comparable name for each of them.

    Names with lost characters, in Latin letters or longer than four signs are left out.
    """
    keys = sorted(
        key
        for key in people
        if 1 < len(key) <= LONGEST_HAN_NAME and len(HAN.findall(key)) == len(key)
    )
    given = [key[surname_length(key) :] for key in keys]
    ones = [name for name in given if len(name) == 1]
    longer = [name for name in given if len(name) > 1]
    counted = NameFrequencies(
        surname=_shares(key[: surname_length(key)] for key in keys),
        single=_shares(ones),
        first=_shares(name[0] for name in longer),
        second=_shares(character for name in longer for character in name[1:]),
        one_character=_rounded(len(ones) / max(1, len(keys))),
        dependence=1.0,
        unseen_surname=_rounded(FEWEST_BEARERS / max(FEWEST_BEARERS, len(keys))),
        unseen_character=_rounded(FEWEST_BEARERS / max(FEWEST_BEARERS, len(keys))),
        rarest=rarest,
    )
    return _made_dependent(counted, keys)


def _made_dependent(counted: NameFrequencies, keys: Sequence[str]) -> NameFrequencies:
    """Choose the power with which two people meet in a name as often as they do."""
    bearers = Counter(keys)
    people = len(keys)
    if people < 2:
        return counted
    meeting = sum(n * (n - 1) for n in bearers.values()) / (people * (people - 1))
    low, high = 0.2, 2.0
    for _ in range(30):
        middle = (low + high) / 2
        tried = _with_dependence(counted, middle)
        expected = sum(n * tried.probability_of_name(key) for key, n in bearers.items())
        # A larger power makes names rarer, and meetings with them.
        low, high = (middle, high) if expected / people > meeting else (low, middle)
    return _with_dependence(counted, _rounded((low + high) / 2))


def _with_dependence(counted: NameFrequencies, dependence: float) -> NameFrequencies:
    return NameFrequencies(
        counted.surname, counted.single, counted.first, counted.second,
        counted.one_character, dependence, counted.unseen_surname,
        counted.unseen_character, counted.rarest,
    )  # fmt: skip


def _shares(signs: Iterable[str]) -> dict[str, float]:
    bearers = Counter(signs)
    total = sum(bearers.values())
    often = [(sign, n) for sign, n in bearers.items() if n >= FEWEST_BEARERS]
    often.sort(key=lambda counted: (-counted[1], counted[0]))
    return {sign: _rounded(n / total) for sign, n in often}


def _rounded(share: float) -> float:
    return float(f"{share:.{SIGNIFICANT_DIGITS}g}")
