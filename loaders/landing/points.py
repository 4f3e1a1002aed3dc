"""Points at which landing can be made to die, so that tests can prove that it may.

With `ONECARD_KILL_AT=rows_chunk:3` the process kills itself when it comes to the third
chunk of rows, as a power cut would; without it a point costs one comparison.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

KILL_AT = "ONECARD_KILL_AT"
# In the order in which a landing can come to them. What is half done at each:
POINTS = (
    # The tables of landing, in one transaction.
    "schema_locked",
    "schema_fixed_made",
    "schema_table_made",
    "schema_made",
    "schema_committed",
    # A delivered file, between its tables.
    "file_examined",
    "file_done",
    "page_retried",
    # A delivered table, in one transaction.
    "table_begun",
    "duplicate_recorded",
    "ledger_recorded",
    "index_dropped",
    "rows_chunk",
    "rows_copied",
    "reject_chunk",
    "rejects_copied",
    "index_made",
    "columns_noted",
    "table_analyzed",
    # A table of a database, within that transaction.
    "fresh_made",
    "fresh_incomplete",
    "fresh_stored",
    "watermark_noted",
    "news_kept",
    "later_relieved",
    # Counts, and who counts now.
    "table_stored",
    "counts_written",
    "totals_noted",
    "handing_over",
    "handed_over",
    "state_written",
    "key_index_made",
    "period_counted",
    "period_settled",
    "table_done",
    "table_committed",
    # What is only noted, and what need not be looked at again, in one transaction.
    "notes_begun",
    "note_written",
    "notes_written",
    "seen_written",
    "folder_committed",
    # Refusals and what settled them, in one transaction.
    "refusals_settled",
    "all_settled",
)

passed: Counter[str] = Counter()
_armed: str | None = None


def arm(where: str | None) -> None:
    """Die at `point:nth`, counted from now on; None disarms. Raises: ValueError."""
    global _armed
    name, _, nth = (where or "").partition(":")
    if where is not None and (name not in POINTS or not nth.isdecimal()):
        raise ValueError(
            f"{KILL_AT} is {where}, not <point>:<number of a registered point>"
        )
    passed.clear()
    _armed = where


def reached(name: str) -> None:
    """Landing has come to a point; where this one is armed, the process ends here."""
    if _armed is None:
        return
    passed[name] += 1
    if _armed == f"{name}:{passed[name]}":
        die()


def die() -> None:
    """End this process as nothing but the operating system can."""
    os.kill(os.getpid(), signal.SIGKILL)


arm(os.environ.get(KILL_AT) or None)
