"""Control totals of one feed: what its amounts add up to, layer by layer."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, text

from loaders.console.audit.asked import FILES, Asked
from loaders.console.audit.chain import scope
from loaders.generate.staged_feeds import StagedFeed
from loaders.landing.control_totals import plain_amount
from loaders.landing.schema import quoted

NOTED = f"""
    select total.column_name, sum(total.cell_count) as cells,
           sum(total.unreadable_count) as unreadable, sum(total.total) as total,
           count(*) as files
    from audit.file_control_total as total
    inner join audit.file_ledger as file on total.file_id = file.file_id
    where {FILES}
    group by total.column_name
"""


class MoneyLine(NamedTuple):
    """One column of amounts, in fen; None where a layer does not have it."""

    column: str
    cells: int
    unreadable: int
    landing_all: int
    noted_at_landing: int | None
    landing_current: int
    staging: int | None
    record: int | None


def money_of(
    connection: Connection, staged: StagedFeed, asked: Asked
) -> tuple[list[MoneyLine], list[str]]:
    """The totals of every column of amounts, and which of them differ."""
    lines: list[MoneyLine] = []
    faults: list[str] = []
    if not staged.money:
        return lines, faults
    parameters = asked.parameters | {"feed": staged.feed}
    noted = {row.column_name: row for row in connection.execute(text(NOTED), parameters)}
    record = _record_table(connection, staged)
    in_record = _columns(connection, "record", record) if record else set()
    query = _totals(staged, asked, record, in_record)
    totals = connection.execute(text(query), parameters).one()._mapping
    for n, column in enumerate(staged.money):
        note = noted.get(column.landed) if asked.org is None else None
        line = MoneyLine(
            column.landed,
            totals[f"cells_{n}"],
            totals[f"unreadable_{n}"],
            totals[f"stored_{n}"],
            int(round(100 * note.total)) if note else None,
            totals[f"current_{n}"],
            totals[f"staging_{n}"] if column.staged else None,
            totals[f"record_{n}"] if column.staged in in_record else None,
        )
        lines.append(line)
        if note and note.total != totals[f"exact_{n}"]:
            faults.append(f"{staged.feed} {column.landed}: landing differs from its note")
        if column.staged and line.staging != line.landing_current - totals[f"waiting_{n}"]:
            faults.append(f"{staged.feed} {column.landed}: staging differs from landing")
        if line.record is not None and line.record not in (
            line.staging, totals[f"usable_{n}"],
        ):  # fmt: skip
            faults.append(f"{staged.feed} {column.landed}: record differs from staging")
    return lines, faults


def _totals(
    staged: StagedFeed, asked: Asked, record: str | None, in_record: set[str]
) -> str:
    parts = []
    amounts = []
    for n, column in enumerate(staged.money):
        cell = f"version.{quoted(column.landed)}".replace(":", r"\:")
        amounts.append(
            f"{plain_amount(cell)} as amount_{n},"
            f" nullif(btrim({cell}), '') is not null as filled_{n}"
        )
        fen = f"round(100 * amount_{n})"
        staged_fen = f"staged.{column.staged}" if column.staged else "null::bigint"
        taken = f"taken.{column.staged}" if column.staged in in_record else "null::bigint"
        sums = {
            "stored": f"sum({fen})",
            "current": f"sum({fen}) filter (where _state = 'current')",
            "waiting": f"sum({fen}) filter (where _state = 'current'"
            " and staged._file_id is null)",
            "staging": f"sum({staged_fen})",
            "usable": f"sum({staged_fen}) filter (where set_aside_because is null)",
            "record": f"sum({taken})",
        }
        parts += [f"coalesce({sql}, 0)::bigint as {name}_{n}" for name, sql in sums.items()]
        parts += [
            f"coalesce(sum(amount_{n}), 0) as exact_{n}",
            f"count(*) filter (where filled_{n}) as cells_{n}",
            f"count(*) filter (where filled_{n} and amount_{n} is null) as unreadable_{n}",
        ]
    joined = f"""
        left join record.{record} as taken
            on staged._file_id = taken._file_id
            and staged._line_number = taken._line_number
    """ if record else ""  # fmt: skip
    return f"""
        with version as materialized (
            select version._file_id, version._line_number, version._state,
                   {", ".join(amounts)}
            from ({scope(staged, asked)}) as version
        )
        select {", ".join(parts)}
        from version
        left join staging.{staged.model} as staged
            on version._file_id = staged._file_id
            and version._line_number = staged._line_number
        {joined}
    """


def _record_table(connection: Connection, staged: StagedFeed) -> str | None:
    """The table of the record whose events are lines of this feed, if there is one."""
    if connection.scalar(text("select to_regclass('record.event_source')")) is None:
        return None
    kinds = connection.scalars(
        text(
            f"""
            select distinct event.event_kind
            from record.event_source as event
            inner join (
                select distinct source_system, source_table from staging.{staged.model}
            ) as feed
                on event.source_system = feed.source_system
                and event.source_table = feed.source_table
            """
        )
    ).all()
    if len(kinds) != 1 or "_file_id" not in _columns(connection, "record", kinds[0]):
        return None
    return str(kinds[0])


def _columns(connection: Connection, schema: str, table: str) -> set[str]:
    return set(
        connection.scalars(
            text(
                "select column_name from information_schema.columns"
                " where table_schema = :schema and table_name = :table"
            ),
            {"schema": schema, "table": table},
        )
    )
