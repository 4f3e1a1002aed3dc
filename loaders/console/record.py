"""`onecard record`: whether the record that is kept up to date is what it must be."""

from __future__ import annotations

import sys

import click

from loaders.settings import load_settings
from loaders.warehouse.connect import open_warehouse, writer_lease


@click.group()
def record() -> None:
    """The one-card record as a whole."""


@record.command()
def check() -> None:
    """Build staging and record from nothing beside the standing ones, and compare.

    Exit code 1 when a table differs; `onecard run --rebuild` makes all of it anew.
    """
    from loaders.changes.shadow import check_record

    engine = open_warehouse()
    with writer_lease(engine):
        comparison = check_record(engine, load_settings())
    for difference in comparison.differences:
        click.echo(str(difference))
    click.echo(
        f"{comparison.tables} tables compared, {comparison.rows} rows;"
        f" {len(comparison.differences)} tables differ"
    )
    if comparison.differences:
        click.echo(
            "Bring it in order with `onecard run --rebuild`, and tell the maintainers."
        )
        sys.exit(1)
