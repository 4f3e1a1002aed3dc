"""A small county of which some has come: what tests here begin with.

It is made, landed and built once; whoever changes it works on a copy of its database.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import Engine

from loaders.demo_county.make import DELIVERIES, make_demo_county
from tests.changes.building import build, build_as_it_is, land
from tests.changes.redelivery import Redelivery
from tests.empty_layers import settings_of
from tests.published_county import let_functions_be_copied
from tests.with_dbt import lend_parse

RESIDENTS, SEED, LATER_DAYS = 60, 23, 2
# Lists of institutions, teams and packages make the record of everybody; these tests are
# about the others.
WITHOUT = "H E01 E03"
INSURED = "f01_psn_insu_d"
NO_LONGER = """ "PSN_INSU_STAS" = '2', "UPDT_TIME" = '{day} 07:00:00' """


@contextmanager
def installed(engine: Engine, home: Path, shared: Path) -> Iterator[None]:
    """An installation on a warehouse, which the settings name meanwhile.

    `shared` is a folder of the session.
    """
    settings = settings_of(engine, home)
    for shadow in ("", "shadow"):
        lend_parse(shared, settings, shadow)
    variables = {"ONECARD_HOME": str(home), "ONECARD_DSN": str(settings.external_dsn)}
    with patch.dict(os.environ, variables):
        yield


def land_county(engine: Engine, home: Path, shared: Path) -> Redelivery:
    """A demo county, all of which has come; nothing is built of it."""
    with installed(engine, home, shared):
        made = make_demo_county(
            home / "county", RESIDENTS, SEED, LATER_DAYS, report=lambda _: None
        )
        land(home / "county" / DELIVERIES, made.deliveries[-1])
    return Redelivery(engine, SEED, WITHOUT)


def build_some_of(county: Redelivery, home: Path, shared: Path) -> None:
    """Take some of what has come away, to be delivered later, and build the rest.

    Then a day with a line of an insured person: for the days that follow dbt has prepared
    all models and tests, in copies of this county as well.
    """
    county.hold_back()
    with installed(county.engine, home, shared):
        build(county.today)
        county.send(INSURED, NO_LONGER.format(day=county.today), rows=1)
        build_as_it_is(county.today)
    let_functions_be_copied(county.engine)
