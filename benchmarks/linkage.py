"""Who is who, in a county of many records: this engine against plain Splink 5.

Both read `identity.source_person` from PostgreSQL and write back who is who; plain Splink
has the comparisons of its tutorials, is trained by EM, and joins at 0.99. Pairwise
precision, recall and F1 are against the truth of the records, which are made for measuring.
Seconds of processor time count the program and its share of the database server. The 1 %
that is new comes as the step before linking brings it: as rows that are put beside those
that are there, which by then have the indexes of that step and the triggers of linking.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import compute, csv
from sqlalchemy import Engine, text

from benchmarks.county import County, make_county
from loaders.identity.evaluate.agreement import Agreement, agreement_of_tables
from loaders.warehouse import embedded

TYPES = {pa.date32(): "date", pa.bool_(): "boolean", pa.int16(): "smallint"}
PROGRAM = """
import json, re, resource, sys
from pathlib import Path
from time import perf_counter
from loaders.warehouse.connect import open_warehouse

def ours(engine):
    from loaders.identity.link import link_people
    link_people(engine, int(sys.argv[2]), lambda line: print(line, file=sys.stderr))

def plain(engine):
    from benchmarks.plain_splink import link
    link(engine)

engine = open_warehouse()
began = perf_counter()
{"ours": ours, "plain": plain}[sys.argv[1]](engine)
took = perf_counter() - began
engine.dispose()
used = resource.getrusage(resource.RUSAGE_SELF)
# Not ru_maxrss: there a program begins with the memory of the one that has started it.
status = Path("/proc/self/status").read_text("ascii")
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) / 1024
print(json.dumps([took, used.ru_utime + used.ru_stime, peak]))
"""


@dataclass(frozen=True)
class Cost:
    """What one run took: wall and processor time in seconds, memory at its peak in MB."""

    seconds: float
    processor_seconds: float
    peak_mb: float


def load(engine: Engine, county: County, *, new: bool) -> None:
    """Make `identity` hold what the first delivery says, or add what the later one says."""
    is_new = pa.array(county.is_new)
    records = county.records.filter(is_new if new else compute.invert(is_new))
    said = compute.is_in(county.relations["record_key"], records["record_key"])
    for table, rows in (
        ("source_person", records),
        ("source_relation", county.relations.filter(said)),
    ):
        if new:
            _add(engine, f"identity.{table}", rows)
        else:
            _make(engine, f"identity.{table}", rows)
            _index(engine, table)
    if not new:
        _make(engine, "identity.town", county.towns)


def load_truth(engine: Engine, county: County) -> None:
    """Whose each record is, as `public.true_person`."""
    person = pa.array(county.person.astype(str))
    truth = pa.table({"record_key": county.records["record_key"], "person_id": person})
    _make(engine, "public.true_person", truth)


def run_alone(which: str, home: Path, run_id: int = 1) -> Cost:
    """Link in a process of its own; what it and the server took."""
    before = _server_seconds(home)
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM, which, str(run_id)],
        check=True, stdout=subprocess.PIPE, text=True, env=os.environ,
    )  # fmt: skip
    seconds, processor, peak = json.loads(done.stdout.splitlines()[-1])
    return Cost(seconds, processor + _server_seconds(home) - before, peak)


def measure(engine: Engine, home: Path, sizes: tuple[int, ...]) -> list[str]:
    """Lines of a table: how long, how much memory, how right."""
    lines = [
        "| records | what | seconds | processor s | peak MB | precision | recall | F1 |",
        "|---:|---|---:|---:|---:|---:|---:|---:|",
    ]
    for size in sizes:
        county = make_county(size)
        load_truth(engine, county)
        _forget(engine)
        load(engine, county, new=False)
        _tidy(engine)
        full = run_alone("ours", home)
        lines.append(_line(size, "full", full, _agreement(engine, "identity.person_link")))
        _tidy(engine)
        plain = run_alone("plain", home)
        found = _agreement(engine, "public.plain_cluster")
        lines.append(_line(size, "plain Splink 5", plain, found))
        load(engine, county, new=True)
        _tidy(engine)
        added = run_alone("ours", home, run_id=2)
        found = _agreement(engine, "identity.person_link")
        lines.append(_line(size, "1 % new", added, found))
        # What it costs to start, to look, and to find that there is nothing to do.
        again = run_alone("ours", home, run_id=3)
        lines.append(_line(size, "nothing new", again, found))
        lines.append(
            f"| {size:,} | **so many times as fast as plain Splink**"
            f" | {plain.seconds / full.seconds:.1f}"
            f" | {plain.processor_seconds / full.processor_seconds:.1f} | | | | |"
        )
        lines.append(
            f"| {size:,} | **1 % new, as a share of full** (goal below 5 %)"
            f" | {added.seconds / full.seconds:.1%}"
            f" | {added.processor_seconds / full.processor_seconds:.1%} | | | | |"
        )
    return [*lines, "", " ".join(str(__doc__).split("\n\n")[1].split())]


def _line(size: int, what: str, cost: Cost, found: Agreement) -> str:
    return (
        f"| {size:,} | {what} | {cost.seconds:.1f} | {cost.processor_seconds:.1f}"
        f" | {cost.peak_mb:.0f} | {found.precision:.5f} | {found.recall:.5f}"
        f" | {found.f1:.5f} |"
    )


def _agreement(engine: Engine, found: str) -> Agreement:
    return agreement_of_tables(engine, found, "public.true_person")


def _tidy(engine: Engine) -> None:
    """Let the server do now what it would do later, at the cost of the next run."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum (analyze)"))
        connection.execute(text("checkpoint"))


def _forget(engine: Engine) -> None:
    """Make the warehouse as if nobody had been linked."""
    with engine.begin() as connection:
        connection.execute(text("drop schema if exists identity cascade"))
        connection.execute(text("create schema identity"))


def _make(engine: Engine, table: str, rows: pa.Table) -> None:
    columns = ", ".join(f"{f.name} {TYPES.get(f.type, 'text')}" for f in rows.schema)
    with engine.begin() as connection:
        connection.execute(text(f"drop table if exists {table} cascade"))
        connection.execute(text(f"create table {table} ({columns})"))
        _copy(connection.connection.driver_connection, table, rows)
        connection.execute(text(f"analyze {table}"))


def _add(engine: Engine, table: str, rows: pa.Table) -> None:
    with engine.begin() as connection:
        _copy(connection.connection.driver_connection, table, rows)


def _index(engine: Engine, table: str) -> None:
    """As loaders/changes/candidates.py leaves the table."""
    with engine.begin() as connection:
        connection.execute(
            text(f"create index {table}_record_key on identity.{table} (record_key)")
        )


def _copy(driver: object, table: str, rows: pa.Table) -> None:
    out = io.BytesIO()
    csv.write_csv(rows, out, csv.WriteOptions(include_header=False))
    with (
        driver.cursor() as cursor,  # type: ignore[attr-defined]
        cursor.copy(f"copy {table} from stdin (format csv)") as copy,
    ):
        copy.write(out.getvalue())


def _server_seconds(home: Path) -> float:
    """Processor time of the embedded server: its processes that have ended and that live.

    A connection that has just been closed may still be one that lives.
    """
    for file in (home / "postgres").rglob("postmaster.pid"):
        server = file.read_text().split()[0]
        ticks = sum(_times(server, 4))
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(FileNotFoundError, ProcessLookupError):
                if _fields(process.name)[1] == server:
                    ticks += sum(_times(process.name, 2))
        return ticks / os.sysconf("SC_CLK_TCK")
    raise embedded.EmbeddedServerError("the embedded server does not run")


def _times(pid: str, count: int) -> list[int]:
    """User and system time of a process, and with four of them its ended children's."""
    return [int(said) for said in _fields(pid)[11 : 11 + count]]


def _fields(pid: str) -> list[str]:
    """What follows the name of a process in its `stat`: state, parent and so on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
