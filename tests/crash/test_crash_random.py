"""Killed at any moment, several times in a row, a landing ends as if undisturbed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from loaders.landing.points import KILL_AT
from loaders.settings import PROJECT
from tests.crash.conftest import KILLS, dsn_of
from tests.crash.killing import HEADING, Killing
from tests.crash.lander import Lander
from tests.crash.state import differences, state_of
from tests.landing.busy_county import send_all
from tests.landing.sending import Sender

KILLS_PER_LANDING = 3


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Deliveries of every system on four days."""
    sender = Sender(tmp_path_factory.mktemp("busy_county") / "deliveries")
    sender.root.mkdir()
    send_all(sender)
    return sender.root


def test_killed_at_random_moments_it_ends_the_same(
    crash_database: Engine, lander: Lander, busy: Path
) -> None:
    killing = Killing(crash_database, lander, busy)
    killing.undisturbed()
    seed = int(os.environ.get("ONECARD_KILL_SEED") or random.SystemRandom().getrandbits(32))
    dice = random.Random(seed)
    print(f"\nseed {seed}, undisturbed {killing.seconds:.1f} s\n{HEADING}")
    kills, bad = 0, []
    while kills < KILLS:
        outcome = killing.at_random(dice, min(KILLS_PER_LANDING, KILLS - kills))
        print(outcome)
        kills += outcome.kills
        bad += [str(outcome)] if outcome.differs else []
    assert bad == [], f"ONECARD_KILL_SEED={seed}"


def test_the_command_itself_dies_where_the_environment_says(
    fresh_database: Callable[[], Engine], county: Sender
) -> None:
    undisturbed, killed = fresh_database(), fresh_database()

    def command(engine: Engine, **environment: str) -> int:
        line = [sys.executable, "-m", "tests.crash.land_only", "land-only"]
        return subprocess.run(
            [*line, "--deliveries", str(county.root)],
            cwd=PROJECT,
            env={**os.environ, "ONECARD_DSN": dsn_of(engine), **environment},
            stdout=subprocess.DEVNULL,
            check=False,
        ).returncode

    assert command(undisturbed) == 0
    assert command(killed, **{KILL_AT: "news_kept:2"}) == -signal.SIGKILL
    assert command(killed) == 0
    assert differences(state_of(killed), state_of(undisturbed)) == []
