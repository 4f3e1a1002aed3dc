"""Deliveries through the real Airflow: one build, in order, and none past a gate's no."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from loaders.contracts.model import load_systems
from loaders.pipeline import build_steps
from loaders.services.run_dags import AirflowRunFailedError

STEPS = [step.name for step in build_steps()]
LANDINGS = [system.dag_id for system in load_systems()]
PERSONAL_VALUE = "99010119800101001X"


@dataclass(frozen=True)
class Finished:
    """What a run of all deliveries left behind."""

    lines: list[str]
    builds: int
    build: dict[str, Any]
    noted: list[tuple[str, str]]


@pytest.fixture(scope="module")
def finished(installation: Any) -> Finished:
    """A run in which every system had something new."""
    news = installation.trouble / "new deliveries"
    news.touch()
    builds, noted = len(installation.builds()), len(installation.noted_runs())
    lines = installation.run(through=date(2025, 1, 3))
    news.unlink()
    return Finished(
        lines,
        len(installation.builds()) - builds,
        installation.newest_build(),
        installation.noted_runs()[noted:],
    )


def test_all_landings_together_lead_to_one_build(finished: Finished) -> None:
    assert finished.builds == 1
    assert finished.noted == [("land", "landed")] * len(LANDINGS) + [("build", "published")]


def test_the_terminal_shows_the_steps_in_the_pipelines_order(finished: Finished) -> None:
    done = [
        line.split()[0].removeprefix("build_release.")
        for line in finished.lines
        if line.startswith("build_release.") and " success" in line
    ]
    assert done == STEPS


def test_the_last_day_to_process_reaches_every_step(
    installation: Any, finished: Finished
) -> None:
    for step in STEPS:
        assert "up to 2025-01-03" in installation.log(finished.build, step)


def test_nothing_runs_by_itself_after_a_run_that_was_asked_for(
    installation: Any, finished: Finished
) -> None:
    assert all(installation.is_paused(dag_id) for dag_id in [*LANDINGS, "build_release"])


def test_a_landing_wakes_the_build(installation: Any, finished: Finished) -> None:
    builds = len(installation.builds())
    installation.set_paused("build_release", False)
    installation.trigger("land_insurance")
    installation.wait_for(
        lambda: len(installation.builds()) > builds or None, "the build to be woken"
    )
    build = installation.wait_for(
        lambda: installation._over(installation.newest_build()), "the end of the build"
    )
    installation.set_paused("build_release", True)
    assert build["run_type"] == "asset_triggered"
    # Nothing was new, so there is nothing to build: every task is skipped.
    assert set(installation.task_states(build).values()) == {"skipped"}


def test_a_gate_that_refuses_fails_the_run_before_publication(
    installation: Any, finished: Finished, trouble: Path
) -> None:
    (trouble / "new deliveries").touch()
    (trouble / "staging_gate refuses").touch()
    with pytest.raises(AirflowRunFailedError) as failure:
        installation.run()

    build = installation.newest_build()
    states = installation.task_states(build)
    assert build["state"] == "failed"
    assert states["staging_gate"] == "failed"
    assert set(states[step] for step in STEPS[STEPS.index("staging_gate") + 1 :]) == {
        "upstream_failed"
    }
    assert installation.noted_runs()[-1] == ("build", "failed")
    assert "build_release.staging_gate failed" in str(failure.value)
    assert "3 rows are not as they must be" in str(failure.value)
    assert Path(str(failure.value).rsplit("its log: ", 1)[1]).is_file()


def test_a_landing_that_crashes_tells_no_personal_value(
    installation: Any, trouble: Path
) -> None:
    (trouble / "landing crashes").write_text(PERSONAL_VALUE, "ascii")
    run = installation.trigger("land_insurance")

    assert run["state"] == "failed"
    assert installation.noted_runs()[-1] == ("land", "failed")
    assert "RuntimeError" in installation.log(run, "landing")
    logs = [file for file in installation.settings.log_folder.rglob("*") if file.is_file()]
    assert not [file for file in logs if PERSONAL_VALUE in file.read_text("utf-8")]
