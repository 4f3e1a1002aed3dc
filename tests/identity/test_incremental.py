"""Linking what changed ends where linking everything anew ends, whatever the path."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, text

from loaders.identity import blocking, candidates, changes, normalise
from loaders.identity.link import link_people
from tests.identity.messy_people import MessyCounty, Row, decide, dump, load

SEEDS = range(8)
CAPS = {"LARGEST_BLOCK": 6, "HOUSEHOLD_NAMES": 2}


@pytest.fixture
def low_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Caps so low that a small county crosses them, up and down."""
    for module in (blocking, candidates):
        for name, cap in CAPS.items():
            monkeypatch.setattr(module, name, cap)
    for module in (normalise, changes):
        monkeypatch.setattr(module, "MOST_CLAIMS_OF_ONE_KEY", 4)
    monkeypatch.setattr(normalise, "MOST_NAMES_OF_ONE_NUMBER", 2)


def _outcome(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    pairs = text(
        "select least(record_key_a, record_key_b), greatest(record_key_a, record_key_b),"
        " round(weight::numeric, 6), levels::text from identity.pair_score order by 1, 2, 3"
    )
    alive = text(
        "select person_id, anchor_record_key from identity.person_ledger"
        " where status = 'active' order by 1"
    )
    with engine.connect() as connection:
        return {
            "links": dump(engine, "person_link"),
            "tasks": dump(engine, "review_task"),
            "persons": [tuple(row) for row in connection.execute(alive)],
            "pairs": [tuple(row) for row in connection.execute(pairs)],
        }


def _spoil(random: Random, rows: list[Row]) -> None:
    """Correct some records, as sources do, and delete some."""
    for place in random.sample(range(len(rows)), 8):
        made = dict(rows[place])
        kind = random.random()
        if kind < 0.25:
            made["phone"] = "16399999999"
        elif kind < 0.5:
            made["id_number"] = random.choice(rows)["id_number"]
        elif kind < 0.75:
            made["insurance_number"] = random.choice(rows)["insurance_number"]
        else:
            made["person_name"] = str(made["person_name"])[::-1]
        rows[place] = made
    for place in sorted(random.sample(range(len(rows)), 3), reverse=True):
        rows.pop(place)


@pytest.mark.parametrize("seed", SEEDS)
def test_any_path_ends_like_computing_everything_anew(
    engine: Engine, low_caps: None, decisions: None, seed: int
) -> None:
    random = Random(seed)
    county = MessyCounty(people=45, seed=seed)
    waiting = list(county.rows)
    random.shuffle(waiting)
    rows: list[Row] = []
    said: list[tuple[str, str, str]] = []
    for run_id in range(1, 5):
        share = len(waiting) if run_id == 4 else random.randrange(10, len(waiting) // 2)
        rows, waiting = rows + waiting[:share], waiting[share:]
        if run_id > 1:
            _spoil(random, rows)
            a, b = random.sample([str(made["record_key"]) for made in rows], 2)
            said.append((min(a, b), max(a, b), random.choice(("same", "different"))))
            if random.random() < 0.3:
                said.pop(0)
        load(engine, rows)
        decide(engine, said)
        link_people(engine, run_id, lambda line: None)
    by_steps = _outcome(engine)
    link_people(engine, 9, lambda line: None, anew=True)
    assert _outcome(engine) == by_steps
    assert by_steps["links"]
    assert by_steps["pairs"]


def test_what_has_not_changed_is_not_looked_at(engine: Engine) -> None:
    county = MessyCounty(people=200, seed=11)
    load(engine, county.rows[:-1])
    first = link_people(engine, 1, lambda line: None)
    load(engine, county.rows)
    second = link_people(engine, 2, lambda line: None)
    assert first.in_scope == len(county.rows) - 1
    assert second.changed == 1
    assert second.in_scope < 60
