"""The levels in Python and the same levels in SQL agree on everything."""

from __future__ import annotations

from datetime import date
from itertools import product

import duckdb

from loaders.identity.compare import birth_level, name_level
from loaders.identity.person_name import PersonName, read_person_name
from loaders.identity.splink_model import COMPARISONS, comparison_sql
from loaders.identity.workbench import put_table

NAMES = (
    "王建国 王健国 王建囯 王建 王国建 王?国 王?? 李建国 張三 张三 张叁 王强(大) 王强(小)"
    " 王强 买买提·吐尔逊 买买提吐尔逊 买买提吐 买买提 患者 李志妈 李志 欧阳修 欧阳 Smith"
    " 徐蓉之女 徐蓉 王ZHE 王哲 王哲哲"
).split(" ")
DAYS = (
    "1954-05-12 1954-05-13 1954-12-05 1954-05-28 1955-05-12 1954-04-10 1964-05-12"
    " 1954-06-30 1953-12-31 1954-01-31 1999-09-09 2000-02-29"
).split()
NAME_COLUMNS = {
    "name_key": "text",
    "sound": "text",
    "rank": "text",
    "is_newborn": "boolean",
    "has_lost_characters": "boolean",
    "masks": "texts",
    "shortened": "texts",
}


def _name(name: PersonName) -> tuple[object, ...]:
    return (
        name.key,
        name.pinyin.replace(" ", ""),
        name.rank,
        name.is_newborn,
        name.has_lost_characters,
        name.masks(),
        name.shortened(),
    )


def _levels(
    comparison: str, columns: dict[str, str], rows: list[tuple[object, ...]]
) -> list[str]:
    duck = duckdb.connect()
    both = {f"{name}_{side}": kind for side in "lr" for name, kind in columns.items()}
    put_table(duck, "pair", {"i": "integer", **both}, [(i, *r) for i, r in enumerate(rows)])
    sql = f"select {comparison_sql(comparison)} from pair order by i"
    return [label for (label,) in duck.execute(sql).fetchall()]


def test_names() -> None:
    pairs = [
        (left, right)
        for left, right in product(map(read_person_name, [*NAMES, ""]), repeat=2)
        # Two provisional names have a level of their own in SQL: they must never link.
        if not (left.is_newborn and right.is_newborn)
    ]
    found = _levels("name", NAME_COLUMNS, [_name(a) + _name(b) for a, b in pairs])
    same = {"rank_differs": "different"}
    # What Python calls newborn, SQL leaves out of account, like a missing name.
    expected = [name_level(a, b).value.replace("newborn", "missing") for a, b in pairs]
    assert [same.get(label, label) for label in found] == expected


def test_birth_dates() -> None:
    days = [*map(date.fromisoformat, DAYS), None]
    pairs = list(product(days, repeat=2))
    found = _levels("birth_date", {"born_on": "date"}, list(pairs))
    assert found == [birth_level(a, b).value for a, b in pairs]


def test_every_level_but_the_missing_one_has_both_probabilities() -> None:
    for missing, *levels in COMPARISONS.values():
        assert missing.label == "missing"
        assert all(0 < level.same < 1 and 0 < level.different < 1 for level in levels)
