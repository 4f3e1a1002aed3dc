"""Codes that systems send and that no code list knows, by feed and column."""

from __future__ import annotations

from sqlalchemy import Engine, text

from loaders.console.audit.asked import need_ledger
from loaders.console.table import print_table

UNMAPPED = """
    select feed, column_name, code_list, code, row_count, first_sent_on
    from staging.unmapped_code
    where cast(:feed as text) is null or feed = :feed
    order by feed, column_name, row_count desc, code
"""
# A longer text in a column of codes is none, and may be anything: it is not printed.
LONGEST_CODE = 12


def show_unmapped_codes(engine: Engine, feed: str | None) -> None:
    """Print the codes that are kept as sent because their list does not have them."""
    with engine.connect() as connection:
        need_ledger(connection)
        if connection.scalar(text("select to_regclass('staging.unmapped_code')")) is None:
            print("Staging is not built yet; `onecard run` does it.")
            return
        rows = connection.execute(
            text(UNMAPPED), {"feed": feed.upper() if feed else None}
        ).all()
    print_table(
        "未收录的代码 codes that no list knows",
        ["feed", "column", "list", "code", "rows", "since"],
        [
            (row.feed, row.column_name, row.code_list, _shown(row.code), row.row_count,
             f"{row.first_sent_on:%Y%m%d}")
            for row in rows
        ],
    )  # fmt: skip


def _shown(code: str) -> str:
    return code if len(code) <= LONGEST_CODE else f"({len(code)} characters)"
