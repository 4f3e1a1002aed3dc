"""A share of few rows stops nothing by chance; of many rows the limit is the limit."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from expectations.chance import tolerated_count, tolerated_share
from expectations.gate import GateRefusedError, run_gate
from tests.tiny_county import ask, begin_build, do

VISITS = "staging.stg_a__ys_mz_jzls"
# A vendor's first rows: three, and then as many thousand times.
FEW = f"delete from {VISITS} where _line_number > 4"
MANY = (
    f"insert into {VISITS} select (jsonb_populate_record(null::{VISITS}, to_jsonb(v)"
    " || jsonb_build_object('record_key', v.record_key || n))).*"
    f" from {VISITS} as v cross join generate_series(1, 1000) as n"
)
ONE_IN_THREE = f"update {VISITS} set set_aside_because = 'test' where _line_number = 2"
# The four reports that a small hospital's X-ray has made, and who tried it out.
FOUR = f"""
    delete from {VISITS} where _line_number > 4;
    insert into {VISITS} select (jsonb_populate_record(null::{VISITS}, to_jsonb(v)
        || '{{"record_key": "fourth", "_line_number": 5}}')).*
    from {VISITS} as v where _line_number = 4
"""


def _say_nothing(_: str) -> None:
    return None


def _not_met(county: Engine) -> list[str]:
    found = ask(
        county,
        "select expectation from audit.gate_result where not success"
        " and suite = 'staging.stg_a__ys_mz_jzls'",
    )
    return sorted(name for (name,) in found)


def test_a_test_patient_among_three_is_noted_and_stops_nothing(county: Engine) -> None:
    do(county, FEW, ONE_IN_THREE)
    run_gate(county, "staging", begin_build(county), _say_nothing)
    assert _not_met(county) == ["set_aside_noted"]


def test_three_test_patients_among_four_stop_nothing(county: Engine) -> None:
    do(
        county,
        FOUR,
        f"update {VISITS} set set_aside_because = 'test' where _line_number < 5",
    )
    run_gate(county, "staging", begin_build(county), _say_nothing)
    assert _not_met(county) == ["set_aside_noted"]


def test_four_rows_of_which_none_can_be_used_stop(county: Engine) -> None:
    do(county, FOUR, f"update {VISITS} set set_aside_because = 'test'")
    with pytest.raises(GateRefusedError, match="set_aside_bounded"):
        run_gate(county, "staging", begin_build(county), _say_nothing)


def test_the_same_share_of_thousands_stops(county: Engine) -> None:
    do(county, FEW, MANY, ONE_IN_THREE)
    with pytest.raises(GateRefusedError, match="set_aside_bounded"):
        run_gate(county, "staging", begin_build(county), _say_nothing)


def test_a_rejected_line_of_a_short_list_stops_nothing(county: Engine) -> None:
    """One of ten is more than one in twenty; it is one."""
    file = "update audit.file_ledger set rows_read = 10, rows_rejected = {}, {}"
    do(county, file.format(1, "rows_accepted = 9 where feed = 'A02'"))
    assert _rejected(county) == ["rejected_noted"]
    do(county, file.format(9, "rows_accepted = 1 where feed = 'A02'"))
    assert _rejected(county) == ["rejected_noted", "rejected_share"]


def _rejected(county: Engine) -> list[str]:
    run_id = begin_build(county)
    # Other checks see that the rest of the tiny ledger says something else.
    with pytest.raises(GateRefusedError):
        run_gate(county, "landing", run_id, _say_nothing)
    found = ask(
        county,
        "select expectation from audit.gate_result where not success"
        f" and expectation like 'rejected%' and run_id = {run_id}",
    )
    return sorted(name for (name,) in found if name in ("rejected_noted", "rejected_share"))


@pytest.mark.parametrize("limit", (0.0, 0.02, 0.25, 0.5, 1.0))
@pytest.mark.parametrize("rows", (1, 10, 400, 10**7))
def test_both_ways_to_say_it_agree(engine: Engine, limit: float, rows: int) -> None:
    with engine.connect() as connection:
        count = connection.scalar(
            text(f"select {tolerated_count(str(limit), str(rows))}::float8")
        )
    share = tolerated_share(limit, rows)
    assert min(count or 0.0, rows) == pytest.approx(share * rows)
    assert share >= limit
    # Exact in the end, so that a broken export of a real feed is not let through.
    if rows == 10**7:
        assert share == pytest.approx(limit, abs=0.001)


def test_where_nothing_is_there_nothing_is_passed() -> None:
    assert tolerated_share(0.05, 0) == 1.0
