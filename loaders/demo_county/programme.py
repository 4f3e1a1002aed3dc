"""The health programmes: what is managed, reported, given and agreed, as data.

Goes in: `programme.yml`, `vaccines.csv`, `growth.csv`, `packages.csv` of the data folder.
Comes out: one `Programme`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

import yaml

from loaders.demo_county.county_files import DATA


@dataclass(frozen=True)
class Vaccine:
    """One dose of the schedule, and the month of life in which it is due."""

    code: str
    name: str
    dose: int
    month: int


@dataclass(frozen=True)
class Growth:
    """What a child of an age measures on average; none where no blood is taken."""

    month: int
    height: float
    weight: float
    haemoglobin: float | None


@dataclass(frozen=True)
class Package:
    """One package that a contract can include, with its services and how often."""

    code: str
    name: str
    fen: int
    population: str
    items: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Programme:
    hypertension: str
    diabetes: str
    tuberculosis: str
    medicines: dict[str, str]
    ordinary_medicine: str
    psychoses: dict[str, float]
    notifiable: dict[str, str]
    items: dict[str, str]
    home_items: tuple[str, ...]
    referral_reasons: tuple[str, ...]
    return_reasons: tuple[str, ...]
    refusals: tuple[str, ...]
    opinions: tuple[str, ...]
    budget_per_person: dict[str, int]
    titles: dict[str, list[str]]
    village_title: str
    posts: dict[str, dict[str, int]]
    schedule: tuple[Vaccine, ...]
    growth: tuple[Growth, ...]
    packages: tuple[Package, ...]


@lru_cache(maxsize=1)
def load_programme() -> Programme:
    """The programmes of this folder's data."""
    facts = yaml.safe_load((DATA / "programme.yml").read_text("utf-8"))
    lists = {name: tuple(v) for name, v in facts.items() if isinstance(v, list)}
    return Programme(
        **(facts | lists),
        schedule=tuple(
            Vaccine(row["code"], row["name"], int(row["dose"]), int(row["month"]))
            for row in _csv("vaccines.csv")
        ),
        growth=tuple(map(_growth, _csv("growth.csv"))),
        packages=tuple(map(_package, _csv("packages.csv"))),
    )


def _csv(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _growth(row: dict[str, str]) -> Growth:
    blood = float(row["haemoglobin"]) if row["haemoglobin"] else None
    return Growth(int(row["month"]), float(row["height"]), float(row["weight"]), blood)


def _package(row: dict[str, str]) -> Package:
    items = (item.split(":") for item in row["items"].split())
    return Package(
        row["code"],
        row["name"],
        int(row["fen"]),
        row["population"],
        tuple((code, int(times)) for code, times in items),
    )
