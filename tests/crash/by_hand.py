"""Kills over any deliveries, as many as one likes.

    python -m tests.crash.by_hand DELIVERIES --kills 60 --server-kills 8

Works in a server of its own, in a folder that is removed afterwards. Exit code 1 when any
landing did not end as if it had been undisturbed.
"""

from __future__ import annotations

import random
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

import click

from loaders.cli import FOLDER
from loaders.landing.points import POINTS
from loaders.settings import Settings
from loaders.warehouse import embedded
from loaders.warehouse.connect import open_warehouse
from loaders.warehouse.lost import LOST
from tests.crash.killing import HEADING, Killing, Outcome, kill_everywhere
from tests.crash.lander import Lander
from tests.crash.server import VICTIMS
from tests.crash.small_county import BULK_FROM

KILLS_PER_LANDING = 5
# Each point is killed at so many times, unless the landings are not enough for it.
MET = 3


@click.command()
@click.argument("deliveries", type=FOLDER)
@click.option("--points/--no-points", default=True, help="Kill at registered points.")
@click.option(
    "--each-alone", is_flag=True, help="With a landing of its own for each point."
)
@click.option("--landings", default=12, show_default=True, help="At most, for points.")
@click.option("--kills", default=60, show_default=True, help="At random moments.")
@click.option("--server-kills", default=8, show_default=True, help="Of the database.")
@click.option(
    "--bulk-from", default=BULK_FROM, show_default=True, help="Rows of a large file."
)
@click.option("--seed", type=int, help="Of the random moments.")
def by_hand(
    deliveries: Path,
    points: bool,
    each_alone: bool,
    landings: int,
    kills: int,
    server_kills: int,
    bulk_from: int,
    seed: int | None,
) -> None:
    """Kill landings of DELIVERIES, and compare how each ends with an undisturbed one."""
    seed = random.SystemRandom().getrandbits(32) if seed is None else seed
    dice = random.Random(seed)
    # Also when it is told to end, its server is stopped and its folder removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="onecard_kills_") as folder:
        home = Path(folder)
        # The database's own account must be able to get through.
        home.chmod(0o711)
        engine = open_warehouse(Settings(home=home, external_dsn=None))
        lander = Lander({"ONECARD_HOME": str(home)}, bulk_from)
        killing = Killing(engine, lander, deliveries)
        try:
            passed = killing.undisturbed()
            print(f"seed {seed}, undisturbed {killing.seconds:.1f} s")
            outcomes = []
            if points:
                reached = [point for point in POINTS if passed.get(point)]
                print(
                    "not come to:", ", ".join(sorted(set(POINTS) - set(reached))) or "none"
                )
                if each_alone:
                    outcomes += kill_everywhere([killing], reached)
                else:
                    passed = {point: passed[point] for point in reached}
                    outcomes += _in_turn(killing, passed, dice, landings)
            outcomes += _at_random(killing, dice, kills)
            outcomes += _server(killing, dice, server_kills)
        finally:
            lander.close()
            engine.dispose()
            embedded.stop(home / "postgres")
    if not all(outcome.is_good for outcome in outcomes):
        sys.exit(1)


def _in_turn(
    killing: Killing, passed: dict[str, int], dice: random.Random, landings: int
) -> list[Outcome]:
    """Landings, each killed at one point after the other; what they passed by, alone.

    A point that only a large file comes to may lie behind before its turn.
    """
    print(f"\n{HEADING}")
    outcomes: list[Outcome] = []
    met: Counter[str] = Counter()
    while min(met[point] for point in passed) < MET and len(outcomes) < landings:
        outcome, killed = killing.in_turn(passed, dice)
        outcomes.append(outcome)
        met += killed
        print(outcome, flush=True)
    for point, count in passed.items():
        print(f"  {point:<30} killed {met[point]} times (of {count} in a landing)")
    if missed := [point for point in passed if not met[point]]:
        outcomes += kill_everywhere([killing], missed)
    return outcomes


def _at_random(killing: Killing, dice: random.Random, kills: int) -> list[Outcome]:
    print(f"\n{HEADING}")
    outcomes: list[Outcome] = []
    while (left := kills - sum(outcome.kills for outcome in outcomes)) > 0:
        outcomes.append(killing.at_random(dice, min(KILLS_PER_LANDING, left)))
        print(outcomes[-1], flush=True)
    return outcomes


def _server(killing: Killing, dice: random.Random, kills: int) -> list[Outcome]:
    print(f"\n{HEADING}")
    outcomes: list[Outcome] = []
    while sum(outcome.kills for outcome in outcomes) < kills:
        victim = VICTIMS[len(outcomes) % len(VICTIMS)]
        outcomes.append(killing.server_at_random(victim, dice))
        print(outcomes[-1], flush=True)
        for complaint in outcomes[-1].complaints:
            if complaint != f"onecard: {LOST}\n":
                print("  said:", complaint)
    return outcomes


if __name__ == "__main__":
    by_hand()
