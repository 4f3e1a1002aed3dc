"""The record as it was known at a release, built again into a schema beside today's.

Goes in: a release. Comes out: a schema with all tables of the record, and on request the
identity that it stands on. Staging, identity and record are built by the models of today
from the files, links and stewards' words of then, in schemas that are renamed when all is
there. What already has that name is replaced only if it came from here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from loaders.failure import ExpectedFailure
from loaders.past.inputs import INPUT, lay_out_files, lay_out_people
from loaders.past.keep import prepare
from loaders.past.release import Past, find_release, of_today
from loaders.settings import Settings
from loaders.transform import models_as_of
from loaders.warehouse.connect import SCHEMAS

STAGING, IDENTITY, RECORD = "as_of_staging", "as_of_identity", "as_of_record"
GOLDEN_MODELS, RECORD_MODELS = "path:models/2_identity/golden", "path:models/3_record"
# What linking reads is not built, but for the records and numbers that links are told of.
SOURCES = ("+idn_source_person", "+idn_source_identifier")
# Of these names some are the server's, and some of schemas that come and go.
NAME = re.compile(r"(?!pg_|as_of_|shadow_)[a-z][a-z0-9_]{0,50}")
TAKEN = frozenset(SCHEMAS) | {"affected", "information_schema", "public"}
MARK = "一卡通档案重建"
COMMENT = (
    MARK + "：第 {release} 次发布时所知 / the record as known in release {release},"
    " rebuilt at {now}"
)
COUNTS = """
    select relname from pg_class
    where relnamespace = to_regnamespace(:schema) and relkind = 'r'
    order by relname
"""


class NotOursError(ExpectedFailure):
    """The schema that was named is no rebuilt record and is left alone."""


@dataclass(frozen=True)
class Rebuilt:
    """What was built: from how much, into which schemas, and what in it is of today."""

    past: Past
    schema: str
    identity_schema: str | None
    files: int
    links: int
    tables: int
    rows: int
    remarks: tuple[str, ...]


def schema_of(release_id: int) -> str:
    """The schema that a release is rebuilt into unless another is named."""
    return f"record_r{release_id:04}"


def rebuild_record(
    engine: Engine,
    settings: Settings,
    release_id: int,
    into: str | None = None,
    with_identity: bool = False,
) -> Rebuilt:
    """Build the record as known at a release into a schema of its own.

    Whoever calls holds the writer lease; readers are not disturbed.
    Raises: NoSuchReleaseError; NotOursError; TransformError.
    """
    prepare(engine)
    schema = into or schema_of(release_id)
    with engine.begin() as connection:
        past = find_release(connection, release_id)
        for name in (schema, _identity(schema)):
            _must_be_free(connection, name)
        remarks = of_today(connection, past)
    remove_scratch(engine)
    try:
        with engine.begin() as connection:
            files = lay_out_files(connection, past.run_id)
        models_as_of(
            settings,
            (f"+{RECORD_MODELS}", f"+{GOLDEN_MODELS}", *SOURCES),
            (RECORD_MODELS, GOLDEN_MODELS),
        )
        links = lay_out_people(engine, past.run_id)
        models_as_of(settings, (GOLDEN_MODELS, RECORD_MODELS))
        with engine.begin() as connection:
            _take_place(connection, past, schema, with_identity)
            tables, rows = _counted(connection, schema)
    finally:
        remove_scratch(engine)
    return Rebuilt(
        past,
        schema,
        _identity(schema) if with_identity else None,
        files,
        links,
        tables,
        rows,
        tuple(remarks),
    )


def remove_scratch(engine: Engine) -> None:
    """Drop the schemas in which a record of then is built."""
    with engine.begin() as connection:
        for schema in (RECORD, IDENTITY, STAGING, INPUT):
            connection.exec_driver_sql(f"drop schema if exists {schema} cascade")


def _identity(schema: str) -> str:
    return f"{schema}_identity"


def _must_be_free(connection: Connection, schema: str) -> None:
    if not NAME.fullmatch(schema) or schema in TAKEN:
        raise NotOursError(
            f"{schema!r} cannot be the name: small letters, digits and underscores, and"
            " none of the schemas that the warehouse or its server uses."
        )
    known = connection.execute(
        text(
            "select obj_description(oid, 'pg_namespace') as words from pg_namespace"
            " where nspname = :schema"
        ),
        {"schema": schema},
    ).one_or_none()
    if known is not None and not (known.words or "").startswith(MARK):
        raise NotOursError(f"Schema {schema} is there and is no rebuilt record.")


def _take_place(
    connection: Connection, past: Past, schema: str, with_identity: bool
) -> None:
    built = {RECORD: schema}
    if with_identity:
        connection.exec_driver_sql(f"alter table {INPUT}.person_link set schema {IDENTITY}")
        built[IDENTITY] = _identity(schema)
    now = connection.scalar(text("select to_char(now(), 'YYYY-MM-DD HH24:MI')"))
    words = COMMENT.format(release=past.release_id, now=now)
    for name in (schema, _identity(schema)):
        connection.exec_driver_sql(f"drop schema if exists {name} cascade")
    for scratch, name in built.items():
        connection.exec_driver_sql(f"alter schema {scratch} rename to {name}")
        connection.exec_driver_sql(f"comment on schema {name} is '{words}'")


def _counted(connection: Connection, schema: str) -> tuple[int, int]:
    tables = list(connection.scalars(text(COUNTS), {"schema": schema}))
    rows = sum(
        int(connection.execute(text(f"select count(*) from {schema}.{table}")).scalar_one())
        for table in tables
    )
    return len(tables), rows
