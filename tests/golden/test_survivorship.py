"""What the rules of survivorship must keep to for the models that read them."""

from __future__ import annotations

import csv
from collections import defaultdict

from loaders.transform import DBT_PROJECT

RULES = DBT_PROJECT / "seeds/rules/survivorship.csv"


def test_a_rank_of_an_attribute_has_one_rule() -> None:
    """Else the statement that is first of a value would not be first of the attribute."""
    rules: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in csv.DictReader(RULES.read_text("utf-8").splitlines()):
        rules[row["attribute"], row["rank"]].add(row["rule"])
    assert rules and all(len(those) == 1 for those in rules.values())
