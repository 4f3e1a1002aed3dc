"""Answers that still hold: of tables in which nothing has changed since they were given.

A day brings rows for some feeds. What was asked of the tables of all others was answered
before, and asking again would take longer every year. An answer is given again where the
files of the feed, the rows of its tables, the checks and the code are what they were; any
doubt about that means that the table is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from sqlalchemy import Connection, text

from expectations.check import Answer, Check, Name
from expectations.layout import Layout
from loaders.changes.leads import staged_models
from loaders.changes.reading import FACTS
from loaders.contracts.model import load_contracts
from loaders.warehouse.runs import code_digest

FEEDS_SQL = f"""
select feed, sum(hashtextextended(concat_ws('|', file_id, {FACTS}), 0))::text as state
from audit.file_ledger
where feed is not null
group by feed
"""
# The file of a table is another one when it was made anew; the counters tell of rows that
# were written by whomever. They begin again after a crash or when told to, and then
# everything is asked: the server keeps when that was.
PLACE = """concat_ws(
    ' ', class.oid, pg_relation_filenode(class.oid),
    (select stats_reset from pg_stat_wal),
    (select stats_reset from pg_stat_database where datname = current_database())
)"""
STATE = f"""concat_ws(
    ' ', {PLACE}, counted.n_tup_ins, counted.n_tup_upd, counted.n_tup_del
)"""
TABLES_SQL = f"""
select
    counted.schemaname || '.' || counted.relname as name,
    {STATE} as state
from pg_class as class
inner join pg_stat_all_tables as counted on class.oid = counted.relid
where class.oid = any(cast(cast(:names as text[]) as regclass[]))
"""
LAST_RUN = """
select max(run_id) from audit.gate_run
where stage = :stage and state in ('passed', 'refused') and run_id <> :run_id
"""
LAST_SQL = f"""
select suite, expectation, success, element_count, unexpected_count, failing_keys, of_state,
    coalesce(answered_by_run, run_id) as answered_by_run
from audit.gate_result
where stage = :stage and run_id = ({LAST_RUN})
"""


def states_of(
    connection: Connection, layout: Layout, checks: Sequence[Check]
) -> dict[Name, str]:
    """What each answer about landing and staging depends on, as a digest.

    Of tables of the ledger and of figures nothing is said: they are asked. Of the record
    more is known (written.py).
    """
    feeds_of = _feeds_of_tables(layout)
    of_table: dict[str, list[Check]] = defaultdict(list)
    for check in checks:
        if check.table in feeds_of and layout.has(check.table):
            of_table[check.table].append(check)
    if not of_table or not layout.has("audit.replay"):
        return {}
    feeds = {row.feed: row.state for row in connection.execute(text(FEEDS_SQL))}
    tables = _states_of_tables(connection, layout, of_table, feeds_of)
    code = code_digest()
    states = {}
    for table, asked in of_table.items():
        said: list[object] = [code, table]
        # What becomes of a feed in staging says nothing of where it landed.
        schemas = (
            ("landing.",) if table.startswith("landing.") else ("landing.", "staging.")
        )
        for feed in sorted(feeds_of[table]):
            found = [state for state in tables[feed] if state.startswith(schemas)]
            said += [feed, feeds.get(feed), *found]
        said += sorted(
            repr((c.name, c.expectation, c.severity, c.arguments, c.failing)) for c in asked
        )
        digest = sha256(repr(said).encode()).hexdigest()[:16]
        states.update({(table, check.name): digest for check in asked})
    return states


def answers_that_hold(
    connection: Connection,
    stage: str,
    run_id: int,
    checks: Sequence[Check],
    states: Mapping[Name, str],
) -> list[Answer]:
    """The answers of the last time that this gate was asked, where they are still right."""
    asked: dict[Name, Check] = {(check.table, check.name): check for check in checks}
    held = []
    parameters = {"stage": stage, "run_id": run_id}
    for row in connection.execute(text(LAST_SQL), parameters):
        name = row.suite, row.expectation
        check = asked.get(name)
        if check and row.of_state is not None and row.of_state == states.get(name):
            answer = Answer(
                check,
                row.success,
                row.element_count,
                row.unexpected_count,
                tuple(row.failing_keys),
                answered_by_run=row.answered_by_run,
            )
            held.append(answer)
    return held


def with_states(answers: Sequence[Answer], states: Mapping[Name, str]) -> list[Answer]:
    """The answers, each with what it depends on."""
    return [
        replace(one, of_state=states.get((one.check.table, one.check.name)))
        for one in answers
    ]


def _feeds_of_tables(layout: Layout) -> dict[str, set[str]]:
    """Of each landing and staging table the feeds that its rows are made from."""
    feeds = {f"landing.{contract.name}": {contract.feed} for contract in load_contracts()}
    models = {model.name: model for model in staged_models()}
    for table, feed in layout.feeds.items():
        found, more = {feed}, {table.removeprefix("staging.")}
        seen: set[str] = set()
        while more - seen:
            seen |= more
            reading = [models[name] for name in more if name in models]
            found |= {model.feed for model in reading if model.feed}
            more = {read for model in reading for read in model.reads}
        feeds[table] = found
    return feeds


def _states_of_tables(
    connection: Connection,
    layout: Layout,
    asked: Mapping[str, object],
    feeds_of: Mapping[str, set[str]],
) -> dict[str, list[str]]:
    """Of each feed what became of its tables: where it landed and where it is staged."""
    of_feed: dict[str, set[str]] = defaultdict(set)
    for contract in load_contracts():
        of_feed[contract.feed].add(f"landing.{contract.name}")
    for table, feed in layout.feeds.items():
        of_feed[feed].add(table)
    wanted = {feed for table in asked for feed in feeds_of[table]}
    names = [name for feed in sorted(wanted) for name in of_feed[feed] if layout.has(name)]
    rows = connection.execute(text(TABLES_SQL), {"names": names})
    state_of = {row.name: row.state for row in rows}
    return {
        feed: [f"{name} {state_of.get(name)}" for name in sorted(of_feed[feed])]
        for feed in wanted
    }
