"""What linking remembers stays in its place where a change leaves it alone."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, text

from loaders.identity import blocking, neighbours
from loaders.identity.link import link_people
from tests.identity.messy_people import MessyCounty, Row, link, load, make_id, row

BLOCKS = """
select kind, key, record_key, face, is_proven, phone
from identity.block inner join identity.rule_cluster using (cluster)
"""
# The number of a cluster is another one when everything is computed anew.
PROFILES = """
select known.record_key, profile.place, profile.content::jsonb - 'cluster' as said
from identity.profile inner join identity.rule_cluster as known using (cluster)
"""
STRONG_KEYS = "select kind, key, said from identity.strong_key"
CLAIMS = "select head, place, statement, numbers from identity.claim_state"
CLUSTERS = """
select record_key, place, signature, proven, unproven, barred, faces, life
from identity.rule_cluster
"""
STATE = (BLOCKS, PROFILES, STRONG_KEYS, CLAIMS, CLUSTERS)
PLACES = """
select kind, key, ctid::text as place from identity.block
where cluster = (
    select cluster from identity.rule_cluster where record_key = :record_key
)
"""


def _state(engine: Engine) -> list[list[tuple[str, ...]]]:
    with engine.connect() as connection:
        return [
            sorted(tuple(map(str, found)) for found in connection.execute(text(query)))
            for query in STATE
        ]


def _rows(engine: Engine, record_key: str) -> dict[tuple[str, int], str]:
    with engine.connect() as connection:
        found = connection.execute(text(PLACES), {"record_key": record_key})
        return {(block.kind, block.key): block.place for block in found}


def _move(random: Random, rows: list[Row]) -> None:
    """Some get another's phone or address, some lose theirs, one goes and one is new."""
    for place in random.sample(range(len(rows)), 12):
        what, whose = random.choice(("phone", "address")), random.choice(rows)
        rows[place] = rows[place] | {what: random.choice((whose[what], None))}
    rows.pop(random.randrange(len(rows)))


@pytest.mark.parametrize("seed", range(4))
def test_the_state_ends_as_computed_anew(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    for module in (blocking, neighbours):
        monkeypatch.setattr(module, "LARGEST_BLOCK", 5)
        monkeypatch.setattr(module, "HOUSEHOLD_NAMES", 2)
    random = Random(seed)
    rows = list(MessyCounty(people=50, seed=seed).rows)
    random.shuffle(rows)
    waiting = [rows.pop() for _ in range(30)]
    link(engine, rows)
    for run_id in (2, 3, 4):
        _move(random, rows)
        rows += [waiting.pop() for _ in range(10)]
        load(engine, rows)
        link_people(engine, run_id, lambda line: None)
    by_steps = _state(engine)
    link_people(engine, 9, lambda line: None, anew=True)
    assert _state(engine) == by_steps
    assert all(by_steps)


def test_a_new_phone_leaves_the_other_keys_in_their_place(engine: Engine) -> None:
    claims: dict[str, Any] = {
        "person_name": "王芳", "id_number": make_id(date(1980, 5, 6), 12),
        "born_on": date(1980, 5, 6), "sex_code": "2", "address": "甲镇东岳村3号",
    }  # fmt: skip
    record = row("A", "1", **claims, phone="16312345678")
    link(engine, [record])
    before = _rows(engine, record["record_key"])
    load(engine, [record | {"phone": "16387654321"}])
    link_people(engine, 2, lambda line: None)
    after = _rows(engine, record["record_key"])
    kept = before.keys() & after.keys()
    assert {kind for kind, _ in kept} >= {"name and birth year", "house and surname"}
    assert all(before[key] == after[key] for key in kept)
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    phone_kinds = {"phone", "phone and surname", "phone and birth date"}
    assert {kind for kind, _ in gone} == {kind for kind, _ in new} == phone_kinds


def test_what_a_group_keeps_stays_in_its_place(engine: Engine) -> None:
    """One record has another number; what the others say is not written again."""
    claims: dict[str, Any] = {
        "person_name": "王芳", "id_number": make_id(date(1980, 5, 6), 12),
        "born_on": date(1980, 5, 6), "sex_code": "2",
    }  # fmt: skip
    known = {"health_index_id": "E1"}
    rows = [
        row("A", "1", **claims | known),
        row("B", "2", **claims | known | {"person_name": "王方", "id_number": None}),
        row("C", "3", **claims | {"id_number": make_id(date(1980, 5, 6), 34)}),
    ]
    link(engine, rows)
    before = [_places(engine, table) for table in ("strong_key", "rule_cluster")]
    rows[2] |= {"id_number": make_id(date(1980, 5, 6), 56)}
    load(engine, rows)
    assert link_people(engine, 2, lambda line: None).in_scope == 3
    after = [_places(engine, table) for table in ("strong_key", "rule_cluster")]
    for then, now in zip(before, after, strict=True):
        gone = then.keys() - now.keys()
        assert gone
        assert then.keys() & now.keys()
        assert all(now[said] == place for said, place in then.items() if said in now)


def _places(engine: Engine, table: str) -> dict[str, str]:
    """Where each row lies, by what it says."""
    with engine.connect() as connection:
        found = connection.execute(
            text(f"select known::text, ctid::text from identity.{table} as known")
        )
        return {said: place for said, place in found}
