"""A small demo county, brought to publication, for tests that follow rows and lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from loaders.console.trace.show import start
from loaders.console.trace.walk import Walk
from loaders.demo_county.make import make_demo_county
from loaders.identity.ledger import prepare as prepare_links
from loaders.identity.link import link_people
from loaders.landing.land import land
from loaders.lineage.project import Project
from loaders.release.publish import publish
from loaders.settings import Settings
from loaders.stewards.book import prepare
from loaders.transform import run_dbt
from loaders.warehouse.runs import RUN_TABLE
from tests.tiny_county import begin_build, say_yes

RESIDENTS = 150


@dataclass(frozen=True)
class Built:
    """The county's warehouse and the installation that it belongs to."""

    engine: Engine
    settings: Settings
    deliveries: Path

    def ask(self, query: str, **values: object) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), values))


@dataclass(frozen=True)
class Walking:
    """A walk in the county, and what it knows."""

    walk: Walk
    project: Project
    connection: Connection


@pytest.fixture(scope="session")
def built(
    make_database: Callable[[], Engine], tmp_path_factory: pytest.TempPathFactory
) -> Built:
    """Two deliveries, landed, linked, built and published."""
    county = tmp_path_factory.mktemp("county")
    make_demo_county(county, RESIDENTS, 11, 1)
    engine = make_database()
    dsn = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    settings = Settings(home=tmp_path_factory.mktemp("home"), external_dsn=dsn)
    land(engine, county / "deliveries", None, None, 1, lambda _: None)
    with engine.begin() as connection:
        connection.execute(text(RUN_TABLE.read_text("utf-8")))
    run_id = begin_build(engine)
    run_dbt(settings, "1_staging")
    prepare_links(engine)
    run_dbt(settings, "2_identity")
    prepare(engine)
    link_people(engine, run_id, lambda _: None)
    for layer in ("2_identity/golden", "3_record", "4_indicators", "5_audit"):
        run_dbt(settings, layer)
    say_yes(engine, run_id)
    publish(engine, run_id, lambda _: None)
    return Built(engine, settings, county / "deliveries")


@pytest.fixture(scope="module")
def walking(built: Built) -> Iterator[Walking]:
    with built.engine.connect() as connection:
        yield Walking(*start(connection, built.settings), connection)
