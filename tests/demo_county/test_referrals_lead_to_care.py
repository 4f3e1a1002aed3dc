"""Services, filings, referrals and consultations hang together with care and contracts."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from loaders.demo_county.make import DemoSummary
from tests.demo_county.county_people import County, within
from tests.demo_county.county_reading import Row

UP, DOWN, SUBMITTED, ACCEPTED = "1", "2", "1", "3"


@pytest.fixture(scope="module")
def county(week: DemoSummary) -> County:
    return County(week.folder)


@pytest.fixture(scope="module")
def referrals(county: County) -> list[tuple[str, Row]]:
    return list(county.people("G01"))


def _day(text: str) -> date:
    return date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:8]}")


def test_services_are_rendered_under_a_contract(county: County) -> None:
    visits = {f"{row['jgid']}/{row['jzxh']}": row for row in county.rows("C02")}
    contracts = county.tables("E02")
    named = 0
    for services, signed in zip(county.tables("E04"), contracts, strict=True):
        assert services.delivered_on == signed.delivered_on
        known = {row["SCID"]: row for row in signed.rows}
        for row in services.rows:
            contract = known[row["SCID"]]
            assert contract["beginDate"] <= row["serviceDate"] < contract["endDate"]
            stopped_on = contract["stopDate"]
            assert not stopped_on or row["serviceDate"] < stopped_on
            if row["SBXH"]:
                named += 1
                assert row["serviceMode"] in ("1", "2")
                assert visits[row["SBXH"]]["kssj"][:10] == row["serviceDate"]
    assert named > 20


def test_cancelled_services_and_those_of_deleted_contracts(county: County) -> None:
    first, last = county.tables("E04")[0], county.tables("E04")[-1]
    status = {row["serviceId"]: row["status"] for row in last.rows}
    cancelled = county.struck("service_cancelled", "SCM_ServiceRecords")
    deleted = county.struck("e_deletion", "SCM_ServiceRecords")
    assert {number for number, code in status.items() if code == "9"} == cancelled - deleted
    assert deleted
    assert deleted <= {row["serviceId"] for row in first.rows} | deleted - set(status)
    assert not deleted & set(status)


def test_packages_have_their_services(county: County) -> None:
    packages = {row["spCode"]: row for row in county.rows("E03")}
    assert len(packages) == 6
    signed = {
        code
        for row in county.rows("E02")
        for code in row["signServicePackages"]
        .replace("、", ",")
        .replace("|", ",")
        .split(",")
    }
    assert signed == set(packages)
    codes = {item["itemCode"] for row in packages.values() for item in row["items"]}
    assert {row["itemCode"] for row in county.rows("E04")} == codes


def test_accepted_referrals_mostly_lead_to_care(
    county: County, referrals: list[tuple[str, Row]]
) -> None:
    seen, arrived, of = county.seen(), defaultdict(int), defaultdict(int)
    inside = {
        row["TYSHXYDM"] for row in county.rows("H01") if row["XZQH"].startswith("991525")
    }
    for person, row in referrals:
        if row["status"] != ACCEPTED:
            continue
        target = row["hospitalCode"]
        kind = (row["direction"], target in inside)
        begin, length = _day(row["acceptTime"]), 14
        if row["direction"] == DOWN:
            begin, length = _day(row["dischargeDate"]), 30
        of[kind] += 1
        arrived[kind] += within(seen[person, target], begin, length)
    assert set(of) == {(UP, True), (UP, False), (DOWN, True)}
    for kind, count in of.items():
        assert 0.6 * count <= arrived[kind], kind
    assert sum(arrived.values()) < sum(of.values())


def test_doctors_type_the_number_of_a_referral(
    county: County, referrals: list[tuple[str, Row]]
) -> None:
    known = {row["reserveNo"] for _, row in referrals}
    typed = [row["ZZDH"] for feed in ("A02", "B02") for row in county.rows(feed)]
    typed += [row["zzdh"] for row in county.rows("C02")]
    typed = [number for number in typed if number]
    assert len(typed) > 20
    assert set(typed) <= known


def test_a_referral_comes_again_on_the_day_of_its_decision(county: County) -> None:
    later = county.struck("referral_decided_later", "DR_Referrals")
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for table in county.tables("G01"):
        for row in table.rows:
            if row["status"] in (SUBMITTED, ACCEPTED):
                moment = row["acceptTime"] or row["submitTime"]
                assert table.logical_date == moment[:8]
            found[row["reserveNo"]].append((table.logical_date, row["status"]))
    assert later
    for number, versions in found.items():
        assert (number in later) or len(versions) == 1
        if len(versions) == 2:
            (first, was), (second, becomes) = sorted(versions)
            assert first < second
            assert was == SUBMITTED != becomes


def test_the_referrals_of_a_day_come_a_day_late(county: County) -> None:
    (name,) = county.struck("late_referrals", "DR_Referrals")
    delivered = [t for t in county.tables("G01") if t.path.name == name]
    assert len(delivered) == 1
    assert delivered[0].delivered_on == _day(name[13:21]) + timedelta(days=2)


def test_consultations_have_experts_and_an_opinion(
    county: County, week: DemoSummary
) -> None:
    rows = [row for _, row in county.people("G02")]
    units = {row["TYSHXYDM"] for row in county.rows("H01") if int(row["JGDJ"]) >= 2}
    assert len(rows) > 10
    for row in rows:
        assert row["experts"] and {each["unit"] for each in row["experts"]} <= units
        assert (row["opinion"] is not None) == (row["status"] == "3")
        if row["opinionTime"]:
            assert row["applyTime"] < row["opinionTime"]
    files = sorted(Path(week.folder).rglob("CONS_*.json"))
    assert len(files) == len(week.deliveries)
    assert all(isinstance(json.loads(path.read_text("utf-8")), list) for path in files)


def test_filings_cover_stays_outside(county: County) -> None:
    insured = {row["PSN_NO"] for row in county.rows("F01")}
    filings = list(county.people("F03"))
    withdrawn = county.struck("filing_withdrawn", "OUT_APPY_D")
    found: dict[str, list[Row]] = defaultdict(list)
    for person, row in filings:
        assert row["PSN_NO"] in insured
        assert row["BEGNDATE"] <= row["ENDDATE"]
        is_withdrawn = row["TRT_DCLA_DETL_SN"] in withdrawn
        assert (row["VALI_FLAG"] == "0") == is_withdrawn
        found[person].append(row)
    stays = [
        (person, row)
        for person, row in county.people("F02")
        if row["MED_TYPE"] in ("21", "22", "52")
        and not row["FIXMEDINS_CODE"].startswith("H991525")
    ]
    covered = sum(
        any(f["BEGNDATE"] <= row["BEGNDATE"] <= f["ENDDATE"] for f in found[person])
        for person, row in stays
    )
    assert 0.5 * len(stays) < covered < len(stays)
