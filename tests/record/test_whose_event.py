"""An event may be another person's than the card it was booked on."""

from __future__ import annotations

from tests.indicators.counting import Counted
from tests.indicators.situation import Situation


def describe_situation(s: Situation) -> None:
    """A card that somebody else used, and a child on its mother's stay."""
    for name in ("card holder", "card borrower", "mother of a charge", "child of a charge"):
        s.person(name)
    s.visit_a("an own visit", "card holder", "2022-02-01")
    s.visit_a("a borrowed visit", "card holder", "2022-02-02")
    s.diagnosis_a("a borrowed visit", "J06.900", rank=0)
    s.belongs("a borrowed visit", "card borrower")
    s.stay_a("a borrowed stay", "card holder", "2022-03-01", "2022-03-04")
    s.belongs("a borrowed stay", "card borrower")
    s.stay_a("a stay for a birth", "mother of a charge", "2022-04-01", "2022-04-05")
    s.newborn_charge("a charge of a child", "a stay for a birth", "child of a charge")


def test_an_event_is_its_cards_unless_somebody_knows_better(counted: Counted) -> None:
    people = counted.situation.people
    assert counted.encounter("an own visit").person_id == people["card holder"]
    for event in ("a borrowed visit", "a borrowed stay"):
        assert counted.encounter(event).person_id == people["card borrower"]
    assert counted.encounter("a stay for a birth").person_id == people["mother of a charge"]


def test_what_hangs_on_an_event_goes_with_it(counted: Counted) -> None:
    encounter = counted.encounter("a borrowed visit")
    diagnoses = counted.rows(
        "select person_id from record.diagnosis where encounter_id = :id",
        id=encounter.encounter_id,
    )
    assert [row.person_id for row in diagnoses] == [encounter.person_id]


def test_what_was_charged_for_a_newborn_is_in_its_own_life(counted: Counted) -> None:
    child = counted.situation.people["child of a charge"]
    (charge,) = counted.rows(
        "select person_id, encounter_id from record.charge where event_id = :id",
        id=counted.situation.ids["a charge of a child"],
    )
    # It stays on the account of the stay on which it was booked.
    assert charge.encounter_id == counted.encounter("a stay for a birth").encounter_id
    assert charge.person_id == child
    assert counted.rows(
        "select person_id from record.event_source where event_id = :id",
        id=counted.situation.ids["a charge of a child"],
    ) == [(child,)]


def test_every_such_event_is_listed_with_the_reason(counted: Counted) -> None:
    situation = counted.situation
    names = ("a borrowed visit", "a borrowed stay", "a charge of a child")
    keys = {situation.ids[name]: name for name in names}
    told = counted.rows("select record_key, person_id, because from identity.event_person")
    found = {keys.get(row.record_key): (row.person_id, row.because) for row in told}
    borrower = (situation.people["card borrower"], "steward")
    assert found == {
        "a borrowed visit": borrower,
        "a borrowed stay": borrower,
        "a charge of a child": (
            situation.people["child of a charge"],
            "newborn_on_mothers_stay",
        ),
    }
