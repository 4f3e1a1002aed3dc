"""Which file counts when the same table of a period is sent more than once."""

from __future__ import annotations

from tests.landing.looking import Landing
from tests.landing.sending import (
    Sender,
    csv_bytes,
    json_bytes,
    pipe_bytes,
    row_of,
    sheet_bytes,
    tab_bytes,
    zip_bytes,
)

D, NEXT, THIRD = "20250101", "20250102", "20250103"


def patients(**names: str) -> bytes:
    """Rows of B01 by card number."""
    rows = [row_of("B01", YLJGDM="4", KH=card, KLX="04", XM=x) for card, x in names.items()]
    return pipe_bytes("B01", rows)


def settlement(number: str, updated: str = "2025-01-01 00:00:00") -> dict[str, object]:
    return row_of("F02", SETL_ID=number, UPDT_TIME=updated)


def test_the_same_content_under_another_name_has_no_effect(
    sender: Sender, landing: Landing
) -> None:
    sender.settlements(D, [settlement("S1"), settlement("S2")])
    sender.settlements(NEXT, [settlement("S1"), settlement("S2")], file_day=D, mark="(1)")
    landing.land()
    assert landing.states("F02") == [
        (f"YB_SETL_D_{D}.zip", "landed"),
        (f"YB_SETL_D_{D}(1).zip", "duplicate"),
    ]
    assert landing.counts("F02")[1] == (2, 0, 0, 2, 0)
    assert landing.rows("F02", "SETL_ID") == [("S1",), ("S2",)]


def test_the_same_content_of_another_day_is_a_delivery_of_its_own(
    sender: Sender, landing: Landing
) -> None:
    teams = json_bytes([row_of("E01", teamId="T1")])
    for day in (D, NEXT):
        sender.put(day, "E01", f"PUB_FamilyTeam_{day}.jsonl", teams, 1)
    landing.land()
    assert [state for _, state in landing.states("E01")] == ["landed", "landed"]
    assert landing.counts("E01") == [(1, 1, 0, 0, 0), (1, 0, 0, 1, 0)]


def test_a_correction_replaces_its_file_completely(
    sender: Sender, landing: Landing
) -> None:
    sender.put(
        D, "B01", f"TB_YL_PATIENT_INFORMATION_{D}.txt", patients(K1="甲", K2="乙"), 2
    )
    sender.put(NEXT, "B01", f"TB_YL_PATIENT_INFORMATION_{D}_R1.txt", patients(K1="丙"), 1)
    landing.land()
    original, correction = landing.ledger("B01")
    assert (original.state, original.replaced_by) == ("replaced", correction.file_id)
    assert landing.counts("B01") == [(2, 0, 0, 0, 2), (1, 1, 0, 0, 0)]
    assert landing.rows("B01", "KH", "XM") == [("K1", "丙")]


def test_an_original_that_comes_after_its_correction_never_counts(
    sender: Sender, landing: Landing
) -> None:
    sender.put(D, "B01", f"TB_YL_PATIENT_INFORMATION_{D}_R1.txt", patients(K1="丙"), 1)
    sender.put(
        NEXT, "B01", f"TB_YL_PATIENT_INFORMATION_{D}.txt", patients(K1="甲", K2="乙"), 2
    )
    landing.land()
    assert [state for _, state in landing.states("B01")] == ["landed", "replaced"]
    assert landing.counts("B01") == [(1, 1, 0, 0, 0), (2, 0, 0, 0, 2)]
    assert len(landing.ask("select * from landing.b01_tb_yl_patient_information")) == 3


def test_a_second_correction_can_bring_the_original_back(
    sender: Sender, landing: Landing
) -> None:
    name = f"TB_YL_PATIENT_INFORMATION_{D}"
    sender.put(D, "B01", f"{name}.txt", patients(K1="甲"), 1)
    sender.put(NEXT, "B01", f"{name}_R1.txt", patients(K1="乙"), 1)
    sender.put(THIRD, "B01", f"{name}_R2.txt", patients(K1="甲"), 1)
    landing.land()
    assert [state for _, state in landing.states("B01")] == [
        "landed",
        "replaced",
        "duplicate",
    ]
    assert landing.rows("B01", "XM") == [("甲",)]


def test_a_copy_of_a_replaced_file_does_not_bring_it_back(
    sender: Sender, landing: Landing
) -> None:
    name = f"TB_YL_PATIENT_INFORMATION_{D}"
    sender.put(D, "B01", f"{name}.txt", patients(K1="甲"), 1)
    sender.put(NEXT, "B01", f"{name}_R1.txt", patients(K1="乙"), 1)
    sender.put(THIRD, "B01", f"{name}(1).txt", patients(K1="甲"), 1)
    landing.land()
    assert [state for _, state in landing.states("B01")] == [
        "replaced",
        "landed",
        "duplicate",
    ]


def test_a_later_file_of_the_period_replaces_the_earlier(
    sender: Sender, landing: Landing
) -> None:
    for day, count in ((D, 10), (NEXT, 20)):
        rows = [row_of("H06", 乡镇代码="991525100", 性别="男", 合计=count)]
        sender.put(day, "H06", "常住人口_2024.xlsx", sheet_bytes("H06", rows), 1)
    landing.land()
    assert [state for _, state in landing.states("H06")] == ["replaced", "landed"]
    assert landing.rows("H06", "合计") == [("20",)]


def test_a_marked_correction_beats_a_plain_file_that_comes_later(
    sender: Sender, landing: Landing
) -> None:
    for day, mark, count in ((D, "_更正", 30), (NEXT, "", 20)):
        rows = [row_of("H06", 乡镇代码="991525100", 性别="男", 合计=count)]
        sender.put(day, "H06", f"常住人口_2024{mark}.xlsx", sheet_bytes("H06", rows), 1)
    landing.land()
    assert landing.rows("H06", "合计") == [("30",)]


def test_equal_rows_of_two_years_are_not_copies(sender: Sender, landing: Landing) -> None:
    rows = [row_of("H06", 乡镇代码="991525100", 性别="男", 合计=10)]
    for year in ("2023", "2024"):
        sender.put(D, "H06", f"常住人口_{year}.xlsx", sheet_bytes("H06", rows), 1)
    landing.land()
    assert landing.counts("H06") == [(1, 1, 0, 0, 0), (1, 1, 0, 0, 0)]


def test_a_year_sent_again_replaces_the_year(sender: Sender, landing: Landing) -> None:
    for day, people in ((D, ("P1", "P2")), (NEXT, ("P1",))):
        rows = [row_of("F01", PSN_NO=number, YEAR="2024") for number in people]
        data = zip_bytes({"PSN_INSU_D_2024.txt": tab_bytes("F01", rows)})
        sender.put(day, "F01", "YB_PSN_INSU_D_2024.zip", data, len(rows))
    landing.land()
    assert landing.rows("F01", "PSN_NO") == [("P1",)]


def test_a_rolling_row_is_news_repeat_or_outdated(sender: Sender, landing: Landing) -> None:
    def card(number: int, changed: str) -> dict[str, object]:
        return row_of("A01", BRID=number, XGSJ=f"2025-01-{changed} 08:00:00")

    second = [card(1, "01"), card(2, "02"), card(3, "02")]
    first = [card(1, "01"), card(2, "01")]
    late = [card(2, "01"), card(3, "01")]
    sender.csv_zip(D, {"A01": (csv_bytes("A01", first), 2)})
    sender.csv_zip(NEXT, {"A01": (csv_bytes("A01", second), 3)})
    sender.csv_zip(THIRD, {"A01": (csv_bytes("A01", late), 2)}, zip_day="20241231")
    landing.land()
    assert landing.counts("A01") == [(2, 2, 0, 0, 0), (3, 2, 0, 1, 0), (2, 0, 0, 1, 1)]
    assert len(landing.rows("A01", "BRID")) == 7


def test_times_without_a_space_are_versions_too(sender: Sender, landing: Landing) -> None:
    for day, changed in ((D, "2025010209:00:00"), (NEXT, "2025010208:00:00")):
        rows = [row_of("B01", YLJGDM="4", KH="K1", KLX="04", YWSCSJ=changed)]
        sender.put(
            day, "B01", f"TB_YL_PATIENT_INFORMATION_{day}.txt", pipe_bytes("B01", rows), 1
        )
    landing.land()
    assert landing.counts("B01") == [(1, 1, 0, 0, 0), (1, 0, 0, 0, 1)]


def test_a_late_file_belongs_to_the_day_in_its_name(
    sender: Sender, landing: Landing
) -> None:
    for day, name_day, count in ((D, NEXT, 4), (NEXT, D, 3)):
        teams = json_bytes([row_of("E01", teamId="T1", memberCount=count)])
        sender.put(day, "E01", f"PUB_FamilyTeam_{name_day}.jsonl", teams, 1)
    landing.land()
    assert [f"{row.logical_date:%d}" for row in landing.ledger("E01")] == ["02", "01"]
    assert landing.counts("E01")[1] == (1, 0, 0, 0, 1)


def test_a_changed_file_under_the_same_name_is_a_new_version(
    sender: Sender, landing: Landing
) -> None:
    sender.settlements(D, [settlement("S1")])
    sender.settlements(NEXT, [settlement("S1"), settlement("S2")], file_day=D)
    landing.land()
    assert [state for _, state in landing.states("F02")] == ["replaced", "landed"]


def test_an_earlier_delivery_of_a_content_becomes_the_owner_of_its_rows(
    sender: Sender, landing: Landing
) -> None:
    bad = row_of("F02", SETL_ID="null")
    sender.settlements(D, [settlement("S1"), bad])
    sender.settlements(NEXT, [settlement("S1"), bad], file_day=D, mark="(1)")
    sender.hide(D)
    landing.land()
    sender.show(D)
    landing.land()
    assert [state for _, state in landing.states("F02")] == ["landed", "duplicate"]
    assert landing.counts("F02") == [(2, 1, 1, 0, 0), (2, 0, 0, 2, 0)]
    assert landing.rows("F02", "SETL_ID") == [("S1",)]
