"""Who may act: the names in `stewards.txt` of this installation, else the system account.

A name is a statement, not a proof: whoever can run the command here can give any of them.
Two names keep one mistake from passing, not one person with bad intent.
"""

from __future__ import annotations

import getpass
from pathlib import Path

from loaders.settings import Settings
from loaders.stewards.book import DecisionRefusedError

FILE = "stewards.txt"


def known_actors(settings: Settings) -> list[str]:
    """Names that may act, one a line of the file; lines that begin with # are remarks."""
    file: Path = settings.home / FILE
    if not file.exists():
        return [getpass.getuser()]
    lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
    return list(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


def actor_named(settings: Settings, name: str | None) -> str:
    """The actor of this name, or of the system account when none is given.

    Raises: DecisionRefusedError when the name is not one of those that may act.
    """
    actors = known_actors(settings)
    asked = (name or getpass.getuser()).strip()
    if asked not in actors:
        raise DecisionRefusedError(
            f"This name is not in {settings.home / FILE}; give one that is with --actor.",
            f"这个名字不在 {FILE} 中。",
        )
    return asked
