"""The order of the steps, written once; the command line and the DAGs both read it.

Goes in: a folder of deliveries. Comes out: a published release, or a run that stopped at
the step which said no, with the last release still up. Every step can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from loaders.settings import load_settings
from loaders.warehouse.connect import open_warehouse, writer_lease
from loaders.warehouse.runs import begin_run, finish_run, note_step, stop_if_overtaken

Report = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """One step: its name, what people call it, and the layer or stage it works on."""

    name: str
    title_zh: str
    title_en: str
    kind: str
    subject: str


STEPS: tuple[Step, ...] = (
    Step("landing", "落地", "Land what was delivered", "land", ""),
    Step("landing_gate", "落地门禁", "Gate: what we were sent", "gate", "landing"),
    Step("staging", "贴源解析", "Parse and type", "dbt", "1_staging"),
    Step("staging_gate", "贴源门禁", "Gate: what we parsed", "gate", "staging"),
    Step("candidates", "身份候选", "Collect who is named", "dbt", "2_identity"),
    Step("link", "身份关联", "Decide who is who", "link", ""),
    Step(
        "golden",
        "择优信息",
        "Choose what is known of each person",
        "dbt",
        "2_identity/golden",
    ),
    Step("record", "一卡通档案", "Build one record per person", "dbt", "3_record"),
    Step("record_gate", "档案门禁", "Gate: the record", "gate", "record"),
    Step("indicators", "指标计算", "Count the indicators", "dbt", "4_indicators"),
    Step("indicators_gate", "指标门禁", "Gate: the indicators", "gate", "indicators"),
    Step("audit", "审计", "Prove the numbers", "dbt", "5_audit"),
    Step("publish", "发布", "Publish one release", "publish", ""),
)
LANDING_STEP = STEPS[0].name
CANDIDATES_STEP = "candidates"
# Under a scheduler a step waits for the writer before it; an hour is longer than any step.
LEASE_WAIT_SECONDS = 3600


def build_steps() -> tuple[Step, ...]:
    """The steps after landing, in order."""
    return STEPS[1:]


def run_step(
    name: str,
    *,
    run_id: int,
    deliveries: Path,
    through: date | None,
    systems: Collection[str] | None = None,
    report: Report = print,
    hold_lease: bool = True,
    anew: bool = False,
) -> str:
    """Do one step of a run and say in a sentence what came of it.

    `hold_lease=False` is for a caller that holds the writer lease over several steps.
    `anew` builds from nothing also what is otherwise only brought up to date.
    Raises: what the step raises; RunOvertakenError; WarehouseBusyError; KeyError for a step
    that does not exist.
    """
    step = {step.name: step for step in STEPS}[name]
    engine = open_warehouse()
    landing = step.kind == "land"
    try:
        with _lease(engine, landing, hold_lease):
            if not landing:
                stop_if_overtaken(engine, run_id)
            note_step(engine, run_id, name)
            return _do(step, engine, run_id, deliveries, through, systems, report, anew)
    finally:
        engine.dispose()


@contextmanager
def _lease(engine: Engine, landing: bool, wanted: bool) -> Iterator[None]:
    if not wanted:
        yield
        return
    with writer_lease(engine, shared=landing, wait_seconds=LEASE_WAIT_SECONDS):
        yield


def _do(
    step: Step,
    engine: Engine,
    run_id: int,
    deliveries: Path,
    through: date | None,
    systems: Collection[str] | None,
    report: Report,
    anew: bool,
) -> str:
    # Imported here: dbt, Great Expectations and Splink take seconds each to import.
    if step.kind == "land":
        from loaders.landing.land import land

        return str(land(engine, deliveries, through, systems, run_id, report))
    if step.kind == "gate":
        from expectations.gate import run_gate

        return str(run_gate(engine, step.subject, run_id, report))
    if step.name == "staging":
        from loaders.changes.staging import build_staging
        from loaders.past.keep import keep_ledger

        keep_ledger(engine, run_id)
        return str(build_staging(engine, load_settings(), anew))
    if step.name == "golden":
        from loaders.changes.golden import build_golden
        from loaders.past.keep import keep_event_owners

        said = str(build_golden(engine, load_settings(), anew))
        keep_event_owners(engine, run_id)
        return said
    if step.name == "record":
        from loaders.changes.record import build_record

        outcome, whom = build_record(engine, load_settings(), anew)
        return f"{outcome}, for {whom}"
    if step.name == CANDIDATES_STEP:
        from loaders.changes.candidates import build_candidates

        # What stewards have said is read there, also when there is nothing yet.
        from loaders.identity.ledger import prepare as prepare_links

        prepare_links(engine)
        outcome, whom = build_candidates(engine, load_settings(), anew)
        return f"{outcome}, of {whom}"
    if step.kind == "dbt":
        from loaders.transform import run_dbt

        return str(run_dbt(load_settings(), step.subject))
    if step.kind == "link":
        from loaders.identity.link import link_people
        from loaders.stewards.book import prepare

        prepare(engine)
        return str(link_people(engine, run_id, report))
    from loaders.past.keep import prepare as prepare_past
    from loaders.release.publish import publish

    release = publish(engine, run_id, report)
    # From the first release on it can be told since which one a row is known.
    prepare_past(engine)
    return str(release) if release else "nothing changed, the last release stays up"


__all__ = [
    "LANDING_STEP",
    "STEPS",
    "Step",
    "begin_run",
    "build_steps",
    "finish_run",
    "run_step",
]
