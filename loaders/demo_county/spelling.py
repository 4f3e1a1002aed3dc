"""How the systems spell money and time."""

from __future__ import annotations

from datetime import date, datetime


def yuan(fen: int) -> str:
    """Two decimals, exact to the fen."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def moment(at: datetime) -> str:
    """2024-01-05 09:10:43."""
    return at.isoformat(sep=" ", timespec="seconds")


def midnight(on: date) -> str:
    return f"{on.isoformat()} 00:00:00"


def tight_moment(at: datetime) -> str:
    """2024010509:10:43, the dialect of B."""
    return at.isoformat(sep=" ", timespec="seconds").replace("-", "").replace(" ", "")
