"""The database dies under a landing: one clear line, and the next start does the rest."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.settings import Settings
from loaders.warehouse import embedded
from loaders.warehouse.connect import open_warehouse
from loaders.warehouse.lost import LOST
from tests.crash.conftest import KILLS
from tests.crash.killing import HEADING, Killing, Outcome
from tests.crash.lander import Lander
from tests.crash.server import VICTIMS
from tests.crash.small_county import BULK_FROM
from tests.landing.sending import Sender

# In the middle of a COPY, with an index dropped, before a commit, in the last transaction.
MOMENTS = (
    ("postmaster", "rows_chunk", 6),
    ("backend", "index_dropped", 2),
    ("backend", "table_done", 9),
    ("postmaster", "refusals_settled", 2),
)


@pytest.fixture(scope="module")
def killing(tmp_path_factory: pytest.TempPathFactory, county: Sender) -> Iterator[Killing]:
    """A warehouse with a server of its own: others need theirs."""
    home: Path = tmp_path_factory.mktemp("home_of_a_server_to_kill")
    engine = open_warehouse(Settings(home=home, external_dsn=None))
    lander = Lander({"ONECARD_HOME": str(home)}, BULK_FROM)
    killing = Killing(engine, lander, county.root)
    killing.undisturbed()
    yield killing
    lander.close()
    engine.dispose()
    embedded.stop(home / "postgres")


@pytest.mark.parametrize(("victim", "point", "nth"), MOMENTS)
def test_the_server_is_killed_at_a_point(
    killing: Killing, victim: str, point: str, nth: int
) -> None:
    outcome = killing.server_at(victim, point, nth)
    print(f"\n{HEADING}\n{outcome}")
    assert outcome.is_good
    assert outcome.complaints[:1] == (f"onecard: {LOST}\n",)
    _only_one_line_each(outcome)


def test_the_server_is_killed_at_random_moments(killing: Killing) -> None:
    seed = int(os.environ.get("ONECARD_KILL_SEED") or random.SystemRandom().getrandbits(32))
    dice = random.Random(seed)
    print(f"\nseed {seed}, undisturbed {killing.seconds:.1f} s\n{HEADING}")
    for kill in range(max(2, KILLS // 3)):
        outcome = killing.server_at_random(VICTIMS[kill % 2], dice)
        print(outcome)
        assert outcome.differs == [], f"ONECARD_KILL_SEED={seed}"
        _only_one_line_each(outcome)


def _only_one_line_each(outcome: Outcome) -> None:
    # A traceback could show values; and nobody would know what to do.
    for complaint in outcome.complaints:
        assert complaint.startswith("onecard: "), complaint
        assert complaint.count("\n") == 1, complaint
