"""Shortcuts of the linking step end where the long way leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from time import sleep
from typing import Any, NoReturn

import pytest
from sqlalchemy import Engine, text

from loaders.identity import link as linking
from loaders.identity import splink_model
from loaders.identity.behind import Behind
from loaders.identity.changes import RepeatedRecordError
from loaders.identity.link import link_people
from loaders.identity.state import forget
from tests.identity.messy_people import (
    LINKING_TABLES,
    MessyCounty,
    forget_everybody,
    link,
    load,
    make_id,
    row,
)


def _written(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """All that linking writes, but for the moment; events in their order."""
    with engine.connect() as connection:
        return {
            table: [
                {
                    name: said
                    for name, said in one.items()
                    if name not in ("at", "written_at")
                }
                for one in connection.execute(
                    text(f"select * from identity.{table} order by 1, 2")
                ).mappings()
            ]
            for table in LINKING_TABLES
        }


def test_the_first_load_writes_what_the_ledger_would(
    engine: Engine, decisions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = MessyCounty(people=80, seed=5).rows
    # One that is set aside is nobody's.
    rows.append(row("A", "x", person_name="测试", set_aside_because="test_row"))
    # And two people with one number are a question.
    born_on = date(1960, 3, 5)
    number = make_id(born_on, 11)
    rows.append(row("A", "y", person_name="石永强", id_number=number, born_on=born_on))
    rows.append(
        row("B", "z", person_name="邵桂兰", id_number=number, born_on=date(1988, 11, 20))
    )
    quick = link(engine, rows)
    written = _written(engine)
    assert len(written["person_event"]) == quick.persons > 0
    assert written["review_task"]
    with engine.begin() as connection:
        forget_everybody(connection)
        forget(connection)
    monkeypatch.setattr(linking, "is_first_load", lambda _: False)
    assert link(engine, rows) == quick
    assert _written(engine) == written


def test_what_is_done_behind_may_take_its_time(
    engine: Engine, decisions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = MessyCounty(people=40, seed=7).rows
    summary = link(engine, rows)
    written = _written(engine)
    with engine.begin() as connection:
        forget_everybody(connection)
        forget(connection)
    hand_over = Behind.do

    def late(behind: Behind, work: Callable[..., None], *args: Any) -> None:
        def dawdle() -> None:
            sleep(0.2)
            work(*args)

        hand_over(behind, dawdle)

    monkeypatch.setattr(Behind, "do", late)
    assert link(engine, rows) == summary
    assert _written(engine) == written


def test_a_small_delivery_is_scored_without_waiting_for_splink(
    engine: Engine, decisions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = MessyCounty(people=80, seed=6).rows
    link(engine, rows[:-60])

    def unwanted(*_: object) -> NoReturn:
        raise AssertionError("Splink was asked again")

    monkeypatch.setattr(splink_model, "score_pairs", unwanted)
    load(engine, rows)
    told: list[str] = []
    link_people(engine, 2, told.append)
    compared = [line for line in told if "pairs compared" in line]
    assert compared and not compared[0].startswith("model: 0 pairs")


def test_a_known_record_that_comes_twice_is_refused_without_naming_it(
    engine: Engine, decisions: None
) -> None:
    made = row("A", "1", person_name="王建国")
    link(engine, [made])
    for again in (made, made | {"person_name": "王建军"}):
        with pytest.raises(RepeatedRecordError) as refused:
            link(engine, [made, again], 2)
        assert made["record_key"] not in str(refused.value)
