"""The step before landing: bring what a system has ready into the folder of deliveries.

Where from is an Airflow connection `onecard_<system name>` or, without one, the variable
ONECARD_SOURCE_<letter> of the environment; without either the folder is filled by others.
"""

from __future__ import annotations

from pathlib import Path

from airflow.sdk import Connection, task
from airflow.sdk.exceptions import AirflowFailException, AirflowNotFoundException

from loaders.collect.collect import collect as collect_deliveries
from loaders.failure import ExpectedFailure


@task
def collect(letter, name, params=None):
    """取数 / Collect one system's deliveries; says so where no source is configured."""
    if not params["deliveries"]:
        raise AirflowFailException("No folder of deliveries: set ONECARD_DELIVERIES.")
    try:
        done = collect_deliveries(
            Path(params["deliveries"]), systems=[letter], sources=_source(letter, name)
        )
    except ExpectedFailure as failure:
        raise AirflowFailException(f"{type(failure).__name__}: {failure}") from None
    return str(done)


def _source(letter, name) -> dict[str, str]:
    """The address in Airflow's connection; handed on, never printed."""
    try:
        return {letter: Connection.get(f"onecard_{name}").get_uri()}
    except AirflowNotFoundException:
        return {}
