"""The layers up to the record, built as the pipeline builds them; dbt's tests left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

from loaders import transform
from loaders.changes import promises
from loaders.pipeline import begin_run, run_step
from loaders.settings import Settings

LAYERS = ("staging", "candidates", "link", "golden", "record")
NO_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


@contextmanager
def without_tests() -> Iterator[None]:
    """Rows are compared here; dbt's tests of them have their place in other suites."""
    invoke = transform.invoke_dbt

    def quicker(
        settings: Settings, command: Sequence[str], *rest: Any, **more: Any
    ) -> list[Any]:
        tested = command[0] == "build"
        return invoke(settings, [*command, *(NO_TESTS if tested else ())], *rest, **more)

    with (
        patch.object(transform, "invoke_dbt", quicker),
        patch.object(promises, "compiled_tests", lambda *_: []),
    ):
        yield


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
