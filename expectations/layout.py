"""The tables and columns that are there, so that suites can follow them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

COLUMNS = """
    select namespace.nspname || '.' || class.relname as table_name,
           attribute.attname as column_name,
           format_type(attribute.atttypid, attribute.atttypmod) as type_name
    from pg_class as class
    inner join pg_namespace as namespace on class.relnamespace = namespace.oid
    inner join pg_attribute as attribute on class.oid = attribute.attrelid
    where namespace.nspname = any(:schemas)
      and class.relkind in ('r', 'v', 'm', 'p')
      and attribute.attnum > 0
      and not attribute.attisdropped
    order by 1, attribute.attnum
"""
LANDED = """
    select distinct feed from audit.file_ledger
    where feed is not null and state = 'landed' and rows_accepted > 0
"""
SCHEMAS = ["landing", "staging", "identity", "record", "indicators", "audit", "published"]


@dataclass(frozen=True)
class Layout:
    """Tables by their full name, each with its columns and their types.

    `feeds` says of which feed the rows of a staging table are, `landed` of which feeds
    there are rows at all.
    """

    tables: Mapping[str, Mapping[str, str]]
    feeds: Mapping[str, str] = field(default_factory=dict)
    landed: Set[str] = frozenset()

    def has(self, table: str, *columns: str) -> bool:
        """Whether a table is there, with all of these columns."""
        known = self.tables.get(table)
        return known is not None and all(column in known for column in columns)

    def in_schema(self, schema: str) -> tuple[str, ...]:
        return tuple(name for name in self.tables if name.startswith(schema + "."))

    def columns(self, table: str) -> Mapping[str, str]:
        return self.tables.get(table, {})


def read_layout(connection: Connection) -> Layout:
    """The layout of the warehouse as it is now."""
    tables: dict[str, dict[str, str]] = {}
    for row in connection.execute(text(COLUMNS), {"schemas": SCHEMAS}):
        tables.setdefault(row.table_name, {})[row.column_name] = row.type_name
    return Layout(tables, _feeds(connection, tables), _landed(connection, tables))


def _feeds(
    connection: Connection, tables: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    # A staging table may be named after the thing rather than after the table as delivered;
    # its rows know which file they came from.
    staged = [t for t, columns in tables.items() if _is_staged(t, columns)]
    if not staged or "audit.file_ledger" not in tables:
        return {}
    rows = connection.execute(
        text(
            " union all ".join(
                f"(select '{table}' as name, file_ledger.feed from {table} as staged"
                " inner join audit.file_ledger on staged._file_id = file_ledger.file_id"
                " limit 1)"
                for table in staged
            )
        )
    )
    return {row.name: row.feed for row in rows}


def _landed(
    connection: Connection, tables: Mapping[str, Mapping[str, str]]
) -> frozenset[str]:
    if "audit.file_ledger" not in tables:
        return frozenset()
    return frozenset(connection.scalars(text(LANDED)))


def _is_staged(table: str, columns: Mapping[str, str]) -> bool:
    return table.startswith("staging.stg_") and {"record_key", "_file_id"} <= set(columns)
