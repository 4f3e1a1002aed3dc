"""A feed that has never come stops nothing, and is not taken for one that nobody reads."""

from __future__ import annotations

from sqlalchemy import Engine

from expectations.gate import run_gate
from expectations.layout import Layout, read_layout
from expectations.staging import suite
from expectations.thresholds import load_thresholds
from loaders.contracts.model import contract_of
from tests.tiny_county import ask, begin_build, do

RESIDENTS = f"landing.{contract_of('H06').name}"


def _unread(layout: Layout) -> set[str]:
    checks = suite(layout, load_thresholds())
    return {check.table for check in checks if check.name == "has_staging_model"}


def test_a_feed_without_a_row_is_not_called_unread() -> None:
    assert not _unread(Layout({RESIDENTS: {}}))
    assert _unread(Layout({RESIDENTS: {}}, landed={"H06"})) == {"staging.stg_h__常住人口"}


def test_what_has_landed_is_read_from_the_ledger(county: Engine) -> None:
    with county.connect() as connection:
        assert read_layout(connection).landed == {"A01", "A02"}


def test_a_county_whose_residents_nobody_has_reported_is_published(county: Engine) -> None:
    """Its other figures need no residents."""
    do(county, "delete from record.population")
    run_gate(county, "record", begin_build(county), lambda line: None)
    noted = ask(
        county,
        "select severity from audit.gate_result"
        " where not success and expectation = 'residents_there'",
    )
    assert noted == [("warning",)]
