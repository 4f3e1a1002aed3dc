"""A reading of a database that is killed at any step loses no row."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date

import pytest

from loaders.contracts import model
from tests.collect.conftest import Collecting, LiveDatabase, visit_contract
from tests.landing.looking import Landing

# Kills itself at the n-th moment: around note, file, manifest and watermark.
COLLECT_AND_DIE = """
import os, signal, sys
from datetime import date
from pathlib import Path
from loaders.contracts import model
os.environ["ONECARD_CONTRACTS"] = sys.argv[1]
from loaders.collect import deliver, watermark
from loaders.collect.collect import collect

left = int(sys.argv[4])

def maybe_die():
    global left
    left -= 1
    if left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)

def or_die(real):
    def call(*arguments):
        maybe_die()
        result = real(*arguments)
        maybe_die()
        return result
    return call

deliver.put_in_place = or_die(deliver.put_in_place)
watermark.record = or_die(watermark.record)
collect(Path(sys.argv[2]), day=date(2025, 1, 2), sources={"Q": sys.argv[3]})
"""


@pytest.fixture
def live(
    make_live: Callable[[str], LiveDatabase], register: Callable[..., None]
) -> LiveDatabase:
    register(visit_contract())
    live = make_live("sqlite")
    live.do(
        "create table visit (id integer primary key, note text, changed text)",
        "insert into visit values (1, 'one', '2025-01-01 08:00:00')",
    )
    return live


@pytest.mark.parametrize("moment", range(1, 9))
@pytest.mark.parametrize("next_day", [2, 3], ids=["the same day", "the next day"])
def test_killed_at_any_step_it_ends_as_if_nothing_had_happened(
    moment: int,
    next_day: int,
    live: LiveDatabase,
    collecting: Collecting,
    landing: Landing,
) -> None:
    collecting.sources["Q"] = live.url
    collecting.collect(day=date(2025, 1, 1))
    live.do("insert into visit values (2, 'two', '2025-01-02 08:00:00')")
    done = subprocess.run(
        [sys.executable, "-c", COLLECT_AND_DIE, str(model.contracts_folder()),
         str(collecting.deliveries), live.url, str(moment)],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    landing.land()

    live.do("insert into visit values (3, 'three', '2025-01-02 09:00:00')")
    collecting.collect(day=date(2025, 1, next_day))
    landing.land()

    states = landing.states("Q01")
    if moment == 1:
        # Not even noted: the rows come with the next reading.
        later = [(f"visit_2025010{next_day}.jsonl", "landed")]
    elif next_day == 2:
        later = [
            ("visit_20250102.jsonl", "replaced"),
            ("visit_20250102_R1.jsonl", "landed"),
        ]
    else:
        later = [("visit_20250102.jsonl", "landed"), ("visit_20250103.jsonl", "landed")]
    assert states == [("visit_20250101.jsonl", "landed"), *later]
    notes = {note for (note,) in landing.rows("Q01", "note")}
    assert notes == {"one", "two", "three"}
    assert collecting.collect(day=date(2025, 1, next_day)).new == 0
