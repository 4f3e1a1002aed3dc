"""The levels in Python and the same levels in SQL agree on everything."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.identity.birth import birth_level, lunar_days, lunar_equivalents
from loaders.identity.compare import name_level
from loaders.identity.levels import CHAINS, COMPARISONS, comparison_sql
from loaders.identity.person_name import (
    NAME_FEATURES,
    PersonName,
    name_features,
    read_person_name,
)
from loaders.identity.workbench import put_table

NAMES = (
    "王建国 王健国 王建囯 王建 王国建 王?国 王?? 李建国 張三 张三 张叁 王强(大) 王强(小)"
    " 王强 买买提·吐尔逊 买买提吐尔逊 买买提吐 买买提 患者 李志妈 李志 欧阳修 欧阳 Smith"
    " 徐蓉之女 徐蓉 王ZHE 王哲 王哲哲 王? ZHE王 张?文 张博? 单丽 善丽 丹丽 曾方 增芳 层放"
    " 方辉 黄飞 玉山江·伊明 玉山江 王(火页) WANG-ZHE"
).split(" ") + ["John Smith", "Smith John Paul", "John ? Smith", "Wang Jian Guo"]
DAYS = (
    "1954-05-12 1954-05-13 1954-12-05 1954-05-28 1955-05-12 1954-04-10 1964-05-12"
    " 1954-06-30 1953-12-31 1954-01-31 1999-09-09 2000-02-29 2009-09-09 1976-08-08"
    " 1976-10-01 1976-09-01 1899-03-01 2100-01-01 1954-03-10"
).split()
# Characters that sound, look and are written alike, lost ones, and how clerks type them.
SIGNS = st.sampled_from(
    [*"王汪张章单善曾增层方芳黄皇飞辉灰建健国囯國强墙冰宾哲喆丽莉李女之子大", "?", "□"]
    + ["ZHE", "wang", "X", "·", "(大)", "（火页）", "欧阳", " ", "1"]
)
TYPED_NAMES = st.lists(SIGNS, max_size=6).map("".join)
BIRTHS = st.dates(date(1899, 1, 1), date(2101, 1, 1))


def _levels(
    comparison: str, columns: dict[str, str], rows: list[tuple[object, ...]]
) -> list[str]:
    with duckdb.connect() as duck:
        both = {f"{name}_{side}": kind for side in "lr" for name, kind in columns.items()}
        pairs = [(i, *row) for i, row in enumerate(rows)]
        put_table(duck, "pair", {"i": "integer", **both}, pairs)
        sql = f"select {comparison_sql(comparison)} from pair order by i"
        return [label for (label,) in duck.execute(sql).fetchall()]


def _check_names(pairs: list[tuple[PersonName, PersonName]]) -> None:
    # Two provisional names have a level of their own in SQL: they must never link.
    pairs = [(a, b) for a, b in pairs if not (a.is_newborn and b.is_newborn)]
    columns = {"name_key" if c == "key" else c: kind for c, kind in NAME_FEATURES.items()}
    rows = [(*name_features(a).values(), *name_features(b).values()) for a, b in pairs]
    same = {"rank_differs": "different"}
    # What Python calls newborn, SQL leaves out of account, like a missing name.
    expected = [name_level(a, b).value.replace("newborn", "missing") for a, b in pairs]
    found = [same.get(label, label) for label in _levels("name", columns, rows)]
    assert found == expected
    assert expected == [
        name_level(b, a).value.replace("newborn", "missing") for a, b in pairs
    ]


def _check_births(pairs: list[tuple[date | None, date | None]]) -> None:
    columns = {"born_on": "date", "lunar_days": "texts"}
    rows: list[tuple[object, ...]] = [
        (a, lunar_days(a), b, lunar_days(b)) for a, b in pairs
    ]
    found = _levels("birth_date", columns, rows)
    assert found == [birth_level(a, b).value for a, b in pairs]
    assert found == [birth_level(b, a).value for a, b in pairs]


def test_names() -> None:
    names = [read_person_name(name) for name in [*NAMES, ""]]
    _check_names([(a, b) for a in names for b in names])


@settings(deadline=None, max_examples=60)
@given(st.lists(TYPED_NAMES, min_size=2, max_size=12))
def test_any_names(typed: list[str]) -> None:
    names = [read_person_name(name) for name in typed]
    _check_names([(a, b) for a in names for b in names])


def test_birth_dates() -> None:
    days = [*map(date.fromisoformat, DAYS), None]
    _check_births([(a, b) for a in days for b in days])


@settings(deadline=None, max_examples=60)
@given(st.lists(BIRTHS, min_size=1, max_size=6))
def test_any_birth_dates(days: list[date]) -> None:
    near = [day + timedelta(gap) for day in days for gap in (0, 1, 29, 30, 365, 366)]
    lunar = [other for day in days for other in lunar_equivalents(day)]
    _check_births([(a, b) for a in days for b in near + lunar])


def test_chains_rank_levels_that_exist() -> None:
    for comparison, chains in CHAINS.items():
        labels = {level.label for level in COMPARISONS[comparison]}
        for chain in chains:
            assert set(chain) <= labels
    assert set(CHAINS) == set(COMPARISONS)
