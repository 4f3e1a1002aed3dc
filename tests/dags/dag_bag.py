"""Reads the DAG files with the real Airflow and prints what it found, as JSON.

A process of its own: Airflow sets up logging and settings when it is imported, and reads its
environment only then.
"""

from __future__ import annotations

import json
import sys
from time import perf_counter

from airflow.dag_processing.dagbag import DagBag


def main() -> None:
    began = perf_counter()
    bag = DagBag(sys.argv[1], include_examples=False)
    seconds = perf_counter() - began
    print(
        json.dumps(
            {
                "seconds": seconds,
                "errors": bag.import_errors,
                "dags": {dag_id: _described(dag) for dag_id, dag in bag.dags.items()},
            }
        )
    )


def _described(dag) -> dict:
    return {
        "doc": dag.doc_md,
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "assets": sorted(asset.name for _, asset in dag.timetable.asset_condition.iter_assets())
        if hasattr(dag.timetable, "asset_condition")
        else [],
        "tasks": [
            {
                "name": task.task_id,
                "after": sorted(task.upstream_task_ids),
                "rule": str(task.trigger_rule),
                "retries": task.retries,
                "teardown": task.is_teardown,
                "updates": [asset.name for asset in task.outlets],
            }
            for task in dag.topological_sort()
        ],
    }


if __name__ == "__main__":
    main()
