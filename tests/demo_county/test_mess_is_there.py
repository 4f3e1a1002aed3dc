"""Every announced kind of mess happens in the default county, and where it is noted."""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict

import pytest

from loaders.contracts.model import contract_of
from loaders.demo_county.make import DemoSummary
from loaders.demo_county.mess import all_kinds
from tests.demo_county.county_reading import (
    Row,
    deleted_records,
    is_broken,
    read_truth,
    tables,
)


@pytest.fixture(scope="module")
def struck(week: DemoSummary) -> dict[tuple[str, str], set[str]]:
    """The native ids that each kind struck, by table."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for note in read_truth(week.folder, "mess.csv"):
        found[note["kind"], note["table"]].add(note["native_id"])
    return found


def _rows(week: DemoSummary, feed: str) -> dict[str, list[Row]]:
    key = contract_of(feed).key[-1]
    found: dict[str, list[Row]] = defaultdict(list)
    for table in tables(week.folder / "deliveries", feed):
        for row in table.rows:
            found[str(row[key])].append(row)
    return found


def test_every_kind_is_there(week: DemoSummary) -> None:
    assert set(week.mess) == set(all_kinds())


def test_later_kinds_need_no_monday_but_deletions_in_full_files(small: DemoSummary) -> None:
    assert {"cut_zip", "sent_twice", "b_correction", "added_column"} <= set(small.mess)
    assert "d_deletion" not in small.mess


def test_missing_and_short_numbers_are_where_they_are_noted(
    week: DemoSummary, struck: dict[tuple[str, str], set[str]]
) -> None:
    rows = _rows(week, "D01")
    for number in struck["id_missing", "EHR_HealthRecord"]:
        assert rows[number][0]["idCard"] is None
    for number in struck["id_15_digits", "EHR_HealthRecord"]:
        assert re.fullmatch(r"99\d{13}", rows[number][0]["idCard"])


def test_damaged_cells_are_numbers_or_powers(
    week: DemoSummary, struck: dict[tuple[str, str], set[str]]
) -> None:
    rows = _rows(week, "D01")
    zeros = struck["id_excel_zeros", "EHR_HealthRecord"]
    powers = struck["id_excel_scientific", "EHR_HealthRecord"]
    assert zeros and powers
    assert all(rows[number][0]["idCard"] % 1000 == 0 for number in zeros)
    assert all(rows[number][0]["idCard"].endswith("E+17") for number in powers)


def test_newborns_have_their_mothers_name(
    week: DemoSummary, struck: dict[tuple[str, str], set[str]]
) -> None:
    rows = _rows(week, "A01")
    newborns = struck["newborn_under_mother", "MS_BRDA"]
    assert newborns
    assert all(rows[number][0]["BRXM"][-2:] in ("之子", "之女") for number in newborns)


def test_copies_are_twice_in_one_file(
    week: DemoSummary, struck: dict[tuple[str, str], set[str]]
) -> None:
    rows = _rows(week, "F02")
    for number in struck["exact_copy", "SETL_D"]:
        assert any(rows[number].count(row) >= 2 for row in rows[number])


def test_split_cards_come_again_with_a_new_number(
    week: DemoSummary, struck: dict[tuple[str, str], set[str]]
) -> None:
    rows = _rows(week, "A02")
    visits = struck["shared_card", "YS_MZ_JZLS"]
    assert visits
    for number in visits:
        newest = max(rows[number], key=lambda row: row["XGSJ"])
        oldest = min(rows[number], key=lambda row: row["XGSJ"])
        assert newest["BRBH"] != oldest["BRBH"]


def test_deleted_contracts_disappear(
    week: DemoSummary, struck: dict[tuple[str, str], set[str]]
) -> None:
    days = [
        {row["SCID"] for row in table.rows}
        for table in tables(week.folder / "deliveries", "E02")
    ]
    deleted = struck["e_deletion", "SCM_SignContractRecord"]
    assert deleted and deleted <= days[0]
    assert not deleted & days[-1]


def test_deleted_archives_are_missing_from_the_full_file(
    week: DemoSummary, struck: dict[tuple[str, str], set[str]]
) -> None:
    parts = list(tables(week.folder / "deliveries", "D01"))
    first = {r["phrId"] for t in parts if t.delivered_on.day == 1 for r in t.rows}
    full = {r["phrId"] for t in parts if "全量" in t.path.name for r in t.rows}
    deleted = struck["d_deletion", "EHR_HealthRecord"]
    assert deleted and deleted <= first
    assert not deleted & full


def test_the_cut_upload_comes_whole_on_the_next_day(week: DemoSummary) -> None:
    zips = sorted((week.folder / "deliveries").rglob("*.zip"))
    broken = [p for p in zips if is_broken(p)]
    assert [p.parents[1].name for p in broken] == ["20250102", "20250104"]
    cut, damaged = broken
    good = week.folder / "deliveries" / "20250103" / "A_XYY_HIS" / cut.name
    assert not is_broken(good)
    assert good.read_bytes().startswith(cut.read_bytes())
    with zipfile.ZipFile(damaged) as archive:
        assert archive.testzip() == archive.namelist()[0]
    again = week.folder / "deliveries" / "20250105" / "A_XYY_HIS" / damaged.name
    assert not is_broken(again)
    assert len(again.read_bytes()) == len(damaged.read_bytes())


def test_the_second_name_has_the_same_content(week: DemoSummary) -> None:
    again = next((week.folder / "deliveries").rglob("*(1).zip"))
    name = again.name.replace("(1)", "")
    first = next((week.folder / "deliveries" / "20250102").rglob(name))
    assert again.read_bytes() == first.read_bytes()


def test_the_correction_lacks_the_visit_that_never_was(week: DemoSummary) -> None:
    found = {
        "_R1" in t.path.name: {row["JZLSH"] for row in t.rows}
        for t in tables(week.folder / "deliveries", "B02")
        if "20250102" in t.path.name
    }
    assert found[False] - found[True] == {"9999999"}


def test_the_new_column_stands_in_the_middle(week: DemoSummary) -> None:
    last = list(tables(week.folder / "deliveries", "A02"))[-1]
    assert list(last.rows[0])[5] == "JZLY"


def test_one_page_begins_without_header_and_with_an_old_row(week: DemoSummary) -> None:
    pages = [
        t for t in tables(week.folder / "deliveries", "D01") if t.delivered_on.day == 1
    ]
    assert len(pages) >= 3
    assert pages[1].rows[0] == pages[0].rows[-1]


def test_deleted_records_of_front_pages_are_flagged(
    week: DemoSummary, struck: dict[tuple[str, str], set[str]]
) -> None:
    files = sorted((week.folder / "deliveries").rglob("hqms_*.dbf"))
    last = {path.name: path for path in files}
    flagged = sum(deleted_records(path) for path in last.values())
    assert flagged == len(struck["dbf_deleted", "HQMS"]) > 0


def test_a_month_of_front_pages_is_sent_again_whole(week: DemoSummary) -> None:
    sent: dict[str, list[int]] = defaultdict(list)
    for table in tables(week.folder / "deliveries", "B13"):
        sent[table.path.name].append(len(table.rows))
    again = {name: counts for name, counts in sent.items() if len(counts) > 1}
    assert again
    assert all(counts[-1] >= counts[0] - 1 for counts in again.values())


def test_a_file_comes_a_day_late(week: DemoSummary) -> None:
    name = "TB_OPERATION_DETAIL_20250102.txt"
    found = list((week.folder / "deliveries").rglob(name))
    assert [path.parents[1].name for path in found] == ["20250103"]


def test_a_table_is_nearly_empty_for_a_day(week: DemoSummary) -> None:
    counts = [len(t.rows) for t in tables(week.folder / "deliveries", "C11")]
    assert counts[1] < counts[0] * 0.1
    assert counts[0] <= counts[2]


@pytest.mark.parametrize(
    ("kind", "feed", "key", "column", "pattern"),
    [
        ("money_spelling", "A06", "MZXH", "ZJJE", r"￥\d|\d,\d"),
        ("mojibake", "B12", "BGDH", "YXBX", "锟斤拷"),
        ("stray_bar", "B12", "BGDH", "YXBX", r"\|"),
        ("line_break", "B02", "JZLSH", "ZS", "\n"),
        ("stray_blank", "A05", "SBXH", "YPMC", r"[\t\u3000\u00a0 ]$"),
        ("dx_two_codes", "A03", "JLBH", "ICD10", "[;、]"),
        ("dx_uncertain", "A03", "JLBH", "ZDMC", r"^\?|待排|否认"),
        ("dx_without_code", "A03", "JLBH", "ICD10", "^$"),
        ("age_spelling", "A12", "SAMPLENO", "AGE", r"Y$|\.\d|/12|D$|新生儿"),
        ("midnight_time", "B04", "CFMXH", "KFRQ", "00:00:00$"),
        ("operation_code_cut", "B09", "SSLSH", "SSBM", r"^.{5}$"),
        ("former_name", "A14", "BGDH", "SQJGMC", "人民医院$"),
        ("code_unpadded", "A01", "BRID", "MZDM", r"^\d$|\.0$"),
        ("name_unshown_character", "A01", "BRID", "BRXM", r"[?□*〓]$"),
        ("name_placeholder", "A01", "BRID", "BRXM", "^(无名氏|未知|患者|不详)$"),
        ("birth_sentinel", "A01", "BRID", "CSNY", "^1900"),
        ("id_nearly_x", "A01", "BRID", "SFZH", r"[\u0425×*]$"),
        ("address_vague", "A01", "BRID", "LXDZ", "^(同上|本村|云溪县)"),
        ("phone_null_word", "A01", "BRID", "LXDH", r"^(不详|无|未知|0|-)$"),
        ("report_void", "B12", "BGDH", "BGZT", "^9$"),
        ("settlement_void", "A10", "ZYH+JSCS", "ZFPB", "^1$"),
        ("ward_refund", "A09", "JLXH", "FYSL", "^-"),
        ("newborn_on_mothers_stay", "B08", "FYMXID", "YEBZ", "^1$"),
    ],
)
def test_text_mess_stands_where_it_is_noted(
    week: DemoSummary,
    struck: dict[tuple[str, str], set[str]],
    kind: str,
    feed: str,
    key: str,
    column: str,
    pattern: str,
) -> None:
    noted = struck[kind, contract_of(feed).table]
    assert noted
    found = {
        "+".join(str(row[name]) for name in key.split("+"))
        for table in tables(week.folder / "deliveries", feed)
        for row in table.rows
        if re.search(pattern, str(row[column] or ""))
    }
    assert noted <= found
