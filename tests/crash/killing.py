"""Kill a landing, start it again until it ends, and say whether it ended the same."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text

from loaders.landing.ledger import balanced
from tests.crash.lander import Ended, Lander
from tests.crash.state import (
    State,
    clear,
    clear_completely,
    differences,
    state_of,
    wait_until_unlocked,
)

# Far more starts than there are kills: a landing that does not get on shows here.
STARTS = 20
Complaints = tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of one landing that was killed and started again."""

    where: str
    kills: int
    restarts: int
    differs: list[str]
    # What the landings said that did not end well, each time in one line.
    complaints: Complaints = ()

    @property
    def is_good(self) -> bool:
        return self.kills > 0 and not self.differs

    def __str__(self) -> str:
        equal = "yes" if not self.differs else "NO: " + ", ".join(self.differs)
        return f"{self.where:<32} {self.kills:>5} {self.restarts:>8}  {equal}"


HEADING = f"{'killed at':<32} {'kills':>5} {'restarts':>8}  equal"


@dataclass
class Killing:
    """One county, one warehouse to land it in, and how it looks undisturbed."""

    engine: Engine
    lander: Lander
    deliveries: Path
    # Deliveries that are landed before the kills begin.
    before: Path | None = None
    wanted: State | None = None
    seconds: float = 0.0

    def undisturbed(self) -> dict[str, int]:
        """Land once without harm; returns how often each point was come to."""
        self.start_over(completely=True)
        ended = self.lander.land(self.deliveries)
        assert ended.code == 0, ended.complained
        self.seconds = ended.seconds
        self.wanted = state_of(self.engine)
        return ended.passed

    def start_over(self, completely: bool = False) -> None:
        """Take away what was landed, and land what is to be there when the kills begin."""
        if completely:
            clear_completely(self.engine)
        else:
            clear(self.engine)
        if self.before is not None:
            ended = self.lander.land(self.before)
            assert ended.code == 0, ended.complained

    def at(self, point: str, nth: int) -> Outcome:
        """Die when the landing comes to a point for the n-th time."""
        self.start_over(completely=point.startswith("schema"))
        ended = self.lander.land(self.deliveries, kill_at=f"{point}:{nth}")
        self._check_balance()
        return self._finish(f"{point} {nth}", int(ended.was_killed))

    def server_at(self, victim: str, point: str, nth: int) -> Outcome:
        """Kill the database when the landing comes to a point for the n-th time."""
        self.start_over()
        ended = self.lander.land(self.deliveries, kill_at=f"{point}:{nth}", victim=victim)
        where, kills = f"{victim} {point} {nth}", int("killed" in ended.said)
        return self._finish(where, kills, self._complaints(ended))

    def server_at_random(self, victim: str, dice: random.Random) -> Outcome:
        """Kill the database at any moment of a landing."""
        self.start_over(completely=True)
        moment = dice.uniform(0, self.seconds)
        ended = self.lander.land(self.deliveries, kill_after=moment, victim=victim)
        where = f"{victim} {moment:.2f}"
        return self._finish(where, int(ended.code != 0), self._complaints(ended))

    def at_random(self, dice: random.Random, kills: int) -> Outcome:
        """Be killed at any moments of one landing and its restarts."""
        self.start_over(completely=True)
        moments = []
        # Each time a part of the whole, so that the later kills find something to do.
        for _ in range(kills):
            moment = dice.uniform(0, self.seconds / 2)
            if not self.lander.land(self.deliveries, kill_after=moment).was_killed:
                break
            moments.append(moment)
            self._check_balance()
        where = "moments " + " ".join(f"{moment:.2f}" for moment in moments)
        return self._finish(where, len(moments))

    def _finish(self, where: str, kills: int, complaints: Complaints = ()) -> Outcome:
        restarts = 0
        ended = None
        while ended is None or ended.code:
            assert restarts < STARTS, ended.complained if ended else ""
            ended = self.lander.land(self.deliveries)
            complaints += self._complaints(ended)
            restarts += 1
        wait_until_unlocked(self.engine)
        assert self.wanted is not None
        differing = differences(state_of(self.engine), self.wanted)
        return Outcome(where, kills, restarts, differing, complaints)

    def _complaints(self, ended: Ended) -> Complaints:
        return () if ended.code == 0 else (ended.complained,)

    def _check_balance(self) -> None:
        """What is visible after a kill adds up, before anything has been repaired."""
        with self.engine.connect() as connection:
            ledger = connection.scalar(text("select to_regclass('audit.file_ledger')"))
        if ledger is not None:
            assert balanced(self.engine) == []


def occurrences(count: int) -> list[int]:
    """The first, the middle and the last of so many."""
    return sorted({1, (count + 1) // 2, count} - {0})
