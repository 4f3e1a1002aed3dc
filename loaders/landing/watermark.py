"""A table of a database that is delivered whole each time and read from its watermark on.

Goes in: a connection inside the file's transaction. Comes out: the rows that no earlier
delivery brought, stored under this file; the rest is known. So what a file owns depends on
the deliveries before it and not on the order in which they were seen.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, text

from loaders.contracts.model import Contract
from loaders.landing.book import update
from loaders.landing.delivered import Counts, DeliveredTable
from loaders.landing.naming import Naming
from loaders.landing.points import reached
from loaders.landing.readers.database import (
    Part,
    count_rows,
    open_database,
    read_database_table,
)
from loaders.landing.rows import LandingRows, compare_columns
from loaders.landing.schema import key_equals, key_hash, landing_table, quoted
from loaders.landing.store import store_rows

FRESH = "landing_fresh"
# Fresh rows are few beside all that is stored, and PostgreSQL has no statistics on them: it
# would rather read everything once. With this it looks up each by the index.
ONE_BY_ONE = "offset 0"


def _can_be(shown: str, day: str) -> str:
    """Whether a clock can have shown it on that day: no word, and no moment to come.

    Its spelling is the one in which later moments are also greater texts.
    """
    return f"""(
        {shown} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([ T][0-9:.]{{1,15}})?$'
        and left({shown}, 10) <= to_char({day}, 'YYYY-MM-DD')
    )"""


class _Before(NamedTuple):
    """What earlier deliveries brought: rows, and the newest watermark among them."""

    row_count: int
    watermark: str | None


def store_database_table(
    connection: Connection,
    contract: Contract,
    naming: Naming,
    table: DeliveredTable,
    file_id: int,
) -> Counts:
    """Store what is new in a table; counted are all its rows. Raises: FileRefusedError."""
    names = {"file_id": file_id, "feed": contract.feed, "day": table.file.delivered_on}
    target = landing_table(contract)
    connection.execute(
        text(f"create temporary table {FRESH} (like {target}) on commit drop")
    )
    reached("fresh_made")
    with open_database(table.file.path) as database:
        row_count = count_rows(database, contract.table)
        before = _before(connection, contract, names)

        def read(part: Part) -> int:
            reading = read_database_table(database, contract, part, before.watermark)
            check = compare_columns(contract, reading.columns)
            update(connection, file_id, {
                "columns": reading.columns,
                "columns_added": check.added,
                "columns_missing": check.missing,
                "columns_renamed": check.renamed,
            })  # fmt: skip
            items = LandingRows(contract, naming.period, file_id, reading)
            return store_rows(
                connection, FRESH, contract, file_id, table.label, items
            ).rejected

        rejected = read("since" if before.watermark is not None else "all")
        if before.watermark is not None and not _adds_up(
            connection, contract, names, row_count, before
        ):
            reached("fresh_incomplete")
            # Rows came, went or changed behind the watermark: compare everything.
            rejected += read("before")
    reached("fresh_stored")
    _note_watermark(connection, contract, names)
    reached("watermark_noted")
    _keep_news(connection, contract, names)
    reached("news_kept")
    take_from_later(connection, contract, names)
    reached("later_relieved")
    connection.execute(text(f"drop table {FRESH}"))
    return Counts(row_count, rejected)


def _earlier(alias: str) -> str:
    """The landed files of this feed that were delivered before this one."""
    return f"""
        {alias}.feed = :feed and {alias}.state = 'landed'
        and {alias}.delivery_date <= :day and {alias}.file_id <> :file_id
    """


def _came_earlier(alias: str) -> str:
    """Whether a stored row is of such a file; by its number, never by a join of all."""
    return f"""(
        select {_earlier("earlier")} from audit.file_ledger as earlier
        where earlier.file_id = {alias}._file_id
    )"""


def _before(
    connection: Connection, contract: Contract, names: dict[str, object]
) -> _Before:
    # Warehouses of earlier versions hold watermarks that no clock can have shown: passed
    # over here, what they have hidden comes with the next table.
    row_count = connection.scalar(
        text(
            f"""
            select rows_read from audit.file_ledger as earlier
            where {_earlier("earlier")}
            order by delivery_date desc, file_id desc limit 1
            """
        ),
        names,
    )
    watermark = connection.scalar(
        text(
            f"""
            select watermark from audit.file_ledger as earlier
            where {_earlier("earlier")}
                and {_can_be("earlier.watermark", "earlier.delivery_date")}
            order by watermark collate "C" desc limit 1
            """
        ),
        names,
    )
    return _Before(int(row_count or 0), watermark)


def _adds_up(
    connection: Connection,
    contract: Contract,
    names: dict[str, object],
    row_count: int,
    before: _Before,
) -> bool:
    """Whether the table holds what it held before, and the keys that are new."""
    same_key = " and ".join(
        f"stored.{quoted(name)} {key_equals(contract, name)} fresh.{quoted(name)}"
        for name in contract.key
    )
    new_keys = connection.scalar(
        text(
            f"""
            select count(*) from {FRESH} as fresh
            where not exists (
                select from {landing_table(contract)} as stored
                where {key_hash(contract, "stored")} = {key_hash(contract, "fresh")}
                  and {same_key}
                  and {_came_earlier("stored")}
                {ONE_BY_ONE}
            )
            """
        ),
        names,
    )
    return row_count == before.row_count + int(new_keys or 0)


def _note_watermark(
    connection: Connection, contract: Contract, names: dict[str, object]
) -> None:
    """Note the newest moment that the server's clock can have shown.

    Behind a moment that is still to come (2099, a clock set wrong once) or a word, every
    change of the days until then would be passed over. Without any usable moment there is
    no watermark, and the next table is compared whole.
    """
    column = quoted(str(contract.watermark))
    connection.execute(
        text(
            f"""
            update audit.file_ledger set watermark = (
                select max({column} collate "C") from {FRESH}
                where {_can_be(column, "cast(:day as date)")}
            )
            where file_id = :file_id
            """
        ),
        names,
    )


def _keep_news(
    connection: Connection, contract: Contract, names: dict[str, object]
) -> None:
    """Store the rows that no earlier delivery brought."""
    target = landing_table(contract)
    connection.execute(
        text(
            f"""
            insert into {target}
            select * from {FRESH} as fresh
            where not exists (
                select from {target} as stored
                where {key_hash(contract, "stored")} = {key_hash(contract, "fresh")}
                  and stored._row_hash = fresh._row_hash
                  and {_came_earlier("stored")}
                {ONE_BY_ONE}
            )
            """
        ),
        names,
    )


def take_from_later(
    connection: Connection, contract: Contract, names: dict[str, object]
) -> None:
    """Rows that a late file brought earlier than their owners do become repeats there.

    Whose they were is noted: a release that did not know the late file knew them so.
    """
    target = landing_table(contract)
    connection.execute(
        text(
            f"""
            with taken as (
                delete from {target} as stored
                using audit.file_ledger as later, {FRESH} as fresh
                where stored._file_id = later.file_id
                  and later.feed = :feed and later.state = 'landed'
                  and later.delivery_date > :day
                  and {key_hash(contract, "stored")} = {key_hash(contract, "fresh")}
                  and stored._row_hash = fresh._row_hash
                returning
                    stored._file_id as file_id,
                    stored._line_number as line_number,
                    fresh._line_number as line_now
            ),
            moved_again as (
                update audit.moved_row as moved
                set to_file_id = :file_id, to_line_number = taken.line_now
                from taken
                where moved.to_file_id = taken.file_id
                  and moved.to_line_number = taken.line_number
            ),
            moved as (
                insert into audit.moved_row (
                    feed, from_file_id, from_line_number, to_file_id, to_line_number
                )
                select :feed, file_id, line_number, :file_id, line_now from taken
            ),
            per_file as (
                select taken.file_id, count(*) as row_count,
                       least(count(*), min(ledger.rows_accepted)) as accepted_before
                from taken
                inner join audit.file_ledger as ledger on taken.file_id = ledger.file_id
                group by taken.file_id
            )
            update audit.file_ledger
            set rows_duplicate = rows_duplicate + row_count,
                rows_accepted = rows_accepted - accepted_before,
                rows_superseded = rows_superseded - (row_count - accepted_before)
            from per_file
            where file_ledger.file_id = per_file.file_id
            """
        ),
        names,
    )
