"""Only what the manifest describes exactly is loaded; the rest waits, and says why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from loaders.landing import examine
from tests.landing.looking import Landing
from tests.landing.sending import (
    Row,
    Sender,
    csv_bytes,
    json_bytes,
    row_of,
    tab_bytes,
    zip_bytes,
)

D, NEXT, LATER = "20250101", "20250102", "20250103"


def cards(*numbers: int) -> tuple[bytes, int]:
    return csv_bytes("A01", [row_of("A01", BRID=n) for n in numbers]), len(numbers)


def teams(*names: str) -> bytes:
    return json_bytes([row_of("E01", teamId=name) for name in names])


def reasons(landing: Landing, feed: str) -> list[tuple[str, str | None]]:
    return [(row.state, row.state_reason) for row in landing.ledger(feed)]


def test_a_file_without_its_line_is_refused(sender: Sender, landing: Landing) -> None:
    sender.put(D, "E01", f"PUB_FamilyTeam_{D}.jsonl", teams("T1"), None)
    landing.land()
    assert reasons(landing, "E01") == [("refused", "the manifest has no line for it")]


def test_a_cut_file_is_refused(sender: Sender, landing: Landing) -> None:
    whole = teams("T1", "T2")
    sender.put(D, "E01", f"PUB_FamilyTeam_{D}.jsonl", whole[:-9], 2, announced=whole)
    landing.land()
    assert landing.states("E01") == [(f"PUB_FamilyTeam_{D}.jsonl", "refused")]
    assert landing.rows("E01", "teamId") == []


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_large_file_is_compared_while_it_is_loaded(
    sender: Sender, landing: Landing, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    monkeypatch.setattr(examine, "LARGE", 1)
    name, data = f"PUB_FamilyTeam_{D}.jsonl", teams(*(f"T{n}" for n in range(10)))
    sender.put(D, "E01", name, data[: len(data) - cut], 10, announced=data)
    landing.land()
    wanted = "md5 differs from the manifest: the file is not complete"
    # Whatever else is wrong with it is wrong because it is cut.
    assert reasons(landing, "E01") == [("refused", wanted)]
    (row,) = landing.ledger("E01")
    assert (row.rows_read, row.byte_count) == (0, len(data) - cut)
    assert landing.rows("E01", "teamId") == []
    sender.put(D, "E01", name, data, None)
    landing.land()
    assert landing.states("E01")[-1] == (name, "landed")
    assert len(landing.rows("E01", "teamId")) == 10


def test_the_copy_of_a_large_file_must_be_what_was_announced(
    sender: Sender, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examine, "LARGE", 1)
    name, data = f"PUB_FamilyTeam_{D}.jsonl", teams("T1", "T2")
    sender.put(D, "E01", name, data, 2)
    sender.put(NEXT, "E01", name, data, 2, announced=b"other")
    landing.land()
    assert [state for _, state in landing.states("E01")] == ["landed", "refused"]


def test_a_listed_file_that_is_absent_is_missing(sender: Sender, landing: Landing) -> None:
    sender.put(D, "E01", f"PUB_FamilyTeam_{D}.jsonl", None, 2, announced=b"x")
    landing.land()
    (row,) = landing.ledger("E01")
    assert (row.state, row.rows_manifest, row.rows_read) == ("missing", 2, 0)


def test_a_row_count_that_differs_refuses_the_file(
    sender: Sender, landing: Landing
) -> None:
    sender.put(D, "E01", f"PUB_FamilyTeam_{D}.jsonl", teams("T1", "T2"), 3)
    landing.land()
    reason = "row count differs from manifest: 2 read, 3 announced"
    assert reasons(landing, "E01") == [("refused", reason)]
    assert landing.ask("select * from landing.e01_pub_familyteam") == []


def test_of_a_cut_zip_every_expected_table_is_refused(
    sender: Sender, landing: Landing
) -> None:
    visits = csv_bytes("A02", [row_of("A02", JZXH=1)]), 1
    sender.csv_zip(
        D, {"A01": cards(1), "A02": visits, "MS_CF01.csv": (b"X\r\n", 0)}, cut=True
    )
    landing.land()
    found = [(row.feed, row.member_name, row.state) for row in landing.ledger()]
    assert found == [
        ("A01", f"MS_BRDA_{D}.csv", "refused"),
        (None, "MS_CF01.csv", "no_contract"),
        ("A02", f"YS_MZ_JZLS_{D}.csv", "refused"),
    ]


def test_a_zip_without_manifest_has_one_row(sender: Sender, landing: Landing) -> None:
    sender.csv_zip(D, {"A01": cards(1)}, manifest=False)
    landing.land()
    assert [(row.feed, row.member_name, row.state) for row in landing.ledger()] == [
        (None, "", "refused")
    ]


def test_a_good_copy_in_a_later_folder_is_landed_from_there(
    sender: Sender, landing: Landing
) -> None:
    sender.csv_zip(D, {"A01": cards(1)}, cut=True)
    landing.land()
    sender.csv_zip(NEXT, {"A01": cards(1)}, zip_day=D)
    landing.land()
    refused, good = landing.ledger("A01")
    assert (refused.state, refused.replaced_by) == ("refused", good.file_id)
    assert (good.state, f"{good.delivery_date}", f"{good.logical_date}") == (
        "landed",
        "2025-01-02",
        "2025-01-01",
    )


def test_a_good_copy_also_settles_a_zip_that_had_no_manifest(
    sender: Sender, landing: Landing
) -> None:
    sender.csv_zip(D, {"A01": cards(1)}, manifest=False)
    sender.csv_zip(NEXT, {"A01": cards(1)}, zip_day=D)
    landing.land()
    assert [row.replaced_by is not None for row in landing.ledger()] == [True, False]


def test_the_good_copy_that_was_seen_first_is_named_though_it_turns_good_last(
    sender: Sender, landing: Landing
) -> None:
    name = f"PUB_FamilyTeam_{D}.jsonl"
    sender.put(D, "E01", name, teams("T1"), None)
    sender.put(NEXT, "E01", name, teams("T2"), 1, announced=b"other bytes")
    sender.put(LATER, "E01", name, teams("T3"), 1)
    landing.land()
    first, second, good = landing.ledger("E01")
    assert [first.replaced_by, second.replaced_by] == [good.file_id] * 2
    sender.put(D, "E01", name, teams("T1"), 1)
    landing.land()
    first, second, good = landing.ledger("E01")
    assert [first.state, second.state, good.state] == ["replaced", "refused", "landed"]
    assert (first.replaced_by, second.replaced_by) == (good.file_id, first.file_id)


def test_a_manifest_that_comes_later_lets_the_file_in(
    sender: Sender, landing: Landing
) -> None:
    path = sender.csv_zip(D, {"A01": cards(1)}, manifest=False)
    landing.land()
    sender.csv_zip(D, {"A01": cards(1)})
    landing.land()
    assert landing.states("A01") == [(path.name, "landed")]
    assert all(row.replaced_by for row in landing.ledger() if row.state == "refused")


def test_a_file_that_is_mended_in_its_place_is_landed(
    sender: Sender, landing: Landing
) -> None:
    whole = teams("T1", "T2")
    path = sender.put(D, "E01", f"PUB_FamilyTeam_{D}.jsonl", whole[:-9], 2, announced=whole)
    landing.land()
    path.write_bytes(whole)
    landing.land()
    assert [state for _, state in landing.states("E01")] == ["refused", "landed"]
    assert landing.rows("E01", "teamId") == [("T1",), ("T2",)]


def test_a_member_whose_md5_differs_is_refused_alone(
    sender: Sender, landing: Landing
) -> None:
    visits = csv_bytes("A02", [row_of("A02", JZXH=1)]), 1
    path = sender.csv_zip(D, {"A01": cards(1), "A02": visits})
    ok = Path(f"{path}.ok")
    lines = ok.read_text("utf-8").splitlines()
    lines[1] = lines[1].rsplit("\t", 1)[0] + "\t" + "0" * 32
    ok.write_text("\n".join(lines) + "\n", "utf-8")
    landing.land()
    assert [state for _, state in landing.states("A01")] == ["refused"]
    assert [state for _, state in landing.states("A02")] == ["landed"]


def test_a_manifest_that_was_cut_refuses_its_zip(sender: Sender, landing: Landing) -> None:
    visits = csv_bytes("A02", [row_of("A02", JZXH=1)]), 1
    path = sender.csv_zip(D, {"A01": cards(1), "A02": visits})
    ok = Path(f"{path}.ok")
    ok.write_bytes(ok.read_bytes().rsplit(b"\n", 2)[0] + b"\nYS_MZ")
    landing.land()
    reason = "the manifest announces 2 tables and lists 1"
    assert reasons(landing, "A01") == [("refused", reason)]


@pytest.mark.parametrize("name", ["../SETL_D_20250101.txt", "/SETL_D_20250101.txt"])
def test_a_member_that_leaves_the_zip_refuses_it(
    sender: Sender, landing: Landing, name: str
) -> None:
    rows: list[Row] = [row_of("F02", SETL_ID="S1")]
    sender.put(D, "F02", f"YB_SETL_D_{D}.zip", zip_bytes({name: tab_bytes("F02", rows)}), 1)
    landing.land()
    reason = "the zip holds a member whose name leaves its folder"
    assert reasons(landing, "F02") == [("refused", reason)]


def test_a_zip_that_is_none_is_refused_though_its_md5_fits(
    sender: Sender, landing: Landing
) -> None:
    sender.put(D, "F02", f"YB_SETL_D_{D}.zip", b"no zip at all", 1)
    landing.land()
    assert reasons(landing, "F02") == [("refused", "the file is not a readable zip")]


def test_a_member_whose_crc_fails_is_refused(sender: Sender, landing: Landing) -> None:
    content = tab_bytes("F02", [row_of("F02", SETL_ID="S1")])
    data = bytearray(zip_bytes({f"SETL_D_{D}.txt": content}))
    data[len(data) // 3] ^= 0xFF
    sender.put(D, "F02", f"YB_SETL_D_{D}.zip", bytes(data), 1)
    landing.land()
    assert landing.states("F02") == [(f"YB_SETL_D_{D}.zip", "refused")]


def test_a_workbook_that_is_none_is_refused(sender: Sender, landing: Landing) -> None:
    sender.put(D, "D20", f"DEA_DeathReportCard_{D}_第1页.xlsx", b"not xlsx", 1)
    landing.land()
    reason = "the file is neither an xlsx nor an xls workbook"
    assert reasons(landing, "D20") == [("refused", reason)]


def test_a_day_that_does_not_exist_is_refused(sender: Sender, landing: Landing) -> None:
    sender.put(D, "E01", "PUB_FamilyTeam_20250231.jsonl", teams("T1"), 1)
    landing.land()
    reason = "the file's name carries a day that does not exist"
    assert reasons(landing, "E01") == [("refused", reason)]


def test_files_without_a_contract_are_in_the_ledger(
    sender: Sender, landing: Landing
) -> None:
    sender.put(D, "E04", f"SCM_Unheard_{D}.jsonl", b"{}\n", 1)
    nowhere = sender.root / D / "Z_NEW_SYSTEM"
    nowhere.mkdir()
    (nowhere / "x.csv").write_bytes(b"a\n")
    landing.land()
    found = [
        (row.file_name, row.feed, row.state, row.rows_manifest) for row in landing.ledger()
    ]
    assert found == [
        (f"SCM_Unheard_{D}.jsonl", None, "no_contract", 1),
        ("x.csv", None, "no_contract", None),
    ]


def test_nothing_is_read_again_while_it_stays_as_it_is(
    sender: Sender, landing: Landing
) -> None:
    path = sender.csv_zip(D, {"A01": cards(1)})
    landing.land()
    status = path.stat()
    path.write_bytes(b"x" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert str(landing.land()) == "1 deliveries: nothing new"


def test_without_the_memory_of_seen_files_nothing_is_loaded_twice(
    sender: Sender, landing: Landing
) -> None:
    sender.csv_zip(D, {"A01": cards(1, 2)})
    sender.put(D, "E04", f"SCM_ServiceRecords_{D}.jsonl", b"{}\n", 1)
    landing.land()
    before = landing.ledger()
    with landing.engine.begin() as connection:
        connection.exec_driver_sql("truncate audit.file_seen")
    assert str(landing.land()) == "1 deliveries: nothing new"
    assert landing.ledger() == before
