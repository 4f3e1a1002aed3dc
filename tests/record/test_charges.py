"""What care cost, after everything that was taken back; every figure added up by hand."""

from __future__ import annotations

import pytest

from tests.indicators.counting import Counted
from tests.indicators.situation import Situation


def describe_situation(s: Situation) -> None:
    """Stays in three dialects of refunds, and visits with void invoices."""
    s.person("payer")
    s.visit_a("charged twice", "payer", "2022-03-01", invoices="stands void")
    s.visit_b("a line given back", "payer", "2022-03-02", lines="charged refunded")
    s.stay_a("refund below zero", "payer", "2022-03-01", "2022-03-08")
    s.stay_b("refund without sign", "payer", "2022-04-01", "2022-04-08")
    s.stay_c("centre", "payer", "2022-05-01", "2022-05-08")
    s.stay_a("wrong bill", "payer", "2022-06-01", "2022-06-03")
    s.stay_a("cancelled stay", "payer", "2022-07-01", None, cancelled=True)
    for stay in ("refund below zero", "refund without sign", "centre"):
        s.line(f"{stay} bed", stay, 18000)
        s.line(f"{stay} drip", stay, 1000)
        s.line(f"{stay} drip back", stay, 1000, refund=True)
    s.line("wrong bill bed", "wrong bill", 6000)
    s.bill("first bill", "refund below zero", 18500, void=True)
    s.bill("interim bill", "refund below zero", 8000, ordinal=2)
    s.bill("last bill", "refund below zero", 10000, ordinal=3)
    s.bill("bill too low", "wrong bill", 5000)


@pytest.mark.parametrize(
    ("encounter", "fen"),
    [
        ("charged twice", 1000),
        ("a line given back", 700),
        ("refund below zero", 18000),
        ("refund without sign", 18000),
        ("centre", 18000),
    ],
)
def test_charges_may_be_summed_and_are_what_the_encounter_cost(
    counted: Counted, encounter: str, fen: int
) -> None:
    (found,) = counted.rows(
        "select sum(net_fee_fen)::int as fen, count(distinct person_id) as people,"
        " min(person_id) as person from record.charge where encounter_id = :id",
        id=counted.situation.ids[encounter],
    )
    assert tuple(found) == (fen, 1, counted.situation.people["payer"])
    assert counted.encounter(encounter).net_fee_fen == fen


def test_a_void_invoice_keeps_what_it_said_and_counts_nothing(counted: Counted) -> None:
    found = counted.rows(
        "select charge_level, is_counted, not_counted_because, sent_fee_fen, net_fee_fen"
        " from record.charge where encounter_id = :id order by is_counted",
        id=counted.situation.ids["charged twice"],
    )
    assert [tuple(row) for row in found] == [
        ("invoice", False, "void", 1000, 0),
        ("invoice", True, None, 1000, 1000),
    ]


def test_a_refund_names_the_line_that_it_gives_back(counted: Counted) -> None:
    found = counted.rows(
        "select charge_number, is_refund, is_refunded, refunded_charge_number, net_fee_fen"
        " from record.charge where encounter_id = :id"
        " order by net_fee_fen desc, is_refunded",
        id=counted.situation.ids["a line given back"],
    )
    kept, returned, refund = found
    assert (kept.is_refunded, returned.is_refunded, refund.is_refund) == (False, True, True)
    assert refund.refunded_charge_number == returned.charge_number
    assert refund.net_fee_fen == -700


def test_bills_that_stand_are_the_interim_and_the_last(counted: Counted) -> None:
    found = counted.rows(
        "select settlement_ordinal, not_counted_because, net_fee_fen"
        " from record.hospital_bill where encounter_id = :id order by settlement_ordinal",
        id=counted.situation.ids["refund below zero"],
    )
    assert [tuple(row) for row in found] == [
        (1, "void", 0),
        (2, None, 8000),
        (3, None, 10000),
    ]


@pytest.mark.parametrize(
    ("stay", "verdict", "charged", "billed"),
    [
        ("refund below zero", "agrees", 18000, 18000),
        ("wrong bill", "differs", 6000, 5000),
        ("centre", "nothing_to_compare", 18000, None),
    ],
)
def test_a_stay_is_reckoned_by_all_that_was_sent(
    counted: Counted, stay: str, verdict: str, charged: int, billed: int | None
) -> None:
    (found,) = counted.rows(
        "select verdict, charge_fee_fen, bill_fee_fen from record.stay_account"
        " where encounter_id = :id",
        id=counted.situation.ids[stay],
    )
    assert tuple(found) == (verdict, charged, billed)


def test_a_stay_that_never_was_has_no_account(counted: Counted) -> None:
    assert not counted.rows(
        "select 1 from record.stay_account where encounter_id = :id",
        id=counted.situation.ids["cancelled stay"],
    )
