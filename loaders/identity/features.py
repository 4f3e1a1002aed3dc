"""What the comparisons need of a profile beside what the profile says in so many words.

Goes in: a workbench whose table `profile` has `name_id`, `born_on` and `houses`. Comes out:
the same table with the readings of the name, the other calendar's dates and the groups of
houses. All of it follows from single values, so that it may be stored with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

import duckdb

from loaders.identity.birth import lunar_days
from loaders.identity.person_name import NAME_FEATURES, PersonName, name_features
from loaders.identity.workbench import put_table

# What a profile takes over from its name; the rest of `NAME_FEATURES` it has already.
NAME_READINGS = ("tones", "sounds", "fuzzy_sounds", "fuzzy_surnames", "head")
GROUP_OF_HOUSE = re.compile(r"(.+[组队])\|")

COMPLETE_SQL = """
create or replace table profile as
select
    profile.*, reading.* exclude (name_id),
    coalesce(birth_reading.lunar_days, []) as lunar_days,
    coalesce(house_group.groups, []) as groups
from profile
inner join name_reading as reading on profile.name_id = reading.name_id
left join birth_reading on profile.born_on = birth_reading.born_on
left join house_group on profile.profile = house_group.profile
order by profile.profile
"""


def complete_profiles(
    duck: duckdb.DuckDBPyConnection, names: Mapping[int, PersonName]
) -> None:
    """Give every profile the columns that only Python can make; `names` by their number."""
    kinds = {column: NAME_FEATURES[column] for column in NAME_READINGS}
    put_table(
        duck,
        "name_reading",
        {"name_id": "integer", **kinds},
        [(number, *name_readings(name)) for number, name in sorted(names.items())],
    )
    put_table(
        duck,
        "birth_reading",
        {"born_on": "date", "lunar_days": "texts"},
        [(day, lunar_days(day)) for day in _births(duck)],
    )
    put_table(
        duck,
        "house_group",
        {"profile": "integer", "groups": "texts"},
        [
            (profile, groups_of(houses))
            for profile, houses in duck.execute(
                "select profile, houses from profile where len(houses) > 0"
            ).fetchall()
        ],
    )
    duck.execute(COMPLETE_SQL)


def name_readings(name: PersonName) -> tuple[object, ...]:
    """The values of `NAME_READINGS` for a name."""
    features = name_features(name)
    return tuple(features[column] for column in NAME_READINGS)


def groups_of(houses: Iterable[str]) -> list[str]:
    """The villagers' groups that houses stand in, each with its town and village."""
    found = (GROUP_OF_HOUSE.match(house) for house in houses)
    return sorted({group[1] for group in found if group})


def _births(duck: duckdb.DuckDBPyConnection) -> list[date]:
    rows = duck.execute(
        "select distinct born_on from profile where born_on is not null order by 1"
    ).fetchall()
    return [born_on for (born_on,) in rows]
