"""Linking what changed ends where linking everything anew ends, whatever the path."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, text

from loaders.identity import (
    attaching,
    blocking,
    changes,
    linked,
    neighbours,
    normalise,
)
from loaders.identity.link import link_people
from loaders.identity.state import forget
from tests.identity.messy_people import (
    FIRST_DAY,
    LINKING_TABLES,
    MessyCounty,
    Row,
    bring,
    decide,
    dump,
    forget_everybody,
    link,
    load,
    make_id,
    row,
)

SEEDS = range(8)
CAPS = {"LARGEST_BLOCK": 6, "HOUSEHOLD_NAMES": 2}


@pytest.fixture
def low_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    _lower_caps(monkeypatch)


def _lower_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Caps so low that a small county crosses them, up and down."""
    for module in (blocking, neighbours):
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
        # Most days leave the table where it is; some make it anew.
        (load if run_id == 1 or random.random() < 0.2 else bring)(engine, rows)
        decide(engine, said)
        link_people(engine, run_id, lambda line: None)
        assert _counted(engine, "identity.link_count where records > 0") == _counted(
            engine, LINKED
        )
    by_steps = _outcome(engine)
    link_people(engine, 9, lambda line: None, anew=True)
    assert _outcome(engine) == by_steps
    assert by_steps["links"]
    assert by_steps["pairs"]


def test_a_record_without_a_name_is_no_guest_because_of_a_stranger(engine: Engine) -> None:
    """What a number proves must not hang on a birthday that somebody else has as well."""
    number = make_id(date(1960, 3, 5), 11)
    common = {"sex_code": "1", "phone": "13999990001", "address": "沙河镇向阳村东塘组9号"}
    owner = [
        row("A", native_id, person_name="石永强", id_number=number, sex_code="1",
            born_on=date(1970, 11, 20))
        for native_id in ("1", "2")
    ]  # fmt: skip
    # One digit off the number's date, and far from the date of the number's owner.
    slip = date(1960, 3, 6)
    nameless = row("B", "3", id_number=number, born_on=slip, **common)
    stranger = row("C", "4", id_number=make_id(slip, 13), born_on=slip, **common)
    load(engine, [*owner, nameless])
    link_people(engine, 1, lambda line: None)
    load(engine, [*owner, nameless, stranger])
    link_people(engine, 2, lambda line: None)
    by_steps = _outcome(engine)
    assert by_steps["pairs"]
    link_people(engine, 3, lambda line: None, anew=True)
    assert _outcome(engine) == by_steps


def test_a_day_that_touches_most_is_linked_anew_and_tells_the_same_story(
    engine: Engine, decisions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stories, in_scope = [], []
    asked = {"FEW_RECORDS": 0, "FEW_CHANGED": 0}
    # Never anew; anew when all is laid out that is touched; and before anything is.
    for limits in ({}, asked | {"FEW_CHANGED": changes.FEW_CHANGED}, asked):
        for name, limit in limits.items():
            monkeypatch.setattr(changes, name, limit)
        with engine.begin() as connection:
            forget_everybody(connection)
            forget(connection)
        random = Random(5)
        rows = list(MessyCounty(people=40, seed=5).rows)
        waiting = [rows.pop(random.randrange(len(rows))) for _ in range(20)]
        load(engine, rows)
        link_people(engine, 1, lambda line: None)
        # Of everybody in one system something is said anew; of some more than that.
        rows = [
            made | {"phone": f"163{place:08}"} if made["source_system"] == "A" else made
            for place, made in enumerate(rows)
        ]
        _spoil(random, rows)
        bring(engine, [*rows, *waiting[:10]])
        a, b = random.sample([str(made["record_key"]) for made in rows], 2)
        decide(engine, [(min(a, b), max(a, b), "different")])
        in_scope.append(link_people(engine, 2, lambda line: None).in_scope)
        bring(engine, [*rows, *waiting])
        link_people(engine, 3, lambda line: None)
        stories.append(_story(engine))
    assert stories[0] == stories[1] == stories[2]
    assert in_scope[0] < in_scope[1] == in_scope[2] == len(rows) + 10


def test_what_has_not_changed_is_not_looked_at(engine: Engine) -> None:
    county = MessyCounty(people=200, seed=11)
    load(engine, county.rows[:-1])
    first = link_people(engine, 1, lambda line: None)
    load(engine, county.rows)
    second = link_people(engine, 2, lambda line: None)
    assert first.in_scope == len(county.rows) - 1
    assert second.changed == 1
    assert second.in_scope < 60


def _repeated(random: Random, rows: list[Row], run_id: int, share: float) -> list[Row]:
    """Records of a later delivery that say what a known record says."""
    made = []
    for place in random.sample(range(len(rows)), int(len(rows) * share)):
        claims = dict(rows[place])
        system, native_id = claims.pop("source_system"), claims["native_id"]
        del claims["record_key"]
        claims["native_id"] = f"{native_id}r{run_id}"
        claims["first_delivery_on"] += timedelta(days=random.choice((-40, 40, 41)))
        if random.random() < 0.1:
            claims["phone"] = "16388888888"
        made.append(row(system, **claims))
    return made


def _story(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    # When and in which order it was written is not part of it.
    left_out = {"written_at", "at", "seq"}
    return {
        table: sorted(
            (
                tuple(
                    (name, str(said)) for name, said in one.items() if name not in left_out
                )
                for one in _rows(engine, table)
            ),
        )
        for table in LINKING_TABLES
    }


# How many records each rule has linked, and how many of them are nobody's.
LINKED = """
    (
        select
            rule, count(*) as records,
            count(*) filter (where person_id is null) as set_aside
        from identity.person_link group by rule
    ) as counted
"""


def _counted(engine: Engine, source: str) -> set[tuple[str, int, int]]:
    with engine.connect() as connection:
        found = connection.execute(text(f"select rule, records, set_aside from {source}"))
        return {(row.rule, row.records, row.set_aside) for row in found}


def _rows(engine: Engine, table: str) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        found = connection.execute(text(f"select * from identity.{table}")).mappings()
        return [dict(one) for one in found]


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_whoever_says_nothing_new_ends_where_looking_at_all_would_lead(
    engine: Engine,
    decisions: None,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    stories, attached, in_scope = [], 0, []
    monkeypatch.setattr(attaching, "MOST_MASTERS", 3)
    monkeypatch.setattr(linked, "MOST_MASTERS", 3)
    if seed % 2:
        _lower_caps(monkeypatch)
    for shortcut in (True, False):
        with engine.begin() as connection:
            forget_everybody(connection)
            forget(connection)
        if not shortcut:
            monkeypatch.setattr(changes, "attach", lambda *_: None)
        random = Random(seed)
        rows = list(MessyCounty(people=40, seed=seed).rows)
        waiting = [rows.pop(random.randrange(len(rows))) for _ in range(30)]
        said: list[tuple[str, str, str]] = []
        scope = 0
        for run_id in range(1, 5):
            (bring if run_id > 1 else load)(engine, rows)
            decide(engine, said)
            summary = link_people(engine, run_id, lambda line: None)
            attached += summary.attached
            scope += summary.in_scope
            a, b = random.sample([str(made["record_key"]) for made in rows], 2)
            said.append((min(a, b), max(a, b), random.choice(("same", "different"))))
            rows += _repeated(random, rows, run_id, 0.05)
            rows += [waiting.pop() for _ in range(5)]
            rows.pop(random.randrange(len(rows)))
        in_scope.append(scope)
        stories.append(_story(engine))
        by_steps = _outcome(engine)
        link_people(engine, 9, lambda line: None, anew=True)
        assert _outcome(engine) == by_steps
    assert stories[0] == stories[1]
    assert attached
    assert in_scope[0] < in_scope[1]


def test_a_record_that_says_nothing_new_costs_nobody_else_a_look(engine: Engine) -> None:
    claims: Row = {
        "person_name": "王芳", "id_number": make_id(date(1980, 5, 6), 12),
        "born_on": date(1980, 5, 6), "sex_code": "2", "phone": "16312345678",
        "health_index_id": "E1",
    }  # fmt: skip
    later = {"first_delivery_on": FIRST_DAY + timedelta(days=9)}
    known = [row("A", "1", **claims), row("B", "2", **claims | {"phone": None})]
    link(engine, known)
    silent = row("C", "3", **claims | {"phone": None} | later)
    load(engine, [*known, silent])
    summary = link_people(engine, 2, lambda line: None)
    assert (summary.attached, summary.in_scope, summary.ledger.links_changed) == (1, 0, 1)
    for said in (
        {"phone": "16387654321"}, {"health_index_id": "E2"}, {"person_name": "王方"},
        {"insurance_number": "99912345"}, {"sex_code": None}, {"born_on": None},
        {"first_delivery_on": FIRST_DAY - timedelta(days=9)}, {"id_number": None},
        {"reference_key": silent["record_key"]}, {"address": "甲镇东岳村3号"},
    ):  # fmt: skip
        more = row("D", "4", **claims | later | said)
        load(engine, [*known, silent, more])
        summary = link_people(engine, 3, lambda line: None)
        assert (summary.attached, summary.in_scope) == (0, 4), said
        load(engine, [*known, silent])
        link_people(engine, 3, lambda line: None)
