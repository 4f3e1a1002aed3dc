"""The same file, landed by what people would pick: pandas and dlt.

Both get the shortest program that does the job in a bounded memory, as their documentation
shows it; neither keeps a ledger, checks a manifest, rejects a line or hashes a row.
"""

from __future__ import annotations

import os
import subprocess
import venv
from pathlib import Path
from statistics import median

import pandas
from sqlalchemy import Engine

from benchmarks.files import write_delivery
from benchmarks.forms import LINES_GB
from benchmarks.landing_speed import DAY, forget, land_alone, timed

HERE = Path(__file__).resolve().parent
CHUNK_ROWS = 20_000
DLT = """
import sys, dlt, pandas
path, encoding, dsn = sys.argv[1:]

@dlt.resource(name="dlt_lines", write_disposition="append")
def lines():
    chunks = pandas.read_csv(
        path, dtype=str, keep_default_na=False, encoding=encoding, chunksize=20000
    )
    for chunk in chunks:
        yield chunk

pipeline = dlt.pipeline(
    "bench", destination=dlt.destinations.postgres(dsn), dataset_name="dlt_bench"
)
pipeline.run(lines(), loader_file_format="csv")
"""


def with_pandas(engine: Engine, path: Path, encoding: str) -> None:
    """read_csv in chunks, to_sql with many values per statement."""
    chunks = pandas.read_csv(
        path, dtype=str, keep_default_na=False, encoding=encoding, chunksize=CHUNK_ROWS
    )
    with engine.begin() as connection:
        for chunk in chunks:
            chunk.to_sql(
                "pandas_lines", connection, schema="public", if_exists="append",
                index=False, method="multi", chunksize=1000,
            )  # fmt: skip


def dlt_python(workplace: Path) -> Path:
    """A Python with dlt in it, in an environment of its own; made once."""
    place = workplace / "dlt_environment"
    python = place / "bin" / "python"
    if not (place / "ready").exists():
        venv.create(place, with_pip=True, clear=True)
        subprocess.run(  # noqa: S603 - our own lock file
            [str(python), "-m", "pip", "install", "--quiet", "--no-deps",
             "--require-hashes", "--requirement", str(HERE / "requirements.lock")],
            check=True,
        )  # fmt: skip
        (place / "ready").touch()
    return python


def with_dlt(engine: Engine, python: Path, path: Path, encoding: str, home: Path) -> None:
    """One resource, one pipeline; dlt's own folders in `home`, nothing sent to anyone."""
    dsn = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    environment = os.environ | {
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "DLT_DATA_DIR": str(home),
        "PIPELINES_DIR": str(home / "pipelines"),
    }
    subprocess.run(  # noqa: S603 - our own program
        [str(python), "-c", DLT, str(path), encoding, dsn],
        check=True, env=environment, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def measure(
    engine: Engine, workplace: Path, home: Path, rows: int, repeats: int
) -> list[str]:
    """Lines of a table: how many times faster landing is."""
    encoding = LINES_GB.contract["encoding"]
    root = workplace / "others"
    path = write_delivery(root, DAY, LINES_GB, rows)
    python = dlt_python(home)
    ours, pandas_took, dlt_took = [], [], []
    for number in range(repeats):
        forget(engine)
        ours.append(timed(lambda: land_alone(engine, root)))
        forget(engine)
        pandas_took.append(timed(lambda: with_pandas(engine, path, encoding)))
        place = workplace / f"dlt_{number}"
        dlt_took.append(timed(lambda p=place: with_dlt(engine, python, path, encoding, p)))  # type: ignore[misc]
    lines = [
        "| tool | rows | seconds | landing is so many times as fast |",
        "|---|---:|---:|---:|",
        f"| landing | {rows:,} | {median(ours):.1f} | 1 |",
    ]
    for name, took in (("pandas to_sql", pandas_took), ("dlt", dlt_took)):
        ratio = median(other / own for other, own in zip(took, ours, strict=True))
        lines.append(f"| {name} | {rows:,} | {median(took):.1f} | {ratio:.1f} |")
    return lines
