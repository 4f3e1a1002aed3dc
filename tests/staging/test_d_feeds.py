"""The forms of the public-health platform (handbook, chapters 3.D, 5, 7 and 8.1)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.staging.sent_rows import Deliveries

Row = dict[str, str | None]

DIABETES_VISITS = "stg_d__mdc_diabetesvisit"
REPORTS = "stg_d__idr_report"

# (feed, model, column of the key, column of the day)
FOLLOW_UPS = [
    ("D06", DIABETES_VISITS, "visitId", "visitDate"),
    ("D09", "stg_d__psy_psychosisvisit", "visitId", "visitDate"),
    ("D11", "stg_d__tb_tuberculosisvisit", "visitId", "visitDate"),
    ("D13", "stg_d__mhc_visitrecord", "visitId", "visitDate"),
    ("D14", "stg_d__mhc_postnatalvisit", "visitId", "visitDate"),
    ("D15", "stg_d__mhc_babyvisit", "visitId", "visitDate"),
    ("D17", "stg_d__cdh_checkup", "checkId", "checkDate"),
]
# (feed, model, key of a record)
MASTERS = [
    ("D05", "stg_d__mdc_diabetesrecord", ("phrId", "recordId")),
    ("D07", "stg_d__mdc_oldpeoplerecord", ("phrId", "recordId")),
    ("D08", "stg_d__psy_psychosisrecord", ("phrId", "recordId")),
    ("D10", "stg_d__tb_tuberculosisrecord", ("phrId", "recordId")),
    ("D12", "stg_d__mhc_pregnantrecord", ("pregnantId",)),
    ("D16", "stg_d__cdh_healthcard", ("cardId",)),
]


def visit(**cells: str | None) -> Row:
    return {
        "visitId": "SF1",
        "personName": "样甲",
        "visitDate": "2024-03-05",
        "manaUnitId": "991525100",
        **cells,
    }


@pytest.mark.parametrize(
    ("written", "unit", "unit_code", "glucose"),
    [
        ("6.8", "1", "mmol/L", Decimal("6.8")),
        ("6。8", "1", "mmol/L", Decimal("6.8")),
        ("126", "2", "mg/dL", Decimal(7)),
        ("99.0", " 2", "mg/dL", Decimal("5.5")),
        ("7.1", None, None, Decimal("7.1")),
        ("7.1", " ", None, Decimal("7.1")),
        # A unit that nobody knows gives no figure, and is kept as it was sent.
        ("126", "3", "3", None),
        ("0", "1", "mmol/L", None),
        ("未测", "1", "mmol/L", None),
        (None, None, None, None),
    ],
)
def test_glucose_is_in_one_unit_and_kept_as_written(
    deliveries: Deliveries,
    written: str | None,
    unit: str | None,
    unit_code: str | None,
    glucose: Decimal | None,
) -> None:
    deliveries.file("D06", "2025-01-01", visit(fbs=written, unit=unit))
    (row,) = deliveries.staged(DIABETES_VISITS)
    assert row["fasting_glucose"] == glucose
    assert row["fasting_glucose_unit_code"] == unit_code
    assert row["fasting_glucose_text"] == written


@pytest.mark.parametrize(
    ("feed", "model"), [("D06", DIABETES_VISITS), ("D13", "stg_d__mhc_visitrecord")]
)
def test_both_readings_in_one_cell_are_read(
    deliveries: Deliveries, feed: str, model: str
) -> None:
    deliveries.file(feed, "2025-01-01", visit(constriction="130/85", diastolic=None))
    (row,) = deliveries.staged(model)
    assert (row["systolic_mmhg"], row["diastolic_mmhg"]) == (130, 85)
    assert row["systolic_pressure"] == "130/85"


def test_what_was_not_measured_is_no_zero(deliveries: Deliveries) -> None:
    sizes: Row = {"height": "0", "weight": "6.4", "hb": "0.0"}
    deliveries.file("D17", "2025-01-06", {"checkId": "1", "checkDate": "45662", **sizes})
    (row,) = deliveries.staged("stg_d__cdh_checkup")
    assert (row["height"], row["haemoglobin"]) == (None, None)
    assert row["weight"] == Decimal("6.4")
    # Days since 1899-12-30, typed as text.
    assert row["examined_on"] == date(2025, 1, 5)


@pytest.mark.parametrize(("feed", "model", "key", "day"), FOLLOW_UPS)
@pytest.mark.parametrize(
    ("on", "name", "reason"),
    [
        ("2024年3月5日", "样甲", None),
        ("2024-03-05", None, None),
        ("2024-06-31", "样甲", "impossible_date"),
        (None, "样甲", "impossible_date"),
        ("2099-06-30", "样甲", "test_row"),
        ("2024-03-05", "测试", "test_row"),
    ],
)
def test_a_visit_that_cannot_be_used_is_kept_with_a_reason(
    deliveries: Deliveries,
    feed: str,
    model: str,
    key: str,
    day: str,
    on: str | None,
    name: str | None,
    reason: str | None,
) -> None:
    deliveries.file(feed, "2025-01-01", {key: "1", day: on, "personName": name})
    assert [row["set_aside_because"] for row in deliveries.staged(model)] == [reason]


@pytest.mark.parametrize(("feed", "model", "key"), MASTERS)
def test_a_record_that_a_full_list_leaves_out_was_deleted(
    deliveries: Deliveries, feed: str, model: str, key: tuple[str, ...]
) -> None:
    stays: Row = dict.fromkeys(key, "1")
    goes: Row = dict.fromkeys(key, "2")
    deliveries.file(feed, "2025-01-01", stays, goes, full=True, page=1)
    assert len(deliveries.staged(model)) == 2
    deliveries.file(feed, "2025-01-06", stays, full=True, page=1)
    assert [row["native_id"] for row in deliveries.staged(model)] == ["1"]


@pytest.mark.parametrize("feed_model_key", [m for m in MASTERS if len(m[2]) == 2])
def test_records_of_two_archives_with_one_number_are_two(
    deliveries: Deliveries, feed_model_key: tuple[str, str, tuple[str, ...]]
) -> None:
    feed, model, _ = feed_model_key
    rows: list[Row] = [{"phrId": archive, "recordId": "ZA1"} for archive in ("1", "2")]
    deliveries.file(feed, "2025-01-01", *rows, full=True)
    staged = deliveries.staged(model)
    assert [(row["native_id"], row["native_part"]) for row in staged] == [
        ("ZA1", "1"),
        ("ZA1", "2"),
    ]


@pytest.mark.parametrize(("sent", "reason"), [("2", "2"), (" 2 ", "2"), ("7", "7")])
def test_a_closed_record_stays_with_its_reason(
    deliveries: Deliveries, sent: str, reason: str
) -> None:
    closed: Row = {
        "status": "1",
        "cancellationReason": sent,
        "cancellationDate": "2024.6.30",
    }
    row = {"phrId": "1", "recordId": "ZA1", "createDate": "2020-01-06", **closed}
    for feed, model in (MASTERS[0][:2], MASTERS[2][:2]):
        deliveries.file(feed, "2025-01-01", row, full=True)
        (record,) = deliveries.staged(model)
        assert record["record_status_code"] == "1"
        # A reason that no list knows is kept as it was sent.
        assert record["cancel_reason_code"] == reason
        assert record["cancelled_on"] == date(2024, 6, 30)
        assert record["set_aside_because"] is None


def test_a_way_that_no_list_knows_is_kept(deliveries: Deliveries) -> None:
    ways = {"1": "4", "2": "8"}
    rows = [visit(visitId=number, visitWay=way) for number, way in ways.items()]
    for feed, model, _, _ in FOLLOW_UPS[:3]:
        deliveries.file(feed, "2025-01-01", *rows)
        staged = deliveries.staged(model)
        assert {row["native_id"]: row["follow_up_way_code"] for row in staged} == ways


@pytest.mark.parametrize(
    ("feed", "model", "row"),
    [
        # They count by the end of the treatment and by the delivery, too.
        (
            "D10",
            "stg_d__tb_tuberculosisrecord",
            {"phrId": "1", "recordId": "1", "noticeDate": "2024-02-30"},
        ),
        (
            "D12",
            "stg_d__mhc_pregnantrecord",
            {"pregnantId": "1", "bookDate": "不详", "deliveryDate": "2024-05-16"},
        ),
    ],
)
def test_a_record_with_one_unreadable_day_is_still_of_use(
    deliveries: Deliveries, feed: str, model: str, row: Row
) -> None:
    deliveries.file(feed, "2025-01-01", row, full=True)
    assert [row["set_aside_because"] for row in deliveries.staged(model)] == [None]


def test_an_outcome_of_pregnancy_replaces_the_record(deliveries: Deliveries) -> None:
    booked: Row = {"pregnantId": "YF1", "bookDate": "2024-03-04"}
    outcome: Row = {"deliveryDate": "2024/10/8", "liveBirths": "2", "isLocal": "是"}
    deliveries.file("D12", "2025-01-01", booked, full=True)
    deliveries.file("D12", "2025-01-02", {**booked, **outcome})
    (row,) = deliveries.staged("stg_d__mhc_pregnantrecord")
    assert row["delivered_on"] == date(2024, 10, 8)
    assert (row["live_birth_count"], row["is_local_resident"]) == (2, True)


def test_a_newborn_needs_neither_archive_nor_number(deliveries: Deliveries) -> None:
    twins = [
        visit(
            visitId=number,
            pregnantId="YF1",
            personName="样乙之女",
            motherName="样乙",
            birthOrder=order,
            birthWeight=weight,
            sexCode="2",
        )
        for number, order, weight in (("XS1", "1", "2650"), ("XS2", "2", "0"))
    ]
    deliveries.file("D15", "2025-01-01", *twins)
    staged = deliveries.staged("stg_d__mhc_babyvisit")
    assert [(row["birth_order"], row["birth_weight"]) for row in staged] == [
        (1, 2650),
        (2, None),
    ]
    assert {row["mother_name"] for row in staged} == {"样乙"}
    assert {row["set_aside_because"] for row in staged} == {None}


def test_consent_that_was_refused_is_told_from_none_given(deliveries: Deliveries) -> None:
    answers = {"1": "1", "2": "0", "3": None}
    rows: list[Row] = [
        {"phrId": "1", "recordId": number, "informedConsent": answer, "confirmed": "0"}
        for number, answer in answers.items()
    ]
    deliveries.file("D08", "2025-01-01", *rows, full=True)
    staged = deliveries.staged("stg_d__psy_psychosisrecord")
    assert [row["has_informed_consent"] for row in staged] == [True, False, None]
    assert {row["is_confirmed"] for row in staged} == {False}


def test_a_report_knows_how_long_it_took(deliveries: Deliveries) -> None:
    times: Row = {"diagnosisTime": "2024-03-05 15:00", "reportTime": "2024/3/6 15:30"}
    row = {"reportId": "CR1", "diseaseCode": "b08401", "birthday": "1900-01-01", **times}
    deliveries.file("D19", "2025-01-01", row)
    (report,) = deliveries.staged(REPORTS)
    assert report["reported_at"] == datetime(2024, 3, 6, 15, 30)
    assert report["reported_at"] - report["diagnosed_at"] == timedelta(hours=24.5)
    assert (report["disease_code"], report["disease_code_raw"]) == ("B08.401", "b08401")
    assert (report["born_on"], report["set_aside_because"]) == (None, None)


@pytest.mark.parametrize(
    ("diagnosed", "reported", "reason"),
    [
        ("2024-03-05 15:00", "2024-06-31 20:00", "impossible_date"),
        # Late or not cannot be said, but the report was made.
        ("2024-02-30 15:00", "2024-03-05 20:00", None),
        ("2099-01-01 15:00", "2099-01-01 20:00", "test_row"),
    ],
)
def test_a_report_belongs_to_the_time_it_was_made(
    deliveries: Deliveries, diagnosed: str, reported: str, reason: str | None
) -> None:
    row: Row = {"reportId": "1", "diagnosisTime": diagnosed, "reportTime": reported}
    deliveries.file("D19", "2025-01-01", row)
    assert deliveries.staged(REPORTS)[0]["set_aside_because"] == reason
