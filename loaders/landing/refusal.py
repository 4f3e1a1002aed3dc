"""Why a delivered table is not loaded; the reason names files, columns and counts only."""

from __future__ import annotations


class FileRefusedError(Exception):
    """Nothing of this table may be loaded; a good copy may follow. Carries the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WaitsForPageError(FileRefusedError):
    """A page without a header whose first page has not been landed yet."""
