"""Every format of the handbook arrives as it was sent, whatever the mess in it."""

from __future__ import annotations

from datetime import datetime

from tests.landing.looking import Landing
from tests.landing.sending import (
    Sender,
    csv_bytes,
    json_bytes,
    pipe_bytes,
    row_of,
    sheet_bytes,
)

D = "20250101"


def test_csv_keeps_commas_quotes_and_line_breaks_in_values(
    sender: Sender, landing: Landing
) -> None:
    address = '磨子潭镇,"北冲"组\r\n68号'
    rows = [row_of("A01", BRID=1, LXDZ=address), row_of("A01", BRID=2, LXDZ="x")]
    sender.csv_zip(D, {"A01": (csv_bytes("A01", rows), 2)})
    landing.land()
    assert landing.rows("A01", "BRID", "LXDZ", "_line_number") == [
        ("1", address, 2),
        ("2", "x", 4),
    ]


def test_gb18030_characters_that_end_with_the_byte_of_a_bar_stay_whole(
    sender: Sender, landing: Landing
) -> None:
    name = next(
        chr(code)
        for code in range(0x4E00, 0x9FFF)
        if chr(code).encode("gb18030")[-1] == 0x7C
    )
    sender.csv_zip(D, {"A01": (csv_bytes("A01", [row_of("A01", BRID=1, BRXM=name)]), 1)})
    landing.land()
    assert landing.rows("A01", "BRXM") == [(name,)]


def test_nulls_are_what_the_contract_says_and_nothing_else(
    sender: Sender, landing: Landing
) -> None:
    row = row_of("B01", YLJGDM="4", KH="K1", KLX="04", XM="-", XB="", JTDZ=" ", LXDH="null")
    sender.put(D, "B01", f"TB_YL_PATIENT_INFORMATION_{D}.txt", pipe_bytes("B01", [row]), 1)
    landing.land()
    assert landing.rows("B01", "XM", "XB", "JTDZ", "LXDH") == [(None, None, " ", "null")]


def test_a_bar_text_with_repeated_header_and_total_counts_data_rows_only(
    sender: Sender, landing: Landing
) -> None:
    data = pipe_bytes("B05", [row_of("B05", YLJGDM="4", SFMXID=n) for n in (1, 2)])
    header, first, second, _ = data.split(b"\r\n")
    bars = b"|" * header.count(b"|")
    plain = header.removeprefix(b"\xef\xbb\xbf")
    whole = b"\r\n".join([header, first, plain, second, "合计".encode() + bars, b""])
    sender.put(D, "B05", f"TB_HIS_MZ_FEE_DETAIL_{D}.txt", whole, 2)
    landing.land()
    assert landing.rows("B05", "SFMXID", "_line_number") == [("1", 2), ("2", 4)]


def test_a_short_line_continues_on_the_next(sender: Sender, landing: Landing) -> None:
    rows = [
        row_of(
            "B01", YLJGDM="4", KH="K1", KLX="04", JTDZ="漫水河镇\r\n道士冲村\r\n\r\n27号"
        ),
        row_of("B01", YLJGDM="4", KH="K2", KLX="04"),
    ]
    sender.put(D, "B01", f"TB_YL_PATIENT_INFORMATION_{D}.txt", pipe_bytes("B01", rows), 2)
    landing.land()
    assert landing.rows("B01", "KH", "JTDZ", "_line_number") == [
        ("K1", "漫水河镇\n道士冲村\n\n27号", 2),
        ("K2", None, 6),
    ]


def test_tab_text_has_an_extra_tab_after_every_row(
    sender: Sender, landing: Landing
) -> None:
    rows = [row_of("F02", SETL_ID="S1", UPDT_TIME="2025-01-01 00:00:00"),
            row_of("F02", SETL_ID="S2", UPDT_TIME="null")]  # fmt: skip
    sender.settlements(D, rows)
    landing.land()
    assert landing.rows("F02", "SETL_ID", "UPDT_TIME") == [
        ("S1", "2025-01-01 00:00:00"),
        ("S2", None),
    ]


def test_json_values_become_text_as_they_were_written(
    sender: Sender, landing: Landing
) -> None:
    lines = (
        b'{"SCID":"1","favoreeName":"\xe6\x9d\x8e","more":1.50,"nested":{"a":[1.0,null,"x"]}}\n'
        b'{"SCID":"2","favoreeName":null,"flag":true}\n'
    )
    wanted = {name: None for name in row_of("E02")}
    first = json_bytes([wanted | {"SCID": "0"}])
    sender.put(D, "E02", f"SCM_SignContractRecord_{D}.jsonl", first + lines, 3)
    landing.land()
    extras = [row[1] for row in landing.rows("E02", "SCID", "_extra")]
    assert extras == [
        None,
        {"more": "1.50", "nested": '{"a":[1.0,null,"x"]}'},
        {"more": None, "nested": None, "flag": "true"},
    ]


def test_an_empty_list_is_a_delivery_without_rows(sender: Sender, landing: Landing) -> None:
    sender.put(D, "E01", f"PUB_FamilyTeam_{D}.jsonl", b"", 0)
    landing.land()
    assert landing.states("E01") == [(f"PUB_FamilyTeam_{D}.jsonl", "landed")]


def test_sheet_cells_become_the_text_a_person_would_have_typed(
    sender: Sender, landing: Landing
) -> None:
    row = row_of(
        "D04",
        visitId="V1",
        phrId="0012",
        visitDate=datetime(2025, 1, 5),
        inputDate=datetime(2025, 1, 5, 8, 30, 2),
        constriction=135.0,
        weight=61.25,
        personName="",
        idCard=9.92427e17,
    )
    data = sheet_bytes("D04", [row], total=True)
    sender.put(D, "D04", f"MDC_HypertensionVisit_{D}_第1页.xlsx", data, 1)
    landing.land()
    names = [c for c in ("visitDate", "inputDate", "constriction", "weight", "personName",
                         "idCard", "phrId") if c in row]  # fmt: skip
    said = {
        "visitDate": "2025-01-05",
        "inputDate": "2025-01-05 08:30:02",
        "constriction": "135",
        "weight": "61.25",
        "personName": None,
        "idCard": "992427000000000000",
        "phrId": "0012",
    }
    assert landing.rows("D04", *names) == [tuple(said[name] for name in names)]


def test_sheet_titles_repeated_headers_blank_rows_and_totals_are_no_data(
    sender: Sender, landing: Landing
) -> None:
    rows = [row_of("D04", visitId=f"V{n}") for n in range(4)]
    data = sheet_bytes("D04", rows, total=True, header_again_after=2)
    sender.put(D, "D04", f"MDC_HypertensionVisit_{D}_第1页.xlsx", data, 4)
    landing.land()
    numbers = [row[0] for row in landing.rows("D04", "_line_number")]
    assert numbers == [3, 4, 6, 7]


def test_undecodable_bytes_cost_one_line(sender: Sender, landing: Landing) -> None:
    data = csv_bytes("A01", [row_of("A01", BRID=n, BRXM=f"甲{n}") for n in (1, 2, 3)])
    data = data.replace("甲2".encode("gb18030"), b"\xff\xff2")
    sender.csv_zip(D, {"A01": (data, 3)})
    landing.land()
    assert landing.rows("A01", "BRID") == [("1",), ("3",)]
    assert landing.rejects() == [(3, "undecodable")]


def test_backslashes_and_tabs_survive_copy(sender: Sender, landing: Landing) -> None:
    text = "a\\N\tb\\"
    rows = [row_of("A01", BRID=1, BRXM=text, LXDZ="\\N")]
    sender.csv_zip(D, {"A01": (csv_bytes("A01", rows), 1)})
    landing.land()
    assert landing.rows("A01", "BRXM", "LXDZ") == [(text, "\\N")]


def test_a_new_column_in_the_middle_is_kept(sender: Sender, landing: Landing) -> None:
    names = list(row_of("B01"))
    names.insert(3, "XIN")
    rows = [row_of("B01", YLJGDM="4", KH="K1", KLX="04", XM="李明") | {"XIN": "新"}]
    data = pipe_bytes("B01", rows, names)
    sender.put(D, "B01", f"TB_YL_PATIENT_INFORMATION_{D}.txt", data, 1)
    landing.land()
    assert landing.rows("B01", "XM", "_extra") == [("李明", {"XIN": "新"})]
    assert landing.ledger("B01")[0].columns_added == ["XIN"]


def test_an_optional_column_may_be_missing(sender: Sender, landing: Landing) -> None:
    names = [name for name in row_of("A01") if name != "LXDZ"]
    data = csv_bytes("A01", [row_of("A01", BRID=1, LXDZ="x")], names)
    sender.csv_zip(D, {"A01": (data, 1)})
    landing.land()
    assert landing.rows("A01", "BRID", "LXDZ") == [("1", None)]
    assert landing.ledger("A01")[0].columns_missing == ["LXDZ"]


def test_exact_copies_inside_a_file_are_counted_as_duplicates(
    sender: Sender, landing: Landing
) -> None:
    rows = [row_of("A01", BRID=1), row_of("A01", BRID=1), row_of("A01", BRID=2)]
    sender.csv_zip(D, {"A01": (csv_bytes("A01", rows), 3)})
    landing.land()
    assert landing.counts("A01") == [(3, 2, 0, 1, 0)]
    assert len(landing.rows("A01", "BRID")) == 3
