"""The ledger on a terminal: what was sent, what became of it, and whether it adds up."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine, text

from loaders.console.table import print_table
from loaders.failure import ExpectedFailure
from loaders.landing.ledger import balanced

COUNTS = "rows_read, rows_accepted, rows_rejected, rows_duplicate, rows_superseded"
FILTER = """
    from audit.file_ledger
    where (cast(:feed as text) is null or feed = :feed)
      and (cast(:day as date) is null or delivery_date = :day)
"""
SUMS = ", ".join(f"sum({name})::bigint as {name}" for name in COUNTS.split(", "))
BY_FEED = f"""
    select coalesce(feed, 'no contract') as feed, min(table_name) as table_name,
           state, count(*) as tables, {SUMS}
    {FILTER}
    group by coalesce(feed, 'no contract'), state
    order by 1, 3
"""
BY_FILE = f"""
    select delivery_date, system, file_name, member_name, feed, state, rows_manifest,
           {COUNTS}, state_reason
    {FILTER}
    order by delivery_date, system, file_name, member_name, file_id
"""
REJECTS = f"""
    with asked as (select * {FILTER})
    select asked.feed, reject.reason_code, count(*) as lines,
           min(asked.delivery_date) as first_delivery, min(asked.file_name) as for_instance,
           min(reject.line_number) as at_line
    from landing.reject
    inner join asked on reject.file_id = asked.file_id
    group by asked.feed, reject.reason_code
    order by 1, 2
"""
TOTAL = f"""
    select count(*) as tables, {SUMS}
    {FILTER}
"""


class NothingLandedError(ExpectedFailure):
    """The warehouse has no ledger yet."""


def show_ledger(
    engine: Engine, feed: str | None, day: date | None, files: bool, rejects: bool
) -> bool:
    """Print the ledger and whether it balances line for line; returns the latter."""
    asked = {"feed": feed, "day": day}
    with engine.connect() as connection:
        if connection.scalar(text("select to_regclass('audit.file_ledger')")) is None:
            raise NothingLandedError("Nothing is landed yet; `onecard run` does it.")
        for wanted, title, query in (
            (not files and not rejects, "台账 ledger by feed", BY_FEED),
            (files, "台账 ledger by delivered table", BY_FILE),
            (rejects, "拒收 rejected lines by reason", REJECTS),
        ):
            if wanted:
                result = connection.execute(text(query), asked)
                print_table(title, list(result.keys()), [tuple(row) for row in result])
        total = connection.execute(text(TOTAL), asked).one()
    print(
        f"{total.tables} delivered tables: {total.rows_read or 0} rows read"
        f" = {total.rows_accepted or 0} accepted + {total.rows_rejected or 0} rejected"
        f" + {total.rows_duplicate or 0} duplicate"
        f" + {total.rows_superseded or 0} superseded"
    )
    # Also against the manifests, the rejects and what is stored, for the whole warehouse.
    faults = balanced(engine)
    for fault in faults:
        print(
            f"{fault.file_name} {fault.member_name}: {fault.fault},"
            f" {fault.expected} expected, {fault.found} found"
        )
    print(f"NOT BALANCED: {len(faults)} tables" if faults else "balanced")
    return not faults
