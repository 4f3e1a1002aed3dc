"""A whole run from the command line: land, build, publish, under one writer lease."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import monotonic

from loaders.failure import ExpectedFailure
from loaders.landing.schema import prepare
from loaders.landing.seen import SeenFiles
from loaders.pipeline import (
    LANDING_STEP,
    begin_run,
    build_steps,
    finish_run,
    run_step,
)
from loaders.warehouse.connect import open_warehouse, writer_lease
from loaders.warehouse.runs import is_up_to_date

Report = Callable[[str], None]
FOLDER_NAME = re.compile(r"\d{8}")


class NoDeliveriesError(ExpectedFailure):
    """The folder holds no delivery; the message says what was looked for."""


def delivery_days(deliveries: Path, through: date | None) -> list[date]:
    """The delivery days in a folder, in order, none later than `through`.

    Raises: NoDeliveriesError.
    """
    if not deliveries.is_dir():
        raise NoDeliveriesError(f"{deliveries} is not a folder.")
    days = []
    for folder in sorted(deliveries.iterdir()):
        if folder.is_dir() and FOLDER_NAME.fullmatch(folder.name):
            try:
                days.append(date.fromisoformat(folder.name))
            except ValueError as error:
                raise NoDeliveriesError(
                    f"{folder.name} is not a day; delivery folders are named YYYYMMDD."
                ) from error
    days = [day for day in days if through is None or day <= through]
    if not days:
        raise NoDeliveriesError(
            f"No delivery in {deliveries}: expected folders named YYYYMMDD"
            + (f" up to {through:%Y%m%d}." if through else ".")
        )
    return days


def look_at_everything_again() -> None:
    """Let the next landing read also the files that it has dealt with."""
    engine = open_warehouse()
    prepare(engine)
    SeenFiles(engine).forget()
    engine.dispose()


def run_deliveries(
    deliveries: Path, through: date | None, each: bool, rebuild: bool, report: Report
) -> None:
    """Bring deliveries to one release together, or with `each` to a release of every one.

    A delivery that a gate refuses makes no release; like the next morning's run, `each`
    goes on with the delivery after it, which may bring what was missing.
    Raises: NoDeliveriesError, WarehouseBusyError, GateRefusedError of the last delivery,
    and what else a step raises; the run is then closed as failed and the last release stays
    up.
    """
    from expectations.gate import GateRefusedError

    *earlier, last = delivery_days(deliveries, through)
    engine = open_warehouse()
    with writer_lease(engine):
        for day in earlier if each else ():
            try:
                _land_and_build(deliveries, day, rebuild, report)
            except GateRefusedError as refusal:
                report(str(refusal))
        _land_and_build(deliveries, last, rebuild, report)
    engine.dispose()


def _land_and_build(deliveries: Path, through: date, rebuild: bool, report: Report) -> None:
    report(f"deliveries up to {through:%Y-%m-%d}")
    _in_run("land", (LANDING_STEP,), "landed", deliveries, through, report, rebuild)
    engine = open_warehouse()
    current = is_up_to_date(engine)
    engine.dispose()
    if current and not rebuild:
        report("nothing new since the last build: the published release is current")
        return
    steps = tuple(step.name for step in build_steps())
    _in_run("build", steps, "published", deliveries, through, report, rebuild)


def _in_run(
    kind: str,
    steps: tuple[str, ...],
    good_state: str,
    deliveries: Path,
    through: date,
    report: Report,
    anew: bool,
) -> None:
    run_id = begin_run(kind, through)
    said = ""
    try:
        for name in steps:
            began = monotonic()
            said = run_step(
                name,
                run_id=run_id,
                deliveries=deliveries,
                through=through,
                report=report,
                hold_lease=False,
                anew=anew,
            )
            report(f"{name}: {said} ({monotonic() - began:.1f} s)")
    except BaseException as error:
        # Also on Ctrl-C: a run that was stopped must not look as if it still ran.
        finish_run(run_id, "failed", type(error).__name__)
        raise
    finish_run(run_id, good_state, said)
