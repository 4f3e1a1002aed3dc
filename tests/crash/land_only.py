"""The command line with one verb more: land, and do nothing after it.

python -m tests.crash.land_only land-only --deliveries FOLDER
"""

from __future__ import annotations

from pathlib import Path

import click

from loaders.cli import FOLDER, main, onecard
from loaders.pipeline import LANDING_STEP, begin_run, finish_run, run_step


@onecard.command()
@click.option("--deliveries", type=FOLDER, required=True)
@click.option("--systems", default="", help="Letters of systems, all by default.")
def land_only(deliveries: Path, systems: str) -> None:
    """Do the landing step as the DAGs do it."""
    run_id = begin_run("land", None)
    said = run_step(
        LANDING_STEP,
        run_id=run_id,
        deliveries=deliveries,
        through=None,
        systems=tuple(systems) or None,
        report=lambda _: None,
    )
    finish_run(run_id, "landed", said)
    click.echo(said)


if __name__ == "__main__":
    main()
