"""One institution, five code systems; towns and the groups that look after them."""

from __future__ import annotations

from tests.indicators.books import (
    CENTRE,
    CITY_HOSPITAL,
    CLINIC,
    HOSPITAL,
    OTHER_CENTRE,
    OTHER_CODE22,
    OTHER_TOWN,
    TOWN,
)
from tests.indicators.counting import Counted


def test_a_village_clinic_belongs_to_the_group_of_its_centre(counted: Counted) -> None:
    assert counted.institution(CLINIC).group_code == "G1"


def test_centres_and_clinics_are_primary_and_hospitals_are_not(counted: Counted) -> None:
    primary = {
        code: counted.institution(code).is_primary
        for code in (CENTRE, OTHER_CENTRE, CLINIC, HOSPITAL)
    }
    assert primary == {CENTRE: True, OTHER_CENTRE: True, CLINIC: True, HOSPITAL: False}


def test_the_county_is_where_the_division_says(counted: Counted) -> None:
    assert counted.institution(HOSPITAL).is_in_county
    assert not counted.institution(CITY_HOSPITAL).is_in_county
    assert counted.institution(CITY_HOSPITAL).town_code is None


def test_every_code_of_an_institution_leads_to_it(counted: Counted) -> None:
    codes = counted.rows(
        "select code_system, source_code from record.institution_code"
        " where institution_code = :code order by code_system",
        code=CENTRE,
    )
    assert [tuple(row) for row in codes] == [
        ("code22", f"22 {CENTRE}"),
        ("credit", CENTRE),
        ("insurance", "H99152501001"),
        ("manage_unit", TOWN),
        ("township_his", "1001"),
    ]


def test_a_town_belongs_to_the_group_of_its_centre(counted: Counted) -> None:
    towns = counted.rows("select town_code, group_code from record.township order by 1")
    assert [tuple(row) for row in towns] == [(TOWN, "G1"), (OTHER_TOWN, "G2")]


def test_whom_the_list_knows_by_two_codes_is_one(counted: Counted) -> None:
    assert counted.institution(OTHER_CENTRE).group_code == "G2"
    codes = counted.rows(
        "select source_code from record.institution_code"
        " where institution_code = :code and code_system in ('code22', 'township_his')"
        " order by code_system, source_code",
        code=OTHER_CENTRE,
    )
    assert [row[0] for row in codes] == [
        f"22 {OTHER_CENTRE}",
        OTHER_CODE22,
        "1009",
        "1010",
    ]
