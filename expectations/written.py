"""What was written since the record gate was last asked, and which answers that leaves.

Triggers note the keys of every row that comes, goes or changes in the tables of which a
check says that it is enough to know this (`told_by`), whoever writes it, in the same
transaction. The server counts rows, too, and there must be as many. An answer that nothing
was wrong stands where the check's `doubt`, a query of these rows, finds nothing; else the
whole is asked. The tables are `audit.written_row` and `audit.watched_table` (results.sql).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, text

from expectations.check import Answer, Check, Name, literal
from expectations.layout import SCHEMAS, Layout
from expectations.unchanged import LAST_RUN, PLACE, STATE
from loaders.warehouse.connect import BY_INDEX
from loaders.warehouse.runs import code_digest

STAGE = "record"
NOTES = "audit.written_row"
LEDGER = "audit.file_ledger"
TABLE_NAME = re.compile(rf"\b(?:{'|'.join(SCHEMAS)})\.[a-z]\w*")
# What asks for the time has another answer later, whatever its tables say.
ASKS_TIME = re.compile(r"\b(now|clock_timestamp|current_\w+|localtime\w*|random)\b", re.I)
# A view changes with the tables that it reads.
READS_SQL = f"""
with recursive reads (name, oid) as (
    select name, to_regclass(name)::oid from unnest(cast(:names as text[])) as asked (name)
    union
    select reads.name, depends.refobjid
    from reads
    inner join pg_rewrite as rule on reads.oid = rule.ev_class
    inner join pg_depend as depends
        on
            depends.classid = 'pg_rewrite'::regclass
            and rule.oid = depends.objid
            and depends.refclassid = 'pg_class'::regclass
            and depends.refobjid <> reads.oid
)
select
    reads.name,
    class.relkind::text as relkind,
    case class.relkind
        when 'r' then {STATE}
        when 'v' then pg_get_viewdef(class.oid)
    end as state
from reads
left join pg_class as class on reads.oid = class.oid
left join pg_stat_all_tables as counted on class.oid = counted.relid
order by reads.name, class.oid
"""
# Files come; none of those that were there may go.
FILES_SQL = f"""
select
    coalesce(max(file_id), 0) as highest,
    concat(
        count(*) filter (where file_id <= :highest), ' ',
        sum(hashint8extended(file_id, 0)) filter (where file_id <= :highest)
    ) as known,
    concat(count(*), ' ', sum(hashint8extended(file_id, 0))) as now_known
from {LEDGER}
"""
# An update brings a row and takes one away.
COUNTED_SQL = f"""
select
    asked.name,
    {PLACE} as node,
    coalesce(counted.n_tup_ins + 2 * counted.n_tup_upd + counted.n_tup_del, 0) as written,
    (
        select count(*) from pg_trigger
        where tgrelid = class.oid and tgname ^@ 'written_' and tgenabled = 'O'
    ) as triggers
from unnest(cast(:names as text[])) as asked (name)
inner join pg_class as class on class.oid = to_regclass(asked.name) and class.relkind = 'r'
inner join pg_stat_all_tables as counted on class.oid = counted.relid
"""
# Which rows came and went is told to a trigger of one kind of change alone.
TRIGGERS = {
    "written_come": "after insert on {table} referencing new table as come",
    "written_gone": "after delete on {table} referencing old table as gone",
    "written_both": "after update on {table}"
    " referencing old table as gone new table as come",
}
# Notes of a gate that did not answer are asked by the next one.
TAKE = f"""
update {NOTES} set asked_by_run = :run_id
where asked_by_run is distinct from :run_id
"""
TAKEN = f"""
select table_name, count(*) as how_many from {NOTES}
where asked_by_run = :run_id group by table_name
"""
WATCHED = "select table_name, node, written from audit.watched_table where run_id = :last"
WATCH = """
insert into audit.watched_table (table_name, node, written, run_id)
values (:table_name, :node, :written, :run_id)
"""


@dataclass(frozen=True)
class Look:
    """What a gate has seen before it asks anything.

    `told` are tables of which all rows are known that were written, and how many these are;
    `states` what else each answer depends on, as a digest; `watched` what the next gate has
    to know of each table: where it lies, and how many rows were ever written.
    """

    run_id: int
    told: Mapping[str, int]
    states: Mapping[Name, str]
    watched: Mapping[str, tuple[str, int]]


def written(column: str, *tables: str) -> str:
    """SQL for some columns of the notes of some tables."""
    names = ", ".join(literal(table) for table in tables)
    return f"(select {column} from {NOTES} where table_name in ({names}))"


def look_at_written(
    connection: Connection,
    layout: Layout,
    run_id: int,
    checks: Sequence[Check],
    row_keys: Mapping[str, str],
) -> Look:
    """See what was written, and let the tables tell from now on. Ends the transaction.

    `row_keys` names the column by which a row is noted, where that is not `record_key`.
    """
    states = _states(connection, layout, checks)
    parameters = {"stage": STAGE, "run_id": run_id}
    last = connection.scalar(text(LAST_RUN), parameters)
    known = {
        row.table_name: (row.node, int(row.written))
        for row in connection.execute(text(WATCHED), {"last": last})
    }
    tables = sorted({table for check in checks for table in check.told_by} - {LEDGER})
    watched, told = {}, {}
    counted = connection.execute(text(COUNTED_SQL), {"names": tables}).all()
    connection.execute(text(TAKE), parameters)
    taken = {
        row.table_name: int(row.how_many)
        for row in connection.execute(text(TAKEN), parameters)
    }
    for row in counted:
        notes = _notes(layout, row.name, row_keys.get(row.name, "record_key"))
        node, before = f"{row.node} {notes}", known.get(row.name)
        watched[row.name] = node, int(row.written)
        is_told = before is not None and before[0] == node and row.triggers == len(TRIGGERS)
        if not is_told:
            _let_tell(connection, row.name, notes)
        elif before and row.written - before[1] == taken.get(row.name, 0):
            told[row.name] = taken.get(row.name, 0)
    if layout.has(LEDGER):
        before = known.get(LEDGER, ("", 0))
        files = connection.execute(text(FILES_SQL), {"highest": before[1]}).one()
        watched[LEDGER] = files.now_known, int(files.highest)
        if files.known == before[0]:
            told[LEDGER] = 0
    connection.commit()
    return Look(run_id, told, states, watched)


def not_in_doubt(
    connection: Connection, look: Look, answers: Iterable[Answer]
) -> list[Answer]:
    """Those of the answers which stand, given what was written."""
    stand, open_to_doubt = [], []
    for answer in answers:
        tables = answer.check.told_by
        if any(table not in look.told for table in tables):
            continue
        if not any(look.told[table] for table in tables):
            stand.append(answer)
        elif answer.success and not answer.unexpected_count and answer.check.doubt:
            open_to_doubt.append(answer)
    if not open_to_doubt:
        return stand
    connection.execute(text(f"analyze {NOTES}"))
    connection.execute(BY_INDEX)
    # Without parameters a percent sign is nothing but itself.
    plainly = connection.execution_options(no_parameters=True)
    # Counted: asked whether there is one, the planner hopes to meet it soon and compares
    # each with each, and there is none.
    asked = " union all ".join(
        f"select {place} as place"
        f" where (select count(*) from ({answer.check.doubt}) as doubtful) > 0"
        for place, answer in enumerate(open_to_doubt)
    )
    doubted: set[int] = set(plainly.exec_driver_sql(asked).scalars())
    connection.rollback()
    return stand + [a for place, a in enumerate(open_to_doubt) if place not in doubted]


def note_asked(connection: Connection, look: Look) -> None:
    """Say that what was seen is answered; in the transaction that writes the answers."""
    connection.execute(
        text(f"delete from {NOTES} where asked_by_run = :run_id"),
        {"run_id": look.run_id},
    )
    connection.execute(text("delete from audit.watched_table"))
    connection.execute(
        text(WATCH),
        [
            {"table_name": name, "node": node, "written": rows, "run_id": look.run_id}
            for name, (node, rows) in look.watched.items()
        ],
    )


def _states(
    connection: Connection, layout: Layout, checks: Sequence[Check]
) -> dict[Name, str]:
    """What each answer depends on, but for the tables that tell what is written in them.

    Nothing is said of an answer that depends on what is not known.
    """
    reads = [(check, _reads(layout, check)) for check in checks]
    names = sorted({name for _, tables in reads for name in tables})
    found: dict[str, list[str | None]] = {}
    for row in connection.execute(text(READS_SQL), {"names": names}):
        is_known = row.state and not (row.relkind == "v" and ASKS_TIME.search(row.state))
        found.setdefault(row.name, []).append(row.state if is_known else None)
    code, states = code_digest(), {}
    for check, tables in reads:
        others = sorted(tables - set(check.told_by))
        said = [state for name in others for state in found[name]]
        if None not in said and not ASKS_TIME.search(_sql(check)):
            whole = repr((code, check, others, said))
            states[check.table, check.name] = sha256(whole.encode()).hexdigest()[:16]
    return states


def _reads(layout: Layout, check: Check) -> set[str]:
    # A query may call its rows what a schema is called; such columns are no tables.
    named = {name for name in TABLE_NAME.findall(_sql(check)) if name in layout.tables}
    return {check.table, *named} - {NOTES}


def _sql(check: Check) -> str:
    return f"{check.failing} {check.doubt} {check.arguments.get('unexpected_rows_query')}"


def _notes(layout: Layout, table: str, row_key: str) -> str:
    """What is noted of a row, as SQL; a column that the table does not have is unknown."""
    columns = ("person_id", row_key, "_file_id", "_line_number")
    return ", ".join(name if layout.has(table, name) else "null" for name in columns)


def _let_tell(connection: Connection, table: str, notes: str) -> None:
    for name, when in TRIGGERS.items():
        connection.execute(
            text(
                f"create or replace trigger {name} {when.format(table=table)}"
                " for each statement execute function"
                f" audit.note_written_rows({literal(notes)})"
            )
        )
