"""Messages of dbt and PostgreSQL, without the values of rows that they may quote."""

from __future__ import annotations

import re

# A quoted word in a message of PostgreSQL is a value, unless one of these stands before it.
NAMED_THINGS = (
    "column",
    "constraint",
    "function",
    "index",
    "macro",
    "model",
    "node",
    "relation",
    "role",
    "schema",
    "source",
    "table",
    "type",
    "view",
)
_QUOTED = re.compile(rf"(\b(?:{'|'.join(NAMED_THINGS)})\s+)?(\"[^\"]*\"|'[^']*')")
_SAFE_NAME = re.compile(r"[\"'][A-Za-z_][A-Za-z0-9_.]*[\"']")
_BARE_VALUE = re.compile(r"\d{5,}|[^\x00-\x7f]+")


def without_values(message: str | None) -> str:
    """What a message says was wrong, without any value it may quote."""
    lines = [line.strip() for line in (message or "").splitlines() if line.strip()]
    # dbt's first line names the file; PostgreSQL's complaint is the line after it, and what
    # follows (LINE, DETAIL, CONTEXT) repeats statements and rows.
    kept = lines[:2] if lines and re.match(r"(\w+ )+Error in", lines[0]) else lines[:1]
    return _BARE_VALUE.sub("…", _QUOTED.sub(_without_value, ": ".join(kept)))


def _without_value(quoted: re.Match[str]) -> str:
    before, word = quoted.group(1) or "", quoted.group(2)
    return quoted.group(0) if before and _SAFE_NAME.fullmatch(word) else f"{before}…"
