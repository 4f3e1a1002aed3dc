"""All that can be in a delivery."""

from __future__ import annotations

from tests.changes import refiling, resending

# Corrections are what comes most.
ACTS = (
    *[resending.correct] * 3, resending.give_away, resending.post_date,
    resending.send_again,
    refiling.replace, refiling.reinstate, refiling.full_list,
    refiling.refuse, refiling.good_copy, refiling.take_again,
)  # fmt: skip
