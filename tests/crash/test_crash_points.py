"""Killed at any registered point and started again, a landing ends as if undisturbed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from sqlalchemy import Engine

from loaders.landing.points import POINTS
from loaders.settings import PROJECT
from tests.crash.killing import HEADING, Killing, occurrences
from tests.crash.lander import Lander
from tests.landing.sending import Sender

# Where a late file changes what later ones brought; in order these change nothing.
LATE_POINTS = ("later_relieved", "handing_over", "handed_over", "state_written",
               "period_counted", "table_done", "refusals_settled")  # fmt: skip


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
    crash_database: Engine, lander: Lander, county: Sender
) -> None:
    killing = Killing(crash_database, lander, county.root)
    passed = killing.undisturbed()
    assert [point for point in POINTS if not passed.get(point)] == []
    print(f"\n{HEADING}")
    bad = []
    for point in POINTS:
        for nth in occurrences(passed[point]):
            outcome = killing.at(point, nth)
            print(f"{outcome}  (of {passed[point]})")
            bad += [] if outcome.is_good else [str(outcome)]
    assert bad == []


def test_killed_while_a_late_file_changes_what_is_there_it_ends_the_same(
    crash_database: Engine, lander: Lander, first_day_late: tuple[Path, Path]
) -> None:
    without_first, everything = first_day_late

    killing = Killing(crash_database, lander, everything, without_first)
    passed = killing.undisturbed()
    print(f"\n{HEADING}")
    bad = []
    for point in LATE_POINTS:
        for nth in occurrences(passed[point]):
            outcome = killing.at(point, nth)
            print(f"late: {outcome}")
            bad += [] if outcome.is_good else [str(outcome)]
    assert bad == []


def test_a_point_that_nobody_registered_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from loaders.landing import points

    monkeypatch.setattr(points, "_armed", None)
    with pytest.raises(ValueError, match="registered"):
        points.arm("rows_stored_somewhere:1")
    with pytest.raises(ValueError, match="registered"):
        points.arm("rows_chunk:first")
