"""Digests of what a warehouse says, to compare two of them.

Order of rows does not matter, nor do numbers that only this warehouse gave out: a file's
number is replaced by the file's name and delivery, and times of writing are left out.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

TABLES = (
    "identity.person_link",
    "identity.golden_attribute",
    "indicators.indicator_value",
    "indicators.indicator_case",
    "published.indicator",
    "published.indicator_value",
    "published.indicator_case",
)
# When something was written and in which run says nothing about what was written.
NOT_CONTENT = ("release_id", "run_id", "recorded_at", "linked_at", "batch_id")
FILE_COLUMNS = ("_file_id", "file_id")
COLUMNS = """
    select attribute.attname as name
    from pg_attribute as attribute
    where attribute.attrelid = to_regclass(:table)
      and attribute.attnum > 0
      and not attribute.attisdropped
    order by 1
"""
RECORD_TABLES = """
    select schemaname || '.' || tablename as name from pg_tables
    where schemaname = 'record' order by 1
"""


def digest(engine: Engine) -> dict[str, str]:
    """An md5 digest per table of links, record, values and cases that is there."""
    with engine.connect() as connection:
        record = list(connection.scalars(text(RECORD_TABLES)))
        digests = {name: digest_of(connection, name) for name in (*TABLES, *record)}
    return {name: value for name, value in sorted(digests.items()) if value is not None}


def digest_of(connection: Connection, table: str) -> str | None:
    """The digest of one table; none when it is not there."""
    columns = list(connection.scalars(text(COLUMNS), {"table": table}))
    if not columns:
        return None
    content = [column for column in columns if column not in NOT_CONTENT]
    file_columns = [column for column in content if column in FILE_COLUMNS]
    cells = ", ".join(f"coalesce({_cell(column)}, chr(30))" for column in content)
    joins = " ".join(
        f"left join audit.file_ledger as of_{column}"
        f' on stored."{column}" = of_{column}.file_id'
        for column in file_columns
    )
    # Sums of the halves of every row's md5 do not depend on the order of rows.
    found = connection.scalar(
        text(
            f"""
            with digested as (
                select md5(concat_ws(chr(31), {cells})) as digest
                from {table} as stored {joins}
            )
            select md5(concat_ws(
                '-', count(*),
                sum(cast(cast('x' || left(digest, 16) as bit(64)) as bigint)),
                sum(cast(cast('x' || right(digest, 16) as bit(64)) as bigint))
            ))
            from digested
            """
        )
    )
    return str(found)


def _cell(column: str) -> str:
    if column in FILE_COLUMNS:
        return (
            f"of_{column}.delivery_date || chr(29) || of_{column}.file_name"
            f" || chr(29) || of_{column}.member_name"
        )
    return f'cast(stored."{column}" as text)'
