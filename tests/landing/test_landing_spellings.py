"""A column is known by its name, however the vendor's export has written it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable

import pytest

from loaders.contracts.model import load_contracts
from loaders.contracts.spelling import by_contract, folded
from tests.landing.looking import Landing
from tests.landing.sending import (
    Row,
    Sender,
    csv_bytes,
    json_bytes,
    pipe_bytes,
    row_of,
    sheet_bytes,
)

D, NEXT = "20250101", "20250102"
FULL_WIDTH = str.maketrans({chr(n): chr(n + 0xFEE0) for n in range(0x21, 0x7F)})


@pytest.mark.parametrize(
    "spell",
    [
        str.lower,
        str.upper,
        lambda name: name.translate(FULL_WIDTH),
        " {} ".format,
    ],
    ids=["lower", "upper", "wide", "blanks"],
)
def test_case_width_and_blanks_make_no_other_column(
    sender: Sender, landing: Landing, spell: Callable[[str], str]
) -> None:
    def spelled(row: Row) -> Row:
        return {spell(name): value for name, value in row.items()}

    card = spelled(row_of("A01", BRID=1, LXDZ="某村"))
    sender.csv_zip(D, {"A01": (csv_bytes("A01", [card], list(card)), 1)})
    bars = spelled(row_of("B12", YLJGDM="4", BGDH="1", YXBX="左|右"))
    sender.put(D, "B12", f"TB_RIS_REPORT_{D}.txt", pipe_bytes("B12", [bars], list(bars)), 1)
    contract = spelled(row_of("E02", SCID="Q1"))
    data = json_bytes([contract])
    sender.put(D, "E02", f"SCM_SignContractRecord_{D}.jsonl", data, 1)
    archive = spelled(row_of("D01", phrId="P1", personName="样甲"))
    sheet = sheet_bytes("D01", [archive], names=list(archive))
    sender.put(D, "D01", f"EHR_HealthRecord_{D}_第1页.xlsx", sheet, 1)
    landing.land()
    assert landing.rows("A01", "BRID", "LXDZ", "_extra") == [("1", "某村", None)]
    assert landing.rows("B12", "BGDH", "YXBX", "_extra") == [("1", "左|右", None)]
    assert landing.rows("E02", "SCID", "_extra") == [("Q1", None)]
    assert landing.rows("D01", "phrId", "personName", "_extra") == [("P1", "样甲", None)]


def test_a_database_may_write_its_columns_in_capitals(
    sender: Sender, landing: Landing
) -> None:
    for day, name in ((D, "甲"), (NEXT, "乙")):
        stamp = f"2024-12-{day[-2:]} 08:00:00"
        row = row_of("C01", jgid="1001", brid=1, gxsj=stamp, brxm=name)
        path = sender.database(day, {"C01": [row]})
        with sqlite3.connect(path) as database:
            for old in row:
                database.execute(f"alter table ms_brda rename {old} to {old.upper()}")
        database.close()
        ok = path.with_name(f"{path.name}.ok")
        lines = ok.read_text("utf-8").splitlines(keepends=True)
        count = lines[0].split("\t")[1]
        digest = hashlib.md5(path.read_bytes()).hexdigest()
        lines[0] = f"{path.name}\t{count}\t{digest}\n"
        ok.write_text("".join(lines), "utf-8")
    landing.land()
    assert landing.counts("C01") == [(1, 1, 0, 0, 0), (1, 1, 0, 0, 0)]
    assert landing.rows("C01", "brxm", "_extra") == [("甲", None), ("乙", None)]


def test_a_column_that_has_its_own_name_is_not_taken_for_another(
    sender: Sender, landing: Landing
) -> None:
    """A vendor's new column beside the one that it resembles is kept as new."""
    card = {**row_of("A01", BRID=1, LXDZ="某村"), "lxdz": "别处"}
    sender.csv_zip(D, {"A01": (csv_bytes("A01", [card], ["lxdz", *card][:-1]), 1)})
    landing.land()
    assert landing.rows("A01", "LXDZ", "_extra") == [("某村", {"lxdz": "别处"})]


def test_a_spelling_stands_for_one_column_of_its_contract() -> None:
    assert folded("\u200b预算总额（万元）\u3000") == "预算总额(万元)"
    for contract in load_contracts():
        names = [folded(name) for name in contract.column_names]
        assert len(set(names)) == len(names), contract.feed
        assert by_contract(contract, names)[0] == list(contract.column_names)
