"""A second staging and record, built from nothing beside the standing ones, and compared.

So are the candidates of identity, as the standing staging tells of them, and what is known
of each person, each table as those that it reads tell of it.

What is kept up to date must be what a build of everything would give. Goes in: a warehouse.
Comes out: which tables differ and by how many rows; no value of any row. The shadow lies in
schemas of its own that only the owner can see, and is gone afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from loaders.changes.candidates import MODELS
from loaders.changes.golden import golden_tables
from loaders.changes.reading import RECORD, STAGING
from loaders.failure import ExpectedFailure
from loaders.settings import Settings
from loaders.transform import compiled_models, shadow_layers

SHADOWS = {
    "staging": "shadow_staging",
    "identity": "shadow_identity",
    "record": "shadow_record",
}
TABLES = """
    select tablename from pg_tables where schemaname = :schema order by tablename
"""
COLUMNS = """
    select quote_ident(attname) from pg_attribute
    where attrelid = to_regclass(:relation) and attnum > 0 and not attisdropped
    order by attname
"""


class NothingBuiltError(ExpectedFailure):
    """There is no record yet that could be compared."""


@dataclass(frozen=True)
class Difference:
    """A table that is not what a build from nothing gives, and how many rows differ.

    `missing` rows are in the shadow alone, `surplus` rows in the standing table alone. Both
    are none where the tables cannot be compared, for one is not there or has other columns.
    """

    table: str
    missing: int | None
    surplus: int | None

    def __str__(self) -> str:
        if self.missing is None:
            return f"{self.table}: not there, or of another shape"
        return f"{self.table}: {self.missing} rows missing, {self.surplus} rows too many"


@dataclass(frozen=True)
class Comparison:
    """How many tables were compared, and those that differ."""

    tables: int
    rows: int
    differences: tuple[Difference, ...]


def check_record(engine: Engine, settings: Settings) -> Comparison:
    """Build all that is kept up to date from nothing beside what stands; compare both.

    Whoever calls holds the writer lease; readers are not disturbed.
    Raises: NothingBuiltError, TransformError.
    """
    with engine.begin() as connection:
        if connection.scalar(text("select to_regclass('record.person')")) is None:
            raise NothingBuiltError("No record has been built here yet: `onecard run`.")
    remove_shadow(engine)
    try:
        shadow_layers(settings, (STAGING, RECORD))
        _shadow_identity(engine, settings)
        return compare(engine)
    finally:
        remove_shadow(engine)


def _shadow_identity(engine: Engine, settings: Settings) -> None:
    """What linking reads and what is known of persons, by the SQL that builds it anew."""
    models = [*MODELS, *golden_tables()]
    with engine.begin() as connection:
        connection.exec_driver_sql("create schema shadow_identity")
        plainly = connection.execution_options(no_parameters=True)
        for model, statement in compiled_models(settings, models, whole=True).items():
            table = model.removeprefix("idn_")
            plainly.exec_driver_sql(f"create table shadow_identity.{table} as {statement}")


def remove_shadow(engine: Engine) -> None:
    """Drop the schemas of the shadow."""
    with engine.begin() as connection:
        for shadow in SHADOWS.values():
            connection.exec_driver_sql(f"drop schema if exists {shadow} cascade")


def compare(engine: Engine) -> Comparison:
    """Compare every table of the standing layers with its shadow, row by row."""
    rows, tables, differences = 0, 0, []
    with engine.connect() as connection:
        for standing, shadow in SHADOWS.items():
            there = _tables(connection, shadow)
            # Seeds lie in the schema staging too; a shadow has none.
            expected = there | (
                _tables(connection, standing) if standing == "record" else set()
            )
            for name in sorted(expected):
                tables += 1
                found, difference = _compare(connection, standing, shadow, name)
                rows += found
                if difference:
                    differences.append(difference)
    return Comparison(tables, rows, tuple(differences))


def _tables(connection: Connection, schema: str) -> set[str]:
    return set(connection.scalars(text(TABLES), {"schema": schema}))


def _compare(
    connection: Connection, standing: str, shadow: str, name: str
) -> tuple[int, Difference | None]:
    columns, others = (
        list(connection.scalars(text(COLUMNS), {"relation": f"{schema}.{name}"}))
        for schema in (standing, shadow)
    )
    if not columns or columns != others:
        return 0, Difference(f"{standing}.{name}", None, None)
    cells = ", ".join(columns)
    found = connection.execute(
        text(
            f"""
            with counted as (
                select
                    digest,
                    sum(standing) as standing,
                    sum(shadow) as shadow
                from (
                    select
                        md5(cast(row({cells}) as text)) as digest,
                        1 as standing,
                        0 as shadow
                    from {standing}.{name}
                    union all
                    select md5(cast(row({cells}) as text)), 0, 1
                    from {shadow}.{name}
                ) as every_row
                group by digest
            )
            select
                coalesce(sum(shadow), 0) as rows,
                coalesce(sum(greatest(shadow - standing, 0)), 0) as missing,
                coalesce(sum(greatest(standing - shadow, 0)), 0) as surplus
            from counted
            """
        )
    ).one()
    if not found.missing and not found.surplus:
        return int(found.rows), None
    return int(found.rows), Difference(
        f"{standing}.{name}", int(found.missing), int(found.surplus)
    )
