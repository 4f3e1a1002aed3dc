"""A small demo county, brought to publication, for folders that only look at it.

Whoever changes something of it works on a copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from loaders.settings import Settings

RESIDENTS, SEED, LATER_DAYS = 150, 11, 1
FUNCTIONS = """
    select pg_get_functiondef(oid) from pg_proc
    where pronamespace in ('staging'::regnamespace, 'landing'::regnamespace)
"""


@dataclass(frozen=True)
class Built:
    """The county's warehouse and the installation that it belongs to."""

    engine: Engine
    settings: Settings
    deliveries: Path

    def ask(self, query: str, **values: object) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), values))


def publish_county(engine: Engine, settings: Settings, folder: Path) -> Built:
    """Two deliveries, landed, linked, built and published."""
    # Imported here: every session reads this file, and few have use for these.
    from loaders.demo_county.make import make_demo_county
    from loaders.identity.ledger import prepare as prepare_links
    from loaders.identity.link import link_people
    from loaders.landing.land import land
    from loaders.release.publish import publish
    from loaders.stewards.book import prepare
    from loaders.transform import run_dbt
    from loaders.warehouse.runs import RUN_TABLE
    from tests.tiny_county import begin_build, say_yes

    make_demo_county(folder, RESIDENTS, SEED, LATER_DAYS)
    land(engine, folder / "deliveries", None, None, 1, lambda _: None)
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
    let_functions_be_copied(engine)
    return Built(engine, settings, folder / "deliveries")


def let_functions_be_copied(engine: Engine) -> None:
    """Without the name of their database, so that they work in one that is called else."""
    with engine.begin() as connection:
        connection.execute(text("set local check_function_bodies = off"))
        for definition in connection.scalars(text(FUNCTIONS)).all():
            ours = definition.replace(f'"{engine.url.database}".', "")
            connection.exec_driver_sql(ours.replace("%", "%%"))
