"""Care hangs together: what is charged is settled, what is ordered is found."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from loaders.demo_county.make import DemoSummary
from tests.demo_county.county_reading import Row, tables
from tests.demo_county.county_recount import Recount

PAGE_SUMS = ("ZHYLFWF", "ZDLF", "ZLLF", "XYF", "ZCYF", "ZCAOYF", "HCF", "QTF")
HQMS_SUMS = ("P752", "P754", "P755", "P764", "P765", "P766", "P771", "P781")
MEDICINES_OF_B = ("09", "10", "12")


@pytest.fixture(scope="module")
def record(week: DemoSummary) -> Recount:
    return Recount(week.folder)


def _money(text: object) -> Decimal:
    return Decimal(str(text).replace("￥", "").replace(",", ""))


def _sums(rows: list[Row], amount: str, *by: str) -> dict[tuple[object, ...], Decimal]:
    found: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
    for row in rows:
        found[tuple(row[name] for name in by)] += _money(row[amount])
    return dict(found)


def _hqms(week: DemoSummary) -> list[Row]:
    """The front pages as the last file of every month has them."""
    months = {t.path.name: t.rows for t in tables(week.folder / "deliveries", "B13")}
    return [row for rows in months.values() for row in rows]


def test_stays_of_the_county_hospital_are_settled_to_the_fen(record: Recount) -> None:
    lines = _sums(record.rows("A09"), "ZJJE", "ZYH")
    valid = [row for row in record.rows("A10") if row["ZFPB"] == "0"]
    settled = _sums(valid, "FYHJ", "ZYH")
    pages = {(r["BAH"], r["ZYCS"]): r for r in record.rows("A11")}
    left = [r for r in record.rows("A08") if r["CYPB"] == "8"]
    assert len(left) > 50
    coded = 0
    for stay in left:
        key = (stay["ZYH"],)
        assert settled[key] == lines[key]
        page = pages.get((stay["BAHM"], stay["ZYCS"]))
        if page:
            coded += 1
            groups = sum(_money(page[name]) for name in PAGE_SUMS)
            assert _money(page["ZFY"]) == groups == lines[key]
    assert coded > len(left) * 0.8


def test_void_and_interim_settlements_have_successors(record: Recount) -> None:
    rows = record.rows("A10")
    numbers = {(row["ZYH"], int(row["JSCS"])) for row in rows}
    void = [row for row in rows if row["ZFPB"] == "1"]
    interim = [row for row in rows if row["JSLX"] == "5"]
    assert void and interim
    for row in void + interim:
        assert (row["ZYH"], int(row["JSCS"]) + 1) in numbers
    assert all(row["ZFRQ"] for row in void)


def test_stays_at_centres_are_settled_to_the_fen(record: Recount) -> None:
    lines = _sums(record.rows("C08"), "zjje", "jgid", "zyh")
    valid = [row for row in record.rows("C09") if row["zfpb"] == "0"]
    settled = _sums(valid, "fyhj", "jgid", "zyh")
    left = [r for r in record.rows("C07") if r["cyrq"]]
    assert left
    for stay in left:
        key = (stay["jgid"], stay["zyh"])
        assert settled[key] == lines[key]


def test_stays_of_the_tcm_hospital_add_up_with_signs(
    record: Recount, week: DemoSummary
) -> None:
    net: Counter[str] = Counter()
    for row in record.rows("B08"):
        fen = int(_money(row["MXXMJE"]) * 100)
        assert fen >= 0
        net[row["ZYLSH"]] += fen if row["STFBZ"] == "1" else -fen
    left = record.rows("B07")
    assert len(left) > 20
    for row in left:
        assert net[row["ZYLSH"]] == int(_money(row["ZFY"]) * 100)
    costs = Counter((row["CYSJ"][:8], row["ZFY"]) for row in left)
    pages = _hqms(week)
    assert len(pages) > len(left) * 0.8
    for page in pages:
        assert _money(page["P782"]) == sum(_money(page[name]) for name in HQMS_SUMS)
        assert costs[page["P25"][:8], page["P782"]]


def test_operations_of_front_pages_are_those_of_the_theatre(
    record: Recount, week: DemoSummary
) -> None:
    left = {row["ZYLSH"]: row["CYSJ"][:8] for row in record.rows("B07")}
    theatre = Counter(
        (left[row["ZYLSH"]], row["SSMC"], row["SSKSSJ"][:8])
        for row in record.rows("B09")
        if row["ZYLSH"] in left
    )
    columns = (("P492", "P491"), ("P4913", "P4912"), ("P4923", "P4922"))
    named = [
        (page["P25"][:8], page[name], page[on])
        for page in _hqms(week)
        for name, on in columns
        if page[name]
    ]
    assert named
    assert all(theatre[operation] for operation in named)


def test_prescriptions_are_what_the_receipts_charge(record: Recount) -> None:
    prescribed = Counter(
        (row["JZLSH"], row["XMBM"], _money(row["XMJE"])) for row in record.rows("B04")
    )
    charged = Counter(
        (row["JZLSH"], row["MXXMBM"], _money(row["MXXMJE"]))
        for row in record.rows("B05")
        if row["STFBZ"] == "1" and row["MXFYLB"] in MEDICINES_OF_B
    )
    assert prescribed == charged


def test_prescriptions_of_the_county_hospital_follow_their_invoices(
    record: Recount,
) -> None:
    invoices = {row["MZXH"]: row for row in record.rows("A06")}
    lines = _sums(record.rows("A05"), "HJJE", "CFSB")
    void = given_back = 0
    for row in record.rows("A04"):
        invoice = invoices[row["MZXH"]]
        assert row["JZXH"] == invoice["JZXH"] and row["BRID"] == invoice["BRID"]
        assert row["ZFPB"] == invoice["ZFPB"]
        void += row["ZFPB"] == "1"
        if row["TYBZ"] == "1" and row["ZFPB"] == "0":
            given_back += 1
            assert invoice["YMZXH"]
        elif not invoice["YMZXH"]:
            assert lines[row["CFSB"],] <= _money(invoice["ZJJE"])
    assert void and given_back


@pytest.mark.parametrize(
    ("invoices", "voids", "key", "flag"),
    [("A06", "A07", ("MZXH",), "ZFPB"), ("C05", "C06", ("jgid", "mzxh"), "zfpb")],
)
def test_void_tables_are_in_step_with_invoices(
    record: Recount, invoices: str, voids: str, key: tuple[str, ...], flag: str
) -> None:
    marked = {
        tuple(row[name] for name in key)
        for row in record.rows(invoices)
        if row[flag] == "1"
    }
    assert marked
    assert {tuple(r[n] for n in key) for r in record.rows(voids)} == marked


@pytest.mark.parametrize(
    ("samples", "results", "key", "panel", "item"),
    [
        ("A12", "A13", ("SAMPLENO",), "EXAMINAIM", "TESTID"),
        ("B10", "B11", ("BGDH",), "JYMC", "JYZBDM"),
        ("C10", "C11", ("jgid", "sampleno"), "examinaim", "testid"),
    ],
)
def test_every_sample_has_the_items_of_its_panel(
    record: Recount, samples: str, results: str, key: tuple[str, ...], panel: str, item: str
) -> None:
    items = {"XCG": 4, "NCG": 2, "GLU": 1, "SH": 5, "HBA": 1}
    found: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for row in record.rows(results):
        found[tuple(row[name] for name in key)].add(row[item])
    rows = record.rows(samples)
    assert len(rows) > 50
    for row in rows:
        is_taken_over = row.get("HRBZ") == "1"
        own = found.pop(tuple(row[name] for name in key), set())
        assert len(own) == (0 if is_taken_over else items[row[panel]])
    assert not found


def test_recognised_results_say_whose_they_are(record: Recount) -> None:
    codes = {row["TYSHXYDM"] for row in record.rows("H01")}
    rows = record.rows("A12")
    assert {row["HRBZ"] for row in rows} == {"0", "1", "2"}
    for row in rows:
        assert bool(row["HRJG"]) == (row["HRBZ"] != "0")
        assert not row["HRJG"] or row["HRJG"] in codes
        assert bool(row["HRYY"]) == (row["HRBZ"] == "2")
        assert bool(row["CHECKTIME"]) == (row["HRBZ"] != "1")


def test_remote_reports_name_patients_of_the_centre_that_asked(record: Recount) -> None:
    jgid = {row["TYSHXYDM"]: row["JGID"] for row in record.rows("H01")}
    centre = {r["jgid"]: r["sjjgid"] or r["jgid"] for r in record.rows("C13")}
    known = {(row["jgid"], str(row["brid"])) for row in record.rows("C01")}
    remote = [row for row in record.rows("A14") if row["SQJG"] != row["BGJG"]]
    assert len(remote) > 50
    for row in remote:
        assert (centre[jgid[row["SQJG"]]], row["BRID"]) in known


def test_revisions_are_reports_of_their_own(record: Recount) -> None:
    for feed in ("A14", "B12"):
        rows = {row["BGDH"]: row for row in record.rows(feed)}
        revisions = [row for row in rows.values() if row["YBGDH"]]
        assert revisions
        assert all(row["YBGDH"] in rows for row in revisions)
        assert {row["BGZT"] for row in rows.values()} >= {"2", "9"}


def test_newborns_are_charged_on_their_mothers_stays(record: Recount) -> None:
    births = {
        (row["BAH"], row["ZYCS"]) for row in record.rows("A11") if row["JBDM"][:1] == "O"
    }
    newborn = {row["ZYH"] for row in record.rows("A09") if row["YEPB"] == "1"}
    coded = {
        row["ZYH"]: (row["BAHM"], row["ZYCS"])
        for row in record.rows("A08")
        if row["CYPB"] == "8"
    }
    stays = {coded[number] for number in newborn if number in coded}
    assert len(stays & births) > len(newborn) / 2
    others = {(r["BAH"], r["ZYCS"]) for r in record.rows("A11")} - births
    assert not stays & others
