"""What makes people hard to recognise is told of people whom records are about."""

from __future__ import annotations

from collections import Counter

from loaders.demo_county.make import DemoSummary
from tests.demo_county.county_reading import read_truth

TRAITS = {"minority_name", "out_of_county", "born_in_history", "twin", "stranger", "died"}


def test_traits_are_of_people_in_the_truth(week: DemoSummary) -> None:
    people = {row["true_person"] for row in read_truth(week.folder, "persons.csv")} - {""}
    rows = read_truth(week.folder, "traits.csv")
    assert {row["trait"] for row in rows} == TRAITS
    named = {row["true_person"] for row in rows}
    assert all(person.startswith("N") for person in named)
    # Hardly anybody has a trait and no record.
    assert len(named & people) > 0.9 * len(named)


def test_twins_come_in_pairs_and_are_noted_as_mess_as_well(week: DemoSummary) -> None:
    rows = read_truth(week.folder, "traits.csv")
    counts = Counter(row["trait"] for row in rows)
    assert counts["twin"] % 2 == 0
    twins = {row["true_person"] for row in rows if row["trait"] == "twin"}
    owners = {
        (row["source_table"], row["native_id"]): row["true_person"]
        for row in read_truth(week.folder, "persons.csv")
        if row["source_table"] == "MS_BRDA"
    }
    noted = {
        owners.get((note["table"], note["native_id"]))
        for note in read_truth(week.folder, "mess.csv")
        if (note["kind"], note["table"]) == ("twin", "MS_BRDA")
    }
    assert noted and noted <= twins
