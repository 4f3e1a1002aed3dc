"""Rows that meet in nothing but a number are built again together, rows of nobody once.

In this county no card of the county hospital has come, so that its events are nobody's, and
numbers are shared that should not be. One delivery touches a row of each pair.
"""

from __future__ import annotations

import pytest
from sqlalchemy import text

from loaders.changes.shadow import check_record
from loaders.settings import load_settings
from tests.changes.building import build
from tests.changes.redelivery import Redelivery
from tests.changes.strange_numbers import Shared, bring_what_touches_them, share_numbers

SEED = 23
# All of it has come.
BEGINS_WITH = "landed_county"
# What the warehouse says of nobody: a table, and which of its rows.
OF_NOBODY = {
    "encounter": "source_system = 'A'",
    "encounter_number": "source_system = 'A'",
    "event_group": "source_system = 'A'",
    "patient_number": "source_system = 'B'",
    "settlement": "true",
}


@pytest.fixture(scope="module")
def shared(county: Redelivery) -> Shared:
    shared = share_numbers(county)
    build(county.today)
    return shared


def test_what_shares_a_number_is_built_again_together(
    county: Redelivery, shared: Shared
) -> None:
    with county.engine.connect() as connection:
        for table, which in OF_NOBODY.items():
            of_nobody = f"select count(*) from record.{table} where person_id is null"
            assert connection.scalar(text(f"{of_nobody} and {which}")), table
    bring_what_touches_them(county, shared)
    said = build(county.today)["record"]
    assert " persons, " in said, said
    assert check_record(county.engine, load_settings()).differences == ()
