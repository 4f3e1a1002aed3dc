"""Linking looks at the records of which a row came, went or changed, and loses none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from unittest.mock import patch

import pytest
from sqlalchemy import Engine, text

from loaders.identity import fingerprints
from loaders.identity.fingerprints import RepeatedRecordError
from loaders.identity.link import LinkSummary, check_links, link_people
from tests.identity.messy_people import FIRST_DAY, Row, bring, link, make_id, row

NUMBER = make_id(date(1980, 5, 6), 12)


def _rows(count: int = 4) -> list[Row]:
    return [
        row("A", str(i), person_name="王芳", id_number=NUMBER, born_on=date(1980, 5, 6),
            sex_code="2", first_delivery_on=FIRST_DAY)
        for i in range(count)
    ]  # fmt: skip


@pytest.fixture
def linked(engine: Engine) -> Iterator[Engine]:
    """A warehouse with four records that have been linked."""
    link(engine, _rows())
    yield engine


def _link(engine: Engine, run_id: int = 2) -> LinkSummary:
    return link_people(engine, run_id, lambda _: None)


def _run(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


def _waiting(engine: Engine) -> list[str | None]:
    with engine.connect() as connection:
        return sorted(connection.scalars(text("table identity.waiting_record")), key=str)


def _asked(engine: Engine) -> bool:
    """Whether the next run looks at those that wait alone; takes nothing from the queue."""
    with engine.connect() as connection:
        return fingerprints.is_told(connection)


def test_who_comes_goes_or_changes_waits_until_it_is_linked(linked: Engine) -> None:
    assert _waiting(linked) == []
    keys = [str(made["record_key"]) for made in _rows(5)]
    bring(linked, _rows(5)[1:])
    assert _waiting(linked) == [keys[0], keys[4]]
    _run(
        linked,
        f"update identity.source_person set phone = '1' where record_key = '{keys[2]}'",
    )
    assert set(_waiting(linked)) == {keys[0], keys[2], keys[4]}
    assert _asked(linked)
    assert _link(linked).changed == 3
    assert _waiting(linked) == []
    assert check_links(linked, lambda _: None) == 0


def test_a_row_written_again_as_it_was_is_no_change(linked: Engine) -> None:
    _run(linked, "update identity.source_person set phone = phone")
    assert len(_waiting(linked)) == 8
    assert _link(linked).changed == 0


def test_what_is_told_of_a_life_lets_its_record_wait(linked: Engine, facts: None) -> None:
    # Where there was no such table before, everything is looked at once.
    assert not _asked(linked)
    _link(linked)
    key = str(_rows()[1]["record_key"])
    _run(
        linked,
        f"insert into identity.source_fact (record_key, fact) values ('{key}', 'death')",
    )
    assert _waiting(linked) == [key]
    assert _link(linked, 3).changed == 1


@pytest.mark.parametrize(
    "made_anew",
    [
        "truncate identity.source_person",
        "create table other as table identity.source_person;"
        " drop table identity.source_person;"
        " alter table other set schema identity;"
        " alter table identity.other rename to source_person",
    ],
)
def test_a_table_made_anew_is_looked_through(linked: Engine, made_anew: str) -> None:
    _run(linked, made_anew)
    bring(linked, _rows(5)[1:])
    assert not _asked(linked)
    assert _link(linked).changed >= 2
    assert _asked(linked)
    with linked.connect() as connection:
        keys = set(connection.scalars(text("select record_key from identity.person_link")))
    assert keys == {made["record_key"] for made in _rows(5)[1:]}


@pytest.mark.parametrize("table", ["person_link", "record_state"])
def test_a_table_of_ours_that_was_put_back_is_not_believed(
    linked: Engine, table: str
) -> None:
    """One restored without the other may tell of other runs, in as many rows."""
    _run(
        linked,
        f"create table other as table identity.{table}; truncate identity.{table};"
        f" insert into identity.{table} overriding system value table other;"
        " drop table other",
    )
    assert _link(linked).in_scope == 4
    assert check_links(linked, lambda _: None) == 0
    assert _link(linked, 3).in_scope == 0


def test_a_run_that_dies_leaves_them_waiting(linked: Engine) -> None:
    bring(linked, _rows(6))
    waiting = _waiting(linked)
    with patch("loaders.identity.link.gather_tasks", side_effect=OSError):
        with pytest.raises(OSError):  # noqa: PT011 - whatever it dies of
            _link(linked)
    assert _waiting(linked) == waiting
    assert len(waiting) == 2
    assert _link(linked).changed == 2


@pytest.mark.parametrize("repeated", ["record_key", "null"])
def test_a_repeated_record_is_refused(linked: Engine, repeated: str) -> None:
    columns = "person_name, first_delivery_on, source_system, source_table, native_id"
    _run(
        linked,
        f"insert into identity.source_person (record_key, {columns})"
        f" select {repeated}, {columns} from identity.source_person limit 1",
    )
    assert _asked(linked)
    with pytest.raises(RepeatedRecordError, match="has 1 rows"):
        _link(linked)


def test_to_check_the_links_takes_no_number_from_later_records(linked: Engine) -> None:
    """Looking at everything anew counts records from one, and is taken back."""
    bring(linked, _rows(6)[2:])
    _link(linked)
    assert check_links(linked, lambda _: None) == 0
    bring(linked, _rows(9)[2:])
    assert _link(linked, 3).changed == 3
