"""What stewards are told when something cannot be done, in both languages."""

from __future__ import annotations

from loaders.failure import ExpectedFailure
from loaders.stewards.rules import Words


class StewardRefusal(ExpectedFailure):  # noqa: N818 - it is what happened
    """Something a steward can put right; never carries a personal value."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.words = Words(zh=zh, en=en)
