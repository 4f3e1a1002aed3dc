"""Codes, units, days and money in the words of FHIR, where the record has odd ones."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal

import pytest

from loaders.interchange.exchange import Exchange
from loaders.interchange.pseudonym import Pseudonyms
from loaders.interchange.vocabulary import UnmappedCodeError, load_vocabulary
from loaders.settings import PROJECT


@pytest.fixture
def exchange() -> Exchange:
    """An export of a county with one institution."""
    return Exchange(load_vocabulary(), Pseudonyms(b"s"), frozenset({"99A"}), {}, False)


def test_a_code_that_systems_made_up_is_unknown() -> None:
    word = load_vocabulary().word
    assert word("gender", "7") == "unknown"
    assert word("gender", None) == "unknown"
    assert word("report status", "X") == "unknown"
    assert word("interpretation", "9") == ""


def test_a_word_of_our_own_without_an_arm_is_noticed() -> None:
    with pytest.raises(UnmappedCodeError, match="'encounter class' has no arm for 'odd'"):
        load_vocabulary().word("encounter class", "odd")


def test_systems_that_diagnoses_are_coded_in_have_addresses() -> None:
    seed = PROJECT / "dbt_project" / "seeds" / "rules" / "diagnosis_source.csv"
    with seed.open(encoding="utf-8") as file:
        coded_in = {row["code_system"] for row in csv.DictReader(file)} - {""}
    assert coded_in
    assert coded_in <= set(load_vocabulary().code_systems)


def test_a_code_system_without_an_address_is_noticed(exchange: Exchange) -> None:
    with pytest.raises(UnmappedCodeError, match="no address for the code system 'ICD-12'"):
        exchange.coding("ICD-12", "A00")


def test_a_unit_has_a_code_when_there_is_one(exchange: Exchange) -> None:
    assert exchange.quantity(Decimal("4.10"), "10^9/L") == {
        "value": 4.1,
        "unit": "10^9/L",
        "system": "http://unitsofmeasure.org",
        "code": "10*9/L",
    }
    assert exchange.quantity(Decimal(3), "片") == {"value": 3, "unit": "片"}
    assert exchange.quantity(None, "cm") is None


def test_times_are_those_of_the_county(exchange: Exchange) -> None:
    at = datetime(2024, 2, 29, 23, 59, 58, 700000)
    assert exchange.moment(None, at) == "2024-02-29T23:59:58+08:00"
    assert exchange.moment(date(2024, 2, 29)) == "2024-02-29"
    assert exchange.moment(None) is None


def test_a_period_does_not_end_before_it_begins(exchange: Exchange) -> None:
    begins, before = datetime(2024, 3, 2, 8), date(2024, 3, 1)
    assert exchange.period(begins, before) == {"start": "2024-03-02T08:00:00+08:00"}
    assert exchange.period(date(2024, 3, 2), begins) == {
        "start": "2024-03-02",
        "end": "2024-03-02T08:00:00+08:00",
    }
    assert exchange.period(None, None) is None


def test_fen_are_yuan(exchange: Exchange) -> None:
    assert exchange.money(-1234) == {"value": -12.34, "currency": "CNY"}
    assert exchange.money(None) is None


def test_an_institution_that_is_not_listed_is_named_by_its_code(exchange: Exchange) -> None:
    listed = exchange.pseudonyms.id_of("Organization", "99A")
    assert exchange.organization("99A") == {"reference": f"Organization/{listed}"}
    assert exchange.organization("99B") == {
        "identifier": {
            "system": "https://onecard.invalid/fhir/sid/credit-code",
            "value": "99B",
        }
    }
    assert exchange.organization(None) is None
