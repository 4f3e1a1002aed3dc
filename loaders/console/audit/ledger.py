"""The ledger on a terminal: what was sent, what became of it, and whether it adds up."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, Engine, text

from loaders.console.audit.asked import FILES, Asked, need_ledger, with_places_of_org
from loaders.console.audit.chain import chain_of
from loaders.console.audit.money import MoneyLine, money_of
from loaders.console.table import print_table
from loaders.contracts.model import contract_of
from loaders.generate.staged_feeds import StagedFeed, staged_feeds
from loaders.landing.ledger import balanced

COUNTS = "rows_read, rows_accepted, rows_rejected, rows_duplicate, rows_superseded"
SUMS = ", ".join(f"sum({name})::bigint as {name}" for name in COUNTS.split(", "))
BY_FEED = f"""
    select coalesce(feed, 'no contract') as feed, min(table_name) as table_name,
           state, count(*) as tables, {SUMS}
    from audit.file_ledger as file
    where {FILES}
    group by coalesce(feed, 'no contract'), state
    order by 1, 3
"""
BY_FILE = f"""
    select delivery_date, system, file_name, member_name, feed, state, rows_manifest,
           {COUNTS}, state_reason
    from audit.file_ledger as file
    where {FILES}
    order by delivery_date, system, file_name, member_name, file_id
"""
TOTAL = f"""
    select count(*) as tables, {SUMS}
    from audit.file_ledger as file
    where {FILES}
"""
CONTROL = """
    select feed, staging_model, landed_row_count, staging_row_count, set_aside_row_count,
           record_row_count, landed_fen, staging_fen, unattached_fen, record_fen,
           is_balanced
    from audit.control_total
    order by feed, staging_model
"""
MONEY = """
    select feed, column_name, cell_count, unreadable_count, landed_fen, staging_fen,
           is_balanced
    from audit.money_total
    order by feed, column_name
"""


def show_ledger(
    engine: Engine,
    feed: str | None,
    day: date | None,
    files: bool = False,
    file: str | None = None,
    org: str | None = None,
    totals: bool = False,
) -> bool:
    """Print the ledger, with a question about part of it also the chain to the record.

    Returns whether everything balances, line for line and fen for fen.
    Raises: NothingLandedError.
    """
    faults: list[str] = []
    with engine.connect() as connection:
        need_ledger(connection)
        asked = Asked(feed.upper() if feed else None, day, file, org)
        asked = with_places_of_org(connection, asked, staged_feeds())
        query = BY_FILE if files else BY_FEED
        title = "台账 ledger by " + ("delivered table" if files else "feed")
        result = connection.execute(text(query), asked.parameters)
        print_table(title, list(result.keys()), [tuple(row) for row in result])
        total = connection.execute(text(TOTAL), asked.parameters).one()
        if asked.is_everything:
            faults += _control_totals(connection, totals)
            faults += _states_follow(connection)
        else:
            for staged in _staged(connection, asked):
                faults += _show_chain(connection, staged, asked)
    print(
        f"{total.tables} delivered tables: {total.rows_read or 0} rows read"
        f" = {total.rows_accepted or 0} accepted + {total.rows_rejected or 0} rejected"
        f" + {total.rows_duplicate or 0} duplicate"
        f" + {total.rows_superseded or 0} superseded"
    )
    # Also against the manifests, the rejects and what is stored, for the whole warehouse.
    faults += [
        f"{one.file_name} {one.member_name}: {one.fault},"
        f" {one.expected} expected, {one.found} found"
        for one in balanced(engine)
    ]
    for fault in faults:
        print(fault)
    print(f"NOT BALANCED: {len(faults)} faults" if faults else "balanced")
    return not faults


def _staged(connection: Connection, asked: Asked) -> list[StagedFeed]:
    """The staged feeds of which something is asked and staging is built."""
    feeds = set(
        connection.scalars(
            text(f"select distinct feed from audit.file_ledger as file where {FILES}"),
            asked.parameters,
        )
    )
    built = set(
        connection.scalars(
            text(
                "select relname from pg_class"
                " where relnamespace = to_regnamespace('staging')"
            )
        )
    )
    made = set(
        connection.scalars(
            text(
                "select proname from pg_proc"
                " where pronamespace = to_regnamespace('landing')"
            )
        )
    )
    return [
        one
        for one in staged_feeds()
        if one.feed in feeds and one.model in built and f"{one.landing}_versions" in made
    ]


def _show_chain(connection: Connection, staged: StagedFeed, asked: Asked) -> list[str]:
    contract = contract_of(staged.feed)
    chain = chain_of(connection, staged, asked)
    lines, money_faults = money_of(connection, staged, asked)
    if any(step.rows for step in chain.steps):
        print_table(
            f"{staged.feed} {contract.title.zh} {contract.title.en}",
            ["feed", "step", "rows", "detail"],
            [(staged.feed, *step) for step in chain.steps],
        )
    if lines:
        print_table(
            f"{staged.feed} 控制总数（分） control totals (fen)",
            ["feed", *MoneyLine._fields],
            [(staged.feed, *line) for line in lines],
        )
    return chain.faults + money_faults


def _control_totals(connection: Connection, print_them: bool) -> list[str]:
    """What the last build found of every feed, rows and money."""
    faults = []
    for table, title, query in (
        ("control_total", "控制总数 control totals of the last build", CONTROL),
        ("money_total", "金额列 columns of amounts of the last build", MONEY),
    ):
        if (
            connection.scalar(text("select to_regclass(:n)"), {"n": f"audit.{table}"})
            is None
        ):
            continue
        result = connection.execute(text(query))
        names, rows = list(result.keys()), result.all()
        if print_them:
            print_table(title, names, [tuple(row) for row in rows])
        for row in rows:
            if not row.is_balanced:
                column = row._mapping.get("column_name") or ""
                faults.append(f"{row.feed} {column}: layers differ in audit.{table}")
    return faults


def _states_follow(connection: Connection) -> list[str]:
    """Files whose state in the ledger is not what all files together make of them."""
    function = "landing.files_as_of(text,date)"
    if connection.scalar(text("select to_regprocedure(:name)"), {"name": function}) is None:
        return []
    wrong = connection.execute(
        text(
            """
            select ledger.file_name, ledger.member_name, ledger.state, file.state as due
            from (
                select distinct feed from audit.file_ledger where feed is not null
            ) as known
            cross join lateral landing.files_as_of(known.feed, null) as file
            inner join audit.file_ledger as ledger on file.file_id = ledger.file_id
            where file.state <> ledger.state
            order by 1, 2
            """
        )
    )
    return [
        f"{row.file_name} {row.member_name}: {row.state}, but by all files {row.due}"
        for row in wrong
    ]
