"""Codes in words, from `words.yml`; a code without words is shown as it is."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from loaders.stewards.rules import Words

FILE = Path(__file__).with_name("words.yml")
BUT = "_but_"


@cache
def load_words() -> dict[str, dict[str, Words]]:
    """All groups of words. Raises: pydantic.ValidationError."""
    shape = TypeAdapter(dict[str, dict[str, Words]])
    return shape.validate_python(yaml.safe_load(FILE.read_text("utf-8")))


def words_of(group: str, code: str | None) -> Words:
    """A code of a group in Chinese and English."""
    known = load_words()[group].get(code or "")
    return known or Words(zh=code or "", en=code or "")


def undecided_words(reason: str) -> Words:
    """Why linking left a question open: `rule_but_conflict` has both in words."""
    if BUT not in reason:
        return words_of("undecided", reason)
    rule, conflict = (
        words_of(group, part)
        for group, part in zip(("rules", "undecided"), reason.split(BUT, 1), strict=True)
    )
    return Words(zh=f"{rule.zh}，但{conflict.zh}", en=f"{rule.en}, but: {conflict.en}")
