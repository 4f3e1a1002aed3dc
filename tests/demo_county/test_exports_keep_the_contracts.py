"""What is delivered is what the contracts promise and what the manifests say."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from loaders.contracts.model import load_contracts, load_systems
from loaders.demo_county.make import DemoSummary
from loaders.demo_county.numbers import check_character
from tests.demo_county.county_reading import read_truth, tables


def _manifest_lines(deliveries: Path) -> list[tuple[Path, str, int, str]]:
    lines = []
    for manifest in sorted(deliveries.rglob("*.ok")):
        for line in manifest.read_text("utf-8").splitlines():
            name, rows, md5 = line.split("\t")
            lines.append((manifest, name, int(rows), md5))
    return lines


def test_every_file_has_its_line_and_checksum(week: DemoSummary) -> None:
    deliveries = week.folder / "deliveries"
    named, broken = set(), []
    for manifest, name, _, md5 in _manifest_lines(deliveries):
        path = manifest.parent / name
        if path.exists():
            named.add(path)
            content = hashlib.md5(path.read_bytes()).hexdigest()
            broken += [path.name] * (content != md5)
    announced = [
        note["native_id"]
        for note in read_truth(week.folder, "mess.csv")
        if note["kind"] in ("cut_zip", "crc_zip", "cut_text", "empty_upload")
    ]
    assert sorted(broken) == sorted(announced)
    assert len(announced) == 4
    files = {p for p in deliveries.rglob("*") if p.is_file() and p.suffix != ".ok"}
    assert named == files


def test_manifests_count_the_rows(week: DemoSummary) -> None:
    deliveries = week.folder / "deliveries"
    counted = {}
    for table in tables(deliveries):
        name = table.path.name if table.contract.system == "F" else table.member
        counted[table.path.parent, name or table.path.name] = len(table.rows)
    for manifest, name, rows, _ in _manifest_lines(deliveries):
        is_list = (manifest.parent / name).suffix in (".db", ".zip") and "YB_" not in name
        cut = (manifest.parent, name) not in counted
        if not is_list and not cut:
            assert counted[manifest.parent, name] == rows, name


def test_every_system_of_the_slice_delivers_every_table(week: DemoSummary) -> None:
    delivered = {table.contract.feed for table in tables(week.folder / "deliveries")}
    assert delivered == {contract.feed for contract in load_contracts()}
    folders = {p.name for p in (week.folder / "deliveries" / "20250101").iterdir()}
    assert folders == {s.folder for s in load_systems()}


def test_every_column_is_there_in_every_table(small: DemoSummary) -> None:
    for table in tables(small.folder / "deliveries"):
        if table.rows:
            delivered = list(table.rows[0])
            promised = list(table.contract.column_names)
            assert [name for name in delivered if name in promised] == promised


def test_the_ledger_foretells_what_can_be_read(week: DemoSummary) -> None:
    found = {
        (f"{t.delivered_on}", t.path.name, t.member, t.contract.feed): len(t.rows)
        for t in tables(week.folder / "deliveries")
    }
    foretold = {
        (x["delivery_date"], x["file_name"], x["member_name"], x["feed"]): int(
            x["rows_read"]
        )
        for x in read_truth(week.folder, "ledger.csv")
        if x["state"] != "refused"
    }
    assert found == foretold


def test_valid_identity_numbers_belong_to_no_real_region(week: DemoSummary) -> None:
    seen = 0
    for table in tables(week.folder / "deliveries"):
        for column in table.contract.columns:
            if column.pii != "id_number":
                continue
            for row in table.rows:
                number = str(row[column.name] or "").upper()
                if re.fullmatch(r"\d{17}[\dX]", number) and int(number[:6]):
                    seen += 1
                    is_valid = check_character(number[:17]) == number[17]
                    assert not is_valid or number.startswith("99")
    assert seen > 10_000


def test_everybody_with_a_row_is_in_the_truth(week: DemoSummary) -> None:
    persons = read_truth(week.folder, "persons.csv")
    known = {
        (x["source_table"], x["native_id"])
        for x in persons
        if x["native_part"] != "newborn"
    }
    named = {c.table for c in load_contracts() if c.person}
    gone = {
        (x["table"], x["native_id"])
        for x in read_truth(week.folder, "mess.csv")
        if x["kind"] in ("e_deletion", "d_deletion") and x["table"] in named
    }
    delivered = {
        (table.contract.table, str(row[table.contract.person.native_id]))
        for table in tables(week.folder / "deliveries")
        for row in table.rows
        if table.contract.person
    }
    assert delivered == known | gone
    assert not known & gone


def test_newborns_on_their_mothers_stays_are_in_the_truth(week: DemoSummary) -> None:
    persons = read_truth(week.folder, "persons.csv")
    owner = {(x["source_table"], x["native_id"]): x["true_person"] for x in persons}
    newborns = {
        (x["source_system"], x["native_id"]): x["true_person"]
        for x in persons
        if x["native_part"] == "newborn"
    }
    deliveries = week.folder / "deliveries"
    marked = {
        (system, str(row[stay]))
        for system, feed, mark, stay in (
            ("A", "A09", "YEPB", "ZYH"),
            ("B", "B08", "YEBZ", "ZYLSH"),
        )
        for table in tables(deliveries, feed)
        for row in table.rows
        if row[mark] == "1"
    }
    # Not those of twins, who share the mark.
    assert newborns.keys() <= marked
    assert len(newborns) > len(marked) * 0.8
    mothers = {
        (system, str(row[stay])): owner[cards, str(row[card])]
        for system, feed, stay, card, cards in (
            ("A", "A08", "ZYH", "BRID", "MS_BRDA"),
            ("B", "B06", "ZYLSH", "KH", "TB_YL_PATIENT_INFORMATION"),
        )
        for table in tables(deliveries, feed)
        for row in table.rows
        if (system, str(row[stay])) in newborns
    }
    assert newborns.keys() == mothers.keys()
    assert all(child != mothers[stay] for stay, child in newborns.items())


def test_an_address_is_there_once(week: DemoSummary) -> None:
    persons = read_truth(week.folder, "persons.csv")
    addresses = {tuple(x.values())[:-1] for x in persons}
    assert len(addresses) == len(persons)
