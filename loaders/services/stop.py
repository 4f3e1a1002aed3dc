"""Stop everything that this installation has running, in the order of who needs whom."""

from __future__ import annotations

from loaders.services.airflow import stop_airflow
from loaders.services.pages import stop_pages
from loaders.settings import Settings
from loaders.warehouse import embedded


def stop_everything(settings: Settings) -> list[str]:
    """Stop Airflow, the page server and the warehouse; a line for each that ran."""
    stopped = {
        "Airflow": stop_airflow(settings),
        "The page server": stop_pages(settings),
        "The embedded warehouse": embedded.stop(settings.database_folder),
    }
    lines = [f"{name} is stopped." for name, was_running in stopped.items() if was_running]
    return lines or ["Nothing was running."]
