"""Which version of a row counts, and which rows are gone (handbook, chapter 2)."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from tests.staging.sent_rows import Deliveries

CARDS = "stg_a__ms_brda"
ADMISSIONS = "stg_b__tb_his_zy_adm_reg"
ARCHIVES = "stg_d__ehr_healthrecord"
CONTRACTS = "stg_e__scm_signcontractrecord"


def card(number: str, changed: str, payer: str) -> dict[str, str | None]:
    return {"BRID": number, "XGSJ": changed, "BRXZ": payer}


def archive(number: str, reason: str = "") -> dict[str, str | None]:
    return {"phrId": number, "cancellationReason": reason, "manaUnitId": "991525100"}


def contract(number: str, kind: str = "1") -> dict[str, str | None]:
    return {"SCID": number, "signFlag": kind}


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["native_id"] for row in rows]


def test_the_version_that_was_changed_last_counts(deliveries: Deliveries) -> None:
    deliveries.file("A01", "2025-01-02", card("1", "2025-01-01 09:00:00", "new"))
    deliveries.file("A01", "2025-01-03", card("1", "2024-12-31 09:00:00", "old"))
    assert [row["payer_code"] for row in deliveries.staged(CARDS)] == ["new"]


def test_times_of_change_are_compared_as_times(deliveries: Deliveries) -> None:
    deliveries.file("A01", "2025-01-02", card("1", "2024-12-01 09:00:00", "new"))
    deliveries.file("A01", "2025-01-03", card("1", "2024/9/30 9:00:00", "old"))
    assert [row["payer_code"] for row in deliveries.staged(CARDS)] == ["new"]


def test_of_equal_versions_the_later_file_counts(deliveries: Deliveries) -> None:
    changed = "2025-01-01 09:00:00"
    # The file of the 2nd came late, on the 5th; its name decides, not its arrival.
    deliveries.file("A01", "2025-01-03", card("1", changed, "later"))
    deliveries.file("A01", "2025-01-02", card("1", changed, "late"), delivered="2025-01-05")
    assert [row["payer_code"] for row in deliveries.staged(CARDS)] == ["later"]


def test_inside_a_file_the_later_line_counts(deliveries: Deliveries) -> None:
    same = {"YLJGDM": "4", "ZYLSH": "1", "YWSCSJ": "2025010109:00:00"}
    deliveries.file("B06", "2025-01-02", {**same, "XGBZ": "0"}, {**same, "XGBZ": "2"})
    assert [row["is_cancelled"] for row in deliveries.staged(ADMISSIONS)] == [True]


def test_a_replaced_file_counts_as_never_sent(deliveries: Deliveries) -> None:
    row = {"YLJGDM": "4", "ZYLSH": "1", "YWSCSJ": "2025010109:00:00", "RYTJ": "1"}
    newer = {**row, "YWSCSJ": "2025010309:00:00", "RYTJ": "2"}
    only_there = {**newer, "ZYLSH": "2"}
    deliveries.file("B06", "2025-01-02", row)
    deliveries.file("B06", "2025-01-03", newer, only_there, state="replaced")
    deliveries.file("B06", "2025-01-03", delivered="2025-01-04", revision=1)
    staged = deliveries.staged(ADMISSIONS)
    assert [(row["native_id"], row["admission_way_code"]) for row in staged] == [("1", "1")]


def test_the_first_delivery_stays_the_first(deliveries: Deliveries) -> None:
    deliveries.file("A01", "2025-01-02", card("1", "2025-01-01 09:00:00", "old"))
    deliveries.file("A01", "2025-01-06", card("1", "2025-01-05 09:00:00", "new"))
    assert deliveries.staged(CARDS)[0]["_first_delivery_on"] == date(2025, 1, 2)


def test_the_order_of_arrival_plays_no_part(deliveries: Deliveries) -> None:
    files = [
        ("2025-01-02", card("1", "2025-01-01 09:00:00", "a"), card("2", "x", "b")),
        ("2025-01-03", card("1", "2025-01-01 09:00:00", "c")),
        ("2025-01-04", card("2", "2025-01-03 09:00:00", "d"), card("1", "", "e")),
    ]
    results = []
    for order in permutations(files):
        sent = [deliveries.file("A01", *file) for file in order]
        results.append(
            [
                {name: value for name, value in row.items() if name != "_file_id"}
                for row in deliveries.staged(CARDS)
            ]
        )
        deliveries.forget(sent)
    assert [row["payer_code"] for row in results[0]] == ["c", "d"]
    assert all(result == results[0] for result in results)


def test_a_front_page_without_a_number_is_told_apart_by_its_patient(
    deliveries: Deliveries,
) -> None:
    page = {"BAH": "0", "ZYCS": "1", "CYSJ": "2024-02-01", "RYSJ": "2024-01-20"}
    page |= {"RYSJS": "8", "SCSJ": "2024-02-05 17:00:00", "XM": "样甲"}
    other = page | {"XM": "样乙"}
    deliveries.file("A11", "2025-01-02", page, other)
    deliveries.file("A11", "2025-01-03", page | {"SCSJ": "2024-02-09 17:00:00"})
    staged = deliveries.staged("stg_a__basy")
    assert sorted(row["person_name"] for row in staged) == ["样乙", "样甲"]
    assert not any("样" in row["record_key"] for row in staged)


def test_an_archive_that_a_full_list_leaves_out_was_deleted(deliveries: Deliveries) -> None:
    deliveries.file("D01", "2025-01-01", archive("1"), archive("2"), full=True, page=1)
    deliveries.file("D01", "2025-01-02", archive("3"), page=1)
    deliveries.file("D01", "2025-01-06", archive("1"), full=True, page=1)
    deliveries.file("D01", "2025-01-07", archive("4"), page=1)
    assert ids(deliveries.staged(ARCHIVES)) == ["1", "4"]


def test_a_late_delta_does_not_bring_back_what_was_deleted(deliveries: Deliveries) -> None:
    deliveries.file("D01", "2025-01-01", archive("1"), archive("2"), full=True, page=1)
    deliveries.file("D01", "2025-01-06", archive("1"), full=True, page=1)
    deliveries.file("D01", "2025-01-04", archive("2"), delivered="2025-01-08", page=1)
    assert ids(deliveries.staged(ARCHIVES)) == ["1"]


@pytest.mark.parametrize("state", ["refused", "missing"])
def test_a_full_list_with_a_missing_page_deletes_nothing(
    deliveries: Deliveries, state: str
) -> None:
    deliveries.file("D01", "2025-01-01", archive("1"), archive("2"), full=True, page=1)
    deliveries.file("D01", "2025-01-06", archive("1", "9"), full=True, page=1)
    broken = deliveries.file("D01", "2025-01-06", full=True, page=2, state=state)
    assert ids(deliveries.staged(ARCHIVES)) == ["1", "2"]
    # What did arrive of the list is news already.
    assert deliveries.staged(ARCHIVES)[0]["cancel_reason_code"] == "9"
    good = deliveries.file(
        "D01", "2025-01-06", archive("3"), full=True, page=2, delivered="2025-01-07"
    )
    deliveries.change(broken, replaced_by=good)
    assert ids(deliveries.staged(ARCHIVES)) == ["1", "3"]


def test_only_the_newest_snapshot_of_contracts_counts(deliveries: Deliveries) -> None:
    deliveries.file("E02", "2025-01-02", contract("1"), contract("2"), full=True)
    deliveries.file("E02", "2025-01-03", contract("1", "3"), full=True)
    late = {"delivered": "2025-01-05", "full": True}
    deliveries.file("E02", "2025-01-01", contract("9"), **late)
    staged = deliveries.staged(CONTRACTS)
    assert [(row["native_id"], row["sign_kind_code"]) for row in staged] == [("1", "3")]


def test_a_broken_snapshot_leaves_the_one_before(deliveries: Deliveries) -> None:
    deliveries.file("E02", "2025-01-02", contract("1"), contract("2"), full=True)
    deliveries.file("E02", "2025-01-03", full=True, state="refused")
    assert ids(deliveries.staged(CONTRACTS)) == ["1", "2"]


def test_a_corrected_report_takes_the_place_of_the_first(deliveries: Deliveries) -> None:
    def town(code: str, residents: str) -> dict[str, str | None]:
        return {"乡镇代码": code, "性别": "男", "合计": residents}

    deliveries.file(
        "H06", "2024", town("991525100", "10"), town("1", "1"), state="replaced"
    )
    deliveries.file("H06", "2024", town("991525100", "12"), revision=1)
    deliveries.file("H06", "2023", town("991525100", "11"))
    staged = deliveries.staged("stg_h__population")
    assert [(row["year"], row["resident_count"]) for row in staged] == [
        (2023, 11),
        (2024, 12),
    ]


def test_a_record_keeps_its_key_when_its_unit_changes(deliveries: Deliveries) -> None:
    deliveries.file("D01", "2025-01-01", archive("1"), full=True, page=1)
    before = deliveries.staged(ARCHIVES)[0]
    moved = archive("1") | {"manaUnitId": "991525100203"}
    deliveries.file("D01", "2025-01-02", moved, page=1)
    after = deliveries.staged(ARCHIVES)[0]
    assert after["record_key"] == before["record_key"]
    assert after["org_code"] == "991525100203"
