"""JSON arrays and JSON lines: values as written, bytes as they came, nothing half read."""

from __future__ import annotations

import codecs

import pytest

from loaders.landing.readers import json_array
from tests.landing.reading import Read, contract_for, refusal

ARRAY = contract_for("json", "k")
LINES = contract_for("jsonl", "k")
GB = contract_for("json", "k", encoding="gb18030")


def test_values_become_text_as_they_were_written() -> None:
    data = b"""[
 {"k": "1", "price": 1.50, "big": 12345678901234567890, "far": 1e3},
 {"k": null, "flag": true, "experts": [ {"unit": "A", "n": 1.0}, null ]}
]"""
    read = Read(data, ARRAY)
    assert read.columns == ["k", "price", "big", "far", "flag", "experts"]
    assert read.rows == [
        ["1", "1.50", "12345678901234567890", "1e3", None, None],
        [None, None, None, None, "true", '[{"unit":"A","n":1.0},null]'],
    ]
    assert read.numbers == [2, 3]
    assert read.raw_is_exact()


def test_objects_on_one_line_have_numbers_of_their_own() -> None:
    read = Read(b'[{"k":1},{"k":2},{"k":3}\n,{"k":4}]', ARRAY)
    assert read.numbers == [1, 2, 3, 4]
    assert read.raw_is_exact()


@pytest.mark.parametrize(
    ("encoding", "mark", "contract"),
    [
        ("utf-8", b"", ARRAY),
        ("utf-8", codecs.BOM_UTF8, ARRAY),
        ("utf-16-le", codecs.BOM_UTF16_LE, ARRAY),
        ("utf-16-be", codecs.BOM_UTF16_BE, GB),
        ("gb18030", b"", GB),
        ("utf-8", codecs.BOM_UTF8, GB),
    ],
)
def test_encodings_by_mark_and_by_contract(
    encoding: str, mark: bytes, contract: object
) -> None:
    text = '[\n {"k": "李明"},\n {"k": "𠮷", "x": [1]}]'
    read = Read(mark + text.encode(encoding), contract)  # type: ignore[arg-type]
    assert read.rows == [["李明", None], ["𠮷", "[1]"]]
    assert read.numbers == [2, 3]
    assert read.raw_is_exact()


def test_an_empty_array_is_a_table_without_rows() -> None:
    assert Read(b" [ ] \n", ARRAY).records == []


@pytest.mark.parametrize(
    ("element", "rule"),
    [
        (b"[1, 2]", "not_an_object"),
        (b'"text, with ] in it"', "not_an_object"),
        (b"12", "not_an_object"),
        (b"null", "not_an_object"),
        (b'{"k": 1, "k": 2}', "name_twice"),
        (b'{"k": {"a": 1, "a": 2}}', "name_twice"),
        (b'{"k": NaN}', "broken_json"),
        (b'{"k": 1 "l": 2}', "broken_json"),
        (b'{"k": "a\nb"}', "broken_json"),
        (b"tru", "broken_json"),
        (b'{"k": "a\x00"}', "nul_byte"),
        (b'{"k": "\xff\xfe"}', "undecodable"),
        (b'{"": 1}', "name_unusable"),
        (b'{"k": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too_deep"),
    ],
)
def test_a_broken_element_costs_its_row(element: bytes, rule: str) -> None:
    read = Read(b'[{"k":"1"},\n' + element + b',\n{"k":"3"}]', ARRAY)
    assert [code for _, code in read.rejects] == [rule]
    assert [row[0] for row in read.rows] == ["1", "3"]
    assert read.raw_is_exact()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the document is not a JSON array"),
        (b'{"k": 1}', "the document is not a JSON array"),
        (b"[", "truncated: the JSON array has no end, line 1"),
        (b'[\n{"k":1}', "truncated: the JSON array has no end, line 2"),
        (b'[\n{"k":1},\n', "truncated: the JSON array has no end, line 3"),
        (b'[\n{"k":1},{"k":', "truncated: the JSON array has no end, line 2"),
        (b'[{"k":"1}]', "truncated: the JSON array has no end, line 1"),
        (b'[{"k":1},]', "line 1: not the syntax of a JSON array"),
        (b'[{"k":1}\n{"k":2}]', "line 2: not the syntax of a JSON array"),
        (b"[,]", "line 1: not the syntax of a JSON array"),
        (b'[{"k":1}}]', "line 1: not the syntax of a JSON array"),
        (b'[{"k":1}]\n\n[]', "line 3: text after the end of the JSON array"),
    ],
)
def test_a_document_that_is_no_whole_array_is_refused(data: bytes, reason: str) -> None:
    assert refusal(data, ARRAY) == reason


def test_half_a_character_of_utf_16_refuses_the_file() -> None:
    data = codecs.BOM_UTF16_LE + '[{"k":1}]'.encode("utf-16-le") + b"\n"
    assert refusal(data, ARRAY) == "the document is not in the encoding of the contract"


def test_a_lone_surrogate_of_utf_16_costs_its_row() -> None:
    text = '[{"k":"1"},{"k":"\ud800"}]'.encode("utf-16-le", "surrogatepass")
    read = Read(codecs.BOM_UTF16_LE + text, ARRAY)
    assert read.rejects == [(2, "undecodable")]
    assert read.raw_is_exact()


@pytest.mark.parametrize("chunk", [1, 2, 3, 7])
def test_the_edges_of_chunks_change_nothing(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = '[ {"k": "李\\"]明", "n": 12.50} ,\n 12, {"k": 1 2},\n\n{"k": {"a": "}"}} ]\n'
    whole = Read(data.encode(), ARRAY)
    monkeypatch.setattr(json_array, "CHUNK", chunk)
    parts = Read(data.encode(), ARRAY)
    assert parts.records == whole.records
    assert len(whole.rows) == 2
    assert [code for _, code in whole.rejects] == ["not_an_object", "broken_json"]


def test_a_value_of_ten_megabytes_is_read() -> None:
    value = "x" * 10_000_000
    read = Read(f'[{{"k":"{value}"}},{{"k":"2"}}]'.encode(), ARRAY)
    assert [len(row[0] or "") for row in read.rows] == [10_000_000, 1]


def test_a_string_without_end_is_not_gathered_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json_array, "LONGEST_RECORD", 100_000)
    data = b'[{"k":"' + b"x" * 1_000_000
    assert refusal(data, ARRAY) == "line 1: a record without end"


def test_lines_and_array_agree_on_the_same_objects() -> None:
    objects = [b'{"k":"1","n":1.10}', b'{"k":"2","m":[1,{"a":null}]}', b'{"k":"3","k":"4"}']
    lines = Read(b"\n".join(objects), LINES)
    array = Read(b"[" + b",\n".join(objects) + b"]", ARRAY)
    assert lines.rows == array.rows
    assert lines.rejects == array.rejects == [(3, "name_twice")]


def test_a_line_nested_without_end_costs_itself() -> None:
    read = Read(b'{"k":' + b"[" * 100_000 + b"\n" + b'{"k":"2"}\n', LINES)
    assert read.rejects == [(1, "too_deep")]
    assert read.rows == [["2"]]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", codecs.BOM_UTF8),
        ("gb18030", b""),
        ("utf-16", codecs.BOM_UTF16_LE),
        ("utf-16", codecs.BOM_UTF16_BE),
    ],
)
def test_lines_in_any_encoding_keep_their_bytes(encoding: str, mark: bytes) -> None:
    codec = "utf-16-be" if mark == codecs.BOM_UTF16_BE else "utf-16-le"
    codec = codec if encoding == "utf-16" else encoding
    data = mark + '{"k":"李明"}\n\n{"k":"਀","l":1.0}\n{"k"\n'.encode(codec)
    read = Read(data, contract_for("jsonl", "k", encoding=encoding))
    assert read.rows == [["李明", None], ["਀", "1.0"]]
    assert read.numbers == [1, 3, 4]
    assert read.rejects == [(4, "broken_json")]
    # The first line's bytes may include the mark.
    assert data[read.records[2].byte_offset :] == read.records[2].raw
