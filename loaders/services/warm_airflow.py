"""Airflow's command line, with what the steps need imported beforehand.

The scheduler's workers are forks of the scheduler and every task is a fork of a worker:
what is imported here once, no task imports again. That saves three to six seconds a step.
"""

from __future__ import annotations

import runpy
from importlib import import_module

# Never our own code: a task must run what is on disk now.
NEEDED_BY_STEPS = ("dbt.cli.main", "great_expectations", "splink")


def main() -> None:
    """Import, then be `python -m airflow` with the same arguments."""
    for name in NEEDED_BY_STEPS:
        import_module(name)
    runpy.run_module("airflow", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
