"""Every value is the sum of its cases, whatever the situation."""

from __future__ import annotations

from tests.indicators.counting import Counted


def test_every_value_is_proven_from_its_cases(counted: Counted) -> None:
    assert counted.rows("select 1 from audit.indicator_proof where not is_proven") == []


def test_every_case_leads_to_a_file_and_a_line(counted: Counted) -> None:
    lost = counted.rows(
        "select 1 from indicators.indicator_case"
        " left join record.event_source"
        " on indicator_case.event_id = event_source.event_id"
        " and indicator_case._file_id = event_source.file_id"
        " and indicator_case._line_number = event_source.line_number"
        " where event_source.event_id is null"
    )
    assert lost == []
