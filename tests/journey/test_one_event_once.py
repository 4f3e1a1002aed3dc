"""Reports of one event, against what the lives of the county know of their causes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Row, text

from tests.journey.caused_care import Care, Causes, causes_of_care
from tests.journey.conftest import LATER_DAYS, RESIDENTS, SEED, Installation

LEAST_SHARE_JOINED = 0.98
REPORTS = """
    select
        report.event_id,
        report.group_event_id,
        report.person_id,
        report.report_kind,
        settlement.settlement_id,
        service.service_id,
        service.not_counted_because,
        lead_event.source_system,
        lead_event.org_code,
        lead_event.native_id
    from record.event_group as report
    left join record.settlement as settlement on report.event_id = settlement.event_id
    left join record.service_performed as service on report.event_id = service.event_id
    left join record.encounter as lead_event
        on report.group_event_id = lead_event.encounter_id
"""


@dataclass(frozen=True)
class Reports:
    """What was found of every report, and whose every visit and stay is."""

    rows: list[Row[Any]]
    person_of: dict[Care, str | None]


def reports_of(engine: Engine) -> Reports:
    with engine.connect() as connection:
        rows = list(connection.execute(text(REPORTS)))
        encounters = connection.execute(
            text(
                "select source_system, org_code, native_id, person_id from record.encounter"
            )
        )
        return Reports(rows, {(r[0], r[1], r[2]): r[3] for r in encounters})


@pytest.fixture(scope="module")
def causes() -> Causes:
    return causes_of_care(RESIDENTS, SEED, LATER_DAYS)


@pytest.fixture(scope="module")
def reports(together: Installation) -> Reports:
    return reports_of(together.engine())


def lead_of(row: Row[Any]) -> Care | None:
    """The visit or stay that the report was found to be about."""
    if row.source_system is None:
        return None
    return row.source_system, row.org_code, row.native_id


def test_a_settlement_joins_the_care_that_it_was_paid_for_and_no_other(
    causes: Causes, reports: Reports
) -> None:
    paid_for = causes.visits | causes.stays
    joined, all_of_them = 0, 0
    for row in reports.rows:
        if row.settlement_id not in paid_for:
            continue
        all_of_them += 1
        cause, found = paid_for[row.settlement_id], lead_of(row)
        if found is not None:
            assert found == cause
            joined += 1
        else:
            # Only where visit and settlement were taken for two people's.
            assert reports.person_of[cause] != row.person_id
    assert all_of_them > 1000
    assert joined >= LEAST_SHARE_JOINED * all_of_them


def test_what_was_settled_elsewhere_joins_no_visit_of_the_county(
    causes: Causes, reports: Reports
) -> None:
    elsewhere = [row for row in reports.rows if row.settlement_id in causes.elsewhere]
    assert len(elsewhere) > 100
    assert [row.settlement_id for row in elsewhere if lead_of(row)] == []


def test_a_front_page_joins_the_stay_that_was_coded(
    causes: Causes, reports: Reports
) -> None:
    joined, all_of_them = 0, 0
    for row in reports.rows:
        system, _, _, number, part = (*row.event_id.split("|"), "", "")[:5]
        key = (system, number, part.split("+")[0])
        if row.report_kind != "front_page" or key not in causes.pages:
            continue
        all_of_them += 1
        cause, found = causes.pages[key], lead_of(row)
        assert found == cause or reports.person_of[cause] != row.person_id
        joined += found == cause
    assert all_of_them > 50
    assert joined >= LEAST_SHARE_JOINED * all_of_them


def test_a_service_joins_the_visit_at_which_it_was_rendered(
    causes: Causes, reports: Reports
) -> None:
    rendered = [
        row
        for row in reports.rows
        # What was entered and taken back was not rendered at any visit.
        if row.service_id in causes.services and row.not_counted_because is None
    ]
    assert len(rendered) > 50
    wrong = [
        row
        for row in rendered
        if lead_of(row) not in (None, causes.services[row.service_id])
    ]
    assert wrong == []
    alone = [row for row in rendered if lead_of(row) is None]
    assert len(alone) <= (1 - LEAST_SHARE_JOINED) * len(rendered)


def test_every_report_is_in_a_group_that_has_its_lead(reports: Reports) -> None:
    group_of = {row.event_id: row.group_event_id for row in reports.rows}
    assert len(group_of) == len(reports.rows)
    assert {group_of.get(group) == group for group in group_of.values()} == {True}


def test_the_truth_is_of_the_county_that_was_delivered(
    causes: Causes, together: Installation, county: Path
) -> None:
    assert county == together.county
    with together.engine().connect() as connection:
        known = set(
            connection.execute(
                text("select settlement_id from record.settlement")
            ).scalars()
        )
    told = causes.visits.keys() | causes.stays.keys() | causes.elsewhere
    assert known <= told
