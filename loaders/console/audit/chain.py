"""The chain of one feed: from lines that were read to events of the record.

Goes in: a feed and what is asked about. Comes out: each step with its rows, every
difference under its name, and what does not add up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, text

from loaders.console.audit.asked import FILES, Asked
from loaders.contracts.model import contract_of
from loaders.generate.staged_feeds import StagedFeed, event_feeds

NOT_CURRENT = {
    "replaced_file": "− 文件已被取代 in a file that was replaced",
    "older_version": "− 旧版本 an older version",
    "repeated": "− 重复报送，以首次为准 sent again unchanged: the first line stands",
    "deleted_since": "− 全量中已无，即已删除 deleted since: not in the newest full list",
    "list_incomplete": "− 清单未齐 in a list of which a part is missing",
}
LEDGER = f"""
    select count(*) as tables,
           count(*) filter (where state = 'landed') as landed,
           count(*) filter (where state = 'replaced') as replaced,
           count(*) filter (where state = 'duplicate') as sent_before,
           count(*) filter (where state in ('refused', 'missing')) as unusable,
           coalesce(sum(rows_read), 0) as read,
           coalesce(sum(rows_accepted), 0) as accepted,
           coalesce(sum(rows_rejected), 0) as rejected,
           coalesce(sum(rows_duplicate), 0) as duplicate,
           coalesce(sum(rows_superseded), 0) as superseded,
           coalesce(sum(rows_read) filter (where state = 'duplicate'), 0) as sent_again,
           coalesce(sum((
               select count(*) from landing.reject where reject.file_id = file.file_id
           )), 0) as rejects_kept,
           max(recorded_at) as recorded_at
    from audit.file_ledger as file
    where {FILES}
"""


class Step(NamedTuple):
    """One line of the chain."""

    step: str
    rows: int
    detail: str = ""


class Chain(NamedTuple):
    """The steps of one feed and what is wrong with them."""

    steps: list[Step]
    faults: list[str]


def chain_of(connection: Connection, staged: StagedFeed, asked: Asked) -> Chain:
    """The chain of one staging model and its feed."""
    parameters = asked.parameters | {"feed": staged.feed}
    ledger = connection.execute(text(LEDGER), parameters).one()
    rows = connection.execute(text(_rows(connection, staged, asked)), parameters).one()
    reasons = connection.execute(text(_reasons(staged, asked)), parameters).all()
    steps: list[Step] = []
    faults: list[str] = []
    if asked.org is None:
        steps += _read(ledger)
        faults += _ledger_faults(staged, ledger, rows)
        known = ledger.read - ledger.rejected - ledger.sent_again - rows.stored
        steps.append(Step("− 同内容文件已在 in a copy of a file that was there",
                          ledger.sent_again))  # fmt: skip
        if contract_of(staged.feed).delivery == "watermark":
            steps.append(Step("− 数据库中早已有 known to the database before", known))
    steps.append(Step("= 落地行 rows in landing", rows.stored, staged.landing))
    for state, words in NOT_CURRENT.items():
        if count := getattr(rows, state):
            steps.append(Step(words, count))
    steps.append(Step("= 现行行 current rows", rows.current))
    if rows.not_staged:
        steps.append(Step("− 上次构建后落地，待下次 landed since the last build",
                          rows.not_staged))  # fmt: skip
    if rows.split:
        steps.append(Step("+ 一行拆成多行 rows that staging splits", rows.split))
    steps.append(Step("= 贴源行 rows in staging", rows.staged, staged.model))
    for reason in reasons:
        steps.append(Step(f"− 搁置 set aside: {reason.because}", reason.how_many))
    steps.append(Step("= 可用行 usable rows", rows.staged - rows.set_aside))
    steps.append(
        Step("→ 档案事件 of these or set aside, events of the record", rows.events)
    )
    return Chain(steps, [*faults, *_row_faults(connection, staged, rows)])


def _read(ledger: Row[Any]) -> Iterator[Step]:
    states = (
        f"{ledger.landed} landed, {ledger.replaced} replaced, {ledger.sent_before} sent"
        f" before, {ledger.unusable} unusable"
    )
    yield Step("交付的表 delivered tables", ledger.tables, states)
    fates = (
        f"= {ledger.accepted} accepted + {ledger.rejected} rejected"
        f" + {ledger.duplicate} duplicate + {ledger.superseded} superseded"
    )
    yield Step("读入 rows read", ledger.read, fates)
    yield Step("− 拒收 rejected lines", ledger.rejected)


def _ledger_faults(staged: StagedFeed, ledger: Row[Any], rows: Row[Any]) -> Iterator[str]:
    fates = ledger.accepted + ledger.rejected + ledger.duplicate + ledger.superseded
    if ledger.read != fates:
        yield f"{staged.feed}: {ledger.read} rows read, {fates} accounted for"
    if ledger.rejected != ledger.rejects_kept:
        yield (
            f"{staged.feed}: {ledger.rejected} lines rejected, {ledger.rejects_kept} kept"
        )
    due = ledger.read - ledger.rejected - ledger.sent_again
    known = contract_of(staged.feed).delivery == "watermark"
    if rows.stored > due or (rows.stored < due and not known):
        yield f"{staged.feed}: {due} rows were to be stored, {rows.stored} are"


def _row_faults(
    connection: Connection, staged: StagedFeed, rows: Row[Any]
) -> Iterator[str]:
    if rows.staged - rows.split + rows.not_staged != rows.current:
        yield (
            f"{staged.feed}: {rows.current} current rows, {rows.staged} in {staged.model}"
        )
    if rows.not_staged and not _landed_since_build(connection):
        yield f"{staged.feed}: {rows.not_staged} current rows are missing in {staged.model}"
    if staged.feed in event_feeds() and rows.has_record:
        usable = rows.staged - rows.set_aside
        if rows.events not in (rows.staged, usable) and not rows.not_staged:
            yield f"{staged.feed}: {usable} usable rows, {rows.events} events of the record"


def _landed_since_build(connection: Connection) -> bool:
    """Whether the ledger has changed since the last build began."""
    if connection.scalar(text("select to_regclass('audit.run')")) is None:
        return True
    return bool(
        connection.scalar(
            text(
                """
                select coalesce(
                    (select max(recorded_at) from audit.file_ledger)
                    > (select max(started_at) from audit.run where kind = 'build'),
                    true
                )
                """
            )
        )
    )


def scope(staged: StagedFeed, asked: Asked) -> str:
    """SQL: the versions of a feed that are asked about, with staging and record beside."""
    return f"""
        select version.*
        from landing.{staged.landing}_versions(null) as version
        inner join audit.file_ledger as file on version._file_id = file.file_id
        where {FILES} and {asked.rows_of(staged, "version")}
    """


def _rows(connection: Connection, staged: StagedFeed, asked: Asked) -> str:
    states = ", ".join(
        f"count(*) filter (where _state = '{state}') as {state}" for state in NOT_CURRENT
    )
    record = connection.scalar(text("select to_regclass('record.event_source')"))
    events = "select null::bigint as file_id, null::integer as line_number"
    if record:
        events = "select distinct file_id, line_number from record.event_source"
    return f"""
        with version as materialized ({scope(staged, asked)}),
        event as ({events}),
        staged as (
            select _file_id, _line_number, count(*) as how_many,
                   count(set_aside_because) as set_aside
            from staging.{staged.model}
            group by _file_id, _line_number
        )
        select count(*) as stored, {states},
               count(*) filter (where _state = 'current') as current,
               count(*) filter (
                   where _state = 'current' and staged.how_many is null
               ) as not_staged,
               coalesce(sum(staged.how_many), 0)::bigint as staged,
               coalesce(sum(staged.how_many - 1), 0)::bigint as split,
               coalesce(sum(staged.set_aside), 0)::bigint as set_aside,
               count(event.file_id) as events,
               {"true" if record else "false"} as has_record
        from version
        left join staged
            on version._file_id = staged._file_id
            and version._line_number = staged._line_number
        left join event
            on version._file_id = event.file_id
            and version._line_number = event.line_number
            and staged.how_many is not null
    """


def _reasons(staged: StagedFeed, asked: Asked) -> str:
    return f"""
        select staged.set_aside_because as because, count(*) as how_many
        from ({scope(staged, asked)}) as version
        inner join staging.{staged.model} as staged
            on version._file_id = staged._file_id
            and version._line_number = staged._line_number
        where staged.set_aside_because is not null
        group by staged.set_aside_because
        order by 2 desc, 1
    """
