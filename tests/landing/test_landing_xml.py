"""XML documents: elements as rows, bytes as they came, nothing half read or unfolded."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from loaders.landing.readers import xml_records
from tests.landing.looking import Landing
from tests.landing.reading import Read, contract_for, more_contracts, refusal
from tests.landing.sending import Sender

CONTRACT = contract_for("xml", "no", xml={"record": "R"})
GB = contract_for("xml", "no", xml={"record": "R"}, encoding="gb18030")


def document(*records: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    return (head + "\n<All day='1'>\n" + "\n".join(records) + "\n</All>\n").encode()


def test_children_are_columns_and_empty_elements_are_null() -> None:
    data = document(
        "<R><no>1</no><name>李 &amp; 明</name><empty/></R>",
        "<R><no>2</no><name></name><more><![CDATA[a<b]]></more></R>",
    )
    read = Read(data, CONTRACT)
    assert read.columns == ["no", "name", "empty", "more"]
    assert read.rows == [["1", "李 & 明", None, None], ["2", None, None, "a<b"]]
    assert read.numbers == [3, 4]
    assert read.raw_is_exact()


def test_blanks_and_line_breaks_in_values_are_kept() -> None:
    read = Read(document("<R>\n  <no> 1\n</no>\n</R>"), CONTRACT)
    assert read.rows == [[" 1\n"]]


def test_attributes_land_beside_the_element_that_carries_them() -> None:
    data = document("<R id='7' xmlns:x='urn:x'><no code='a'>1</no><x:y x:z='3'/></R>")
    read = Read(data, CONTRACT)
    assert dict(zip(read.columns, read.rows[0], strict=True)) == {
        "no": "1",
        "no/@code": "a",
        "x:y": None,
        "x:y/@x:z": "3",
        "@id": "7",
    }


def test_children_of_children_are_compact_json() -> None:
    data = document(
        "<R><no>1</no><list><e k='1'>a</e><e/><e><f>b</f></e></list>text</R>",
    )
    read = Read(data, CONTRACT)
    assert read.columns == ["no", "list", "#text"]
    nested = '{"e":[{"@k":"1","#text":"a"},null,{"f":"b"}]}'
    assert read.rows == [["1", nested, "text"]]


def test_records_on_one_line_have_numbers_of_their_own() -> None:
    data = b"<A><R><no>1</no></R><R/><R><no>3</no></R>\n<R><no>4</no></R></A>"
    read = Read(data, CONTRACT)
    assert read.numbers == [1, 2, 3, 4]
    assert read.rows == [["1"], [None], ["3"], ["4"]]
    assert read.raw_is_exact()
    assert [record.raw for record in read.records][1:3] == [
        b"<R/>",
        b"<R><no>3</no></R>",
    ]


def test_a_child_that_comes_twice_costs_its_row() -> None:
    data = document("<R><no>1</no><no>2</no></R>", "<R><no>3</no></R>")
    read = Read(data, CONTRACT)
    assert read.rejects == [(3, "name_twice")]
    assert read.rows == [["3"]]
    assert read.raw_is_exact()


def test_a_record_inside_a_record_is_a_value() -> None:
    assert Read(document("<R><no>1</no><R><no>2</no></R></R>"), CONTRACT).rows == [
        ["1", '{"no":"2"}']
    ]


def test_values_nested_too_deep_cost_their_row() -> None:
    deep = "<a>" * 5000 + "</a>" * 5000
    read = Read(document(f"<R><no>1</no>{deep}</R>", "<R><no>2</no></R>"), CONTRACT)
    assert read.rejects == [(3, "too_deep")]
    assert read.rows == [["2"]]
    assert read.raw_is_exact()


@pytest.mark.parametrize(
    ("declared", "encoding", "mark"),
    [
        ("UTF-8", "utf-8", b""),
        ("UTF-8", "utf-8", codecs.BOM_UTF8),
        ("GB2312", "utf-8", codecs.BOM_UTF8),
        ("GB18030", "gb18030", b""),
        ("gb2312", "gb18030", b""),
        ("UTF-16", "utf-16-le", codecs.BOM_UTF16_LE),
        ("UTF-16", "utf-16-be", codecs.BOM_UTF16_BE),
        ("UTF-16", "utf-16-le", b""),
    ],
)
def test_the_document_says_its_encoding(
    declared: str, encoding: str, mark: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>'
    records = ["<R><no>李明</no><x/></R>", "<R/>", "<R><no>㾞㸾</no></R>"]
    data = mark + document(*records, head=head).decode().encode(encoding)
    for chunk in (1 << 16, 150):
        monkeypatch.setattr(xml_records, "CHUNK", chunk)
        read = Read(data, CONTRACT)
        assert read.rows == [["李明", None], [None, None], ["㾞㸾", None]]
        assert read.numbers == [3, 4, 5]
        assert read.raw_is_exact()
        raws = [(record.raw or b"").decode(encoding) for record in read.records]
        assert raws == records


def test_without_a_declaration_the_contract_says_the_encoding() -> None:
    data = "<A><R><no>李明</no></R></A>".encode("gb18030")
    assert Read(data, GB).rows == [["李明"]]
    assert "not well-formed" in refusal(data, CONTRACT)


@pytest.mark.parametrize("chunk", [40, 41, 64, 100])
def test_the_edges_of_chunks_change_nothing(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = document(
        "<!-- a comment that is somewhat longer than a chunk is -->",
        "<R><no>李明</no><list><a>1</a></list></R><R/>",
        "<R><no>2</no><no>3</no></R>",
    )
    whole = Read(data, CONTRACT)
    monkeypatch.setattr(xml_records, "CHUNK", chunk)
    assert Read(data, CONTRACT).records == whole.records
    assert len(whole.records) == 3


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "line 1: BROKEN: no element found"),
        (document("<R><no>1</no></R>")[:-8], "line 3: BROKEN: no element found"),
        (document("<R><no>1</R>"), "line 3: BROKEN: mismatched tag"),
        (document("<R>&nbsp;</R>"), "line 3: BROKEN: undefined entity"),
        (
            document() + b"<A/>",
            "line 5: BROKEN: junk after document element",
        ),
        (
            document("<R>\xff</R>").replace("\xff".encode(), b"\xff"),
            "line 3: BROKEN: not well-formed (invalid token)",
        ),
        (document("<R>\x00</R>"), "line 3: BROKEN: not well-formed (invalid token)"),
        (
            document("<R>a</R>", head='<?xml version="1.0" encoding="GBK"?>').replace(
                b">a<", b">\xff\xff<"
            ),
            "line 3: bytes that are not in the document's encoding",
        ),
        (
            document(head='<?xml version="1.0" encoding="x-none"?>'),
            "the document declares an encoding that is not supported",
        ),
        (
            document(head='<?xml version="1.0" encoding="utf-7"?>'),
            "the document declares an encoding that is not supported",
        ),
    ],
)  # fmt: skip
def test_a_document_that_is_not_well_formed_is_refused(data: bytes, reason: str) -> None:
    assert refusal(data, CONTRACT) == reason.replace("BROKEN", "not well-formed XML")


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))


@pytest.mark.parametrize(
    "doctype",
    [
        f"<!DOCTYPE A [{LAUGHS}]>",
        '<!DOCTYPE A [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE A SYSTEM "http://127.0.0.1:9/a.dtd">',
        "<!DOCTYPE A>",
    ],
)
def test_document_types_and_their_entities_are_refused(doctype: str) -> None:
    data = document("<R><no>&l9;</no></R>", head=doctype)
    assert refusal(data, CONTRACT) == "line 1: the document declares a document type"


@pytest.mark.parametrize(
    "endless", ["<R><no>" + "x" * 500_000, "<A " + "x" * 500_000, "<!-- " + "x" * 500_000]
)
def test_what_has_no_end_is_not_gathered_for_ever(
    endless: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xml_records, "LONGEST_RECORD", 200_000)
    assert "without end" in refusal(document(endless), CONTRACT)


def test_a_long_document_keeps_only_what_a_record_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(xml_records, "LONGEST_RECORD", 100_000)
    records = [f"<R><no>{n}</no></R>" for n in range(6_000)]
    blanks = " " * 500_000
    read = Read(document(*records, blanks, *records), CONTRACT)
    assert len(read.records) == 12_000
    assert read.raw_is_exact()


def test_a_document_lands_with_its_rejects_or_not_at_all(
    sender: Sender, landing: Landing, tmp_path: Path
) -> None:
    trial = contract_for(
        "xml", "no", feed="B90", name="b90_trial", xml={"record": "R"},
        file_name=r"TRIAL_(?P<date>\d{8})\.xml",
    )  # fmt: skip
    data = document("<R><no>1</no></R>", "<R><no>2</no><no>3</no></R>", "<R><no/></R>")
    with more_contracts(tmp_path, trial):
        sender.put("20250101", "B90", "TRIAL_20250101.xml", data, 3)
        sender.put("20250102", "B90", "TRIAL_20250102.xml", data[:-3], 3)
        landing.land()
        assert landing.rows("B90", "no", "_line_number") == [("1", 3)]
    assert landing.rejects() == [(4, "name_twice"), (5, "key_missing")]
    states = {row.file_name: row.state_reason for row in landing.ledger()}
    assert states == {
        "TRIAL_20250101.xml": None,
        "TRIAL_20250102.xml": "line 6: not well-formed XML: unclosed token",
    }
