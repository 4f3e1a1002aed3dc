"""What the database itself knows of its tables: columns, keys, comments, row counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

LAYERS = ("landing", "staging", "identity", "record", "indicators", "published")
COLUMNS = """
    select namespace.nspname as schema_name, class.relname as table_name,
           class.relkind::text as kind, class.reltuples::bigint as estimate,
           obj_description(class.oid, 'pg_class') as table_comment,
           attribute.attname as column_name,
           format_type(attribute.atttypid, attribute.atttypmod) as type,
           attribute.attnotnull as not_null,
           col_description(class.oid, attribute.attnum) as column_comment,
           (
               select array_agg(key.attname::text)
               from pg_index
               inner join pg_attribute as key
                   on pg_index.indrelid = key.attrelid
                   and key.attnum = any(pg_index.indkey)
               where pg_index.indrelid = class.oid and pg_index.indisprimary
           ) as primary_key
    from pg_class as class
    inner join pg_namespace as namespace on class.relnamespace = namespace.oid
    inner join pg_attribute as attribute on class.oid = attribute.attrelid
    where namespace.nspname = any(cast(:schemas as text[]))
      and class.relkind in ('r', 'v', 'm', 'p')
      and attribute.attnum > 0
      and not attribute.attisdropped
    order by namespace.nspname, class.relname, attribute.attnum
"""


@dataclass(frozen=True)
class StoredColumn:
    """A column as the database has it."""

    name: str
    type: str
    not_null: bool
    comment: str


@dataclass(frozen=True)
class StoredTable:
    """A table or view as the database has it."""

    name: str
    is_view: bool
    estimate: int
    comment: str
    columns: tuple[StoredColumn, ...]
    primary_key: tuple[str, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def stored_tables(
    connection: Connection, schemas: tuple[str, ...] = (*LAYERS, "audit")
) -> dict[str, StoredTable]:
    """Every table and view of the schemas, by `schema.table`."""
    rows: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(text(COLUMNS), {"schemas": list(schemas)}):
        rows.setdefault(f"{row.schema_name}.{row.table_name}", []).append(row)
    return {name: _table(name, columns) for name, columns in rows.items()}


def _table(name: str, rows: list[Row[Any]]) -> StoredTable:
    first = rows[0]
    return StoredTable(
        name,
        first.kind == "v",
        max(first.estimate, 0),
        first.table_comment or "",
        tuple(
            StoredColumn(r.column_name, r.type, r.not_null, r.column_comment or "")
            for r in rows
        ),
        tuple(first.primary_key or ()),
    )
