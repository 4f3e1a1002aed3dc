"""Values as they may be shown: what can identify somebody is masked by its class."""

from __future__ import annotations

import re

from loaders.contracts.model import Column

_DIGITS = re.compile(r"\d")


def masked(column: Column, value: str | None) -> str:
    """A delivered value, masked as the class of its column demands; empty for null."""
    if not value:
        return ""
    if column.pii == "none":
        return value
    if column.pii == "name":
        return value[:1] + "*" * (len(value) - 1)
    if column.pii in ("id_number", "identifier"):
        return "*" * len(value[:-4]) + value[-4:] if len(value) > 4 else "*" * len(value)
    if column.pii == "phone":
        return value[:3] + "****"
    if column.pii == "birth_date":
        return value[:4] + _DIGITS.sub("*", value[4:])
    return "***"
