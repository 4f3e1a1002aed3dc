"""A small county of which some has come: what tests here begin with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import Engine

from loaders.demo_county.make import DELIVERIES, make_demo_county
from tests.changes.building import land
from tests.changes.redelivery import Redelivery
from tests.empty_layers import settings_of
from tests.with_dbt import lend_parse

RESIDENTS = 60


@contextmanager
def small_county(
    engine: Engine, home: Path, shared: Path, seed: int, holds_back: bool = True
) -> Iterator[Redelivery]:
    """A demo county that was landed; some of it is taken away, to be delivered later.

    `shared` is a folder of the session.
    """
    settings = settings_of(engine, home)
    for shadow in ("", "shadow"):
        lend_parse(shared, settings, shadow)
    variables = {"ONECARD_HOME": str(home), "ONECARD_DSN": str(settings.external_dsn)}
    with patch.dict(os.environ, variables):
        made = make_demo_county(home / "county", RESIDENTS, seed, 2, report=lambda _: None)
        land(home / "county" / DELIVERIES, made.deliveries[-1])
        # Lists of institutions, teams and packages make the record of everybody; this is
        # about the others.
        redelivery = Redelivery(engine, seed, without="H E01 E03")
        if holds_back:
            redelivery.hold_back()
        yield redelivery
