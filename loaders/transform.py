"""Run dbt: one layer at a time, and the documentation pages.

Goes in: the settings and the folder of a layer. Comes out: its tables, built and tested,
or a `TransformError` that names what failed. dbt runs inside this process, calls no one,
writes no log, and no value of a row gets into a message.
"""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import make_url

from loaders.failure import ExpectedFailure
from loaders.settings import PROJECT, Settings
from loaders.warehouse.connect import warehouse_dsn
from loaders.without_values import without_values

DBT_PROJECT = PROJECT / "dbt_project"
# The first layer also brings what all layers read: seeds and the functions that parse.
SHARED_FOLDERS = ("functions", "seeds")
FIRST_LAYER = "1_staging"
# A folder inside a layer that is a step of its own, after what lies between them.
OWN_STEPS = {"2_identity": ("2_identity/golden",)}
_BAD_STATES = frozenset({"error", "fail", "partial success", "runtime error"})
# Objects made and not freed before Python looks which of them are garbage; usually 700.
GARBAGE_AFTER = 1_000_000
# A table in a statement as dbt writes it: its schema and name.
_NAMED = re.compile(r'"\w+"\."(\w+)"\."(\w+)"')
# The page carries a tracker that it starts only where statistics are on. With this rule no
# browser will fetch it, nor anything else: all that the page needs is inside.
_NOTHING_FROM_OUTSIDE = (
    '<meta http-equiv="Content-Security-Policy"'
    " content=\"default-src data: blob: 'unsafe-inline' 'unsafe-eval'\">"
)


class TransformError(ExpectedFailure):
    """A layer could not be built, or what was built did not pass its tests."""


@dataclass(frozen=True)
class DbtOutcome:
    """What one run of dbt did."""

    layer: str
    models: int
    seeds: int
    tests: int
    seconds: float

    def __str__(self) -> str:
        seeds = f", {self.seeds} seeds" if self.seeds else ""
        return (
            f"{self.layer}: {self.models} models{seeds} built and {self.tests} tests passed"
            f" in {self.seconds:.0f} s"
        )


@dataclass(frozen=True)
class RunModel:
    """A model that dbt has run: the table it makes, and the statement that names others.

    Tables are named as `schema.table`.
    """

    name: str
    makes: str
    statement: str
    names: tuple[str, ...]


def run_dbt(settings: Settings, layer: str) -> DbtOutcome:
    """Build and test one layer from nothing, given by its folder in dbt_project/models.

    A folder inside it that is a step of its own is left to that step.
    Raises: TransformError.
    """
    if not (DBT_PROJECT / "models" / layer).is_dir():
        raise TransformError(f"There is no layer {layer} in dbt_project/models.")
    started = monotonic()
    # A seed whose columns changed is made anew, as every other table is.
    command = ["build", "--full-refresh", *_with_tests(_folders(layer))]
    command += _without_own_steps(layer)
    results = invoke_dbt(settings, command, f"Layer {layer}")
    kinds = [str(result.node.resource_type) for result in results]
    return DbtOutcome(
        layer=layer,
        models=kinds.count("model"),
        seeds=kinds.count("seed"),
        tests=kinds.count("test") + kinds.count("unit_test"),
        seconds=monotonic() - started,
    )


def run_models(settings: Settings, layer: str, models: Collection[str]) -> list[RunModel]:
    """Bring some models of a layer up to date, or with none all; tell how that was done.

    They are not tested: their tests are asked at less cost by loaders/changes/promises.py.
    Raises: TransformError.
    """
    # No tests: to look for those that belong to the models takes dbt a second.
    command = ["run", "--indirect-selection", "empty"]
    command += ["--select", *(models or [f"path:models/{layer}"])]
    nodes = [
        result.node
        for result in invoke_dbt(settings, command, f"Layer {layer}")
        if str(result.node.resource_type) == "model"
    ]
    done = []
    for node in nodes:
        hooks = [hook.sql for hook in node.config.pre_hook]
        statement = ";\n".join([*hooks, _was_run(settings, node)])
        # By what it says: dbt tells of an ephemeral model between two, not of the other.
        names = sorted({".".join(found) for found in _NAMED.findall(statement)})
        made = f"{node.schema}.{node.alias}"
        said = _of_any_database(statement, node)
        done.append(RunModel(str(node.name), made, said, tuple(names)))
    return done


def _of_any_database(statement: str, node: Any) -> str:
    """A statement without the name of its database, for a copy of it goes by another."""
    return statement.replace(f'"{node.database}".', "")


def _was_run(settings: Settings, node: Any) -> str:
    """The statement by which dbt has just run a model, with all that makes it a table."""
    folder = settings.dbt_folder / "target" / "run" / str(node.package_name)
    return (folder / str(node.original_file_path)).read_text("utf-8")


def compiled_tests(settings: Settings, layer: str) -> list[dict[str, Any]]:
    """The SQL of a layer's tests as they are where it is brought up to date.

    Each has a name (`test`), a `statement` that gives the rows that should not be, and the
    `models` that it reads. Only tests that count these rows and fail on any are among them;
    a test that just warns is left to builds from nothing. Raises: TransformError.
    """
    command = ["compile", *_with_tests([f"path:models/{layer},resource_type:test"])]
    command += _without_own_steps(layer)
    nodes = [result.node for result in invoke_dbt(settings, command, f"Tests of {layer}")]
    return [
        {
            "test": node.name,
            "statement": _of_any_database(node.compiled_code, node),
            "models": [name.split(".")[-1] for name in node.depends_on.nodes],
        }
        for node in nodes
        if str(node.resource_type) == "test" and node.config.severity.lower() == "error"
    ]


def compiled_models(
    settings: Settings, models: Sequence[str], *, whole: bool = False
) -> dict[str, str]:
    """The SQL of some models as it is where they are brought up to date, by their names.

    `whole` is that by which they are built from nothing. Raises: TransformError.
    """
    command = ["compile", "--select", *models, *(["--full-refresh"] if whole else ())]
    nodes = [result.node for result in invoke_dbt(settings, command, "SQL of models")]
    return {
        node.name: _of_any_database(node.compiled_code, node)
        for node in nodes
        if str(node.resource_type) == "model"
    }


def _without_own_steps(layer: str) -> list[str]:
    apart = [f"path:models/{folder}" for folder in OWN_STEPS.get(layer, ())]
    return ["--exclude", *apart] if apart else []


def _with_tests(select: Sequence[str]) -> list[str]:
    # A test that also reads a later layer has to wait until that layer is there.
    return ["--select", *select, "--indirect-selection", "buildable"]


def shadow_layers(settings: Settings, layers: Collection[str]) -> None:
    """Build the models of some layers from nothing, in schemas beside the standing ones.

    Neither seeds nor functions are made again, and nothing is tested.
    Raises: TransformError.
    """
    folders = [f"path:models/{layer}" for layer in layers]
    command = ["run", "--full-refresh", "--select", *folders]
    invoke_dbt(settings, command, "The shadow", shadow="shadow")


def models_as_of(
    settings: Settings, select: Sequence[str], exclude: Sequence[str] = ()
) -> None:
    """Build some models from the inputs in `as_of_input`, in schemas as_of_<layer>.

    Neither seeds nor functions are made again, and nothing is tested.
    Raises: TransformError.
    """
    command = ["run", "--full-refresh", "--select", *select]
    if exclude:
        command += ["--exclude", *exclude]
    invoke_dbt(settings, command, "The record of then", shadow="as_of")


def _folders(layer: str) -> list[str]:
    folders = [f"models/{layer}"]
    if layer == FIRST_LAYER:
        folders += SHARED_FOLDERS
    return [f"path:{folder}" for folder in folders]


def build_docs(settings: Settings) -> Path:
    """Write the documentation as one page that loads nothing from outside; its path.

    Raises: TransformError.
    """
    invoke_dbt(settings, ["docs", "generate", "--static"], "The documentation", json=True)
    page = (settings.dbt_folder / "target" / "static_index.html").read_text("utf-8")
    if page.count("<head>") != 1:
        raise TransformError("The documentation page has no head to put its rules into.")
    published = settings.report_folder / "dbt" / "index.html"
    published.parent.mkdir(parents=True, exist_ok=True)
    published.write_text(page.replace("<head>", f"<head>{_NOTHING_FROM_OUTSIDE}"), "utf-8")
    return published


def invoke_dbt(
    settings: Settings,
    command: Sequence[str],
    what: str,
    json: bool = False,
    shadow: str = "",
) -> list[Any]:
    """Run a command of dbt inside this process; its results, one per node.

    `what` is what people call it; `shadow` the kind of shadow that is built, if one is.
    Raises: TransformError, without any value of a row.
    """
    # Imported here: dbt takes seconds to import, and most commands do without it.
    from dbt.cli.main import dbtRunner

    options = [
        "--project-dir", str(DBT_PROJECT),
        "--profiles-dir", str(DBT_PROJECT),
        # What dbt remembers of the project holds the names of schemas.
        "--target-path", str(settings.dbt_folder / (shadow or "target")),
        "--log-path", str(settings.dbt_folder / "logs"),
    ]  # fmt: skip
    quiet = [
        "--quiet", "--no-use-colors", "--no-print", "--no-version-check",
        "--no-send-anonymous-usage-stats",
        # What a failing statement complains about can be a value of a row.
        "--log-level", "none", "--log-level-file", "none",
        "--write-json" if json else "--no-write-json",
    ]  # fmt: skip
    with _environment(settings, shadow), _collected_seldom():
        outcome = dbtRunner().invoke([*quiet, *command, *options])
    if outcome.exception is not None:
        reason = without_values(str(outcome.exception))
        raise TransformError(
            f"{what}: dbt stopped with {type(outcome.exception).__name__}: {reason}"
        ) from None
    results = list(getattr(outcome.result, "results", None) or [])
    failed = [result for result in results if str(result.status) in _BAD_STATES]
    if failed or not outcome.success:
        lines = [
            f"  {result.node.name} ({result.status}): {without_values(result.message)}"
            for result in failed
        ]
        raise TransformError("\n".join([f"{what}: {len(failed)} nodes failed.", *lines]))
    return results


@contextmanager
def _collected_seldom() -> Iterator[None]:
    """Garbage is looked for less often: dbt holds the whole project, and nearly all stays.

    Otherwise a quarter of what dbt takes of the processor goes into going through that.
    """
    usual = gc.get_threshold()
    gc.set_threshold(GARBAGE_AFTER, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextmanager
def _environment(settings: Settings, shadow: str) -> Iterator[None]:
    """The variables that profiles.yml and the macros read, for as long as dbt runs."""
    url = make_url(warehouse_dsn(settings))
    wanted = {
        "ONECARD_DBT_HOST": str(url.host or url.query.get("host") or "localhost"),
        "ONECARD_DBT_PORT": str(url.port or 5432),
        "ONECARD_DBT_USER": url.username or "",
        "ONECARD_DBT_NAME": url.database or "",
        "ONECARD_DBT_SSLMODE": str(url.query.get("sslmode") or "prefer"),
        "DBT_ENV_SECRET_ONECARD_PASSWORD": str(url.password or ""),
        "ONECARD_DBT_SHADOW": shadow,
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "PGTZ": "Asia/Shanghai",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
