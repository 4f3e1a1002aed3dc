"""As many random deliveries as one likes, each compared with a build of everything.

    python -m tests.changes.by_hand --deliveries 20 --seed 1 --residents 30 --faults 0.3

Prints what every delivery held and what differed; exit code 1 on the first difference. With
faults some builds are killed at a place, at a model or at any moment, or a test of dbt
fails; the next build, with or without another delivery, must put it right.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

import click

from loaders.changes.shadow import check_record
from loaders.demo_county.make import DELIVERIES, make_demo_county
from loaders.settings import load_settings
from loaders.transform import DBT_PROJECT, TransformError
from loaders.warehouse import embedded
from loaders.warehouse.connect import open_warehouse
from tests.changes.agreement import assert_oracle_agrees
from tests.changes.building import build, build_as_it_is, land
from tests.changes.dying import PLACES, a_promise_broken, build_and_die
from tests.changes.redelivery import Redelivery
from tests.changes.rules import change_a_mapping, own_rules

MODELS = sorted(
    path.stem
    for layer in ("1_staging", "3_record")
    for path in (DBT_PROJECT / "models" / layer).rglob("*.sql")
)


@click.command()
@click.option("--deliveries", default=10, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--residents", default=120, show_default=True)
@click.option("--without", default="", help="Systems and feeds left as they are: H E01.")
@click.option("--faults", default=0.0, show_default=True, help="Share of builds that die.")
@click.option("--mappings", default=0.0, show_default=True, help="Share with other rules.")
@click.option("--compare-every", default=1, show_default=True, help="Deliveries.")
def main(
    deliveries: int,
    seed: int,
    residents: int,
    without: str,
    faults: float,
    mappings: float,
    compare_every: int,
) -> None:
    """Walk through random deliveries until one makes a difference."""
    with TemporaryDirectory(prefix="onecard-changes-") as name:
        folder = Path(name)
        os.environ |= {"ONECARD_HOME": name, "ONECARD_DSN": ""}
        made = make_demo_county(
            folder / "county", residents, seed, 3, report=lambda _: None
        )
        (folder / "rules").mkdir()
        try:
            with own_rules(folder / "rules") as project:
                land(folder / "county" / DELIVERIES, made.deliveries[-1])
                walk = _Walk(project, folder, seed, without, faults, mappings)
                for number in range(1, deliveries + 1):
                    walk.deliver(number)
                    if number % compare_every == 0 or number == deliveries:
                        walk.compare()
        finally:
            embedded.stop(folder / "postgres")


class _Walk:
    def __init__(
        self,
        project: Path,
        folder: Path,
        seed: int,
        without: str,
        faults: float,
        mappings: float,
    ) -> None:
        self.project, self.folder = project, folder
        self.faults, self.mappings = faults, mappings
        self.engine = open_warehouse()
        # Chance of its own: the same seed deals out the same deliveries with and without.
        self.dice = Random(seed)
        self.redelivery = Redelivery(self.engine, seed, without)
        self.redelivery.hold_back()
        began = monotonic()
        build(self.redelivery.today)
        self.seconds = monotonic() - began

    def deliver(self, number: int) -> None:
        """One delivery, which may have to be built twice; says what was in it."""
        began = monotonic()
        held = self.redelivery.deliver()
        if self.dice.random() < self.mappings:
            held.append(change_a_mapping(self.project, self.dice))
        if self.dice.random() < self.faults:
            held.append(self._die())
            if self.dice.random() < 0.5:
                held += ["and then", *self.redelivery.deliver()]
        said = build(self.redelivery.today)["record"].split(", for ")[-1]
        print(f"{number}: {said} ({monotonic() - began:.0f} s)", flush=True)
        print("   " + "; ".join(held), flush=True)

    def compare(self) -> None:
        """Exit with 1 where a build of everything, or the oracle, gives something else."""
        began = monotonic()
        assert_oracle_agrees(self.engine)
        compared = check_record(self.engine, load_settings())
        for difference in compared.differences:
            print(f"   DIFFERENT {difference}")
        if compared.differences:
            sys.exit(1)
        print(
            f"   {compared.tables} tables, {compared.rows} rows equal"
            f" ({monotonic() - began:.0f} s)",
            flush=True,
        )

    def _die(self) -> str:
        today, how = (
            self.redelivery.today,
            self.dice.choice(("place", "model", "time", "test")),
        )
        model = self.dice.choice(MODELS)
        if how == "place":
            place = self.dice.choice(PLACES)
            return f"{_killed(build_and_die(today, at=place))} at {place}"
        if how == "model":
            return f"{_killed(build_and_die(today, model=model))} at {model}"
        if how == "time":
            after = self.dice.uniform(0, self.seconds)
            return f"{_killed(build_and_die(today, after=after))} after {after:.1f} s"
        with a_promise_broken(model, self.folder / "broken"):
            try:
                build_as_it_is(today)
            except TransformError:
                return f"a test of {model} failed"
        return f"no test of {model} failed"


def _killed(was_killed: bool) -> str:
    return "KILLED" if was_killed else "not killed"


if __name__ == "__main__":
    main()
