"""What the quality report shows, read from `audit` and `published`.

Before the first release, or after a run that failed early, some tables are not there; what
would stand in them is then empty. No personal value is in either schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

Rows = Sequence[Row[Any]]

# What is asked, and the tables without which the answer is empty.
QUERIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "releases": (
        "select release.*, to_char(published_at, 'YYYY-MM-DD HH24:MI') as at"
        " from published.release order by release_id desc limit 8",
        ("published.release",),
    ),
    "runs": (
        "select run_id, state, step, message from audit.run where kind = 'build'"
        " order by run_id desc limit 1",
        ("audit.run",),
    ),
    "gates": (
        "select run_id, stage, state, message,"
        " extract(epoch from finished_at - started_at)::numeric(9, 1) as seconds"
        " from audit.gate_run where run_id = (select max(run_id) from audit.gate_run)",
        ("audit.gate_run",),
    ),
    "answers": (
        "select * from audit.gate_result"
        " where run_id = (select max(run_id) from audit.gate_run)"
        " order by success, severity, suite, expectation",
        ("audit.gate_result",),
    ),
    "indicators": (
        "select * from published.indicator order by indicator_code",
        ("published.indicator",),
    ),
    "values": (
        "select * from published.indicator_value where grain in ('county', 'group')"
        " order by indicator_code, grain, org_code, period",
        ("published.indicator_value",),
    ),
    "restatements": (
        "select restatement.*, indicator.name_zh, indicator.name_en, indicator.unit"
        " from published.restatement left join published.indicator"
        " on restatement.indicator_code = indicator.indicator_code"
        " where restatement.grain = 'county'"
        " order by release_id desc, indicator_code, period limit 40",
        ("published.restatement",),
    ),
    "restatement_counts": (
        "select release_id, count(*) as how_many from published.restatement"
        " group by release_id order by release_id desc",
        ("published.restatement",),
    ),
    "ledger": (
        "select delivery_date, system, count(*) filter (where feed is not null) as tables,"
        " count(*) filter (where feed is null) as without_contract,"
        " count(*) filter (where state in ('refused', 'missing')) as unusable,"
        " count(*) filter (where state in ('refused', 'missing')"
        " and replaced_by is null) as waiting,"
        " sum(rows_read) as rows_read, sum(rows_accepted) as rows_accepted,"
        " sum(rows_rejected) as rows_rejected, sum(rows_duplicate) as rows_duplicate,"
        " sum(rows_superseded) as rows_superseded,"
        " bool_and(rows_read = rows_accepted + rows_rejected + rows_duplicate"
        " + rows_superseded) as is_balanced"
        " from audit.file_ledger group by delivery_date, system"
        " order by delivery_date desc, system",
        ("audit.file_ledger",),
    ),
    "unusable": (
        "select delivery_date, system, file_name, member_name, state, state_reason,"
        " replaced_by is not null as is_resolved from audit.file_ledger"
        " where state in ('refused', 'missing')"
        " order by replaced_by is not null, delivery_date desc, file_name, member_name"
        " limit 60",
        ("audit.file_ledger",),
    ),
    "rejects": (
        "select file_ledger.system, file_ledger.feed, file_ledger.table_name,"
        " reject.reason_code, count(*) as lines,"
        " max(file_ledger.delivery_date) as last_delivery"
        " from landing.reject inner join audit.file_ledger"
        " on reject.file_id = file_ledger.file_id"
        " group by file_ledger.system, file_ledger.feed, file_ledger.table_name,"
        " reject.reason_code order by lines desc, feed, reason_code",
        ("landing.reject", "audit.file_ledger"),
    ),
    "drift": (
        "select file.feed, file.table_name, change.kind, change.column_name,"
        " min(file.delivery_date) as since, max(file.delivery_date) as until,"
        " count(*) as files from audit.file_ledger as file cross join lateral ("
        " select 'added' as kind, unnest(file.columns_added) as column_name"
        " union all select 'missing', unnest(file.columns_missing)"
        " union all select 'renamed', unnest(file.columns_renamed)) as change"
        " where file.state in ('landed', 'replaced')"
        " group by file.feed, file.table_name, change.kind, change.column_name"
        " order by since desc, feed, kind, column_name limit 60",
        ("audit.file_ledger",),
    ),
    "set_aside": (
        "select layer, reason, sum(row_count) as row_count,"
        " string_agg(distinct source_system, ' ' order by source_system) as systems"
        " from audit.set_aside group by layer, reason"
        " order by layer desc, row_count desc, reason",
        ("audit.set_aside",),
    ),
    "identity": (
        "select measure, detail, how_many from audit.identity_quality"
        " order by measure, detail",
        ("audit.identity_quality",),
    ),
    "county": (
        "select distinct org_name from published.indicator_value where grain = 'county'",
        ("published.indicator_value",),
    ),
}


@dataclass(frozen=True)
class Figures:
    """The answers by name; what could not be asked is empty."""

    answers: dict[str, Rows]

    def __getitem__(self, name: str) -> Rows:
        return self.answers[name]

    def first(self, name: str) -> Row[Any] | None:
        """The first row of an answer, if there is one."""
        return next(iter(self.answers[name]), None)


def read_figures(engine: Engine) -> Figures:
    """Ask everything at one moment."""
    snapshot = engine.execution_options(isolation_level="REPEATABLE READ")
    with snapshot.connect() as connection:
        return Figures(
            {
                name: connection.execute(text(query)).all()
                if _are_there(connection, tables)
                else []
                for name, (query, tables) in QUERIES.items()
            }
        )


def _are_there(connection: Connection, tables: tuple[str, ...]) -> bool:
    return all(
        connection.scalar(text("select to_regclass(:name)"), {"name": name}) is not None
        for name in tables
    )
