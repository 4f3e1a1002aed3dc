"""The layers up to the record, built as the pipeline builds them; dbt's tests left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from loaders.pipeline import begin_run, run_step
from tests.with_dbt import without_tests

LAYERS = ("staging", "candidates", "link", "golden", "record")


def land(deliveries: Path, through: date) -> None:
    """Land every delivery."""
    _run("landing", deliveries, through)


def build(day: date, steps: Sequence[str] = LAYERS, anew: bool = False) -> dict[str, str]:
    """Bring staging, identity and record up to date; what each step said."""
    with without_tests():
        return build_as_it_is(day, steps, anew)


def build_as_it_is(
    day: date, steps: Sequence[str] = LAYERS, anew: bool = False
) -> dict[str, str]:
    """As build, with whatever tests dbt has of what is built."""
    return {name: _run(name, Path(), day, anew) for name in steps}


def _run(name: str, deliveries: Path, day: date, anew: bool = False) -> str:
    return run_step(
        name,
        run_id=begin_run("build", day),
        deliveries=deliveries,
        through=day,
        report=lambda _: None,
        anew=anew,
    )
