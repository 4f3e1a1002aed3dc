"""Landing one large file, against a bare COPY of the same bytes in the same run.

The baseline is the least that PostgreSQL can do with a file: COPY its bytes as they are
into a table of text columns, the server decoding them. Landing also decodes, checks the
file's digest against its manifest, numbers and hashes every line, keeps the ledger, makes
the index and the statistics.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import psycopg
from sqlalchemy import Engine, text

from benchmarks.files import COLUMNS, charge_lines, write_delivery
from loaders.landing.land import land

DAY = "20250101"
FILES = {"GB18030": ("LINES_GB", "gb18030"), "UTF-8": ("LINES_UTF8", "utf-8")}
LANDING_TABLES = ("y01_lines_gb", "y02_lines_utf8", "y03_lines_json")
CHUNK = 1 << 20


def copy_alone(engine: Engine, path: Path, encoding: str) -> None:
    """The bytes of a file into a table of text columns, and nothing else."""
    columns = ", ".join(f'"{name}" text' for name in COLUMNS)
    server_name = {"gb18030": "GB18030", "utf-8": "UTF8"}[encoding]
    with engine.begin() as connection:
        connection.execute(text("drop table if exists public.bare_copy"))
        connection.execute(text(f"create table public.bare_copy ({columns})"))
    with engine.begin() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)  # noqa: S101
        statement = (
            "copy public.bare_copy from stdin"
            f" (format csv, header true, encoding '{server_name}')"
        )
        with driver.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    copy.write(chunk)


def land_alone(engine: Engine, root: Path) -> None:
    """Land what is in a folder of deliveries into a warehouse that has none of it."""
    summary = land(engine, root, None, None, 0, lambda _: None)
    if summary.tables["landed"] != 1:
        raise RuntimeError(f"the benchmark's file did not land: {summary}")


def forget(engine: Engine) -> None:
    """Make the warehouse as if nothing had been landed."""
    with engine.begin() as connection:
        for name in LANDING_TABLES:
            connection.execute(text(f"drop table if exists landing.{name}"))
        for name in ("landing.reject", "audit.file_seen", "audit.file_ledger"):
            if connection.scalar(text("select to_regclass(:name)"), {"name": name}):
                connection.execute(text(f"truncate {name} cascade"))
        connection.execute(text("drop table if exists public.bare_copy"))
        connection.execute(text("drop table if exists public.pandas_lines"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("checkpoint"))


def timed(work: Callable[[], None]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def measure(engine: Engine, workplace: Path, rows: int, repeats: int) -> list[str]:
    """Lines of a table: encoding, size, both speeds, ratio."""
    lines = [
        "| encoding | rows | MB | bare COPY MB/s | landing MB/s | ratio (goal 0.6) |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for label, (table, encoding) in FILES.items():
        root = workplace / table
        path = write_delivery(root, DAY, f"{table}_{DAY}.csv", encoding, charge_lines(rows))
        size = path.stat().st_size / 1e6
        copies, landings = [], []
        for _ in range(repeats):
            forget(engine)
            copies.append(timed(lambda p=path, e=encoding: copy_alone(engine, p, e)))  # type: ignore[misc]
            forget(engine)
            landings.append(timed(lambda r=root: land_alone(engine, r)))  # type: ignore[misc]
        ratio = median(one / two for one, two in zip(copies, landings, strict=True))
        lines.append(
            f"| {label} | {rows:,} | {size:.0f} | {size / median(copies):.0f}"
            f" | {size / median(landings):.0f} | {ratio:.2f} |"
        )
    return lines
