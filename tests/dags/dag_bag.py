"""Reads the DAG files with the real Airflow and prints what it found, as one line of JSON.

A process of its own: Airflow sets up logging and settings when it is imported, and reads
its environment only then.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import patch

from airflow.dag_processing.dagbag import BundleDagBag
from airflow.serialization.serialized_objects import DagSerialization
from airflow.timetables.base import TimeRestriction
from pendulum import datetime


def main() -> None:
    folder = Path(sys.argv[1])
    began = perf_counter()
    bag = BundleDagBag(folder, bundle_path=folder, bundle_name="dags")
    found = {
        "seconds": perf_counter() - began,
        "errors": bag.import_errors,
        "dags": {dag_id: _describe(dag) for dag_id, dag in bag.dags.items()},
    }
    print(json.dumps(found))


def _describe(dag: Any) -> dict[str, Any]:
    condition = getattr(dag.timetable, "asset_condition", None)
    return {
        "doc": dag.doc_md,
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "awaits": sorted(asset.name for asset in getattr(condition, "objects", [])),
        "first_run": None if condition else _first_run(dag),
        "tasks": [_describe_task(task) for task in dag.topological_sort()],
    }


def _first_run(dag: Any) -> str:
    """When the scheduler would run it first, woken a quarter of an hour too late."""
    timetable = DagSerialization.from_dict(DagSerialization.to_dict(dag)).timetable
    woken = datetime(2025, 1, 6, 6, 15, tz="Asia/Shanghai")
    with patch("airflow.timetables.trigger.utcnow", lambda: woken):
        info = timetable.next_dagrun_info(
            last_automated_data_interval=None,
            restriction=TimeRestriction(earliest=None, latest=None, catchup=dag.catchup),
        )
    return str(info.run_after.in_timezone("Asia/Shanghai").isoformat())


def _describe_task(task: Any) -> dict[str, Any]:
    return {
        "name": task.task_id,
        "after": sorted(task.upstream_task_ids),
        "rule": task.trigger_rule.value,
        "retries": task.retries,
        "updates": [asset.name for asset in task.outlets],
    }


if __name__ == "__main__":
    main()
