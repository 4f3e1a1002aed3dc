"""Numbers of public-health forms: read in which unit, and believed or not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.indicators.counting import Counted
from tests.indicators.situation import Situation

EVERY_ENTRY: dict[str, Any] = {
    "systolic_pressure": 130, "diastolic_pressure": 80, "height": 160, "weight": 64,
    "fasting_glucose_mg_dl": 126, "haemoglobin": 13.5, "white_cells": 6, "platelets": 200,
    "alanine_aminotransferase": 20, "creatinine": 70, "urea": 5, "total_cholesterol": 4,
    "triglycerides": 1, "ldl_cholesterol": 2, "hdl_cholesterol": 1,
    "ecg_result_code": "1", "ultrasound_result_code": "2", "health_advice_code": "1",
}  # fmt: skip


def describe_situation(s: Situation) -> None:
    """Every form shows one rule."""
    s.person("measured")

    def exam(name: str, **said: Any) -> None:
        s.form("D02", name, "measured", examined_on="2024-03-20", **said)

    exam("complete form", **EVERY_ENTRY)
    exam("without advice", **(EVERY_ENTRY | {"health_advice_code": None}))
    exam("height in metres", height=1.6, weight=64)
    exam("weight in jin", height=160, weight=140)
    exam("weight in doubt", height=160, weight=110)
    exam("heavy", height=160, weight=102)
    exam("pressures swapped", systolic_pressure=80, diastolic_pressure=130)
    exam("one pressure", systolic_pressure=130)
    exam("pressure of a stone", systolic_pressure=31, diastolic_pressure=20)
    exam("not measured", systolic_pressure=0, diastolic_pressure=0)
    exam("impossible glucose", fasting_glucose=56)

    def visit(name: str, glucose: str, unit: str | None) -> None:
        s.form("D06", name, "measured", followed_up_on="2024-03-21",
               fasting_glucose_text=glucose, fasting_glucose_unit_code=unit)  # fmt: skip

    visit("glucose in mg", "117", "mg/dL")
    visit("glucose without unit", "6.5", None)
    visit("glucose in nothing known", "6.5", "7")
    s.visit_c("measured at the centre", "measured", "2024-03-22", pressure="150/95")
    s.visit_c("swapped at the centre", "measured", "2024-03-23", pressure="80/150")
    s.form("D06", "pressure of a test", "measured", followed_up_on="2024-03-21",
           systolic_mmhg=130, set_aside_because="test_row")  # fmt: skip


def values(counted: Counted, name: str) -> dict[str, tuple[Decimal | None, str | None]]:
    """Value and doubt by item, of one form."""
    rows = counted.rows(
        "select * from record.measurement where event_id = :id",
        id=counted.situation.ids[name],
    )
    assert len({row.item for row in rows}) == len(rows)
    assert all(row.is_plausible == (row.implausible_because is None) for row in rows)
    return {row.item: (row.value, row.implausible_because) for row in rows}


@pytest.mark.parametrize(
    ("name", "item", "value", "doubt"),
    [
        ("complete form", "fasting_glucose", "7", None),
        ("complete form", "haemoglobin", "135", None),
        ("complete form", "body_mass_index", "25", None),
        ("height in metres", "height", "160", None),
        ("height in metres", "body_mass_index", "25", None),
        # 140 kg would be an index of 54.7; 70 kg are one of 27.3.
        ("weight in jin", "weight", "70", None),
        ("weight in jin", "body_mass_index", "27.34", None),
        # 110 kg are 43.0, and 55 kg are 21.5: both can be.
        ("weight in doubt", "weight", "110", "unit_doubtful"),
        ("weight in doubt", "body_mass_index", "42.97", "unit_doubtful"),
        ("heavy", "body_mass_index", "39.84", None),
        ("pressures swapped", "systolic_pressure", "80", "pressures_do_not_fit"),
        ("pressures swapped", "diastolic_pressure", "130", "pressures_do_not_fit"),
        ("one pressure", "systolic_pressure", "130", "pressures_do_not_fit"),
        ("pressure of a stone", "systolic_pressure", "31", "out_of_range"),
        ("impossible glucose", "fasting_glucose", "56", "out_of_range"),
        ("glucose in mg", "fasting_glucose", "6.5", None),
        ("glucose without unit", "fasting_glucose", "6.5", None),
        ("glucose in nothing known", "fasting_glucose", None, "unit_unknown"),
        ("measured at the centre", "diastolic_pressure", "95", None),
        ("swapped at the centre", "systolic_pressure", "80", "pressures_do_not_fit"),
    ],
)
def test_a_number_is_read_and_believed_or_not(
    counted: Counted, name: str, item: str, value: str | None, doubt: str | None
) -> None:
    wanted = (None if value is None else Decimal(value), doubt)
    assert values(counted, name)[item] == wanted


def test_zero_is_no_measurement(counted: Counted) -> None:
    assert values(counted, "not measured") == {}


def test_what_was_set_aside_is_not_measured(counted: Counted) -> None:
    assert values(counted, "pressure of a test") == {}


def test_a_form_is_complete_when_nothing_is_missing(counted: Counted) -> None:
    rows = counted.rows(
        "select * from record.health_exam_result where event_id = any(:ids)"
        " order by missing_entry_count",
        ids=[counted.situation.ids[n] for n in ("complete form", "without advice")],
    )
    assert [(row.is_complete, row.missing_entry_count) for row in rows] == [
        (True, 0),
        (False, 1),
    ]


def test_two_lists_agree_on_what_a_plausible_pressure_is(counted: Counted) -> None:
    """The indicators of hypertension have a list of their own."""
    (limits,) = counted.rows("select * from staging.hypertension_rule")
    items = {
        row.item: (row.plausible_min, row.plausible_max)
        for row in counted.rows("select * from staging.measurement_item")
    }
    assert items["systolic_pressure"] == (
        limits.plausible_systolic_min,
        limits.plausible_systolic_max,
    )
    assert items["diastolic_pressure"] == (
        limits.plausible_diastolic_min,
        limits.plausible_diastolic_max,
    )
