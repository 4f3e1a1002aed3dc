"""Publish one release: the last step, one transaction, and only after every gate said yes.

Goes in: `indicators`, and the gates' answers to this very run. Comes out: the tables of
`published` changed by difference, or nothing at all. Readers see the last release or this
one, never something between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import md5
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from expectations.results import STAGES, gate_states
from loaders.access.apply import apply_access
from loaders.failure import ExpectedFailure
from loaders.release.difference import CASES, INDICATORS, VALUES, replace_changed
from loaders.release.digest import digest_of
from loaders.release.restate import (
    cause_of_change,
    record_restatements,
    remember_old_values,
)

Report = Callable[[str], None]
TABLES = Path(__file__).with_name("tables.sql")
CONTENT = Path(__file__).with_name("content.sql")

UNPROVEN = """
    with counted as (
        select indicator_code, period, grain, org_code,
               sum(numerator) as numerator, sum(denominator) as denominator
        from published.indicator_case
        group by indicator_code, period, grain, org_code
    )
    select count(*)
    from published.indicator_value as value
    full join counted
        on value.indicator_code = counted.indicator_code and value.period = counted.period
        and value.grain = counted.grain and value.org_code = counted.org_code
    -- The sum of no cases is nothing.
    where value.indicator_code is null
        or value.numerator <> coalesce(counted.numerator, 0)
        or value.denominator <> coalesce(counted.denominator, 0)
"""


class PublicationRefusedError(ExpectedFailure):
    """This run may not be published; the last release stays up."""


@dataclass(frozen=True)
class Release:
    """What a release holds."""

    release_id: int
    through_delivery: date
    data_day: date
    value_count: int
    case_count: int
    restatement_count: int

    def __str__(self) -> str:
        return (
            f"release {self.release_id}: data of {self.data_day:%Y-%m-%d},"
            f" {self.value_count} values, {self.case_count} cases,"
            f" {self.restatement_count} values restated"
        )


def publish(engine: Engine, run_id: int, report: Report = print) -> Release | None:
    """Publish what this run counted; none when readers would see no difference.

    Raises: PublicationRefusedError.
    """
    with engine.begin() as connection:
        _need_gates(connection, run_id)
        _make_tables(connection)
        release = _change(connection, run_id)
    if release is None:
        report("  nothing changed since the last release: no new release")
    apply_access(engine, report)
    return release


def _need_gates(connection: Connection, run_id: int) -> None:
    states = gate_states(connection, run_id)
    missing = [stage for stage in STAGES if states.get(stage) != "passed"]
    if missing:
        said = ", ".join(f"{stage}: {states.get(stage, 'no answer')}" for stage in missing)
        raise PublicationRefusedError(
            f"Run {run_id} is not published, for not every gate has said yes ({said})."
            " The last release stays up."
        )


def _make_tables(connection: Connection) -> None:
    made = text("select to_regclass('audit.published_indicator_history')")
    if connection.scalar(made) is None:
        connection.execute(text(TABLES.read_text("utf-8")))


def _change(connection: Connection, run_id: int) -> Release | None:
    connection.execute(text(CONTENT.read_text("utf-8")))
    release_id = int(
        connection.scalar(
            text("select coalesce(max(release_id), 0) + 1 from published.release")
        )
        or 1
    )
    cause = cause_of_change(connection, run_id)
    remember_old_values(connection)
    changed = [
        replace_changed(connection, what, release_id)
        for what in (INDICATORS, VALUES, CASES)
    ]
    if not any(changed):
        return None
    _prove(connection)
    restated = record_restatements(connection, release_id, cause)
    return _write_release(connection, release_id, run_id, restated)


def _prove(connection: Connection) -> None:
    unproven = connection.scalar(text(UNPROVEN))
    if unproven:
        raise PublicationRefusedError(
            f"{unproven} values do not equal the sum of their cases; nothing is published."
        )


def _write_release(
    connection: Connection, release_id: int, run_id: int, restated: int
) -> Release:
    through: date = connection.execute(
        text(
            "select max(delivery_date) from audit.file_ledger"
            " where state in ('landed', 'replaced', 'duplicate')"
        )
    ).scalar_one()
    release = Release(
        release_id=release_id,
        through_delivery=through,
        # A delivery is made in the early morning and knows everything up to the day before.
        data_day=through - timedelta(days=1),
        value_count=_count(connection, VALUES.table),
        case_count=_count(connection, CASES.table),
        restatement_count=restated,
    )
    digests = [str(digest_of(connection, what.table)) for what in (VALUES, CASES)]
    connection.execute(
        text(
            "insert into published.release (release_id, run_id, through_delivery, data_day,"
            " value_count, case_count, restatement_count, digest) values (:release_id,"
            " :run_id, :through_delivery, :data_day, :value_count, :case_count,"
            " :restatement_count, :digest)"
        ),
        {
            **vars(release),
            "run_id": run_id,
            "digest": md5("".join(digests).encode(), usedforsecurity=False).hexdigest(),
        },
    )
    return release


def _count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f"select count(*) from {table}")).scalar_one())
