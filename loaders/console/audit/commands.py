"""The commands that account for what was sent: audit, rejects, replay, history."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from loaders.console.options import DAY, FEED, FOLDER, NEW_FOLDER, say
from loaders.warehouse.connect import open_warehouse

EXPORT_HELP = "Write the lines, as received, into this folder."


@click.command()
@click.option("--feed", type=FEED, help="Only this feed, such as A02.")
@click.option("--day", type=DAY, help="Only this delivery.")
@click.option("--file", "file_name", help="Only this file, or this member of a zip.")
@click.option("--org", help="Only this institution, in its system's own code.")
@click.option("--files", is_flag=True, help="A line per delivered table.")
@click.option("--rejects", is_flag=True, help="The rejected lines, by reason.")
@click.option("--totals", is_flag=True, help="Rows and amounts of every feed, by layer.")
@click.option("--drift", is_flag=True, help="Columns that came or went, by feed.")
@click.option("--codes", is_flag=True, help="Codes that no code list knows, by feed.")
@click.option("--unread", is_flag=True, help="Cells that gave no date, number or code.")
def audit(
    feed: str | None,
    day: date | None,
    file_name: str | None,
    org: str | None,
    files: bool,
    rejects: bool,
    totals: bool,
    drift: bool,
    codes: bool,
    unread: bool,
) -> None:
    """Print what became of everything sent; the exit code is 1 when it does not balance.

    With a feed, day, file or institution: the whole chain from lines read to the record.
    """
    from loaders.console.audit.codes import show_unmapped_codes
    from loaders.console.audit.drift import show_drift
    from loaders.console.audit.ledger import show_ledger
    from loaders.console.audit.unread import show_unread
    from loaders.console.rejects import show_rejects

    engine = open_warehouse()
    if unread:
        show_unread(engine, feed, day)
    elif drift:
        show_drift(engine, feed)
    elif codes:
        show_unmapped_codes(engine, feed)
    elif rejects:
        show_rejects(engine, feed, day)
    elif not show_ledger(engine, feed, day, files, file_name, org, totals):
        sys.exit(1)


@click.command()
@click.option("--feed", type=FEED, help="Only this feed, such as A02.")
@click.option("--day", type=DAY, help="Only this delivery.")
@click.option("--export", "folder", type=NEW_FOLDER, help=EXPORT_HELP)
def rejects(feed: str | None, day: date | None, folder: Path | None) -> None:
    """Print rejected lines by reason and institution, or export them to be sent back."""
    from loaders.console.rejects import export_rejects, show_rejects

    if folder is None:
        show_rejects(open_warehouse(), feed, day)
        return
    lines, files = export_rejects(open_warehouse(), folder, feed, day)
    click.echo(f"{lines} lines of {files} files; {folder / 'index.csv'} lists them")


@click.command()
@click.option("--deliveries", type=FOLDER, help="Folder of YYYYMMDD, if still at hand.")
@click.option("--feed", type=FEED, help="Only this feed, such as A02.")
@click.option("--file", "file_name", help="Only this file, or this member of a zip.")
def replay(deliveries: Path | None, feed: str | None, file_name: str | None) -> None:
    """Take rejected lines and refused files again, after a contract was put right."""
    from loaders.landing.replay import replay as take_again
    from loaders.warehouse.connect import writer_lease

    engine = open_warehouse()
    with writer_lease(engine):
        click.echo(str(take_again(engine, deliveries, feed, file_name, say)))


@click.command()
@click.option("--feed", type=FEED, required=True, help="The feed, such as A02.")
@click.option("--key", required=True, help="Values of the key columns, joined by +.")
@click.option("--as-of", type=DAY, help="What was known on this delivery day.")
@click.option("--reveal", is_flag=True, help="Show values unmasked; this is recorded.")
def history(feed: str, key: str, as_of: date | None, reveal: bool) -> None:
    """Print every version of a source record: when it came, from where, what it changed."""
    from loaders.console.history import show_history

    show_history(open_warehouse(), feed, key, as_of, reveal)
