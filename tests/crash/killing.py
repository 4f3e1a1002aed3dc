"""Kill a landing, start it again until it ends, and say whether it ended the same."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

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
# Points that a landing comes to at least so many times have their turn early in it; in
# each turn at most such a part of it goes by that all get theirs.
OFTEN = 20
PACE = 60
Complaints = tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of one landing that was killed and started again."""

    where: str
    kills: int
    # How many there should have been.
    wanted: int
    restarts: int
    differs: list[str]
    # What the landings said that did not end well, each time in one line.
    complaints: Complaints = ()

    @property
    def is_good(self) -> bool:
        return self.kills == self.wanted and not self.differs

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

    def at(self, point: str, *nths: int) -> Outcome:
        """Die when the landing comes to a point for the n-th time, once for each n."""
        self.start_over(completely=point.startswith("schema"))
        kills = 0
        for nth in nths:
            ended = self.lander.land(self.deliveries, kill_at=f"{point}:{nth}")
            kills += ended.was_killed
            self._check_balance()
        where = f"{point} {', '.join(map(str, nths))}"
        return self._finish(where, kills, wanted=len(nths))

    def in_turn(
        self, passed: dict[str, int], dice: random.Random
    ) -> tuple[Outcome, Counter[str]]:
        """Die at all points one after the other, in one landing; also how often at each.

        What comes often has its turn first, a little further on at each start; what comes
        seldom lets the landing get on until it comes.
        """
        self.start_over(completely=True)
        schema = [point for point in passed if point.startswith("schema")]
        seldom = [p for p in passed if passed[p] < OFTEN and p not in schema]
        often = [p for p in passed if passed[p] >= OFTEN and p not in schema]
        # The rarer first: they must not have gone by.
        often.sort(key=lambda p: passed[p])
        turns = [(p, dice.randint(1, passed[p])) for p in schema]
        turns += [(p, dice.randint(1, max(1, passed[p] // PACE))) for p in often]
        turns += [(p, 1) for p in seldom]
        killed: Counter[str] = Counter()
        for point, nth in turns:
            ended = self.lander.land(self.deliveries, kill_at=f"{point}:{nth}")
            killed[point] += ended.was_killed
            self._check_balance()
        kills = killed.total()
        return self._finish("in turn", kills, wanted=kills), killed

    def server_at(self, victim: str, point: str, nth: int) -> Outcome:
        """Kill the database when the landing comes to a point for the n-th time."""
        self.start_over()
        ended = self.lander.land(self.deliveries, kill_at=f"{point}:{nth}", victim=victim)
        where, kills = f"{victim} {point} {nth}", int("killed" in ended.said)
        return self._finish(where, kills, 1, self._complaints(ended))

    def server_at_random(self, victim: str, dice: random.Random) -> Outcome:
        """Kill the database at any moment of a landing."""
        self.start_over(completely=True)
        moment = dice.uniform(0, self.seconds)
        ended = self.lander.land(self.deliveries, kill_after=moment, victim=victim)
        kills = int(ended.code != 0)
        where = f"{victim} {moment:.2f}"
        return self._finish(where, kills, kills, self._complaints(ended))

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
        return self._finish(where, len(moments), wanted=len(moments))

    def _finish(
        self, where: str, kills: int, wanted: int, complaints: Complaints = ()
    ) -> Outcome:
        # Each kill but the last was followed by a start that was killed, too.
        restarts = max(kills - 1, 0)
        ended = None
        while ended is None or ended.code:
            assert restarts < kills + STARTS, ended.complained if ended else ""
            ended = self.lander.land(self.deliveries)
            complaints += self._complaints(ended)
            restarts += 1
        wait_until_unlocked(self.engine)
        assert self.wanted is not None
        differing = differences(state_of(self.engine), self.wanted)
        return Outcome(where, kills, wanted, restarts, differing, complaints)

    def _complaints(self, ended: Ended) -> Complaints:
        return () if ended.code == 0 else (ended.complained,)

    def _check_balance(self) -> None:
        """What is visible after a kill adds up, before anything has been repaired."""
        with self.engine.connect() as connection:
            ledger = connection.scalar(text("select to_regclass('audit.file_ledger')"))
        if ledger is not None:
            assert balanced(self.engine) == []


def occurrences(count: int) -> list[tuple[int, ...]]:
    """Of so many times the first, the middle and the last, in as few landings as can be.

    After a kill at the first all but perhaps that one are still to come; how many are after
    a kill in the middle is not known, so that the last has a landing of its own.
    """
    if count < 3:
        return [(nth,) for nth in range(1, count + 1)]
    return [(1, (count + 1) // 2), (count,)]


def kill_everywhere(lanes: list[Killing], points: Sequence[str]) -> list[Outcome]:
    """Kill at all occurrences of all points, in several warehouses at once; print each."""
    passed = [killing.undisturbed() for killing in lanes][0]
    free: Queue[Killing] = Queue()
    for killing in lanes:
        free.put(killing)

    def kill(job: tuple[str, tuple[int, ...]]) -> Outcome:
        killing = free.get()
        try:
            return killing.at(job[0], *job[1])
        finally:
            free.put(killing)

    jobs = [(point, nths) for point in points for nths in occurrences(passed[point])]
    print(f"\n{HEADING}")
    outcomes = []
    with ThreadPoolExecutor(len(lanes)) as pool:
        for (point, _), outcome in zip(jobs, pool.map(kill, jobs), strict=True):
            print(f"{outcome}  (of {passed[point]})")
            outcomes.append(outcome)
    print(f"{sum(o.kills for o in outcomes)} kills, {sum(o.is_good for o in outcomes)} of"
          f" {len(outcomes)} landings ended as if undisturbed")  # fmt: skip
    return outcomes
