"""The administration's lists: institutions, and residents at the end of two years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from loaders.demo_county.chronicle import Cell
from loaders.demo_county.county import County, Town
from loaders.demo_county.population import Person, Population

AGE_GROUPS = [f"{low}-{low + 4}" for low in range(0, 85, 5)] + ["85+"]


def institution_rows(county: County) -> Iterator[dict[str, Cell]]:
    """Every institution with its five codes."""
    for institution in county.institutions:
        yield dict(institution.row)


def population_rows(
    county: County, population: Population, year: int
) -> Iterator[dict[str, Cell]]:
    """Residents at the end of a year by town and sex; the last row holds the totals."""
    end = date(year, 12, 31)
    residents = population.residents(end)
    totals: dict[str, int] = {}
    for town in county.towns:
        for sex, word in ((1, "男"), (2, "女")):
            counts = _counts(
                county,
                [p for p in residents if p.sex == sex and lives_in(p, town, end)],
                end,
            )
            for name, count in counts.items():
                totals[name] = totals.get(name, 0) + count
            yield {"乡镇代码": town.code, "乡镇": town.name, "性别": word, **counts}
    yield {"乡镇代码": "合计", **totals}


def lives_in(person: Person, town: Town, on: date) -> bool:
    return person.village_on(on).town.code == town.code


def _counts(county: County, people: list[Person], on: date) -> dict[str, int]:
    ages = [person.age(on) for person in people]
    groups = dict.fromkeys(AGE_GROUPS, 0)
    for age in ages:
        groups[AGE_GROUPS[min(age // 5, 17)]] += 1
    local = (county.division, county.former_division)
    return {
        **groups,
        "合计": len(people),
        "其中0-6岁": sum(age < 7 for age in ages),
        "户籍人口": sum(person.id_number.startswith(local) for person in people),
    }
