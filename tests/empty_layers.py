"""Staging and who is named, built by dbt from nothing: once a session, for all who ask.

Making them takes half a minute of CPU, a copy a second. Goes in: a folder that the workers
of a session share. Comes out: warehouses with landing's tables, both layers and the seeds,
and the queries that dbt compiled. dbt's tests of the layers run where there are rows.
"""

from __future__ import annotations

import fcntl
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text

from loaders.identity.ledger import prepare as prepare_links
from loaders.landing.schema import prepare as prepare_landing
from loaders.settings import Settings
from loaders.transform import run_dbt
from loaders.warehouse.embedded import BIN
from tests.with_dbt import lend_parse, without_tests


@dataclass(frozen=True)
class EmptyLayers:
    """The layers as SQL, and by model what dbt asks; no database is named in either."""

    script: Path
    queries: dict[str, str]

    def fill(self, engine: Engine) -> None:
        """Put the layers into an empty warehouse."""
        _run("psql", engine, "--quiet", "--set", "ON_ERROR_STOP=1", "--file", self.script)
        with engine.begin() as connection:
            connection.execute(text("analyze"))


def empty_layers(shared: Path, make_database: Callable[[], Engine]) -> EmptyLayers:
    """The layers, built by the first who asks; the others wait for them."""
    folder = shared / "empty_layers"
    folder.mkdir(exist_ok=True)
    script, queries = folder / "layers.sql", folder / "queries.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not queries.exists():
            _build(make_database(), shared, script, queries)
    return EmptyLayers(script, json.loads(queries.read_text("utf-8")))


def settings_of(engine: Engine, home: Path) -> Settings:
    """The settings of an installation in that folder, on that warehouse."""
    dsn = engine.url.set(drivername="postgresql")
    return Settings(home=home, external_dsn=dsn.render_as_string(hide_password=False))


def _build(engine: Engine, shared: Path, script: Path, queries: Path) -> None:
    settings = settings_of(engine, script.parent)
    lend_parse(shared, settings)
    prepare_landing(engine)
    prepare_links(engine)
    with without_tests():
        for layer in ("1_staging", "2_identity"):
            run_dbt(settings, layer)
    engine.dispose()
    _run("pg_dump", engine, "--no-owner", "--file", script)
    ours = f'"{engine.url.database}".'
    # The schemas of a warehouse are there when it is opened.
    whole = script.read_text("utf-8").replace(ours, "")
    whole = whole.replace("\nCREATE SCHEMA ", "\nCREATE SCHEMA IF NOT EXISTS ")
    script.write_text(whole, "utf-8")
    compiled = settings.dbt_folder / "target" / "compiled" / "onecard" / "models"
    found = {
        path.stem: path.read_text("utf-8").replace(ours, "")
        for path in compiled.rglob("*.sql")
        # Compiled tests lie in folders that are named after a .yml file.
        if not any(part.endswith(".yml") for part in path.parts)
    }
    queries.write_text(json.dumps(found), "utf-8")


def _run(program: str, engine: Engine, *arguments: str | Path) -> None:
    address = engine.url.set(drivername="postgresql")
    subprocess.run(
        [BIN / program, *arguments, address.render_as_string(hide_password=False)],
        check=True,
        capture_output=True,
    )
