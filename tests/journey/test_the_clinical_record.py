"""The clinical record against the delivered files, read and added up by other code."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from tests.demo_county.county_reading import Row, tables
from tests.demo_county.county_recount import Recount
from tests.journey.conftest import Installation

FACTORS = {("GLU", "mg/dL"): Decimal(1) / 18, ("HGB", "g/dL"): Decimal(10)}
OPERATIONS = {
    "A": [(f"SSJB{place}", f"SSJCZRQ{place}") for place in (1, 2, 3)],
    "B": [("P820", "P491"), ("P821", "P4912"), ("P822", "P4922")],
}


@pytest.fixture(scope="module")
def sent(together: Installation) -> Recount:
    return Recount(together.county)


def asked(place: Installation, query: str) -> list[tuple[Any, ...]]:
    with place.engine().connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def fen(amount: object) -> int:
    """Yuan as some clerk or system writes them, in fen."""
    figure = (
        unicodedata.normalize("NFKC", str(amount)).strip().strip("¥元").replace(",", "")
    )
    sign = -1 if figure.startswith("(") else 1
    return sign * int(Decimal(figure.strip("()")) * 100)


def signed(row: Row) -> int:
    return fen(row["MXXMJE"]) * (1 if row["STFBZ"] == "1" else -1)


def test_every_visit_costs_what_its_receipts_leave(
    together: Installation, sent: Recount
) -> None:
    cost: Counter[tuple[str, str, str]] = Counter()
    for row in sent.rows("A06"):
        cost["A", "", row["JZXH"]] += fen(row["ZJJE"]) if row["ZFPB"] == "0" else 0
    for row in sent.rows("B05"):
        cost["B", "", row["JZLSH"]] += signed(row)
    for row in sent.rows("C05"):
        visit = ("C", str(row["jgid"]), str(row["jzxh"]))
        cost[visit] += fen(row["zjje"]) if row["zfpb"] == "0" else 0
    assert cost_in_record(together, "outpatient") == dict(cost)


def test_every_stay_costs_the_sum_of_its_lines(
    together: Installation, sent: Recount
) -> None:
    cost: Counter[tuple[str, str, str]] = Counter()
    for row in sent.rows("A09"):
        cost["A", "", row["ZYH"]] += fen(row["ZJJE"])
    for row in sent.rows("B08"):
        cost["B", "", row["ZYLSH"]] += signed(row)
    for row in sent.rows("C08"):
        cost["C", str(row["jgid"]), str(row["zyh"])] += fen(row["zjje"])
    assert cost_in_record(together, "inpatient") == dict(cost)


def cost_in_record(place: Installation, kind: str) -> dict[tuple[str, str, str], int]:
    """Net charges by system, office of the township system, and number."""
    found = asked(
        place,
        "select encounter.source_system,"
        " case when encounter.source_system = 'C' then encounter.org_code else '' end,"
        " encounter.native_id, sum(charge.net_fee_fen)::bigint"
        " from record.charge inner join record.encounter using (encounter_id)"
        f" where charge.kind = '{kind}' group by 1, 2, 3",
    )
    return {(system, org, number): fee for system, org, number, fee in found}


def test_no_stay_of_the_demo_disagrees_with_its_bills(together: Installation) -> None:
    verdicts = dict(
        asked(together, "select verdict, count(*) from record.stay_account group by 1")
    )
    assert "differs" not in verdicts
    assert verdicts["agrees"] > 50


def test_sessions_are_those_of_the_front_pages(
    together: Installation, sent: Recount
) -> None:
    last = {
        table.path.name: table.rows
        for table in tables(together.county / "deliveries", "B13")
    }
    pages = {"A": sent.rows("A11"), "B": [row for rows in last.values() for row in rows]}
    levels: Counter[tuple[str, int]] = Counter()
    for system, rows in pages.items():
        for row in rows:
            highest: dict[str, int] = defaultdict(int)
            for level, day in OPERATIONS[system]:
                if (row[level] or "").strip():
                    highest[row[day]] = max(highest[row[day]], int(row[level]))
            levels.update((system, level) for level in highest.values())
    found = asked(
        together,
        "select front_page.source_system, operation_level, count(*)::int"
        " from record.operation_session inner join record.front_page"
        " on front_page_id = front_page.event_id group by 1, 2",
    )
    assert levels
    assert {(system, level): count for system, level, count in found} == dict(levels)


def test_medicines_cost_what_was_prescribed_and_not_taken_back(
    together: Installation, sent: Recount
) -> None:
    void = {row["CFSB"] for row in sent.rows("A04") if row["ZFPB"] == "1"}
    cost = {
        "A": sum(fen(r["HJJE"]) for r in sent.rows("A05") if r["CFSB"] not in void),
        "B": sum(fen(row["XMJE"]) for row in sent.rows("B04")),
        "C": sum(fen(row["hjje"]) for row in sent.rows("C04")),
    }
    found = asked(
        together,
        "select source_system, sum(net_fee_fen)::bigint from record.prescription_item"
        " group by 1",
    )
    assert dict(found) == cost


def test_results_in_the_usual_unit_add_up(together: Installation, sent: Recount) -> None:
    columns = {
        "A13": ("TESTID", "TESTRESULT", "UNIT"),
        "B11": ("JYZBDM", "JYZBJG", "JLDW"),
        "C11": ("testid", "testresult", "unit"),
    }
    totals: dict[str, list[Decimal]] = defaultdict(list)
    for feed, (item, result, unit) in columns.items():
        for row in sent.rows(feed):
            written = unicodedata.normalize("NFKC", str(row[result])).replace("。", ".")
            if re.fullmatch(r"[0-9.]+", written):
                factor = FACTORS.get((row[item], row[unit]), Decimal(1))
                totals[row[item]].append(round(Decimal(written) * factor, 4))
    found = asked(
        together,
        "select test_item_code, count(*), sum(standard_number) from record.lab_result"
        " where standard_number is not null group by 1",
    )
    assert {item: (count, total) for item, count, total in found} == {
        item: (len(numbers), sum(numbers)) for item, numbers in totals.items()
    }


def test_remote_readings_are_known_by_card_and_day(
    together: Installation, sent: Recount
) -> None:
    readings = {
        (row["SQJG"], row["BRID"], row["JCLB"], row["JCSJ"][:10])
        for row in sent.rows("A14")
        if row["BGZT"] == "2" and row["SQJG"] != row["BGJG"]
    }
    (found,) = asked(
        together,
        "select count(distinct (institution_code, person_id, exam_type_code, examined_on)),"
        " count(*) - count(person_id) from record.imaging_report"
        " where source_system = 'A' and is_remote and is_counted",
    )
    # One person may have two cards at a centre: never more persons' readings than cards'.
    assert found[1] == 0
    assert len(readings) * 0.97 <= found[0] <= len(readings)
