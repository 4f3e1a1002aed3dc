"""What the commands have in common: how a day and a folder are given, how work is told."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click


class _Day(click.ParamType[date]):
    name = "YYYYMMDD"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(str(value), "%Y%m%d").date()
        except ValueError:
            self.fail("not a day; write it as YYYYMMDD, such as 20250106", param, ctx)


DAY = _Day()
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
NEW_FOLDER = click.Path(file_okay=False, path_type=Path)


def say(line: str) -> None:
    """Print a line of progress with the time."""
    click.echo(f"{datetime.now():%H:%M:%S}  {line}")
