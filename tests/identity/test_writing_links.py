"""What is written for a scope: that, nothing else, and nothing that contradicts itself."""

from __future__ import annotations

from traceback import format_exception

import pytest
from sqlalchemy import Engine, text

from loaders.identity.history import RunOutOfOrderError
from loaders.identity.ledger import WrongLinksError, prepare, write_people
from tests.identity.links_by_hand import (
    DAY,
    Groups,
    key,
    keys,
    links_of,
    person,
    rows_of,
    versions_as_of,
    versions_now,
    write,
)
from tests.identity.messy_people import LINKING_TABLES

RELEASES_SQL = (
    "create table published.release (release_id bigint primary key, run_id bigint not null)"
)


def _task(task_id: str, one: int, other: int) -> tuple[object, ...]:
    return (task_id, "overlay", key(one), key(other), None, "odd", "{}", DAY)


def _written(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row with the transaction that wrote it."""
    return {
        table: rows_of(engine, f"select xmin::text, * from identity.{table} order by 2, 3")
        for table in LINKING_TABLES
    }


def test_a_run_without_change_writes_nothing(engine: Engine) -> None:
    groups: Groups = [keys(1, 3), keys(2)]
    tasks = [_task("t", 1, 2)]
    write(engine, 1, groups, tasks=tasks)
    written = _written(engine)
    for scope in (None, keys(1, 3, 2)):
        change = write(engine, 2, groups, scope=scope, tasks=tasks)
        assert (change.links_changed, change.persons_changed, change.tasks_changed) == (
            0,
            0,
            0,
        )
    assert _written(engine) == written


def test_what_is_outside_the_scope_is_left_alone(engine: Engine) -> None:
    write(
        engine, 1, [keys(1), keys(2), keys(3, 4)],
        tasks=[_task("near", 1, 2), _task("far", 3, 4), _task("half", 2, 3)],
    )  # fmt: skip
    outside = rows_of(
        engine,
        "select xmin::text, * from identity.person_link where record_key = any(:keys)",
        keys=list(keys(3, 4)),
    )
    change = write(engine, 2, [keys(1, 2)], scope=keys(1, 2, 9), tasks=[_task("new", 1, 3)])
    assert (change.links_changed, change.persons_changed, change.tasks_changed) == (1, 2, 3)
    assert outside == rows_of(
        engine,
        "select xmin::text, * from identity.person_link where record_key = any(:keys)",
        keys=list(keys(3, 4)),
    )
    tasks = rows_of(engine, "select task_id from identity.review_task order by 1")
    assert tasks == [("far",), ("new",)]


def test_a_record_that_is_gone_is_in_the_scope_and_not_among_the_links(
    engine: Engine,
) -> None:
    write(engine, 1, [keys(1, 2), keys(3)])
    write(engine, 2, [keys(1)], scope=keys(1, 2))
    assert rows_of(engine, "select record_key from identity.person_link order by 1") == [
        (key(1),), (key(3),),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("groups", "scope", "message"),
    [
        ([keys(1), keys(1)], None, "comes twice"),
        ([keys(1), keys(1)], keys(1), "comes twice"),
        ([keys(1), keys(5)], keys(1), "not in the scope"),
    ],
)
def test_contradictions_are_refused_without_naming_a_record(
    engine: Engine, groups: Groups, scope: tuple[str, ...] | None, message: str
) -> None:
    with pytest.raises(WrongLinksError, match=message) as refused:
        write(engine, 1, groups, scope=scope)
    told = "".join(format_exception(refused.value))
    assert key(1) not in told and key(5) not in told
    assert rows_of(engine, "select 1 from identity.person_link") == []


def test_an_id_is_never_given_to_another_anchor(engine: Engine) -> None:
    write(engine, 1, [keys(1, 2)])
    rows = []
    for row in links_of([keys(2, 3)]):
        as_one = list(row)
        as_one[6] = person(1)
        rows.append(tuple(as_one))
    with pytest.raises(WrongLinksError, match="anchor"), engine.begin() as connection:
        write_people(connection, 2, None, rows, [])
    no_anchor = [row for row in links_of([keys(7, 8)]) if row[7] != "first"]
    with pytest.raises(WrongLinksError, match="anchor"), engine.begin() as connection:
        write_people(connection, 2, None, no_anchor, [])


def test_only_what_changed_has_a_new_version(engine: Engine) -> None:
    write(engine, 1, [keys(1, 2, 3)])
    # One record is held by another rule; who it is stays as it was.
    write(engine, 2, [keys(1, 2, 3)], rules={key(3): "same_insurance_number"})
    versions = rows_of(
        engine,
        "select record_key, valid_from_run, valid_to_run, rule"
        " from identity.person_link_history order by 1, 2",
    )
    assert versions == [
        (key(1), 1, None, "first_record"),
        (key(2), 1, None, "same_id"),
        (key(3), 1, 2, "same_id"),
        (key(3), 2, None, "same_insurance_number"),
    ]
    assert rows_of(engine, "select 1 from identity.person_change where run_id = 2") == []
    assert rows_of(engine, "select 1 from identity.person_event where run_id = 2") == []


def test_a_step_that_is_repeated_in_its_run_leaves_the_last_word(engine: Engine) -> None:
    write(engine, 1, [keys(1), keys(2)])
    first = versions_now(engine)
    write(engine, 2, [keys(1, 2, 3)])
    write(engine, 2, [keys(1), keys(2, 4)])
    assert versions_as_of(engine, 1) == first
    assert versions_as_of(engine, 2) == versions_now(engine)
    feed = "select person_id from identity.person_change where run_id = 2"
    assert {row[0] for row in rows_of(engine, feed)} == {person(1), person(2)}


def test_an_older_run_does_not_write_over_a_newer(engine: Engine) -> None:
    write(engine, 5, [keys(1)])
    with pytest.raises(RunOutOfOrderError):
        write(engine, 4, [keys(1, 2)])


def test_the_links_of_a_release_can_be_read_again(engine: Engine) -> None:
    write(engine, 3, [keys(1), keys(2)])
    apart = versions_now(engine)
    write(engine, 5, [keys(1, 2)])
    with engine.begin() as connection:
        connection.execute(text(RELEASES_SQL))
        # Run 4 found nothing to change and was released; run 2 was before all this.
        connection.execute(
            text("insert into published.release values (1, 2), (2, 4), (3, 5)")
        )
    of_release = "select * from identity.person_link_as_of_release(:release) order by 1"
    try:
        assert rows_of(engine, of_release, release=2) == apart
        assert rows_of(engine, of_release, release=3) == versions_now(engine)
        for missing in (1, 4):
            with pytest.raises(Exception, match="release"):
                rows_of(engine, of_release, release=missing)
    finally:
        with engine.begin() as connection:
            connection.execute(text("drop table published.release"))


def test_history_begins_with_the_links_that_are_there(engine: Engine) -> None:
    """A warehouse of before there was a history."""
    write(engine, 1, [keys(1), keys(2)])
    with engine.begin() as connection:
        connection.execute(text("truncate identity.link_run, identity.person_link_history"))
    prepare(engine)
    write(engine, 7, [keys(1), keys(2)])
    stood = versions_now(engine)
    write(engine, 8, [keys(1), keys(2)])
    write(engine, 9, [keys(1, 2)])
    assert versions_as_of(engine, 6) == []
    assert versions_as_of(engine, 8) == stood
    assert versions_as_of(engine, 9) == versions_now(engine)


def test_later_layers_ask_for_the_persons_of_several_runs(engine: Engine) -> None:
    write(engine, 1, [keys(1), keys(2), keys(3)])
    write(engine, 2, [keys(1, 2), keys(3)])
    write(engine, 3, [keys(1, 2), keys(3, 4)])
    since = "select * from identity.persons_changed_since(:run) order by 1"
    assert rows_of(engine, since, run=2) == [(person(3),)]
    assert {who for (who,) in rows_of(engine, since, run=1)} == {
        person(1), person(2), person(3),
    }  # fmt: skip
