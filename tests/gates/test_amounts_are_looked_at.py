"""One amount that cannot be read is noted, and one that cannot be meant."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from expectations.column_counts import columns_to_count
from expectations.gate import run_gate
from expectations.layout import Layout
from expectations.thresholds import load_thresholds
from loaders.contracts.model import contract_of
from tests.tiny_county import ask, begin_build, do

INVOICES = "staging.stg_a__ms_mzxx"
LANDED = f"landing.{contract_of('A06').name}"
# Thirty invoices of the hospital; staging has read all their amounts.
READ = f"""
    insert into audit.file_ledger overriding system value
    select (jsonb_populate_record(
        file, '{{"file_id": 3, "feed": "A06", "table_name": "MS_MZXX", "sha256": "s3"}}'
    )).* from audit.file_ledger as file where file_id = 2;
    create table {INVOICES} (
        record_key text, set_aside_because text, total_fee_fen bigint,
        _file_id bigint, _line_number integer
    );
    insert into {INVOICES}
    select number::text, null, 1000, 3, number from generate_series(1, 30) as number;
    insert into {LANDED} (_file_id, _line_number, _row_hash, "ZJJE")
    select 3, number, md5(number::text)::uuid, '10.00'
    from generate_series(1, 30) as number
"""


@pytest.mark.parametrize(
    ("written", "noted"), [("1e3", ["amounts_read"]), ("不详", []), ("0.00", [])]
)
def test_an_amount_that_says_something_else_is_noted(
    county: Engine, monkeypatch: pytest.MonkeyPatch, written: str, noted: list[str]
) -> None:
    invoices = (contract_of("A06"),)
    monkeypatch.setattr("expectations.staging.load_contracts", lambda: invoices)
    do(
        county,
        READ,
        f"update {INVOICES} set total_fee_fen = null where _line_number = 7",
        f"update {LANDED} set \"ZJJE\" = '{written}' where _line_number = 7",
    )
    run_gate(county, "staging", begin_build(county), lambda _: None)
    found = ask(
        county,
        "select expectation, severity from audit.gate_result"
        f" where not success and suite = '{INVOICES}'",
    )
    assert found == [(name, "warning") for name in noted]


@pytest.mark.parametrize(
    ("feed", "yuan", "is_possible"),
    [
        ("F02", 9_000_000, True),
        ("F02", 90_000_000, False),
        # A hospital's year, and the budget of a county's fund.
        ("H05", 900_000_000, True),
        ("F04", 900_000_000, True),
        ("F04", 900_000_000_0000, False),
    ],
)
def test_books_say_more_than_a_bill(feed: str, yuan: int, is_possible: bool) -> None:
    limits = load_thresholds().staging
    layout = Layout({"staging.t": {"total_fee_fen": "bigint"}})
    (amount,) = columns_to_count(layout, "staging.t", contract_of(feed), limits)
    assert amount.between is not None
    least, most = map(int, amount.between)
    assert (least <= yuan * 100 <= most) == is_possible
