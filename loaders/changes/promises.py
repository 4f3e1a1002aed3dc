"""What dbt's tests say of a layer, asked of the rows that a day has put there.

Where few rows are new, dbt needs far longer to prepare a test than the server to answer it.
A test reads the same tables every day, so its SQL is the same: dbt prepares the tests of a
layer on the first day after the rules have changed, `changes.promise` keeps them, and they
are asked in one go. A build from nothing has its tests run by dbt (loaders/transform.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from loaders.changes.reading import STAGING, rules_version
from loaders.settings import Settings
from loaders.transform import DbtOutcome, TransformError, compiled_tests
from loaders.warehouse.connect import BY_INDEX
from loaders.without_values import without_values

# To ask each by itself takes longer than to answer it.
AT_ONCE = 25
# Tests of the record read the rows laid out in the schema `affected` where they are there.
VERSION = """
    select md5(concat_ws(
        '|', cast(:rules as text), string_agg(tablename, ',' order by tablename)
    ))
    from pg_tables
    where schemaname = 'affected' and :layer <> :staging
"""
KEPT = """
    select test, statement, models && cast(:models as text[]) as is_asked
    from changes.promise
    where layer = :layer and version = :version
    order by test
"""
KEEP = """
    insert into changes.promise (layer, version, test, models, statement)
    values (:layer, :version, :test, :models, :statement)
"""


def check_promises(
    engine: Engine, settings: Settings, built: DbtOutcome, models: Collection[str] = ()
) -> DbtOutcome:
    """Ask the tests of the layer that was just brought up to date, or of some models of it.

    Returns the outcome with the number of tests. Raises: TransformError, which names the
    tests that do not hold and no value of a row.
    """
    if not built.models:
        return built
    asked = {"layer": built.layer, "staging": STAGING, "rules": rules_version()}
    with engine.connect() as connection:
        version = connection.scalar(text(VERSION), asked)
    where = {"layer": built.layer, "version": version, "models": list(models)}
    with engine.connect() as connection:
        if not (kept := connection.execute(text(KEPT), where).all()):
            _keep(engine, settings, built.layer, str(version))
            kept = connection.execute(text(KEPT), where).all()
        connection.execute(BY_INDEX)
        tests = [(row.test, row.statement) for row in kept if row.is_asked or not models]
        broken = [
            f"  {test} ({said})"
            for first in range(0, len(tests), AT_ONCE)
            for test, said in _broken(connection, dict(tests[first : first + AT_ONCE]))
        ]
    if broken:
        said = f"Layer {built.layer}: {len(broken)} tests failed."
        raise TransformError("\n".join([said, *broken]))
    return replace(built, tests=len(tests))


def _keep(engine: Engine, settings: Settings, layer: str, version: str) -> None:
    tests = compiled_tests(settings, layer)
    of = {"layer": layer, "version": version}
    with engine.begin() as connection:
        connection.execute(text("delete from changes.promise where layer = :layer"), of)
        if tests:
            connection.execute(text(KEEP), [{**of, **test} for test in tests])


def _broken(connection: Connection, tests: Mapping[str, str]) -> list[tuple[str, str]]:
    """Which of some tests failed, and how."""
    # Without parameters a percent sign is nothing but itself.
    plainly = connection.execution_options(no_parameters=True)
    counts = [
        f"select {number}, (select count(*) from (\n{statement}\n) as failing)"
        for number, statement in enumerate(tests.values())
    ]
    try:
        answer = plainly.exec_driver_sql(" union all ".join(counts))
        found = {row[0]: row[1] for row in answer}
    except DBAPIError as error:
        connection.rollback()
        if len(tests) == 1:
            return [(test, without_values(str(error.orig))) for test in tests]
        # Which of them it was is asked of each.
        return [
            broken
            for test, statement in tests.items()
            for broken in _broken(connection, {test: statement})
        ]
    return [
        (test, f"{found[number]} rows")
        for number, test in enumerate(tests)
        if found[number]
    ]
