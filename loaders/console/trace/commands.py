"""The command `onecard trace`."""

from __future__ import annotations

from datetime import date

import click

from loaders.console.options import DAY
from loaders.settings import load_settings
from loaders.warehouse.connect import open_warehouse


@click.command()
@click.argument("what")
@click.argument("key", nargs=-1)
@click.option("--day", type=DAY, help="Of a file's name only this delivery.")
@click.option("--limit", default=100, show_default=True, help="Lines or numbers to list.")
def trace(what: str, key: tuple[str, ...], day: date | None, limit: int) -> None:
    """Print the lines behind a row, or everything that a line became and reached.

    \b
    onecard trace record.encounter KEY            the lines behind an encounter
    onecard trace indicators.value avg_los 2024 county CODE
    onecard trace record.contract institution_code=CODE
    onecard trace FILE:17                         what became of a line, and all it reached
    onecard trace 42:17                           the same, by the file's number
    onecard trace 'A|TABLE|…'                     the line of a row of staging, by its key
    """  # noqa: D301
    from loaders.console.trace.show import show_trace

    show_trace(open_warehouse(), load_settings(), what, key, day, limit)
