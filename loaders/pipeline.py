"""The order of the steps, written once; the command line and the DAGs both read it.

Goes in: a folder of deliveries. Comes out: a published release, or a run that stopped at the
step which said no, with the last release still up. Every step can be repeated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, text

from loaders.settings import PROJECT, load_settings
from loaders.warehouse.connect import open_warehouse, writer_lease

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
    Step("record", "一卡通档案", "Build one record per person", "dbt", "3_record"),
    Step("record_gate", "档案门禁", "Gate: the record", "gate", "record"),
    Step("indicators", "指标计算", "Count the indicators", "dbt", "4_indicators"),
    Step("indicators_gate", "指标门禁", "Gate: the indicators", "gate", "indicators"),
    Step("audit", "审计", "Prove the numbers", "dbt", "5_audit"),
    Step("publish", "发布", "Publish one release", "publish", ""),
)
LANDING_STEP = STEPS[0].name
# Under a scheduler a step waits for the writer before it; an hour is longer than any step.
LEASE_WAIT_SECONDS = 3600

RUN_TABLE = """
create table if not exists audit.run (
    run_id bigint generated always as identity primary key,
    kind text not null,
    through date,
    state text not null default 'running',
    step text,
    message text,
    code_digest text not null,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz
);
comment on table audit.run is '每次运行 / every run of the pipeline';
comment on column audit.run.run_id is '运行编号 / number of the run';
comment on column audit.run.kind is '运行类型：land 只落地，build 构建发布 / land only, or build';
comment on column audit.run.through is '处理到哪一日的交付 / deliveries up to this day';
comment on column audit.run.state is '状态 running published unchanged landed failed / state';
comment on column audit.run.step is '最近的步骤 / the latest step';
comment on column audit.run.message is '结果说明 / what came of it';
comment on column audit.run.code_digest is '代码与配置摘要 / digest of code and configuration';
comment on column audit.run.started_at is '开始时间 / started at';
comment on column audit.run.finished_at is '结束时间 / finished at';
"""


class RunOvertakenError(Exception):
    """A later build has begun; this one must not go on over it."""


def build_steps() -> tuple[Step, ...]:
    """The steps after landing, in order."""
    return STEPS[1:]


def begin_run(kind: str, through: date | None) -> int:
    """Open a run in `audit.run`; `kind` is land or build. Returns its number."""
    engine = open_warehouse()
    with engine.begin() as connection:
        if connection.scalar(text("select to_regclass('audit.run')")) is None:
            connection.execute(text(RUN_TABLE))
        run_id = connection.scalar(
            text(
                "insert into audit.run (kind, through, code_digest)"
                " values (:kind, :through, :digest) returning run_id"
            ),
            {"kind": kind, "through": through, "digest": code_digest()},
        )
    engine.dispose()
    return int(run_id or 0)


def finish_run(run_id: int, state: str, message: str = "") -> None:
    """Close a run as published, unchanged, landed or failed."""
    engine = open_warehouse()
    with engine.begin() as connection:
        connection.execute(
            text(
                "update audit.run set state = :state, message = :message,"
                " finished_at = clock_timestamp() where run_id = :run_id"
            ),
            {"run_id": run_id, "state": state, "message": message},
        )
    engine.dispose()


def run_step(
    name: str,
    *,
    run_id: int,
    deliveries: Path,
    through: date | None,
    systems: Collection[str] | None = None,
    report: Report = print,
    hold_lease: bool = True,
) -> str:
    """Do one step of a run and say in a sentence what came of it.

    `hold_lease=False` is for a caller that holds the writer lease over several steps.
    Raises: what the step raises; RunOvertakenError; WarehouseBusyError; KeyError for a step
    that does not exist.
    """
    step = {step.name: step for step in STEPS}[name]
    engine = open_warehouse()
    landing = step.kind == "land"
    try:
        with _lease(engine, landing, hold_lease):
            if not landing:
                _stop_if_overtaken(engine, run_id)
            _note_step(engine, run_id, name)
            return _do(step, engine, run_id, deliveries, through, systems, report)
    finally:
        engine.dispose()


def is_up_to_date(engine: Engine) -> bool:
    """Whether the last build published everything that is landed, with this very code."""
    with engine.connect() as connection:
        if connection.scalar(text("select to_regclass('audit.run')")) is None:
            return False
        row = connection.execute(
            text(
                "select state, code_digest, started_at from audit.run"
                " where kind = 'build' order by run_id desc limit 1"
            )
        ).one_or_none()
        if row is None or row.state not in ("published", "unchanged"):
            return False
        newer = connection.scalar(
            text("select count(*) from audit.file_ledger where recorded_at > :since"),
            {"since": row.started_at},
        )
    return newer == 0 and row.code_digest == code_digest()


def code_digest() -> str:
    """A digest of everything that decides results: code, SQL, seeds, contracts, thresholds."""
    digest = hashlib.sha256()
    for folder in ("loaders", "dbt_project", "expectations"):
        for path in sorted((PROJECT / folder).rglob("*")):
            if path.suffix in {".py", ".sql", ".yml", ".csv"} and path.is_file():
                digest.update(str(path.relative_to(PROJECT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _lease(engine: Engine, landing: bool, wanted: bool) -> Iterator[None]:
    if not wanted:
        yield
        return
    with writer_lease(engine, shared=landing, wait_seconds=LEASE_WAIT_SECONDS):
        yield


def _stop_if_overtaken(engine: Engine, run_id: int) -> None:
    with engine.connect() as connection:
        newest = connection.scalar(
            text("select max(run_id) from audit.run where kind = 'build'")
        )
    if newest != run_id:
        raise RunOvertakenError(
            f"Build {run_id} stops here: build {newest} has begun since and does its work."
        )


def _note_step(engine: Engine, run_id: int, name: str) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("update audit.run set step = :step where run_id = :run_id"),
            {"step": name, "run_id": run_id},
        )


def _do(
    step: Step,
    engine: Engine,
    run_id: int,
    deliveries: Path,
    through: date | None,
    systems: Collection[str] | None,
    report: Report,
) -> str:
    # Imported here: dbt, Great Expectations and Splink take seconds each to import.
    if step.kind == "land":
        from loaders.landing.land import land

        return str(land(engine, deliveries, through, systems, run_id, report))
    if step.kind == "gate":
        from expectations.gate import run_gate

        return str(run_gate(engine, step.subject, run_id, report))
    if step.kind == "dbt":
        from loaders.transform import run_dbt

        return str(run_dbt(load_settings(), step.subject))
    if step.kind == "link":
        from loaders.identity.link import link_people

        return str(link_people(engine, run_id, report))
    from loaders.release.publish import publish

    release = publish(engine, run_id, report)
    return str(release) if release else "nothing changed, the last release stays up"
