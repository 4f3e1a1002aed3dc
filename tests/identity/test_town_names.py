"""What reports say of the county's towns helps to compare addresses, right or wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine, text

from loaders.identity.link import check_links
from tests.identity.messy_people import link, make_id, row


@pytest.fixture
def towns(engine: Engine) -> Iterator[Engine]:
    """Two towns, of which reports give one with two codes."""
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "create table identity.town (town_code text, town_name text);"
            " insert into identity.town values"
            " ('999999101', '甲镇'), ('999999102', '乙镇'), ('999999103', '乙镇')"
        )
    yield engine
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table identity.town")


def test_a_name_that_is_given_with_two_codes_doubles_nobody(towns: Engine) -> None:
    rows = [
        row("A", str(i), person_name=f"王{name}", id_number=make_id(date(1980, 5, 6), i),
            born_on=date(1980, 5, 6), address=f"{town}镇东岳村3号")
        for i, (name, town) in enumerate(zip("芳强丽", "甲乙乙", strict=True), 1)
    ]  # fmt: skip
    summary = link(towns, rows)
    assert (summary.records, summary.persons) == (3, 3)
    link(towns, rows[:2], 2)
    assert link(towns, rows, 3).records == 3
    with towns.connect() as connection:
        assert connection.scalar(text("select count(*) from identity.person_link")) == 3
    assert check_links(towns, lambda _: None) == 0
