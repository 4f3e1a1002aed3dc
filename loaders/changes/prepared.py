"""A day's models, run by the statements that dbt has made of them.

To read the project and to prepare what it runs takes dbt some five seconds of the processor
for every layer, also on a day on which one person came. What it runs is the same each time:
a day lays out what it reads under the same names. So dbt runs a model on the first day
after the rules have changed; `changes.prepared_model` keeps what it has run, and on days
that follow it is run in the same order. A build from nothing is dbt's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from time import monotonic
from types import MappingProxyType

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from loaders.changes.reading import STAGING, rules_version
from loaders.settings import Settings
from loaders.transform import DbtOutcome, RunModel, TransformError, run_models
from loaders.without_values import without_values

# As many as dbt runs at once (profiles.yml).
AT_ONCE = 2
# Above staging the statements are about the tables laid out in `affected`.
VERSION = """
    select md5(concat_ws(
        '|', cast(:rules as text), string_agg(tablename, ',' order by tablename)
    ))
    from pg_tables
    where schemaname = 'affected' and :layer <> :staging
"""
KEPT = """
    select model, way, makes, statement, names
    from changes.prepared_model
    where layer = :layer and version = :version
    order by model
"""
FORGET = "delete from changes.prepared_model where layer = :layer and version <> :version"
KEEP = """
    insert into changes.prepared_model (
        layer, version, model, way, makes, names, statement
    )
    values (:layer, :version, :model, :way, :makes, :names, :statement)
    on conflict (layer, model, way) do update
    set makes = excluded.makes, names = excluded.names, statement = excluded.statement
"""


def bring_up_to_date(
    engine: Engine,
    settings: Settings,
    layer: str,
    ways: Mapping[str, str] | None = None,
    further: Mapping[str, str] = MappingProxyType({}),
) -> DbtOutcome:
    """Run the models of a layer that `ways` names, and which way each is read; else all.

    `further` models have nothing to do: where dbt has to prepare some, it prepares these
    too, lest it be called again on the day on which they have.

    Returns how many were to run. Raises: TransformError, which names the models that failed
    and no value of a row; those that read them have not been run then.
    """
    started = monotonic()
    of = {"layer": layer, "rules": rules_version(), "staging": STAGING}
    with engine.connect() as connection:
        of["version"] = str(connection.scalar(text(VERSION), of))
        kept = _kept(connection, of)
    wanted = kept.keys() if ways is None else ways.items()
    if kept and wanted <= kept.keys():
        count = len(wanted)
        _run_in_order(engine, layer, [kept[one] for one in sorted(wanted)])
    else:
        missing = dict(further.items() - kept.keys())
        models = run_models(settings, layer, sorted({*(ways or ()), *missing}))
        count = len(models) if ways is None else len(ways)
        with engine.begin() as connection:
            _keep(connection, of, models, {**missing, **(ways or {})})
    return DbtOutcome(layer, count, 0, 0, monotonic() - started)


def _kept(connection: Connection, of: Mapping[str, str]) -> dict[tuple[str, str], RunModel]:
    return {
        (row.model, row.way): RunModel(
            row.model, row.makes, row.statement, tuple(row.names)
        )
        for row in connection.execute(text(KEPT), of)
    }


def _keep(
    connection: Connection,
    of: Mapping[str, str],
    models: Iterable[RunModel],
    ways: Mapping[str, str],
) -> None:
    connection.execute(text(FORGET), of)
    for model in models:
        connection.execute(
            text(KEEP),
            {
                **of,
                "model": model.name,
                "way": ways.get(model.name, ""),
                "makes": model.makes,
                "names": list(model.names),
                "statement": model.statement,
            },
        )


def _run_in_order(engine: Engine, layer: str, models: Sequence[RunModel]) -> None:
    """Each model after those that it reads. Raises: TransformError."""
    named = {model.name: model for model in models}
    # Of a model the whole table may be read, or what was built of it on this day.
    maker = {model.makes: model.name for model in models}
    maker |= {f"affected.{kind}{name}": name for name in named for kind in ("", "whole_")}
    order = TopologicalSorter(
        {
            model.name: {maker[table] for table in maker.keys() & model.names}
            - {model.name}
            for model in models
        }
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
