"""Vaccinations have no key, and a dose may come twice (handbook, D18)."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from tests.staging.sent_rows import Deliveries

Row = dict[str, str | None]

VACCINATIONS = "stg_d__piv_vaccinaterecord"


def dose(clinic: str, on: str, **cells: str | None) -> Row:
    return {
        "受种者编码": "EB1",
        "姓名": "样宝",
        "疫苗代码": "0201",
        "剂次": "1",
        "接种日期": on,
        "接种单位": clinic,
        "批号": "2024A0001",
        "录入日期": on,
        **cells,
    }


def clinics(rows: list[dict[str, Any]]) -> dict[str, str | None]:
    """The clinics of the staged vaccinations, and why each does not count."""
    found = {row["vaccination_unit_name"]: row["set_aside_because"] for row in rows}
    assert len(found) == len(rows)
    return found


def test_of_a_dose_twice_the_earlier_day_counts(deliveries: Deliveries) -> None:
    deliveries.file(
        "D18", "2025-01-01", dose("乙镇", "2024-10-09"), dose("甲镇", "2024.10.8")
    )
    assert clinics(deliveries.staged(VACCINATIONS)) == {
        "甲镇": None,
        "乙镇": "same_dose_again",
    }


def test_of_a_dose_twice_on_a_day_the_earlier_line_counts(deliveries: Deliveries) -> None:
    day = "2024-10-08"
    # Page 10 comes after page 2, whatever their names look like.
    deliveries.file("D18", "2025-01-01", dose("丙镇", day), page=10)
    deliveries.file("D18", "2025-01-01", dose("乙镇", day), dose("甲镇", day), page=2)
    deliveries.file("D18", "2025-01-02", dose("丁镇", day), page=1)
    found = clinics(deliveries.staged(VACCINATIONS))
    assert found.pop("乙镇") is None
    assert found == dict.fromkeys(["甲镇", "丙镇", "丁镇"], "same_dose_again")


def test_a_dose_that_is_sent_again_keeps_its_place(deliveries: Deliveries) -> None:
    first, other = dose("甲镇", "2024-10-08"), dose("乙镇", "2024-10-08")
    deliveries.file("D18", "2025-01-01", first)
    deliveries.file("D18", "2025-01-02", other)
    # The name was put right: the same vaccination, not another one.
    deliveries.file("D18", "2025-01-03", {**first, "姓名": "样宝宝"})
    staged = deliveries.staged(VACCINATIONS)
    assert clinics(staged) == {"甲镇": None, "乙镇": "same_dose_again"}
    assert {row["person_name"] for row in staged} == {"样宝宝", "样宝"}


def test_of_a_dose_twice_the_order_of_arrival_plays_no_part(deliveries: Deliveries) -> None:
    files = [
        ("2025-01-02", dose("乙镇", "2024-10-08")),
        ("2025-01-03", dose("丙镇", "2024-10-09")),
        ("2025-01-01", dose("甲镇", "2024-10-08")),
    ]
    for order in permutations(files):
        sent = [
            deliveries.file("D18", day, row, delivered=f"2025-01-1{place}")
            for place, (day, row) in enumerate(order)
        ]
        assert clinics(deliveries.staged(VACCINATIONS)) == {
            "甲镇": None,
            "乙镇": "same_dose_again",
            "丙镇": "same_dose_again",
        }
        deliveries.forget(sent)


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        ({"接种日期": "2024-06-31"}, "impossible_date"),
        ({"接种日期": None}, "impossible_date"),
        ({"姓名": "测试"}, "test_row"),
        ({"受种者编码": "SZ1"}, None),
        ({"疫苗代码": "0101"}, None),
        ({"剂次": "2"}, None),
    ],
)
def test_a_dose_gives_way_to_its_like_only(
    deliveries: Deliveries, first: Row, reason: str | None
) -> None:
    day = "2024-10-07"
    deliveries.file("D18", "2025-01-01", dose("甲镇", day, **first), dose("乙镇", day))
    assert clinics(deliveries.staged(VACCINATIONS)) == {"甲镇": reason, "乙镇": None}


def test_what_cannot_be_read_is_not_taken_for_the_same_dose(deliveries: Deliveries) -> None:
    rows = [dose(clinic, "2024-10-08", 剂次="加强") for clinic in ("甲镇", "乙镇")]
    deliveries.file("D18", "2025-01-01", *rows)
    assert clinics(deliveries.staged(VACCINATIONS)) == {"甲镇": None, "乙镇": None}


def test_a_dose_with_another_batch_stays_visible(deliveries: Deliveries) -> None:
    rows = [dose("甲镇", "2024-10-08", 批号=batch) for batch in ("2024A0002", "2024A0001")]
    deliveries.file("D18", "2025-01-01", *rows, rows[0])
    staged = deliveries.staged(VACCINATIONS)
    assert {row["batch_number"]: row["set_aside_because"] for row in staged} == {
        "2024A0002": None,
        "2024A0001": "same_dose_again",
    }


@pytest.mark.parametrize("code", ["0201", "9999"])
def test_a_vaccine_that_no_list_knows_is_kept(deliveries: Deliveries, code: str) -> None:
    row = dose("甲镇", "2024-10-08", 疫苗代码=f" {code}", 性别="女", 身份证号="无")
    deliveries.file("D18", "2025-01-01", row)
    (staged,) = deliveries.staged(VACCINATIONS)
    assert staged["vaccine_code"] == code
    assert (staged["sex_code"], staged["sex_code_raw"]) == ("2", "女")
    assert staged["dose_number"] == 1
