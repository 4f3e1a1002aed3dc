"""Whatever happened to the bytes: a reader refuses the file, or what it gives is exact."""

from __future__ import annotations

import codecs
import io
import random
import zipfile
from typing import get_args

import pytest

from loaders.contracts.model import Contract, Format
from loaders.landing.readers.opening import READERS
from loaders.landing.refusal import FileRefusedError
from tests.landing.reading import Read, contract_for
from tests.landing.workbooks import with_part, xlsx

XML = """<?xml version='1.0' encoding='{}'?>
<A><R a='1'><no>李明</no><l><e>1</e><e/></l></R>
<R/>text<R><no>2</no></R><!-- remark --></A>"""
JSON = '[{"k":"李明","n":1.50,"l":[{"a":null},true]},\n {"k":2},\n{"k":{"a":"\\u0041}"}}]\n'
XML_CONTRACT = contract_for("xml", "no", xml={"record": "R"})
MARKS = b'<>&"[]{},\\/\x00\xff: \n'
SAMPLES: dict[str, tuple[Contract, bytes]] = {
    "xml": (XML_CONTRACT, XML.format("UTF-8").encode()),
    "xml_gb": (XML_CONTRACT, XML.format("GBK").encode("gb18030")),
    "xml_utf16": (
        XML_CONTRACT,
        codecs.BOM_UTF16_BE + XML.format("UTF-16").encode("utf-16-be"),
    ),
    "json": (contract_for("json", "k"), JSON.encode()),
    "json_gb": (contract_for("json", "k", encoding="gb18030"), JSON.encode("gb18030")),
    "json_utf16": (
        contract_for("json", "k"),
        codecs.BOM_UTF16_LE + JSON.encode("utf-16-le"),
    ),
    "jsonl": (contract_for("jsonl", "k"), JSON.replace("[{", "{", 1).encode()),
}


def damaged(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, lost, put in or repeated."""
    result = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(result))
        kind = chance.randrange(4)
        if kind == 0:
            result[place] = chance.randrange(256)
        elif kind == 1:
            del result[place : place + chance.randint(1, 8)]
        elif kind == 2:
            result[place:place] = bytes(chance.choices(MARKS, k=2))
        else:
            start = chance.randrange(len(result))
            result[place:place] = result[start : start + 12]
    return bytes(result)


@pytest.mark.parametrize("sample", SAMPLES)
def test_damaged_documents_are_refused_or_exact(sample: str) -> None:
    contract, data = SAMPLES[sample]
    chance = random.Random(sample)
    refused = read = 0
    for _ in range(400):
        changed = damaged(data, chance)
        try:
            result = Read(changed, contract)
        except FileRefusedError:
            refused += 1
            continue
        read += 1
        assert not result.records or result.raw_is_exact()
        assert result.numbers == sorted(set(result.numbers))
    # Lines are never refused together; documents mostly are, but not always.
    assert read if sample == "jsonl" else refused and read


def test_damaged_workbooks_are_refused_or_read() -> None:
    contract = contract_for("sheet", "no", "name", "sum")
    good = xlsx(S=[("no", "name", "sum"), (1, "a", 2.5), (3, None, True)])
    with zipfile.ZipFile(io.BytesIO(good)) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    chance = random.Random(5)
    outcomes = set()
    for _ in range(150):
        name = chance.choice(list(parts))
        try:
            outcomes.add(len(Read(with_part(good, name, damaged(parts[name], chance)),
                                  contract).rows))  # fmt: skip
        except FileRefusedError as refused:
            outcomes.add(refused.reason)
    assert {2, "the file is not a readable xlsx workbook"} <= outcomes


def test_every_format_but_databases_has_a_reader() -> None:
    assert set(READERS) == set(get_args(Format)) - {"database"}
