"""What counted nothing in a finished year says so, and what no system has told of, too."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine, text

from loaders.settings import Settings
from loaders.transform import compiled_models
from tests.indicators.counting import Counted

NO_CONTRACTS = "delete from audit.file_ledger where feed = 'E02'"
SIGNED = """
    select denominator, value, status, target_met
    from ({model}) as indicator_value
    where indicator_code = 'fd_sign_rate' and grain = 'county' and period = '2024'
"""
NO_STAY = "delete from indicators.indicator_case where indicator_code = 'avg_los'"
ASKED = """
    select grain, period, numerator, denominator, value, status, target_met
    from ({model}) as indicator_value
    where indicator_code = 'avg_los' order by period, grain
"""
YEARS = "select period from record.reporting_year where is_complete order by period"


def test_without_a_case_there_is_no_denominator(
    counted: Counted, install: Callable[[Engine], Settings]
) -> None:
    """As where a county's hospitals have not been connected yet."""
    name = "indicator_value"
    model = compiled_models(install(counted.engine), [name], whole=True)[name]
    with counted.engine.connect() as connection:
        before = connection.execute(text(ASKED.format(model=model))).all()
        connection.execute(text(NO_STAY))
        after = connection.execute(text(ASKED.format(model=model))).all()
        years = list(connection.scalars(text(YEARS)))
        connection.rollback()
    assert any(row.grain == "county" and row.denominator > 0 for row in before)
    assert years
    assert [tuple(row) for row in after] == [
        ("county", year, 0, 0, None, "no_denominator", None) for year in years
    ]


def test_what_no_system_has_told_of_is_not_zero(
    counted: Counted, install: Callable[[Engine], Settings]
) -> None:
    """The residents are known, and nobody has said who of them has a family doctor."""
    name = "indicator_value"
    model = compiled_models(install(counted.engine), [name], whole=True)[name]
    with counted.engine.connect() as connection:
        before = connection.execute(text(SIGNED.format(model=model))).one()
        connection.execute(text(NO_CONTRACTS))
        after = connection.execute(text(SIGNED.format(model=model))).one()
        connection.rollback()
    assert before.status == "final"
    assert before.value is not None
    assert after == (before.denominator, None, "no_source", None)
