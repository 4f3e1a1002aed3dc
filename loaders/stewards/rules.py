"""Kinds of question, verdicts and reasons, read once from `rules.yml`."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).with_name("rules.yml")
SATURDAY = 5


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Strict):
    """A code in Chinese and English."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        return f"{self.zh} {self.en}"


class Kind(Words):
    """A kind of question and how long it may wait."""

    working_days: int


class Rules(_Strict):
    """All that `rules.yml` says."""

    kinds: dict[str, Kind]
    verdicts: dict[str, Words]
    reasons: dict[str, dict[str, Words]]
    fixes: dict[str, Words]
    registers: tuple[str, ...]


@cache
def load_rules() -> Rules:
    """The rules of stewardship. Raises: pydantic.ValidationError."""
    return Rules.model_validate(yaml.safe_load(FILE.read_text("utf-8")))


def kind_of(code: str) -> Kind:
    """What is known of a kind; one without words waits as long as a duplicate does."""
    known = load_rules().kinds
    return known.get(code) or Kind(
        zh=code, en=code, working_days=known["possible_duplicate"].working_days
    )


def reason_words(code: str) -> Words:
    """A reason in words, whichever verdict it goes with."""
    for reasons in load_rules().reasons.values():
        if code in reasons:
            return reasons[code]
    return Words(zh=code, en=code)


def due_on(first_seen_on: date, working_days: int) -> date:
    """The last day on which a question is in time; public holidays are not known here."""
    day = first_seen_on
    while working_days:
        day += timedelta(1)
        working_days -= day.weekday() < SATURDAY
    return day


def working_days_between(first: date, last: date) -> int:
    """Working days after `first` up to and including `last`; none when it is not later."""
    weeks, rest = divmod(max((last - first).days, 0), 7)
    days = (first + timedelta(weeks * 7 + n) for n in range(1, rest + 1))
    return weeks * 5 + sum(day.weekday() < SATURDAY for day in days)
