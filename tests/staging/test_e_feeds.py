"""Packages and services of the family-doctor contracts."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.staging.sent_rows import Deliveries

ITEMS = (
    '[{"itemCode":"I02","itemName":"血压测量","itemNature":"1","serviceTimes":12},'
    '{"itemCode":"I04","itemName":"上门服务","itemNature":"2","serviceTimes":2}]'
)


def package(**changes: str | None) -> dict[str, str | None]:
    return {"spCode": "HTN", "spName": "样包", "items": ITEMS, **changes}


def service(**changes: str | None) -> dict[str, str | None]:
    return {"serviceId": "LY1", "serviceDate": "2024-03-05", "status": "1", **changes}


def sent(deliveries: Deliveries, feed: str, day: str, *rows: dict[str, str | None]) -> None:
    deliveries.file(feed, day, *rows, full=True)


def test_the_services_of_a_package_are_rows_in_its_order(deliveries: Deliveries) -> None:
    sent(deliveries, "E03", "2025-01-02", package(), package(spCode="DM", items="[]"))
    packages = deliveries.staged("stg_e__scm_servicepackage")
    assert [len(row["items"]) for row in packages] == [0, 2]
    deliveries.build("stg_e__scm_servicepackage")
    listed = deliveries.staged("stg_e__scm_servicepackage_item")
    assert [
        (row["package_code"], row["native_part"], row["item_code"], row["service_count"])
        for row in listed
    ] == [("HTN", "1", "I02", 12), ("HTN", "2", "I04", 2)]


def test_what_is_no_array_leaves_the_package_usable(deliveries: Deliveries) -> None:
    texts = {"A": "[{", "B": '{"itemCode":"I02"}', "C": None, "D": '"\\u0000"'}
    rows = [package(spCode=code, items=text) for code, text in texts.items()]
    sent(deliveries, "E03", "2025-01-02", *rows)
    for row in deliveries.staged("stg_e__scm_servicepackage"):
        assert row["items"] is None
        assert row["items_text"] == texts[row["package_code"]]
        assert row["set_aside_because"] is None


def test_a_package_is_priced_in_fen_and_open_without_an_end(
    deliveries: Deliveries,
) -> None:
    sent(
        deliveries,
        "E03",
        "2025-01-02",
        package(spCode="A", spPrice="120.00", validEndDate="9999-12-31", LOGOFF="0"),
        package(spCode="B", spPrice="80.5", validEndDate="2024-12-31", LOGOFF="1"),
    )
    one, two = deliveries.staged("stg_e__scm_servicepackage")
    assert (one["package_price_fen"], one["valid_until_on"]) == (12000, None)
    assert (two["package_price_fen"], two["valid_until_on"]) == (8050, date(2024, 12, 31))
    assert (one["is_withdrawn"], two["is_withdrawn"]) == (False, True)


def test_a_package_that_left_the_snapshot_was_deleted(deliveries: Deliveries) -> None:
    sent(deliveries, "E03", "2025-01-02", package(spCode="A"), package(spCode="B"))
    sent(deliveries, "E03", "2025-01-03", package(spCode="B"))
    (row,) = deliveries.staged("stg_e__scm_servicepackage")
    assert row["package_code"] == "B"


def test_a_service_names_its_encounter_in_the_township_system(
    deliveries: Deliveries,
) -> None:
    sent(
        deliveries,
        "E04",
        "2025-01-02",
        service(serviceId="1", SBXH="1001/500321", serviceMode="1"),
        service(serviceId="2", SBXH=None, serviceMode="3"),
    )
    clinic, phone = deliveries.staged("stg_e__scm_servicerecords")
    assert (clinic["visit_org_code"], clinic["visit_number"]) == ("1001", "500321")
    assert (phone["visit_org_code"], phone["visit_number"]) == (None, None)


@pytest.mark.parametrize(
    ("status", "cancelled"), [("1", False), ("9", True), (" 9", True), (None, False)]
)
def test_a_cancelled_service_stays_and_says_so(
    deliveries: Deliveries, status: str | None, cancelled: bool
) -> None:
    sent(deliveries, "E04", "2025-01-02", service(status=status))
    (row,) = deliveries.staged("stg_e__scm_servicerecords")
    assert (row["is_cancelled"], row["set_aside_because"]) == (cancelled, None)


def test_a_service_is_dated_locally_and_changed_in_utc(deliveries: Deliveries) -> None:
    row_sent = service(serviceDate="2024-03-05", lastModifyDate="2024-03-04T16:30:00Z")
    sent(deliveries, "E04", "2025-01-02", row_sent)
    (row,) = deliveries.staged("stg_e__scm_servicerecords")
    assert row["served_on"] == date(2024, 3, 5)
    assert row["modified_at"] == datetime(2024, 3, 5, 0, 30)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2024-06-31", "impossible_date"),
        (None, "impossible_date"),
        ("2099-01-01", "test_row"),
    ],
)
def test_a_service_without_a_real_day_is_set_aside(
    deliveries: Deliveries, day: str | None, reason: str
) -> None:
    sent(deliveries, "E04", "2025-01-02", service(serviceDate=day))
    (row,) = deliveries.staged("stg_e__scm_servicerecords")
    assert row["set_aside_because"] == reason


def test_an_unknown_code_is_kept_as_it_came(deliveries: Deliveries) -> None:
    sent(deliveries, "E04", "2025-01-02", service(itemCode="I77", serviceMode="8"))
    (row,) = deliveries.staged("stg_e__scm_servicerecords")
    assert (row["item_code"], row["service_mode_code"]) == ("I77", "8")
