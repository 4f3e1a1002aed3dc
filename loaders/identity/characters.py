"""One form for every character that is written in several: what a name is compared in.

Goes in: text. Comes out: the same text in standard simplified characters. Radicals,
variants and the private code points of old fonts have a table of their own; traditional
forms are OpenCC's. A private code point that no standard ever gave a meaning is kept.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from opencc import OpenCC


def standard_form(text: str) -> str:
    """The text with every character in its standard simplified form."""
    return str(_converter().convert(text.translate(_variants())))


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


@cache
def _variants() -> dict[int, str]:
    text = files("loaders.identity").joinpath("data/variant.csv").read_text("utf-8")
    return {
        int(row["code_point"], 16): row["character"]
        for row in csv.DictReader(text.splitlines())
    }
