"""Killed at any registered point and started again, a landing ends as if undisturbed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from loaders.landing.points import POINTS, arm
from loaders.settings import PROJECT
from tests.crash.conftest import Lane
from tests.crash.killing import Killing, kill_everywhere
from tests.landing.sending import Sender

# Where a late file changes what later ones brought; in order these change nothing.
LATE_POINTS = (
    "later_relieved",
    "handing_over",
    "handed_over",
    "state_written",
    "period_counted",
)


def test_every_call_site_names_a_registered_point() -> None:
    named = []
    for path in sorted((PROJECT / "loaders").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "reached":
                named += [
                    value.value for value in node.args if isinstance(value, ast.Constant)
                ]
    assert sorted(set(named)) == sorted(POINTS)
    # A name says where the process was; two places of one name would not.
    assert len(named) == len(set(named))


def test_killed_at_every_point_it_ends_the_same(
    crash_lanes: list[Lane], county: Sender
) -> None:
    lanes = [Killing(engine, lander, county.root) for engine, lander in crash_lanes]
    outcomes = kill_everywhere(lanes, POINTS)
    # A point that this county does not bring landing to is dead, or untested.
    assert {outcome.where.split()[0] for outcome in outcomes} == set(POINTS)
    assert [str(outcome) for outcome in outcomes if not outcome.is_good] == []


def test_killed_while_a_late_file_changes_what_is_there_it_ends_the_same(
    crash_lanes: list[Lane], first_day_late: tuple[Path, Path]
) -> None:
    without_first, everything = first_day_late
    lanes = [Killing(e, lander, everything, without_first) for e, lander in crash_lanes]
    outcomes = kill_everywhere(lanes, LATE_POINTS)
    assert {outcome.where.split()[0] for outcome in outcomes} == set(LATE_POINTS)
    assert [str(outcome) for outcome in outcomes if not outcome.is_good] == []


@pytest.mark.parametrize("where", ["rows_stored_somewhere:1", "rows_chunk:first", ""])
def test_a_point_that_nobody_registered_is_refused(where: str) -> None:
    with pytest.raises(ValueError, match="registered"):
        arm(where)
