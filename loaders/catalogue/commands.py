"""The command `onecard catalogue`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from loaders.console.options import NEW_FOLDER
from loaders.settings import load_settings
from loaders.warehouse.connect import open_warehouse


@click.command()
@click.option(
    "--out", type=NEW_FOLDER, help="Folder to write to; else that of the reports."
)
@click.option("--check", is_flag=True, help="Also exit with 1 when something lacks words or a class.")  # fmt: skip # noqa: E501
def catalogue(out: Path | None, check: bool) -> None:
    """Write the catalogue of all tables and columns: a page, and files for machines."""
    from loaders.catalogue.content import read_catalogue
    from loaders.catalogue.entries import faults
    from loaders.catalogue.page import write_catalogue

    settings = load_settings()
    content = read_catalogue(open_warehouse(), settings)
    page = write_catalogue(content, out or settings.report_folder / "catalogue")
    columns = sum(len(table.columns) for table in content.tables)
    click.echo(f"{len(content.tables)} tables, {columns} columns: {page}")
    lacking = faults(content)
    for line in lacking:
        click.echo(line)
    if check and lacking:
        sys.exit(1)
