"""The fictional county, read from its data files.

Goes in: the files in `data/`. Comes out: one `County`. No module names a place or person.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from loaders.demo_county.county import (
    Analyte,
    ChineseTerms,
    County,
    Diagnosis,
    Examination,
    Institution,
    NameBook,
    Price,
    Surgery,
    Town,
    Village,
)

Thing = TypeVar("Thing")

DATA = Path(__file__).resolve().parent / "data"


@lru_cache(maxsize=1)
def load_county() -> County:
    """The county of this folder's data."""
    facts = _yaml("county.yml")
    institutions = tuple(map(_institution, _csv("institutions.csv")))
    by_credit_code = {each.credit_code: each for each in institutions}
    by_unit = {each.unit: each for each in institutions if each.unit}
    towns, villages, weights = _places(by_unit)
    return County(
        division=facts["division"],
        former_division=facts["former_division"],
        name=facts["name"],
        other_regions=tuple(facts["other_regions"]),
        phone_blocks=tuple(facts["phone_blocks"]),
        hamlets=tuple(facts["hamlets"]),
        ethnic_groups=facts["ethnic_groups"],
        test_names=tuple(facts["test_names"]),
        unknown_numbers=tuple(
            text.format(division=facts["division"]) for text in facts["unknown_numbers"]
        ),
        departments=facts["departments"],
        institutions=institutions,
        hospitals={k: by_credit_code[v] for k, v in facts["hospitals"].items()},
        private_hospital=by_credit_code[facts["private_hospital"]],
        outside=tuple(i for i in institutions if len(i.division) == 6),
        outside_weights=tuple(facts["outside_weights"]),
        pharmacies=tuple(i for i in institutions if i.class_code == "P000"),
        towns=towns,
        villages=villages,
        village_weights=weights,
        diagnoses=tuple(map(_diagnosis, _csv("diagnoses.csv"))),
        chinese_terms={
            row.pop("name"): ChineseTerms(**row) for row in _csv("chinese_medicine.csv")
        },
        prices=tuple(map(_price, _csv("charges.csv"))),
        analytes=_grouped(map(_analyte, _csv("laboratory.csv")), lambda a: a.panel),
        examinations=_grouped(
            map(_examination, _csv("examinations.csv")), lambda e: e.kind
        ),
        surgeries={row["diagnosis"]: _surgery(row) for row in _csv("operations.csv")},
        fee_numbers=facts["fee_numbers"],
        page_groups=facts["page_groups"],
        names=_name_book(_yaml("names.yml")),
    )


def _yaml(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DATA / name).read_text("utf-8"))
    return found


def _csv(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _institution(row: dict[str, str]) -> Institution:
    return Institution(
        row=tuple(row.items()),
        code22=row["JGDM22"],
        credit_code=row["TYSHXYDM"],
        insurance_code=row["YBDM"],
        jgid=row["JGID"],
        unit=row["MANAUNITID"],
        name=row["JGMC"],
        former_name=row["CYM"],
        class_code=row["JGLB"],
        level=row["JGDJ"],
        division=row["XZQH"],
    )


def _places(
    by_unit: dict[str, Institution],
) -> tuple[tuple[Town, ...], tuple[Village, ...], tuple[float, ...]]:
    rows = _csv("villages.csv")
    towns = {
        row["town_code"]: Town(row["town_code"], row["town"], by_unit[row["town_code"]])
        for row in rows
    }
    villages = tuple(
        Village(
            row["village_code"],
            row["village"],
            towns[row["town_code"]],
            by_unit[row["village_code"]],
        )
        for row in rows
    )
    return tuple(towns.values()), villages, tuple(float(row["weight"]) for row in rows)


def _diagnosis(row: dict[str, str]) -> Diagnosis:
    return Diagnosis(
        clinical=row["clinical"],
        insurance=row["insurance"],
        name=row["name"],
        complaint=row["complaint"],
        department=row["department"],
        setting=row["setting"],
        weight=float(row["weight"]),
        age_from=int(row["age_from"]),
        age_to=int(row["age_to"]),
    )


def _price(row: dict[str, str]) -> Price:
    return Price(
        category=row["category"],
        code=row["code"],
        name=row["name"],
        fen=int(row["fen"]),
        most=int(row["most"]),
        where=frozenset(row["where"].split()),
        order=row["order"],
    )


def _analyte(row: dict[str, str]) -> Analyte:
    return Analyte(
        panel=row["panel"],
        code=row["item"],
        name=row["name"],
        unit=row["unit"],
        low=row["low"],
        high=row["high"],
        mean=float(row["mean"]) if row["mean"] else None,
        spread=float(row["spread"] or 0),
        digits=int(row["digits"] or 0),
    )


def _examination(row: dict[str, str]) -> Examination:
    weight = float(row.pop("weight"))
    return Examination(**row, weight=weight)


def _surgery(row: dict[str, str]) -> Surgery:
    share = float(row.pop("share"))
    return Surgery(**row, share=share)


def _grouped(
    things: Iterable[Thing], key: Callable[[Thing], str]
) -> dict[str, tuple[Thing, ...]]:
    found: dict[str, list[Thing]] = {}
    for thing in things:
        found.setdefault(key(thing), []).append(thing)
    return {name: tuple(members) for name, members in found.items()}


def _name_book(facts: dict[str, Any]) -> NameBook:
    return NameBook(
        surnames=facts["surnames"],
        double_surnames=tuple(facts["double_surnames"]),
        men=facts["men"],
        women=facts["women"],
        either=facts["either"],
        dotted_first=tuple(facts["dotted_first"]),
        dotted_second=tuple(facts["dotted_second"]),
        traditional=facts["traditional"],
        homophones=facts["homophones"],
        radicals=facts["radicals"],
        suffixes=tuple(facts["suffixes"]),
    )
