"""A small demo county, brought as far as the record, and exported once for all tests.

Two ids that were merged into a third, and a value without a partner, are put there by hand:
so small a county has none of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from loaders.demo_county.make import make_demo_county
from loaders.identity.ledger import prepare as prepare_links
from loaders.identity.link import link_people
from loaders.interchange.bulk import write_bulk
from loaders.interchange.pseudonym import Pseudonyms
from loaders.interchange.read import Scope
from loaders.landing.land import land
from loaders.settings import Settings
from loaders.stewards.book import prepare
from loaders.transform import run_dbt
from loaders.warehouse.runs import RUN_TABLE
from tests.tiny_county import begin_build

RESIDENTS = 150
SECRET = b"a secret of these tests, no other"
# The second of these was merged into the first, and the first into somebody who lives.
MERGED = ("P9999999999999991", "P9999999999999992")


@dataclass(frozen=True)
class Built:
    """The county's warehouse, and the export of all of it."""

    engine: Engine
    folder: Path
    pseudonyms: Pseudonyms
    survivor: str

    def ask(self, query: str, **values: object) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), values))

    def resources(self) -> list[dict[str, Any]]:
        return read_folder(self.folder)


def read_folder(folder: Path) -> list[dict[str, Any]]:
    """All resources of an export."""
    return [
        json.loads(line)
        for file in sorted(folder.glob("*.ndjson"))
        for line in file.read_text("utf-8").splitlines()
    ]


@pytest.fixture(scope="session")
def built(
    make_database: Callable[[], Engine], tmp_path_factory: pytest.TempPathFactory
) -> Built:
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
    for layer in ("2_identity/golden", "3_record"):
        run_dbt(settings, layer)
    survivor = _by_hand(engine)
    folder = tmp_path_factory.mktemp("export") / "county"
    pseudonyms = Pseudonyms(SECRET)
    write_bulk(engine, pseudonyms, folder, Scope(), False, lambda _: None)
    return Built(engine, folder, pseudonyms, survivor)


def _by_hand(engine: Engine) -> str:
    with engine.begin() as connection:
        survivor = connection.scalar(
            text(
                "select person_id from record.encounter"
                " where person_id is not null group by 1 order by count(*) desc, 1 limit 1"
            )
        )
        for retired, into in zip(MERGED, (survivor, MERGED[0]), strict=True):
            connection.execute(
                text(
                    "insert into identity.person_ledger"
                    " select :retired, anchor_record_key || :retired, issued_on, 'retired',"
                    " :into, issued_run_id, changed_run_id"
                    " from identity.person_ledger where person_id = :survivor"
                ),
                {"retired": retired, "into": into, "survivor": survivor},
            )
        connection.execute(
            text(
                "delete from record.measurement where measurement_id = ("
                " select min(measurement_id) from record.measurement"
                " where item = 'diastolic_pressure')"
            )
        )
    return str(survivor)
