"""Synthea's public sample, against OHDSI's dbt-synthea on PostgreSQL.

The same CSVs, each side by the program that its README names, in databases of one server,
one after the other. Theirs: dbt seed, and the staging models of dbt run, which are views.
Ours: landing, with ledger, digests and rejects, and staging, which are tables with history;
the contracts are all that was written for it, the models follow from them. Then what comes
after staging, by the row of source: their OMOP tables from the sample, our record from a
county that is made up. These are different models for different purposes: theirs maps
codes to a vocabulary, ours decides who is who and which events are one. Read that ratio as
an order of magnitude.
"""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.synthea_files import CSVS, write_copies
from benchmarks.synthea_ours import Installation, Ours, Record
from benchmarks.synthea_theirs import Theirs, is_complete, run_theirs
from benchmarks.timing import Took

VARIABLE = "ONECARD_DBT_SYNTHEA"
HEAD = (
    "| sample, times | rows | step | seconds | CPU, with the database | rows/s"
    " | ours is so many times as fast |",
    "|---:|---:|---|---:|---:|---:|---:|",
)
SKIPPED = (
    f"Skipped: {VARIABLE} does not name a folder with OHDSI/dbt-synthea in which `dbt deps`"
    " has been run."
)


def measure(
    engine: Engine, server: Path, workplace: Path, copies: tuple[int, ...], residents: int
) -> list[str]:
    """Lines of two tables; one line that says so where there is no dbt-synthea.

    `copies` are how many times over the sample is taken, each a measurement of its own;
    `server` is the folder of the embedded PostgreSQL.
    """
    checkout = Path(os.environ.get(VARIABLE) or "nowhere")
    if not is_complete(checkout):
        return [SKIPPED]
    lines = list(HEAD)
    for times in copies:
        place = workplace / f"synthea_{times}"
        rows = write_copies(checkout, place / CSVS, times)
        theirs = run_theirs(checkout, place / CSVS, engine, server, place)
        installation = Installation(engine, server, place)
        ours = installation.run(place / CSVS, place / "deliveries")
        lines += _of_sample(times, rows, theirs, ours)
    # With the largest sample, where starting and parsing weigh least.
    record = installation.record(place / "county", residents)
    lines += ["", *_after_staging(rows, theirs, record), ""]
    lines += [_adds_up(ours), *(f"Theirs: {note}." for note in _notes(theirs))]
    return [*lines, "", " ".join(str(__doc__).split("\n\n")[1].split())]


def _of_sample(times: int, rows: int, theirs: Theirs, ours: Ours) -> list[str]:
    steps = {
        "theirs: dbt seed": theirs.seeded,
        "theirs: staging (views)": theirs.staged,
        "ours: landing": ours.landed,
        "ours: staging (tables)": ours.staged,
    }
    lines = [
        f"| {times} | {rows:,} | {step} | {took.seconds:.1f} | {took.cpu:.1f}"
        f" | {rows / took.seconds:,.0f} | |"
        for step, took in steps.items()
    ]
    mine, other = ours.landed + ours.staged, theirs.seeded + theirs.staged
    return [
        *lines,
        f"| {times} | {rows:,} | both, theirs | {other.seconds:.1f} | {other.cpu:.1f}"
        f" | {rows / other.seconds:,.0f} | 1 |",
        f"| {times} | {rows:,} | **both, ours** | {mine.seconds:.1f} | {mine.cpu:.1f}"
        f" | {rows / mine.seconds:,.0f} | **{_ratio(other, mine)}** |",
    ]


def _ratio(other: Took, mine: Took) -> str:
    return f"{other.seconds / mine.seconds:.1f} (CPU {other.cpu / mine.cpu:.1f})"


def _after_staging(rows: int, theirs: Theirs, record: Record) -> list[str]:
    lines = [
        "| after staging | rows of source | rows built | seconds | CPU"
        " | ms per 1,000 rows of source |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    built = [("our record and who is who, a made-up county", record.source_rows,
              record.record_rows, record.took)]  # fmt: skip
    if theirs.built is not None:
        built.insert(
            0, ("their OMOP tables, the sample", rows, theirs.omop_rows, theirs.built)
        )
    return lines + [
        f"| {what} | {source:,} | {made:,} | {took.seconds:.1f} | {took.cpu:.1f}"
        f" | {took.seconds / source * 1e6:,.0f} |"
        for what, source, made, took in built
    ]


def _notes(theirs: Theirs) -> list[str]:
    notes = list(theirs.notes)
    if theirs.vocabulary is not None:
        took = theirs.vocabulary
        notes.append(
            f"dbt seed of the vocabulary took {took.seconds:.1f} s more"
            f" (CPU {took.cpu:.1f}) and is part of no ratio"
        )
    return notes


def _adds_up(ours: Ours) -> str:
    counts = ", ".join(f"{count:,} {what}" for what, count in ours.ledger.items())
    return (
        f"Our ledger of the largest sample: {counts}; {ours.staged_rows:,} rows staged,"
        f" {ours.set_aside:,} of them set aside."
    )
