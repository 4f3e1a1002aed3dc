"""dBase tables: exact to the byte, and refused whole where records may be lost."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests.landing.looking import Landing
from tests.landing.reading import Read, contract_for, more_contracts, refusal
from tests.landing.sending import Sender

Fields = list[tuple[str, str, int]]
FIELDS: Fields = [("P3", "C", 6), ("P4", "C", 8), ("P27", "N", 5)]
CONTRACT = contract_for("dbf", "P3", "P4", "P27", encoding="gb18030")


def dbf(
    records: list[bytes],
    fields: Fields = FIELDS,
    *,
    version: int = 3,
    count: int | None = None,
    end: bytes = b"\x1a",
    code_page: int = 0,
) -> bytes:
    """A table of records that begin with their deletion flag."""
    described = b"".join(
        struct.pack("<11sc4xBB14x", name.encode("gb18030"), kind.encode(), *divide(length))
        for name, kind, length in fields
    )
    header = struct.pack(
        "<BBBBIHH17xB2x",
        version, 125, 1, 1,
        len(records) if count is None else count,
        33 + len(described),
        1 + sum(length for _, _, length in fields),
        code_page,
    )  # fmt: skip
    return header + described + b"\r" + b"".join(records) + end


def divide(length: int) -> tuple[int, int]:
    return length % 256, length // 256


def record(*values: str, flag: bytes = b" ", fields: Fields = FIELDS) -> bytes:
    parts = [
        value.encode("gb18030").rjust(length)
        if kind == "N"
        else value.encode("gb18030").ljust(length)
        for value, (_, kind, length) in zip(values, fields, strict=True)
    ]
    return flag + b"".join(parts)


def test_padding_is_no_part_of_a_value() -> None:
    read = Read(dbf([record("1", " 李明", "12.5"), record("2", "", "")]), CONTRACT)
    assert read.columns == ["P3", "P4", "P27"]
    assert read.rows == [["1", " 李明", "12.5"], ["2", "", ""]]
    assert read.raw_is_exact()


def test_deleted_records_are_no_rows_and_keep_their_numbers() -> None:
    records = [
        record("1", "a", "1"),
        record("2", "b", "2", flag=b"*"),
        record("3", "c", "3"),
    ]
    read = Read(dbf(records), CONTRACT)
    assert [row[0] for row in read.rows] == ["1", "3"]
    assert read.numbers == [1, 3]
    assert read.raw_is_exact()


def test_dates_logicals_and_floats_are_kept_as_written() -> None:
    fields: Fields = [("D", "D", 8), ("L", "L", 1), ("F", "F", 6)]
    data = dbf([b" " + b"20240105" + b"T" + b"  1.50"], fields)
    assert Read(data, CONTRACT).rows == [["20240105", "T", "1.50"]]


def test_a_field_may_be_longer_than_a_byte_can_say() -> None:
    fields: Fields = [("P3", "C", 300)]
    data = dbf([record("x" * 299, fields=fields)], fields)
    assert Read(data, CONTRACT).rows == [["x" * 299]]


def test_a_record_that_cannot_be_decoded_costs_itself() -> None:
    full = b" " + b"1     " + "李明王李".encode("gb18030") + b"    1"
    broken = b" " + b"2     " + b"\xc0\xee\xc3\xf7\xcd\xf5 \xff" + b"    1"
    read = Read(dbf([full, broken, record("3", "c", "3")]), CONTRACT)
    assert read.rejects == [(2, "undecodable")]
    assert [row[0] for row in read.rows] == ["1", "3"]
    assert read.raw_is_exact()


def test_the_last_byte_of_a_field_makes_no_character_with_the_next() -> None:
    half = b" " + b"1    \xc0" + b"A       " + b"    1"
    assert Read(dbf([half]), CONTRACT).rejects == [(1, "undecodable")]


def test_the_contract_says_the_encoding_whatever_the_code_page_byte() -> None:
    data = dbf([record("1", "李明", "1")], code_page=0x03)
    assert Read(data, CONTRACT).rows[0][1] == "李明"


def test_a_table_without_records_has_columns() -> None:
    for end in (b"\x1a", b""):
        read = Read(dbf([], end=end), CONTRACT)
        assert (read.columns, read.records) == (["P3", "P4", "P27"], [])


def test_fewer_records_than_announced_are_a_truncated_file() -> None:
    records = [record(str(n), "a", "1") for n in range(3)]
    reason = "truncated: the header announces 5 records, 3 are there"
    assert refusal(dbf(records, count=5), CONTRACT) == reason
    assert refusal(dbf(records, count=5, end=b""), CONTRACT) == reason
    whole = dbf(records)
    assert "2 are there" in refusal(whole[:-3], CONTRACT)
    padded = dbf(records, count=5, end=b"\x1a" + b"\x00" * 100)
    assert refusal(padded, CONTRACT) == reason


def test_more_records_than_announced_are_not_left_out_silently() -> None:
    records = [record(str(n), "a", "1") for n in range(3)]
    reason = "more bytes than the header announces records for"
    assert refusal(dbf(records, count=2), CONTRACT) == reason


def test_many_records_come_over_the_edges_of_blocks() -> None:
    count = 30_000
    read = Read(dbf([record(str(n), "甲", "1") for n in range(count)]), CONTRACT)
    assert [row[0] for row in read.rows] == [str(n) for n in range(count)]
    assert read.numbers == list(range(1, count + 1))


def test_a_record_without_deletion_flag_shows_that_bytes_are_lost() -> None:
    records = b"".join(record(str(n), "a", "1") for n in range(3))
    shifted = records[:15] + records[16:] + b" "
    assert refusal(dbf([shifted], count=3), CONTRACT) == (
        "record 2 begins with no deletion flag: bytes are lost"
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is too short to be a dBase table"),
        (b"\x03" * 20, "the file is too short to be a dBase table"),
        (b"PK" + bytes(60), "not a dBase III table (its first byte is 0x50)"),
        (dbf([], version=0x83), "the dBase table keeps texts in a memo file"),
        (dbf([], [("M", "M", 10)]), "dBase field 1 keeps its text in a memo file"),
        (dbf([], [("T", "T", 8)]), "dBase field 1 is of no known kind"),
        (dbf([], [("", "C", 8)]), "dBase field 1 is of no known kind"),
        (dbf([])[:70], "truncated: the dBase header is not complete"),
        (
            dbf([]).replace(b"\r", b"X", 1),
            "the list of fields in the dBase header has no end",
        ),
        (
            dbf([])[:10] + b"\x63\x00" + dbf([])[12:],
            "the dBase header contradicts itself: fields of 20 bytes in records of 99",
        ),
        (dbf([], [("A", "C", 1), ("A", "C", 1)]), "the header names columns twice: 1, 2"),
    ],
)
def test_a_wrong_header_refuses_the_file(data: bytes, reason: str) -> None:
    assert refusal(data, CONTRACT) == reason


def test_field_names_may_be_chinese() -> None:
    data = dbf([b" 1"], [("病案号", "C", 1)])
    assert Read(data, CONTRACT).columns == ["病案号"]


def test_a_table_lands_without_its_deleted_records(
    sender: Sender, landing: Landing, tmp_path: Path
) -> None:
    trial = contract_for(
        "dbf", "P3", "P4", feed="B90", name="b90_trial", encoding="gb18030",
        delivery="replace_period", key=["_period", "P3"],
        file_name=r"trial_(?P<period>\d{6})\.dbf",
    )  # fmt: skip
    deleted = record("2", "b", "2", flag=b"*")
    broken = b" " + b"3     " + b"\xff" * 8 + b"    1"
    data = dbf([record("1", "李明", "1"), deleted, broken])
    with more_contracts(tmp_path, trial):
        sender.put("20250101", "B90", "trial_202412.dbf", data, 2)
        landing.land()
        assert landing.rows("B90", "P3", "P4", "_extra") == [("1", "李明", {"P27": "1"})]
    assert landing.rejects() == [(3, "undecodable")]
    ((offset, raw),) = landing.ask("select byte_offset, raw from landing.reject")
    assert (data[offset : offset + len(raw)], bytes(raw)) == (broken, broken)
