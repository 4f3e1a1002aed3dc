"""Tries again when the network fails, a little later each time.

Goes in: something to do, and how to start afresh. Comes out: its result. Only what may pass
by itself is repeated: a wrong password tried five times locks an account.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from loaders.collect.failure import LostConnectionError

Report = Callable[[str], None]
_Result = TypeVar("_Result")

WAITS_SECONDS = (1.0, 5.0, 20.0, 60.0)


@dataclass(frozen=True)
class Patience:
    """How often and after which waits; `report` hears of every failure."""

    report: Report
    waits: tuple[float, ...] = WAITS_SECONDS

    def attempt(
        self, action: Callable[[], _Result], start_afresh: Callable[[], None]
    ) -> _Result:
        """The result of `action`. Raises: LostConnectionError after the last wait."""
        for wait in self.waits:
            try:
                return action()
            except LostConnectionError as failure:
                self.report(f"{failure} Trying again in {wait:g} s.")
            start_afresh()
            time.sleep(wait)
        return action()
