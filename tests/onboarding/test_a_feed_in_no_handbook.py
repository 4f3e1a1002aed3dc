"""On-boarding a feed is one contract and one staging model; nothing else changes.

A copy of the project gets the three files beside this test (the model has its description
in a .yml) and a delivery of a vaccine fridge log, which no handbook knows.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from loaders.settings import PROJECT
from tests.landing.sending import Sender

HERE = Path(__file__).resolve().parent
LOG = """\
设备编号;单位编码;记录时间;温度(℃);湿度;上传时间;备注
F01;991525100;2025-01-01 08:00:00;4.5;40;2025-01-01 08:00:10;
F01;991525100;2025-01-01 16:00:00;--;41;2025-01-01 16:00:10;"断电; 已报修"
F01;991525100;2025-01-01 16:00:00;9.2;41;2025-01-01 17:30:00;"断电; 已报修"
F02;991525104;2025-02-30 08:00:00;5.0;38;2025-01-01 08:00:10;
;991525104;2025-01-01 08:00:00;5.0;38;2025-01-01 08:00:10;
F03;991525104;2025-01-01 08:00:00
"""


def run_in(project: Path, home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "loaders.cli", *arguments],
        cwd=project,
        env=os.environ
        | {"ONECARD_HOME": str(home), "ONECARD_DSN": "", "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    copy = tmp_path / "project"
    for folder in ("loaders", "dbt_project", "expectations"):
        ignored = shutil.ignore_patterns("__pycache__", "target", "logs")
        shutil.copytree(PROJECT / folder, copy / folder, ignore=ignored)
    contracts = copy / "loaders" / "contracts" / "d_public_health"
    models = copy / "dbt_project" / "models" / "1_staging" / "d_public_health"
    shutil.copy(HERE / "fridge_log.yml", contracts)
    for path in HERE.glob("stg_d__fridge_log.*"):
        shutil.copy(path, models)
    return copy


def test_a_contract_and_a_model_are_enough(project: Path, tmp_path: Path) -> None:
    home, deliveries = tmp_path / "home", tmp_path / "deliveries"
    data = LOG.encode("utf-8-sig")
    Sender(deliveries).put("20250102", "D90", "疫苗冰箱_20250102.csv", data, 6)
    run_in(project, home, "generate")
    engine = create_engine(
        make_url(run_in(project, home, "dsn").strip()).set(drivername="postgresql+psycopg")
    )
    program = (
        "from datetime import date; from pathlib import Path; import sys;"
        "from loaders.pipeline import begin_run, run_step;"
        "day = date(2025, 1, 2); run = begin_run('build', day);"
        "[print(run_step(name, run_id=run, deliveries=Path(sys.argv[1]), through=day))"
        " for name in ('landing', 'staging')]"
    )
    try:
        done = subprocess.run(
            [sys.executable, "-c", program, str(deliveries)],
            cwd=project,
            env=os.environ
            | {"ONECARD_HOME": str(home), "ONECARD_DSN": "", "PYTHONPATH": str(project)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        with engine.connect() as connection:
            file = connection.execute(text("select * from audit.file_ledger")).one()
            staged = connection.execute(
                text(
                    "select fridge_id, temperature, is_out_of_range, set_aside_because"
                    " from staging.stg_d__fridge_log order by fridge_id, measured_at"
                )
            ).all()
            rejects = connection.scalars(
                text("select reason_code from landing.reject order by line_number")
            ).all()
            comment = connection.scalar(
                text("select obj_description('landing.d90_fridge_log'::regclass)")
            )
    finally:
        engine.dispose()
        run_in(project, home, "down")
    assert (file.state, file.rows_read, file.rows_rejected) == ("landed", 6, 2)
    assert file.columns_renamed == ["温度(℃)=温度"]
    assert file.columns_added == ["湿度"]
    assert [tuple(row) for row in staged] == [
        ("F01", Decimal("4.5"), False, None),
        ("F01", Decimal("9.2"), True, None),
        ("F02", 5, False, "impossible_date"),
    ]
    assert list(rejects) == ["key_missing", "too_few_fields"]
    assert str(comment).startswith("D90 疫苗冰箱温度记录")
