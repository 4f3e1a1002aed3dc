"""Landing one large file, against a bare COPY of the same bytes in the same run.

The baseline is the least that PostgreSQL can do with a file: COPY its bytes as they are
into a table of text columns, the server decoding them. Landing also decodes, checks the
file's digest against its manifest, numbers and hashes every line, keeps the ledger, makes
the index by file and the statistics. The index by key, which is made when a second file of
the feed comes, is measured for itself. How much no program could save is measured, too: the
same rows, prepared beforehand, into the landing table with its index and statistics.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

import psycopg
from sqlalchemy import Engine, text

from benchmarks.files import write_delivery
from benchmarks.forms import COLUMNS, FORMS, LINES_GB, LINES_UTF8
from loaders.contracts.model import Contract, load_contracts
from loaders.landing.land import land
from loaders.landing.readers.opening import open_table
from loaders.landing.rows import CopyLines, LandingRows
from loaders.landing.schema import (
    analyze,
    landing_table,
    make_file_index,
    make_key_index,
    make_room,
    prepare,
)

DAY = "20250101"
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


def prepare_rows(path: Path, contract: Contract, prepared: Path) -> None:
    """A file with the rows that landing would store, in the form of COPY."""
    with open_table(contract, path, None, None) as reading, prepared.open("wb") as out:
        for item in LandingRows(contract, DAY, 1, reading):
            if not isinstance(item, CopyLines):
                raise RuntimeError("the benchmark's file has a line that is rejected")
            out.write(item.data)


def store_alone(engine: Engine, contract: Contract, prepared: Path) -> None:
    """Prepared rows into the landing table, with its indexes and statistics: the least."""
    table = landing_table(contract)
    with engine.begin() as connection:
        make_room(connection, contract)
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)  # noqa: S101
        with (
            driver.cursor() as cursor,
            cursor.copy(f"copy {table} from stdin (null '')".encode()) as copy,
            prepared.open("rb") as file,
        ):
            while chunk := file.read(CHUNK):
                copy.write(chunk)
        make_file_index(connection, contract)
        analyze(connection, contract)


def land_alone(engine: Engine, root: Path) -> None:
    """Land what is in a folder of deliveries into a warehouse that has none of it."""
    summary = land(engine, root, None, None, 0, lambda _: None)
    if summary.tables["landed"] != 1:
        raise RuntimeError(f"the benchmark's file did not land: {summary}")


def index_by_key(engine: Engine, contract: Contract) -> None:
    """What the next file of the feed costs once, before it is compared with this one."""
    with engine.begin() as connection:
        if not make_key_index(connection, contract):
            raise RuntimeError("the index by key was there before it was needed")


def forget(engine: Engine) -> None:
    """Make the warehouse as if nothing had been landed."""
    with engine.begin() as connection:
        for form in FORMS:
            connection.execute(text(f"drop table if exists landing.{form.name}"))
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
    """Lines of a table: encoding, size, speeds, ratios."""
    lines = [
        "| file | rows | MB | bare COPY MB/s | landing MB/s | ratio (goal 0.6)"
        " | ratio with the index by key | storing alone MB/s | ratio of that |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    contracts = {contract.table: contract for contract in load_contracts()}
    for form in (LINES_GB, LINES_UTF8):
        root = workplace / form.table
        path = write_delivery(root, DAY, form, rows)
        prepared = workplace / f"{form.table}.rows"
        contract, encoding = contracts[form.table], form.contract["encoding"]
        prepare_rows(path, contract, prepared)
        size = path.stat().st_size / 1e6
        took: dict[str, list[float]] = {"copy": [], "land": [], "keyed": [], "store": []}
        for _ in range(repeats):
            for name, work in (
                ("copy", partial(copy_alone, engine, path, encoding)),
                ("land", partial(land_alone, engine, root)),
                ("store", partial(store_alone, engine, contract, prepared)),
            ):
                forget(engine)
                if name == "store":
                    prepare(engine)
                took[name].append(timed(work))
                if name == "land":
                    by_key = timed(partial(index_by_key, engine, contract))
                    took["keyed"].append(took["land"][-1] + by_key)
        prepared.unlink()

        def ratio(name: str, took: dict[str, list[float]] = took) -> float:
            pairs = zip(took["copy"], took[name], strict=True)
            return median(one / two for one, two in pairs)

        lines.append(
            f"| {form.label} | {rows:,} | {size:.0f} | {size / median(took['copy']):.0f}"
            f" | {size / median(took['land']):.0f} | {ratio('land'):.2f}"
            f" | {ratio('keyed'):.2f}"
            f" | {size / median(took['store']):.0f} | {ratio('store'):.2f} |"
        )
    return lines
