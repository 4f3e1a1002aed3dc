"""What of a person is shown before anybody asks for more.

A name keeps its surname, numbers their last four signs, an address its town, a birthday its
year. Sex, ethnic group and town are no secret between stewards.
"""

from __future__ import annotations

import unicodedata
from datetime import date

from loaders.identity.contact import read_address
from loaders.stewards.people import SHOWN, Record

OPEN_FIELDS = frozenset({"sex_code", "ethnicity_code", "town_code"})
MASKED_FIELDS = tuple(name for name in SHOWN if name not in OPEN_FIELDS)
LAST, STARS = 4, "****"


def shown(record: Record, field: str, is_revealed: bool = False) -> str:
    """A value of a record as it may be shown; empty for nothing."""
    value = getattr(record, field)
    if value is None or value == "":
        return ""
    if is_revealed or field in OPEN_FIELDS:
        return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)
    if field == "person_name":
        return masked_name(value)
    if field == "born_on":
        return f"{value:%Y}-**-**"
    if field == "address":
        return f"{read_address(value).town}***"
    return masked_number(value)


def masked_name(name: str) -> str:
    """The surname, and a star for each further character: 张*, never more than three."""
    name = unicodedata.normalize("NFKC", name).strip()
    return name[:1] + "*" * min(max(len(name) - 1, 1), 3)


def masked_number(number: str) -> str:
    """The last four signs of a number; nothing of one that has no more, nor its length."""
    number = unicodedata.normalize("NFKC", number).strip()
    return STARS + number[-LAST:] if len(number) > LAST else STARS
