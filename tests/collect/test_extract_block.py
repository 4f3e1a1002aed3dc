"""The block `extract` of a contract: what can be read comes in as landing wants it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from loaders.contracts.model import ContractError, load_contracts
from tests.collect.conftest import visit_contract

ROLLING = {"table": "visit", "mode": "rolling", "column": "changed", "days": 35}
FULL = {"table": "visit", "mode": "full"}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"extract": {"table": "v", "mode": "watermark", "column": "id"}},
        {"extract": {"table": "v", "mode": "watermark", "column": "changed", "days": 2}},
        {"extract": {"table": "v", "db_schema": "his", **FULL}, "delivery": "snapshot"},
        {"extract": ROLLING, "delivery": "rolling"},
    ],
)
def test_a_block_that_fits(register: Callable[..., None], given: dict[str, Any]) -> None:
    register(visit_contract(**given))
    (contract,) = load_contracts()
    assert contract.extract is not None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"extract": {"table": "v", "mode": "full", "colum": "x"}}, "Extra inputs"),
        ({"extract": {"table": "v", "mode": "watermark"}}, "column goes with mode"),
        ({"extract": FULL | {"column": "id"}}, "column goes with mode"),
        ({"extract": FULL | {"days": 3}}, "days goes with mode"),
        ({"extract": ROLLING | {"days": None}}, "mode: rolling needs days"),
        ({"extract": ROLLING | {"days": 0}}, "greater than or equal to 1"),
        ({"extract": ROLLING, "delivery": "delta"}, "goes with delivery: rolling"),
        ({"extract": FULL, "delivery": "delta"}, "goes with delivery: snapshot"),
        ({"extract": ROLLING | {"column": "id"}, "delivery": "rolling"}, "of type date"),
        (
            {"extract": {"table": "v", "mode": "watermark", "column": "none"}},
            "column is not described",
        ),
        ({"format": "json"}, "goes with format: jsonl"),
        ({"encoding": "gb18030"}, "encoding: utf-8"),
        ({"member_name": "x"}, "a file of its own"),
        ({"file_name": r"visit_(?P<date>\d{8})\.jsonl"}, "visit_20250102_R1.jsonl"),
        ({"file_name": r"visit_\d{8}(_R\d)?\.jsonl"}, "groups date and revision"),
    ],
)
def test_a_block_that_does_not_is_named(
    register: Callable[..., None], given: dict[str, Any], said: str
) -> None:
    register(visit_contract(**given))
    with pytest.raises(ContractError, match="q01_visit.yml") as failure:
        load_contracts()
    assert said in str(failure.value)
