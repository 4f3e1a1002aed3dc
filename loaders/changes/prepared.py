"""A day's models, run by the statements that dbt has made of them.

To read the project and to prepare what it runs takes dbt some five seconds of the processor
for every layer, also on a day on which one person came. What it runs is the same each time:
a day lays out what it reads under the same names. So dbt runs the models of a layer on the
first day after the rules have changed; `changes.prepared_model` keeps what it has run, and
on the days that follow it is run in the same order. A build from nothing is dbt's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from time import monotonic

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from loaders.changes.reading import rules_version
from loaders.settings import Settings
from loaders.transform import DbtOutcome, RunModel, TransformError, run_models
from loaders.without_values import without_values

# As many as dbt runs at once (profiles.yml).
AT_ONCE = 2
# The statements are about one database, and about the tables laid out in `affected`.
VERSION = """
    select md5(concat_ws(
        '|', cast(:rules as text), current_database(),
        string_agg(tablename, ',' order by tablename)
    ))
    from pg_tables
    where schemaname = 'affected'
"""
KEPT = """
    select model, statement, after
    from changes.prepared_model
    where layer = :layer and version = :version
    order by model
"""
KEEP = """
    insert into changes.prepared_model (layer, version, model, after, statement)
    values (:layer, :version, :model, :after, :statement)
"""


def bring_up_to_date(engine: Engine, settings: Settings, layer: str) -> DbtOutcome:
    """Run all models of a layer on what is laid out for them in the schema `affected`.

    Returns how many they are. Raises: TransformError, which names the models that failed
    and no value of a row; those that read them have not been run then.
    """
    of = {"layer": layer, "rules": rules_version()}
    with engine.connect() as connection:
        of["version"] = str(connection.scalar(text(VERSION), of))
        kept = [
            RunModel(row.model, row.statement, tuple(row.after))
            for row in connection.execute(text(KEPT), of)
        ]
    if kept:
        started = monotonic()
        _run_in_order(engine, layer, kept)
        return DbtOutcome(layer, len(kept), 0, 0, monotonic() - started)
    outcome, done = run_models(settings, layer)
    with engine.begin() as connection:
        connection.execute(
            text("delete from changes.prepared_model where layer = :layer"), of
        )
        rows = [
            {
                **of,
                "model": model.name,
                "statement": model.statement,
                "after": [*model.after],
            }
            for model in done
        ]
        connection.execute(text(KEEP), rows)
    return outcome


def _run_in_order(engine: Engine, layer: str, models: Sequence[RunModel]) -> None:
    """Each model after those that it reads. Raises: TransformError."""
    named = {model.name: model for model in models}
    order = TopologicalSorter(
        {name: named.keys() & model.after for name, model in named.items()}
    )
    order.prepare()
    running: dict[Future[None], str] = {}
    failed: dict[str, str] = {}
    with ThreadPoolExecutor(AT_ONCE) as threads:
        while order.is_active():
            for name in order.get_ready():
                running[threads.submit(run_model, engine, named[name])] = name
            if not running:
                break  # All that is left reads what failed.
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                name = running.pop(done)
                error = done.exception()
                if error is None:
                    order.done(name)
                elif isinstance(error, DBAPIError):
                    failed[name] = without_values(str(error.orig))
                else:
                    raise error
    if failed:
        lines = [f"  {name} (error): {said}" for name, said in sorted(failed.items())]
        raise TransformError(
            "\n".join([f"Layer {layer}: {len(failed)} models failed.", *lines])
        )


def run_model(engine: Engine, model: RunModel) -> None:
    """Run what makes one model, all of it or nothing. Raises: DBAPIError."""
    with engine.begin() as connection:
        # Without parameters a percent sign is nothing but itself.
        plainly = connection.execution_options(no_parameters=True)
        plainly.exec_driver_sql(model.statement)
