"""The shadow that a record is compared with, prepared by dbt once and then run again.

Built from nothing it is made by the same statements in every county here, and to prepare
them takes dbt far longer than the server to run them on sixty residents. So dbt builds the
first shadow of a session; those that follow are built by the statements it has run, on the
rows of their own county. Other rules are dbt's again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from loaders import transform
from loaders.changes import shadow
from loaders.changes.prepared import run_model
from loaders.changes.reading import rules_version
from loaders.settings import Settings
from loaders.transform import RunModel
from loaders.warehouse.connect import open_warehouse


class SameShadow:
    """What dbt has run and compiled for a shadow, by the rules that held then."""

    def __init__(self) -> None:
        self.ran: dict[tuple[str, ...], list[RunModel]] = {}
        self.compiled: dict[tuple[str, ...], dict[str, str]] = {}

    @contextmanager
    def used(self) -> Iterator[None]:
        """Checks within do so."""
        with (
            patch.object(shadow, "shadow_layers", self.build),
            patch.object(shadow, "compiled_models", self.compile),
        ):
            yield

    def build(self, settings: Settings, layers: Collection[str]) -> None:
        """As transform.shadow_layers."""
        of = (rules_version(), *layers)
        if of not in self.ran:
            self.ran[of] = run_by_dbt(settings, layers)
            return
        engine = open_warehouse(settings)
        with engine.begin() as connection:
            for schema in sorted({model.makes.split(".")[0] for model in self.ran[of]}):
                connection.exec_driver_sql(f"create schema {schema}")
        for model in self.ran[of]:
            run_model(engine, model)
        engine.dispose()

    def compile(
        self, settings: Settings, models: Sequence[str], *, whole: bool
    ) -> dict[str, str]:
        """As transform.compiled_models."""
        of = (rules_version(), str(whole), *models)
        if of not in self.compiled:
            self.compiled[of] = transform.compiled_models(settings, models, whole=whole)
        return self.compiled[of]


def run_by_dbt(settings: Settings, layers: Collection[str]) -> list[RunModel]:
    """Build a shadow; what dbt has run for it, in that order."""
    nodes: list[Any] = []
    invoke_dbt = transform.invoke_dbt

    def noting(*arguments: Any, **options: Any) -> list[Any]:
        results = invoke_dbt(*arguments, **options)
        nodes.extend(result.node for result in results)
        return results

    with patch.object(transform, "invoke_dbt", noting):
        transform.shadow_layers(settings, layers)
    return [_as_run(settings, node) for node in nodes if node.resource_type == "model"]


def _as_run(settings: Settings, node: Any) -> RunModel:
    folder = settings.dbt_folder / "shadow" / "run" / node.package_name
    made = f"{node.schema}.{node.alias}"
    statements = [
        *(hook.sql for hook in node.config.pre_hook),
        (folder / node.original_file_path).read_text("utf-8"),
        f"analyze {made}",
    ]
    # A copy of the county goes by another name.
    said = ";\n".join(statements).replace(f'"{node.database}".', "")
    return RunModel(node.name, made, said, ())
