"""Asks Great Expectations: checks go in, answers come out, no value leaves the database.

One ephemeral context and one PostgreSQL data source per gate; results are asked for as
booleans only, and counts and failing keys are collected with our own SQL. Nothing is stored
on disk, nothing is sent anywhere, and Data Docs, which load from outside, are not made.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, text

from expectations.chance import tolerated_share
from expectations.check import NO_ROWS, Answer, Check, NoAnswerError
from expectations.layout import Layout

KEYS_KEPT = 20
SETTINGS = {"GX_ANALYTICS_ENABLED": "false"}


def validate(
    engine: Engine,
    connection: Connection,
    layout: Layout,
    checks: Sequence[Check],
    known_rows: Mapping[str, int],
) -> Iterator[Answer]:
    """Answer every check. A check of a table that is not there has failed.

    The rows of a table are counted, unless they are among `known_rows`.

    Raises: NoAnswerError.
    """
    if not checks:
        return
    tables = {check.table for check in checks}
    uncounted = tables - set(known_rows)
    counts = _count_rows(connection, sorted(t for t in uncounted if layout.has(t)))
    counts.update(known_rows)
    context = _open_context()
    ordered = sorted(checks, key=lambda check: (check.table, check.name))
    for table, group in groupby(ordered, key=lambda check: check.table):
        of_table = list(group)
        if table not in counts:
            for check in of_table:
                yield Answer(check, False, 0, 1, (f"{table} is not there",))
            continue
        met = _ask(context, engine, table, of_table, counts[table])
        for check in of_table:
            yield _answer(connection, check, met[check.name], counts[table])


def _open_context() -> Any:
    # Before the import: it reads its settings while it is being imported.
    os.environ.update(SETTINGS)
    _silence()
    import great_expectations

    context = great_expectations.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = {"globally": False}
    # Otherwise it writes down whatever it holds, for nobody, each time a table is added.
    context.variables.save = lambda: None
    return context


def _silence() -> None:
    # What it logs may quote database errors, and those quote values. What matters comes
    # back as an answer or as an exception.
    logger = logging.getLogger("great_expectations")
    logger.handlers = [logging.NullHandler()]
    logger.propagate = False


def _ask(
    context: Any, engine: Engine, table: str, checks: Sequence[Check], rows: int
) -> dict[str, bool]:
    source = _add_source(context, engine, table)
    try:
        return _ask_source(source, table, checks, rows)
    finally:
        # Both hold connections, and a server has only so many for all tables together.
        source.get_execution_engine().close()
        source.get_engine().dispose()
        context.data_sources.delete(table)


def _add_source(context: Any, engine: Engine, table: str) -> Any:
    # One for each table: column names compare without case in there, and SQLAlchemy keeps
    # the spelling of the first by engine, so that SFZH of one table became sfzh of another.
    return context.data_sources.add_postgres(
        table,
        connection_string=engine.url.render_as_string(hide_password=False),
        create_temp_table=False,
        kwargs={
            "hide_parameters": True,
            "connect_args": {
                "options": "-c timezone=Asia/Shanghai -c default_transaction_read_only=on"
                f" -c search_path={table.split('.')[0]}"
            },
        },
    )


def _ask_source(
    source: Any, table: str, checks: Sequence[Check], rows: int
) -> dict[str, bool]:
    import great_expectations

    asset = source.add_table_asset(table, table_name=table.split(".")[1])
    batch = asset.get_batch(asset.build_batch_request())
    suite = great_expectations.ExpectationSuite(
        name=table,
        expectations=[
            _class_of(check)(
                meta={"check": check.name}, severity=check.severity, **_asked(check, rows)
            )
            for check in checks
        ],
    )
    result = batch.validate(suite, result_format={"result_format": "BOOLEAN_ONLY"})
    met: dict[str, bool] = {}
    for one in result.results:
        check_name = one.expectation_config.meta["check"]
        if one.exception_info and _raised(one.exception_info):
            raise NoAnswerError(f"no answer to {check_name} of {table}")
        met[check_name] = bool(one.success)
    if unanswered := {check.name for check in checks} - set(met):
        raise NoAnswerError(f"no answer to {sorted(unanswered)} of {table}")
    return met


def _class_of(check: Check) -> Any:
    import great_expectations.expectations as classes

    from expectations import no_rows

    return getattr(no_rows if check.expectation == NO_ROWS else classes, check.expectation)


def _asked(check: Check, rows: int) -> dict[str, object]:
    """What a check is asked with; where it could stop a run, chance is allowed for."""
    if check.severity != "critical" or not check.tolerates_some:
        return dict(check.arguments)
    failing = 1 - float(str(check.arguments["mostly"]))
    return {**check.arguments, "mostly": 1 - tolerated_share(failing, rows)}


def _raised(info: dict[str, Any]) -> bool:
    # Either one exception, or one per metric that could not be computed.
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(bool(one.get("raised_exception")) for one in info.values())


def _answer(connection: Connection, check: Check, met: bool, rows: int) -> Answer:
    if check.failing is None:
        return Answer(check, met, rows, 0 if met else 1)
    if met and check.how_many:
        return Answer(check, met, rows, int(connection.scalar(text(check.how_many)) or 0))
    if met and not check.tolerates_some:
        return Answer(check, met, rows, 0)
    found = connection.execute(
        text(
            "select failing.key, count(*) over () as how_many"
            f" from ({check.failing}) as failing order by failing.key limit :kept"
        ),
        {"kept": KEYS_KEPT},
    ).all()
    how_many = int(found[0].how_many) if found else 0
    return Answer(check, met, rows, how_many, tuple(str(row.key) for row in found))


def _count_rows(connection: Connection, tables: Sequence[str]) -> dict[str, int]:
    if not tables:
        return {}
    counts = connection.execute(
        text(
            " union all ".join(
                f"select '{table}' as name, count(*) as how_many from {table}"
                for table in tables
            )
        )
    )
    return {row.name: int(row.how_many) for row in counts}
