"""What a form fills in by itself says nothing, and is found out by those who ask."""

from __future__ import annotations

import pytest

from tests.golden.statements import Known, Statements

HAN, HUI = "01", "03"
# The seed default_value wants so many people whom another source contradicts.
ENOUGH = 8


def describe_people(s: Statements) -> None:
    """Nine are Hui by the insurer; what other forms say of them is telling of the forms."""
    for number in range(ENOUGH + 1):
        person = f"hui {number}"
        s.say(person, "insured", ethnicity_code=HUI)
        # A township card comes with Han, whoever holds it.
        s.say(person, "township card", "2024-06-01", ethnicity_code=HAN)
        # A hospital card is asked for; one clerk in nine did not ask.
        s.say(
            person,
            "hospital card",
            "2024-06-01",
            ethnicity_code=HAN if number == 0 else HUI,
        )
    # Few were seen with a card of the other hospital: too few to judge the form.
    for number in range(ENOUGH - 1):
        s.say(f"hui {number}", "tcm card", "2024-06-01", ethnicity_code=HAN)
    for form in ("township card", "hospital card", "tcm card"):
        s.say(f"only by {form}", form, ethnicity_code=HAN)
    s.say("twice by default", "township card", "2024-02-01", ethnicity_code=HAN)
    s.say("twice by default", "hospital card", "2020-02-01", ethnicity_code="05")

    s.say("silent", "archive", "2024-01-01", staged={"marital_code": "90",
          "education_code": "6", "blood_type_code": "5", "rh_code": "3"})  # fmt: skip
    s.say("newer silence", "front page", "2023-05-01", staged={"marital_code": "20"})
    s.say("newer silence", "archive", "2024-05-01", staged={"marital_code": "90"})


@pytest.mark.parametrize(
    ("person", "ethnicity"),
    [
        # The card is newer, the insurer's word is better.
        ("hui 1", HUI),
        ("only by township card", None),
        ("only by hospital card", HAN),
        ("only by tcm card", HAN),
        ("twice by default", "05"),
    ],
)
def test_a_forms_default_is_no_ethnic_group(
    known: Known, person: str, ethnicity: str | None
) -> None:
    assert known.value(person, "ethnicity") == ethnicity
    assert known.person(person).ethnicity_code == ethnicity


def test_a_default_contradicts_nobody(known: Known) -> None:
    row = known.attribute("hui 8", "ethnicity")
    assert row is not None
    assert (row.is_conflict, row.other_values_count) == (False, 0)
    # Of a form that asks it is taken for what it says.
    assert known.conflict("hui 0", "ethnicity") == {HUI: True, HAN: False}


def test_what_was_measured_can_be_seen(known: Known) -> None:
    measured = {
        (row.source_system, row.source_table): row
        for row in known.rows(
            "select * from identity.form_default where attribute = 'ethnicity'"
        )
    }
    township, hospital = measured["C", "ms_brda"], measured["A", "MS_BRDA"]
    tcm = measured["B", "TB_YL_PATIENT_INFORMATION"]
    assert (township.contradicted_count, township.share_where_contradicted) == (9, 1)
    assert (hospital.contradicted_count, hospital.is_default) == (9, False)
    assert round(float(hospital.share_where_contradicted), 3) == 0.111
    assert (tcm.contradicted_count, tcm.share_where_contradicted) == (7, 1)
    assert [township.is_default, tcm.is_default] == [True, False]


@pytest.mark.parametrize(
    "attribute", ["marital_status", "education", "blood_type", "rh_type"]
)
def test_not_stated_is_not_a_statement(known: Known, attribute: str) -> None:
    assert known.attribute("silent", attribute) is None


def test_the_newest_statement_is_the_newest_that_says_something(known: Known) -> None:
    row = known.attribute("newer silence", "marital_status")
    assert row is not None
    assert (row.value, row.rule, str(row.as_of)) == ("20", "latest", "2023-05-01")
