"""What the DAGs here are made of, so that a DAG file only says what comes when.

A task does one thing of `loaders.pipeline` and hands on no more than the number of the run
and a sentence of counts.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from airflow.sdk import Asset, Param, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from loaders import pipeline
from loaders.contracts.model import System
from loaders.failure import ExpectedFailure
from loaders.warehouse.connect import open_warehouse
from loaders.warehouse.runs import is_up_to_date

# No retries: a step is repeated by a person who has read why it stopped.
DEFAULTS = {"owner": "onecard", "retries": 0}
PARAMS = {
    "deliveries": Param(
        os.environ.get("ONECARD_DELIVERIES", ""),
        type="string",
        title="交付目录 / folder of deliveries",
    ),
    "through": Param(
        None,
        type=["null", "string"],
        pattern=r"^\d{8}$",
        title="处理到哪一日（YYYYMMDD）；空：全部 / last delivery day; empty: all",
    ),
}


def landed(system: System) -> Asset:
    """What changes whenever this system's deliveries are taken in."""
    return Asset(name=f"landing.{system.name}", group="landing")


@task
def open_run(kind, params=None):
    """登记一次运行 / Note a run in the audit schema; all its tasks carry its number."""
    if kind == "build" and is_up_to_date(open_warehouse()):
        raise AirflowSkipException("Nothing new since the last build.")
    return pipeline.begin_run(kind, _through(params))


@task
def do_step(name, systems=None, params=None, ti=None):
    """Do one step of the pipeline, as the command line does."""
    if not params["deliveries"]:
        raise AirflowFailException("No folder of deliveries: set ONECARD_DELIVERIES.")
    try:
        return pipeline.run_step(
            name,
            run_id=ti.xcom_pull(task_ids="open_run"),
            deliveries=Path(params["deliveries"]),
            through=_through(params),
            systems=systems,
        )
    except ExpectedFailure as failure:
        raise AirflowFailException(f"{type(failure).__name__}: {failure}") from failure


@task
def close_run(good_state, last_step, ti=None):
    """了结这次运行 / Note how the run ended; done whatever became of the steps."""
    said = ti.xcom_pull(task_ids=last_step)
    state = good_state if said else "failed"
    pipeline.finish_run(ti.xcom_pull(task_ids="open_run"), state, said or "")


def _through(params) -> date | None:
    return date.fromisoformat(params["through"]) if params["through"] else None
