"""How well people were recognised, on a terminal and as a page."""

from __future__ import annotations

from pathlib import Path

import click

from loaders.console.options import FOLDER, NEW_FOLDER, say
from loaders.warehouse.connect import open_warehouse


@click.command()
@click.option("--truth", type=FOLDER, required=True, help="`truth` of the demo county.")
@click.option(
    "--out", type=NEW_FOLDER, help="Write the page and pictures into this folder."
)
@click.option("--blind", is_flag=True, help="Link again without numbers, and compare.")
def quality(truth: Path, out: Path | None, blind: bool) -> None:
    """Print precision, recall and F1, pairwise and B³, for each kind of difficulty."""
    from loaders.console.table import print_table
    from loaders.identity.evaluate.blind import blind_test
    from loaders.identity.evaluate.page import (
        COLUMNS,
        EVENT_COLUMNS,
        event_rows,
        rows_of,
        write_page,
    )
    from loaders.identity.evaluate.quality import measure_quality

    engine = open_warehouse()
    measured = measure_quality(engine, truth)
    print_table("身份识别质量 quality of identity", COLUMNS, rows_of(measured.strata))
    counts = [(zh, en, count) for zh, en, count in measured.counts()]
    print_table("计数 counts", ("what", "means", "count"), counts)
    if measured.events:
        print_table("就诊归属 whose event", EVENT_COLUMNS, event_rows(measured.events))
    blinded = blind_test(engine, say) if blind else None
    if blinded:
        print_table("盲测 blind-id test", COLUMNS, rows_of(blinded.agreement))
    if out:
        click.echo(str(write_page(measured, blinded, out)))
