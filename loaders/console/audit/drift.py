"""Columns that came or went, by feed: which, since when, in which files, how full."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from loaders.console.audit.asked import need_ledger
from loaders.console.table import print_table
from loaders.contracts.model import contract_of
from loaders.landing.schema import landing_table

# Columns that no contract describes: their names may be values where a header is missing,
# but then the file was refused.
FILES = """
    select file.feed, change.kind, change.column_name,
           min(file.delivery_date) as since, max(file.delivery_date) as until,
           count(*) as files, array_agg(file.file_id) as file_ids,
           (array_agg(
               file.file_name || case
                   when file.member_name <> '' then '/' || file.member_name else ''
               end
               order by file.delivery_date, file.file_id
           ))[1] as first_file
    from audit.file_ledger as file
    cross join lateral (
        select 'added' as kind, unnest(file.columns_added) as column_name
        union all
        select 'missing', unnest(file.columns_missing)
        union all
        select 'renamed', unnest(file.columns_renamed)
    ) as change
    where file.state in ('landed', 'replaced')
      and (cast(:feed as text) is null or file.feed = :feed)
    group by file.feed, change.kind, change.column_name
    order by file.feed, change.kind, change.column_name
"""


def show_drift(engine: Engine, feed: str | None) -> None:
    """Print every column that was added, is missing or came under another name."""
    with engine.connect() as connection:
        need_ledger(connection)
        changes = connection.execute(
            text(FILES), {"feed": feed.upper() if feed else None}
        ).all()
        filled = _filled(connection, [c for c in changes if c.kind == "added"])
    print_table(
        "列的变化 columns that came or went",
        ["feed", "change", "column", "since", "until", "files", "first_file", "filled"],
        [
            (c.feed, c.kind, c.column_name, f"{c.since:%Y%m%d}", f"{c.until:%Y%m%d}",
             c.files, c.first_file, filled.get((c.feed, c.column_name), ""))
            for c in changes
        ],
    )  # fmt: skip


def _filled(connection: Connection, added: list[Row[Any]]) -> dict[tuple[str, str], str]:
    """Of each added column, the share of rows in its files that have a value in it."""
    by_feed = defaultdict(list)
    for change in added:
        by_feed[change.feed].append(change)
    return dict(
        pair
        for feed, changes in by_feed.items()
        for pair in _shares(connection, feed, changes)
    )


def _shares(
    connection: Connection, feed: str, changes: list[Row[Any]]
) -> Iterator[tuple[tuple[str, str], str]]:
    contract = contract_of(feed)
    for change in changes:
        row = connection.execute(
            text(
                f"""
                select count(*) as rows,
                       count(nullif(btrim(_extra ->> :name), '')) filter (
                           where _extra ->> :name <> all(cast(:nulls as text[]))
                       ) as filled
                from {landing_table(contract)}
                where _file_id = any(:files)
                """
            ),
            {
                "name": change.column_name,
                "nulls": list(contract.nulls),
                "files": change.file_ids,
            },
        ).one()
        share = f"{100 * row.filled / row.rows:.1f}%" if row.rows else "no rows"
        yield (feed, change.column_name), share
