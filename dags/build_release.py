"""From what has landed to one published release, or to the gate that said no.

    landing ─► staging ─► identity ─► record ─► indicators ─► audit ─► published

任一系统有新数据落地即启动；同一时间只有一次构建。每一步只在前一步成功后进行，发布是最后一步：
门禁不放行（或没有答复），本次运行失败，上一次发布的结果保持不变。

Starts when any system has landed something; one build at a time. A step runs only after
the one before it succeeded and publishing is the last: when a gate refuses, or gives no
answer, the run fails and the last release stays up. The order of the steps is written in
`loaders.pipeline`. A build that finds nothing new since the last one is skipped.
"""

from __future__ import annotations

from airflow.sdk import DAG, AssetAny, chain
from steps import DEFAULTS, PARAMS, close_run, do_step, landed, open_run

from loaders.contracts.model import load_systems
from loaders.pipeline import build_steps

with DAG(
    "build_release",
    dag_display_name="build_release · 构建并发布",
    description="From what has landed to one published release",
    schedule=AssetAny(*map(landed, load_systems())),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    params=PARAMS,
    doc_md=__doc__,
    tags=["build"],
) as dag:
    opened = open_run("build")
    steps = [
        do_step.override(
            task_id=step.name, task_display_name=f"{step.name} · {step.title_zh}"
        )(step.name)
        for step in build_steps()
    ]
    closed = close_run("published", build_steps()[-1].name)
    chain(opened, *steps, closed.as_teardown(setups=opened))
