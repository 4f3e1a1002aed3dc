"""How far a share may pass its limit where there are few rows to judge by.

A vendor tries a new system out with a test patient: of its first three rows one is set
aside, and that is no quarter of a table. A gate that says no stops a whole county, so it
does where a share is beyond what chance makes of so many rows once in a hundred times: by
more than 2.33 standard deviations of a binomial count. Two are not enough: of the hundreds
of questions of a gate chance answers one in forty so, and a county of sixty people would
hardly ever be published. Of a hundred thousand rows it is next to nothing.
"""

from __future__ import annotations

from math import sqrt

DEVIATIONS = 2.326


def tolerated_share(limit: float, rows: int) -> float:
    """The largest share of `rows` that does not yet pass a limit, from 0 to 1."""
    if not rows:
        return 1.0
    return min(1.0, limit + DEVIATIONS * sqrt(limit * (1 - limit) / rows))


def tolerated_count(limit: str, rows: str) -> str:
    """SQL for how many of so many rows do not yet pass a limit; both are SQL, too."""
    return f"({limit} * {rows} + {DEVIATIONS} * sqrt({limit} * (1 - {limit}) * {rows}))"
