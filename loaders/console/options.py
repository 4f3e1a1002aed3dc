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


class _Feed(click.ParamType[str]):
    name = "feed"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        # Read only where a feed is named: other commands do without contracts.
        from loaders.contracts.model import load_contracts

        feeds = sorted(contract.feed for contract in load_contracts())
        if value not in feeds:
            self.fail(
                f"no contract tells of it; feeds are {feeds[0]} to {feeds[-1]}, and"
                " `onecard audit --totals` lists them",
                param,
                ctx,
            )
        return str(value)


DAY = _Day()
FEED = _Feed()
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
NEW_FOLDER = click.Path(file_okay=False, path_type=Path)


def say(line: str) -> None:
    """Print a line of progress with the time."""
    click.echo(f"{datetime.now():%H:%M:%S}  {line}")
