"""What a contract promises is what the gates expect; nothing is written down twice."""

from __future__ import annotations

import pytest

from expectations.landing import suite
from expectations.layout import Layout
from expectations.thresholds import load_thresholds
from loaders.contracts.model import Contract, load_contracts

EVERYTHING = Layout({f"landing.{c.name}": {} for c in load_contracts()})
CHECKS = suite(EVERYTHING, load_thresholds())


@pytest.mark.parametrize("contract", load_contracts(), ids=lambda c: c.feed)
def test_every_column_of_a_contract_is_expected(contract: Contract) -> None:
    (columns,) = (
        check.arguments["column_set"]
        for check in CHECKS
        if check.table == f"landing.{contract.name}" and check.name == "columns_as_promised"
    )
    assert set(contract.column_names) < set(columns)  # type: ignore[arg-type]


@pytest.mark.parametrize("contract", load_contracts(), ids=lambda c: c.feed)
def test_every_key_of_a_contract_is_expected_to_be_filled(contract: Contract) -> None:
    filled = {
        check.arguments["column"]
        for check in CHECKS
        if check.table == f"landing.{contract.name}" and "key_filled" in check.name
    }
    assert filled == set(contract.key) & set(contract.column_names)


def test_every_expectation_has_a_name_of_its_own() -> None:
    names = [(check.table, check.name) for check in CHECKS]
    assert len(names) == len(set(names))


def test_every_expectation_says_what_it_means_in_both_languages() -> None:
    for check in CHECKS:
        assert check.en.isascii() or "“" in check.en
        assert any("\u4e00" <= character <= "\u9fff" for character in check.zh)
        assert check.look_at


def test_a_damaged_identity_number_stops_nothing() -> None:
    about_numbers = [check for check in CHECKS if "id_number" in check.name]
    assert about_numbers
    assert all(check.severity == "warning" for check in about_numbers)


def test_every_threshold_has_a_reason() -> None:
    for stage in load_thresholds().model_dump().values():
        for bound in stage.values():
            assert len(bound["because"]) > 20
