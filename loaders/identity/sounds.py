"""How a Chinese name sounds, in every way that clerks of a county read and type it.

Goes in: the signs of a name, one by one: a Chinese character, a syllable typed for one, or
a sign whose sound nobody knows. Comes out: readings, with tone, without, and with those
sounds merged that local speech and typing mistake for each other.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import islice, product

# Characters are read one at a time: its phrases, most of what it loads, say nothing here.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin import Style, lazy_pinyin  # noqa: E402 - it looks when it is imported

# A name of several ambiguous characters has few readings that anybody would use.
MOST_READINGS = 8

SYLLABLE = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|yu|ai|ei|ao|ou|an|en|in|un"
    r"|ia|ie|iu|ua|uo|ui|ue|ve|er|a|e|i|o|u|v)"
)
LONGEST_SYLLABLE = 6
# Sounds that the speech of the lower Yangtze, and hurried typing, do not keep apart.
INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l"))
# A local f is the standard's hu: fang and huang, fei and hui.
LABIALS = {"fu": "hu", "fo": "huo"}
NASALS = re.compile(r"(?<=[aei])ng$")
TONE = re.compile(r"\d")


@cache
def character_readings(character: str, is_surname: bool) -> tuple[str, ...]:
    """The readings of a character with their tones, the usual one first.

    One character at a time: the reading must not depend on what stands beside it.
    """
    listed = _listed_readings().get((character, "surname" if is_surname else "given"))
    if listed:
        return listed
    style = Style.TONE3
    [reading] = lazy_pinyin(character, style=style, neutral_tone_with_five=True) or [""]
    return (str(reading),)


def readings(choices: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """All readings of a name from those of its signs, each as syllables between spaces.

    No reading at all when one of the signs has none. The usual reading comes first.
    """
    return tuple(" ".join(chosen) for chosen in islice(product(*choices), MOST_READINGS))


def without_tone(reading: str) -> str:
    """A reading as it is typed: `zeng1 gui4` is `zeng gui`."""
    return TONE.sub("", reading)


@cache
def fuzzy(reading: str) -> str:
    """A reading without tones, and without the differences that are not heard."""
    return " ".join(_fuzzy_syllable(syllable) for syllable in reading.split(" "))


@cache
def syllables(typed: str) -> tuple[str, ...]:
    """The fewest syllables that Latin letters spell; none when they spell no Chinese."""
    text = typed.lower().replace("ü", "v")
    found: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(text) + 1):
        starts = range(max(0, end - LONGEST_SYLLABLE), end)
        ways = [
            (*before, text[start:end])
            for start in starts
            if (before := found[start]) is not None and SYLLABLE.fullmatch(text, start, end)
        ]
        found.append(min(ways, key=len, default=None))
    spelt = found[-1] or ()
    return tuple(
        syllable.replace("yu", "v") if syllable in ("lyu", "nyu") else syllable
        for syllable in spelt
    )


@cache
def _fuzzy_syllable(syllable: str) -> str:
    sound = NASALS.sub("n", syllable)
    if sound.startswith("f"):
        return LABIALS.get(sound, "hu" + sound[1:].replace("ei", "i").replace("en", "n"))
    for spelt, heard in INITIALS:
        if sound.startswith(spelt):
            return heard + sound[len(spelt) :]
    return sound


@cache
def _listed_readings() -> dict[tuple[str, str], tuple[str, ...]]:
    """Characters that people read in more than one way in names, from the data file."""
    text = files("loaders.identity").joinpath("data/reading.csv").read_text("utf-8")
    return {
        (row["character"], row["place"]): tuple(row["readings"].split(" "))
        for row in csv.DictReader(text.splitlines())
    }
