"""What cannot be used costs its line, or its file, and is kept with a reason."""

from __future__ import annotations

from tests.landing.looking import Landing
from tests.landing.sending import (
    Sender,
    csv_bytes,
    json_bytes,
    pipe_bytes,
    row_of,
    tab_bytes,
    zip_bytes,
)

D = "20250101"


def test_a_short_line_before_a_complete_one_is_set_aside(
    sender: Sender, landing: Landing
) -> None:
    data = pipe_bytes("B01", [row_of("B01", YLJGDM="4", KH="K2", KLX="04")])
    header, row, _ = data.split(b"\r\n")
    broken = b"\r\n".join([header, b"4|K1|04", row, b"4|K3", b""])
    sender.put(D, "B01", f"TB_YL_PATIENT_INFORMATION_{D}.txt", broken, 3)
    landing.land()
    assert landing.rows("B01", "KH") == [("K2",)]
    assert landing.rejects() == [(2, "too_few_fields"), (4, "too_few_fields")]
    assert landing.counts("B01") == [(3, 1, 2, 0, 0)]


def test_a_line_with_surplus_fields_is_set_aside_as_it_came(
    sender: Sender, landing: Landing
) -> None:
    rows = [row_of("B01", YLJGDM="4", KH="K1", KLX="04", JTDZ="a|b\nc")]
    data = pipe_bytes("B01", rows)
    sender.put(D, "B01", f"TB_YL_PATIENT_INFORMATION_{D}.txt", data, 1)
    landing.land()
    assert landing.rejects() == [(2, "too_many_fields")]
    ((raw, offset),) = landing.ask("select raw, byte_offset from landing.reject")
    assert data[offset:] == bytes(raw)


def test_broken_json_lines_are_set_aside(sender: Sender, landing: Landing) -> None:
    good = json_bytes([row_of("E01", teamId="T1")])
    bad = b'{"teamId": "T2"\n[1]\n{"teamId": "T3", "teamId": "T4"}\n{"teamId": NaN}\n'
    sender.put(D, "E01", f"PUB_FamilyTeam_{D}.jsonl", good + bad, 5)
    landing.land()
    assert landing.rows("E01", "teamId") == [("T1",)]
    assert [code for _, code in landing.rejects()] == [
        "broken_json",
        "not_an_object",
        "name_twice",
        "broken_json",
    ]


def test_a_nul_byte_costs_one_line(sender: Sender, landing: Landing) -> None:
    rows = [row_of("F02", SETL_ID="S1", PSN_NAME="a\x00b"), row_of("F02", SETL_ID="S2")]
    sender.settlements(D, rows)
    landing.land()
    assert landing.rows("F02", "SETL_ID") == [("S2",)]
    assert landing.rejects() == [(2, "nul_byte")]


def test_a_row_without_its_key_is_set_aside(sender: Sender, landing: Landing) -> None:
    rows = [row_of("E01", teamId=None), row_of("E01", teamId="T2")]
    sender.put(D, "E01", f"PUB_FamilyTeam_{D}.jsonl", json_bytes(rows), 2)
    landing.land()
    assert landing.rejects() == [(1, "key_missing")]


def test_a_lone_surrogate_in_json_costs_one_line(sender: Sender, landing: Landing) -> None:
    data = json_bytes([row_of("E01", teamId="T1")])
    broken = data.replace(b'"T1"', b'"T1\\ud800"') + data
    sender.put(D, "E01", f"PUB_FamilyTeam_{D}.jsonl", broken, 2)
    landing.land()
    assert landing.rejects() == [(1, "undecodable")]


def test_without_a_key_column_nothing_is_loaded(sender: Sender, landing: Landing) -> None:
    names = [name for name in row_of("A01") if name != "BRID"]
    sender.csv_zip(D, {"A01": (csv_bytes("A01", [row_of("A01")], names), 1)})
    landing.land()
    (row,) = landing.ledger("A01")
    assert (row.state, row.state_reason) == ("refused", "columns missing: BRID")
    assert landing.rows("A01", "BRID") == []


def test_a_header_that_names_a_column_twice_is_refused(
    sender: Sender, landing: Landing
) -> None:
    names = [*row_of("A01"), "BRXM"]
    sender.csv_zip(D, {"A01": (csv_bytes("A01", [row_of("A01", BRID=1)], names), 1)})
    landing.land()
    reason = "the header names columns twice: 4, 19"
    assert landing.ledger("A01")[0].state_reason == reason


def test_a_missing_header_is_refused_without_telling_its_values(
    sender: Sender, landing: Landing
) -> None:
    rows = [row_of("A01", BRID=1, BRXM="李明", LXDZ="李明")]
    data = csv_bytes("A01", rows).split(b"\r\n", 1)[1]
    sender.csv_zip(D, {"A01": (data, 1)})
    landing.land()
    (row,) = landing.ledger("A01")
    assert row.state == "refused"
    assert "李明" not in repr(row)


def test_no_message_carries_a_value(sender: Sender, landing: Landing) -> None:
    secret = "991525201302048751"
    rows = [row_of("F02", SETL_ID="S1", CERTNO=secret + "\x00", PSN_NAME=secret)]
    member = tab_bytes("F02", rows) + f"{secret}\t\n".encode()
    data = zip_bytes({f"SETL_D_{D}.txt": member})
    sender.put(D, "F02", f"YB_SETL_D_{D}.zip", data, 2)
    landing.land()
    reasons = landing.ask("select reason from landing.reject")
    reasons += landing.ask("select coalesce(state_reason, '') from audit.file_ledger")
    assert len(reasons) == 3
    assert not [reason for (reason,) in reasons if secret[:6] in reason]


# As many bytes as a key may have, and one more; of three bytes a character.
LONGEST, TOO_LONG = "键" * 100, "键" * 100 + "x"


def test_what_is_too_long_for_a_key_costs_its_line(
    sender: Sender, landing: Landing
) -> None:
    """Indexes hold keys, and they hold only so much: it would break the county off."""
    visits = [
        row_of("A02", JZXH=LONGEST, ZSXX="long enough " * 50),
        row_of("A02", JZXH=TOO_LONG),
        row_of("A02", JZXH=TOO_LONG, ZSXX='a "quoted" word'),
        row_of("A02", JZXH=TOO_LONG, ZSXX="over\r\ntwo lines"),
        row_of("A02", JZXH="5"),
    ]
    sender.csv_zip(D, {"A02": (csv_bytes("A02", visits), 5)})
    cards = [
        row_of("B01", YLJGDM="4", KH=LONGEST, KLX="04"),
        row_of("B01", YLJGDM="4", KH="K2", KLX=TOO_LONG),
    ]
    data = pipe_bytes("B01", cards)
    sender.put(D, "B01", f"TB_YL_PATIENT_INFORMATION_{D}.txt", data, 2)
    sender.settlements(D, [row_of("F02", SETL_ID=TOO_LONG), row_of("F02", SETL_ID="S2")])
    teams = json_bytes([row_of("E01", teamId=TOO_LONG), row_of("E01", teamId="T2")])
    sender.put(D, "E01", f"PUB_FamilyTeam_{D}.jsonl", teams, 2)
    stamp = "2024-12-01 08:00:00"
    patients = [row_of("C01", jgid="1", brid=n, gxsj=stamp) for n in (TOO_LONG, "2")]
    sender.database(D, {"C01": patients})
    landing.land()
    found = {
        feed: [row[0] for row in landing.rows(feed, key)]
        for feed, key in (
            ("A02", "JZXH"), ("B01", "KH"), ("F02", "SETL_ID"), ("E01", "teamId"),
            ("C01", "brid"),
        )
    }  # fmt: skip
    assert found == {
        "A02": [LONGEST, "5"], "B01": [LONGEST], "F02": ["S2"], "E01": ["T2"], "C01": ["2"],
    }  # fmt: skip
    told = landing.ask(
        "select file.feed, reject.line_number, reject.reason_code, reject.reason"
        " from landing.reject"
        " inner join audit.file_ledger as file on reject.file_id = file.file_id"
        " order by 1, 2"
    )
    assert [(feed, line, code) for feed, line, code, _ in told] == [
        (feed, line, "key_too_long")
        for feed, line in (
            ("A02", 3), ("A02", 4), ("A02", 5), ("B01", 3), ("C01", 1), ("E01", 1),
            ("F02", 2),
        )
    ]  # fmt: skip
    assert [reason.split(":")[0].split("column ")[1] for *_, reason in told] == [
        "JZXH", "JZXH", "JZXH", "KLX", "brid", "teamId", "SETL_ID",
    ]  # fmt: skip
    assert not any("键" in reason for *_, reason in told)
