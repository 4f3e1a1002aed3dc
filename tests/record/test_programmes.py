"""Records, visits and doses of the health programmes, against days counted by hand."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Row

from tests.indicators.books import CENTRE, CLINIC, TOWN
from tests.indicators.counting import Counted
from tests.indicators.situation import Situation


def describe_situation(s: Situation) -> None:
    """Every person shows one rule."""
    for person in ("looked after", "a neighbour", "expecting", "first twin", "other twin"):
        s.person(person)
    s.person("vaccinated", born="2024-01-31")
    s.form(
        "D05", "closed record", "looked after", archive_id="its archive",
        created_on="2020-03-01", record_status_code="1", cancelled_on="2024-05-06",
        cancel_reason_code="2", diabetes_type_code="2",
    )  # fmt: skip
    # Opened again: the day of closing was left on the form.
    s.form(
        "D08", "open record", "looked after", archive_id="its archive",
        created_on="2021-03-01", record_status_code="0", cancelled_on="2022-05-06",
        diagnosis_code="F20.900", is_confirmed=False, has_informed_consent=True,
    )  # fmt: skip
    s.form(
        "D05", "record of a test", "looked after",
        created_on="2020-03-01", set_aside_because="test_row",
    )  # fmt: skip
    s.form(
        "D10", "treatment", "looked after", archive_id="its archive",
        notified_on="2024-01-10", first_visited_on="2024-01-12", record_status_code="1",
        treatment_stopped_on="2024-07-10", treatment_stop_reason_code="1",
        due_dose_count=90, taken_dose_count=81,
    )  # fmt: skip

    def visited(name: str, record: str, person: str = "looked after", **said: Any) -> None:
        s.form(
            "D06", name, person, record_id=record,
            **{"archive_id": "its archive", "followed_up_on": "2024-04-01", **said},
        )  # fmt: skip

    visited("at the clinic", "closed record", follow_up_way_code="1",
            follow_up_result_code="1")  # fmt: skip
    visited("by telephone", "closed record", follow_up_way_code="5",
            follow_up_result_code="2")  # fmt: skip
    visited("in some way", "closed record", follow_up_way_code="7")
    visited("under a deleted record", "a record that is gone")
    visited("under the neighbour's name", "closed record", "a neighbour")
    visited("in another archive", "closed record", archive_id="another archive")
    s.form("D09", "not seen", "looked after", record_id="open record",
           archive_id="its archive", followed_up_on="2024-04-01",
           illness_state_code="0")  # fmt: skip

    s.form(
        "D12", "pregnancy", "expecting", booked_on="2024-01-20",
        last_period_began_on="2023-11-20", delivery_due_on="2024-08-26",
        delivered_on="2024-08-20", discharged_on="2024-08-23",
        delivery_unit_name=CENTRE, live_birth_count=2,
    )  # fmt: skip
    for day in ("2024-02-01", "2024-01-25"):
        s.form("D13", f"before birth {day}", "expecting",
               pregnancy_record_id="pregnancy", followed_up_on=day)  # fmt: skip
    s.form("D14", "after birth", "expecting",
           pregnancy_record_id="pregnancy", followed_up_on="2024-08-30")  # fmt: skip
    for name, child, order, day in (
        ("first visit", "first twin", 1, "2024-08-27"),
        ("second visit", "first twin", 1, "2024-09-20"),
        ("visit to the other", "other twin", 2, "2024-08-27"),
    ):
        s.form("D15", name, child, pregnancy_record_id="pregnancy", birth_order=order,
               followed_up_on=day, born_on="2024-08-20", sex_code="2",
               birth_weight=2500 + order)  # fmt: skip

    def dose(name: str, number: str, day: str, **said: Any) -> None:
        s.form(
            "D18", name, "vaccinated", vaccinated_on=day,
            **{"vaccinee_number": number, "vaccine_code": "0201", "dose_number": 2, **said},
        )  # fmt: skip

    dose("second dose", "EB1", "2024-03-05", vaccination_unit_name=CLINIC)
    dose("the same under another number", "SZ1", "2024-03-06")
    dose("outside the schedule", "EB1", "2024-03-05", vaccine_code="9901")
    dose("came again", "EB1", "2024-03-07", set_aside_because="same_dose_again")

    s.form("D19", "report", "looked after", diagnosed_at="2024-03-05 15:00",
           reported_at="2024-03-06 15:01", disease_code="B08.401",
           reporting_unit_name="a place that nobody knows")  # fmt: skip
    s.form("D01", "telling archive", "looked after", created_on="2012-01-01",
           past_history_codes="0202，0203|0209、9999", has_diabetes=True,
           is_disabled=True, has_hypertension=False)  # fmt: skip


def found(counted: Counted, table: str, name: str) -> Row[Any] | None:
    """The row of the event with that name, if there is one."""
    rows = counted.rows(
        f"select * from record.{table} where event_id = :id",
        id=counted.situation.ids[name],
    )
    assert len(rows) < 2
    return rows[0] if rows else None


def the(counted: Counted, table: str, name: str) -> Row[Any]:
    """The row of the event with that name."""
    row = found(counted, table, name)
    assert row is not None, name
    return row


@pytest.mark.parametrize(
    ("name", "programme", "begins", "ends", "is_closed"),
    [
        ("closed record", "diabetes", "2020-03-01", "2024-05-06", True),
        ("open record", "psychosis", "2021-03-01", "None", False),
        ("treatment", "tuberculosis", "2024-01-10", "2024-07-10", True),
        # 42 days after 20 August.
        ("pregnancy", "maternal", "2024-01-20", "2024-10-01", True),
    ],
)
def test_care_begins_and_ends(
    counted: Counted, name: str, programme: str, begins: str, ends: str, is_closed: bool
) -> None:
    record = the(counted, "programme_record", name)
    assert (record.programme, str(record.begins_on)) == (programme, begins)
    assert (str(record.ends_on), record.is_closed) == (ends, is_closed)
    assert (record.institution_code, record.town_code) == (CENTRE, TOWN)


def test_what_was_set_aside_is_no_record(counted: Counted) -> None:
    assert found(counted, "programme_record", "record of a test") is None
    assert found(counted, "vaccination", "came again") is None


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("at the clinic", "closed record"),
        ("not seen", "open record"),
        ("after birth", "pregnancy"),
        ("under a deleted record", None),
        ("under the neighbour's name", None),
        ("in another archive", None),
    ],
)
def test_a_visit_hangs_on_the_record_of_the_same_person(
    counted: Counted, name: str, record: str | None
) -> None:
    visit = the(counted, "follow_up", name)
    assert visit.programme_record_id == (record and counted.situation.ids[record])


@pytest.mark.parametrize(
    ("name", "is_face_to_face", "is_found"),
    [
        ("at the clinic", True, True),
        ("by telephone", False, False),
        ("in some way", None, False),
        ("not seen", None, False),
        ("after birth", None, None),
    ],
)
def test_how_somebody_was_visited(
    counted: Counted, name: str, is_face_to_face: bool | None, is_found: bool | None
) -> None:
    visit = the(counted, "follow_up", name)
    assert (visit.is_face_to_face, visit.is_found) == (is_face_to_face, is_found)


def test_a_pregnancy_knows_its_visits_and_where_it_ended(counted: Counted) -> None:
    pregnancy = the(counted, "pregnancy", "pregnancy")
    assert pregnancy.booked_at_gestation_days == 61
    assert pregnancy.delivered_at_gestation_days == 274
    assert (pregnancy.antenatal_visit_count, pregnancy.postnatal_visit_count) == (2, 1)
    assert str(pregnancy.first_antenatal_visit_on) == "2024-01-25"
    assert pregnancy.delivery_institution_code == CENTRE


def test_twins_are_two_newborns_however_often_they_are_visited(counted: Counted) -> None:
    rows = counted.rows(
        "select * from record.newborn where pregnancy_record_id = 'pregnancy'"
        " order by birth_order"
    )
    people = counted.situation.people
    assert [row.person_id for row in rows] == [people["first twin"], people["other twin"]]
    assert [row.visit_count for row in rows] == [2, 1]
    assert [row.birth_weight_g for row in rows] == [2501, 2502]
    assert str(rows[0].first_visited_on) == "2024-08-27"


def test_a_dose_is_due_on_the_last_day_of_a_short_month(counted: Counted) -> None:
    dose = the(counted, "vaccination", "second dose")
    assert str(dose.due_on) == "2024-02-29"
    assert (dose.institution_code, dose.place_in_dose) == (CLINIC, 1)
    again = the(counted, "vaccination", "the same under another number")
    assert (again.institution_code, again.place_in_dose) == (None, 2)
    outside = the(counted, "vaccination", "outside the schedule")
    assert (outside.due_on, outside.is_scheduled) == (None, False)


def test_a_report_says_how_long_it_took(counted: Counted) -> None:
    report = the(counted, "infectious_report", "report")
    assert (report.minutes_to_report, report.institution_code) == (24 * 60 + 1, None)


def test_past_illnesses_are_read_from_list_and_flags(counted: Counted) -> None:
    rows = counted.rows(
        "select * from record.past_history where archive_id = 'telling archive'"
    )
    assert {(x.history_item, x.is_in_list, x.is_flagged) for x in rows} == {
        ("hypertension", True, False),
        ("diabetes", True, True),
        ("tuberculosis", True, False),
        ("9999", True, False),
        ("disability", False, True),
    }
