"""As many random deliveries as one likes, each compared with a build of everything.

    python -m tests.changes.by_hand --deliveries 20 --seed 1 --residents 120

Prints what every delivery held and what differed; exit code 1 on the first difference.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import click

from loaders.changes.shadow import check_record
from loaders.demo_county.make import DELIVERIES, make_demo_county
from loaders.settings import load_settings
from loaders.warehouse import embedded
from loaders.warehouse.connect import open_warehouse
from tests.changes.building import build, land
from tests.changes.redelivery import Redelivery


@click.command()
@click.option("--deliveries", default=10, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--residents", default=120, show_default=True)
@click.option("--without", default="", help="Letters of systems left as they are.")
def main(deliveries: int, seed: int, residents: int, without: str) -> None:
    """Walk through random deliveries until one makes a difference."""
    with TemporaryDirectory(prefix="onecard-changes-") as folder:
        os.environ |= {"ONECARD_HOME": folder, "ONECARD_DSN": ""}
        county = Path(folder) / "county"
        made = make_demo_county(county, residents, seed, 3, report=lambda _: None)
        try:
            land(county / DELIVERIES, made.deliveries[-1])
            _walk(deliveries, seed, without)
        finally:
            embedded.stop(Path(folder) / "postgres")


def _walk(deliveries: int, seed: int, without: str) -> None:
    engine = open_warehouse()
    redelivery = Redelivery(engine, seed, without)
    redelivery.hold_back()
    build(redelivery.today)
    for number in range(1, deliveries + 1):
        began = monotonic()
        held = redelivery.deliver()
        said = build(redelivery.today)
        compared = check_record(engine, load_settings())
        print(f"{number}: {said['record'].split(', for ')[-1]}", flush=True)
        print("   " + "; ".join(held), flush=True)
        for difference in compared.differences:
            print(f"   DIFFERENT {difference}")
        if compared.differences:
            sys.exit(1)
        print(
            f"   {compared.tables} tables, {compared.rows} rows equal"
            f" ({monotonic() - began:.0f} s)",
            flush=True,
        )


if __name__ == "__main__":
    main()
