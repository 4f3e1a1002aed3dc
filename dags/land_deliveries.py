"""One DAG per delivering system, made from its `_system.yml`: take in what it delivered.

    collect ─► deliveries ─► landing

每个来源系统一个 DAG：每天清晨先取数（如已配置 SFTP、对象存储或数据库来源），再把交付目录
中的新交付逐行落地并记入台账。重复运行不会重复入库；某个系统出错不影响其他系统。

Every morning each system's new deliveries are collected, where a source is configured, and
taken in, line by line, into the ledger. Running it again takes in nothing twice, and one
system's failure holds up no other. Each success updates the asset `landing.<system>`, which
is what `build_release` waits for.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, chain
from collecting import collect
from steps import DEFAULTS, PARAMS, close_run, do_step, landed, open_run

from loaders.contracts.model import System, load_systems
from loaders.pipeline import LANDING_STEP

# Waking a DAG up must not make it run for this morning: without a start date and with a
# grace of one minute, it runs tomorrow. Airflow's own grace is a tenth of a day; none at
# all could lose a morning to a DAG file that is read between six and the scheduler's look.
EVERY_MORNING = CronTriggerTimetable(
    "0 6 * * *", timezone="Asia/Shanghai", run_immediately=timedelta(minutes=1)
)


def landing_dag(system: System) -> DAG:
    """The DAG that takes in one system's deliveries."""
    with DAG(
        system.dag_id,
        dag_display_name=f"{system.dag_id} · {system.title.zh}",
        description=system.title.en,
        schedule=EVERY_MORNING,
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULTS,
        params=PARAMS,
        doc_md=__doc__,
        tags=["landing", system.system],
    ) as dag:
        opened = open_run("land")
        taken_in = do_step.override(task_id=LANDING_STEP, outlets=[landed(system)])(
            LANDING_STEP, systems=[system.system]
        )
        closed = close_run("landed", LANDING_STEP)
        collected = collect(system.system, system.name)
        chain(opened, collected, taken_in, closed.as_teardown(setups=opened))
    return dag


for described in load_systems():
    globals()[described.dag_id] = landing_dag(described)
