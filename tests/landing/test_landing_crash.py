"""A landing that is killed at any moment and started again ends as if nothing had been."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable

from sqlalchemy import Engine

from loaders.landing.ledger import balanced
from loaders.landing.schema import prepare
from tests.landing.busy_county import send_all
from tests.landing.looking import Landing
from tests.landing.sending import Sender

# Kills itself before the n-th statement or COPY of the landing.
LAND_AND_DIE = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import create_engine, event
from loaders.landing import store
from loaders.landing.land import land

left = int(sys.argv[3])

def maybe_die(*_):
    global left
    left -= 1
    if left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)

def copy_or_die(*arguments, real=store._copy):
    maybe_die()
    real(*arguments)
    maybe_die()

store._copy = copy_or_die
engine = create_engine(sys.argv[1])
event.listen(engine, "before_cursor_execute", maybe_die)
event.listen(engine, "commit", maybe_die)
land(engine, Path(sys.argv[2]), None, None, 1, print)
"""


def test_killed_again_and_again_it_ends_the_same(
    sender: Sender, landing: Landing, fresh_database: Callable[[], Engine]
) -> None:
    send_all(sender)
    undisturbed = Landing(fresh_database(), sender.root)
    undisturbed.land()

    prepare(landing.engine)
    address = landing.engine.url.render_as_string(hide_password=False)
    for statements in (45, 70, 110, 160, 230):
        command = [sys.executable, "-c", LAND_AND_DIE, address, str(sender.root)]
        done = subprocess.run(
            [*command, str(statements)], capture_output=True, text=True, check=False
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert balanced(landing.engine) == []
    landing.land()
    assert landing.everything() == undisturbed.everything()
    assert landing.every_count() == undisturbed.every_count()
