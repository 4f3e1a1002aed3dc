"""The words of the page in the language of whoever reads it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter
from starlette.requests import Request

from loaders.stewards.rules import Words

FILE = Path(__file__).with_name("words.yml")
COOKIE = "onecard_language"
LANGUAGES = ("zh", "en")


@cache
def page_words() -> dict[str, Words]:
    """All sentences of the page. Raises: pydantic.ValidationError."""
    shape = TypeAdapter(dict[str, Words])
    return shape.validate_python(yaml.safe_load(FILE.read_text("utf-8")))


def language_of(request: Request) -> str:
    """What was chosen, else what the browser prefers, else Chinese."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    first = request.headers.get("accept-language", "zh").split(",")[0]
    return "zh" if first.strip().lower().startswith("zh") else "en"


class Speaker:
    """Says things in one language; templates know it as `say` and `word`."""

    def __init__(self, language: str) -> None:
        self.language = language

    def say(self, key: str, **values: object) -> str:
        """A sentence of the page. Raises: KeyError for one that is not there."""
        return page_words()[key].in_language(self.language).format(**values)

    def word(self, words: Words) -> str:
        """Words of the rules in this language."""
        return words.in_language(self.language)
