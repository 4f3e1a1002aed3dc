"""Precision, recall and B³ are what counting every pair by hand would give."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest
from sqlalchemy import Connection, Engine, text

from loaders.identity.evaluate.agreement import (
    ALL,
    Agreement,
    agreement_by_stratum,
    agreement_of_tables,
)

Groups = dict[str, str]


def _put(connection: Connection, table: str, rows: list[tuple[str, str]]) -> None:
    column = "stratum" if table == "member" else "person_id"
    connection.execute(
        text(f"create temporary table {table} (record_key text, {column} text)")
    )
    for key, value in rows:
        connection.execute(
            text(f"insert into {table} values (:key, :value)"), {"key": key, "value": value}
        )


def _by_hand(found: Groups, true: Groups, stratum: set[str]) -> Agreement:
    keys = sorted(found.keys() & true.keys())
    pairs = [p for p in combinations(keys, 2) if stratum & set(p)]
    linked = [p for p in pairs if found[p[0]] == found[p[1]]]
    wanted = [p for p in pairs if true[p[0]] == true[p[1]]]
    precision = recall = 0.0
    for key in stratum & set(keys):
        mine = {k for k in keys if found[k] == found[key]}
        own = {k for k in keys if true[k] == true[key]}
        precision += len(mine & own) / len(mine)
        recall += len(mine & own) / len(own)
    right = len(set(linked) & set(wanted))
    records = len(stratum & set(keys))
    return Agreement(records, right, len(linked), len(wanted), precision, recall)


@pytest.mark.parametrize("seed", range(5))
def test_counts_are_those_of_all_pairs(engine: Engine, seed: int) -> None:
    random = Random(seed)
    keys = [f"k{i}" for i in range(60)]
    true = {key: f"T{random.randrange(14)}" for key in keys[3:]}
    # Mostly right, some merged, some split, three that the truth does not know.
    found = {
        key: true.get(key, "T1") if random.random() < 0.8 else f"F{random.randrange(6)}"
        for key in keys[:-2]
    }
    strata = {"few": set(random.sample(keys, 7)), "many": set(random.sample(keys, 40))}
    members = [(key, name) for name, its in strata.items() for key in sorted(its)]
    with engine.connect() as connection:
        _put(connection, "found", list(found.items()))
        _put(connection, "truth", list(true.items()))
        _put(connection, "member", [*members, members[0]])
        measured = agreement_by_stratum(connection, "found", "truth", "member")
    for name, its in {ALL: set(keys), **strata}.items():
        wanted, got = _by_hand(found, true, its), measured[name]
        assert (got.records, got.right_pairs) == (wanted.records, wanted.right_pairs)
        assert (got.found_pairs, got.true_pairs) == (wanted.found_pairs, wanted.true_pairs)
        assert got.b3_precision == pytest.approx(wanted.b3_precision)
        assert got.b3_recall == pytest.approx(wanted.b3_recall)


def test_one_wrong_merge_and_one_missed_record() -> None:
    found = {"a": "1", "b": "1", "c": "1", "d": "2"}
    true = {"a": "x", "b": "x", "c": "y", "d": "y"}
    measured = _by_hand(found, true, set(found))
    assert measured.precision == pytest.approx(1 / 3)
    assert measured.recall == pytest.approx(1 / 2)
    assert measured.f1 == pytest.approx(0.4)


def test_nothing_in_common_is_nothing_measured(engine: Engine) -> None:
    with engine.begin() as connection:
        for table in ("nobody_found", "nobody_true"):
            connection.execute(text(f"drop table if exists {table}"))
            connection.execute(
                text(f"create table {table} (record_key text, person_id text)")
            )
    measured = agreement_of_tables(engine, "nobody_found", "nobody_true")
    assert (measured.records, measured.found_pairs) == (0, 0)
    assert (measured.precision, measured.recall, measured.b3_f1) == (1, 1, 1)
