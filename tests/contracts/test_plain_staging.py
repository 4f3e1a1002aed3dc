"""A model that follows from a contract calls a row by the whole key of the feed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from loaders.contracts.model import SHIPPED, Contract, read_contract
from loaders.generate.plain_staging import FOLDER, plain_models

FEED = {
    "staging": "plain",
    "person": None,
    "version_by": [],
    "columns": [
        {"name": name, "standard": standard, "zh": "列", "en": "Column", "type": kind}
        for name, standard, kind in (
            ("NO", "native_number", "code"),
            ("ORG", "clinic_code", "code"),
            ("ON", "done_on", "date"),
            ("PAID", "paid", "money"),
        )
    ],
}


def _contract(folder: Path, **more: object) -> Contract:
    shipped = next(SHIPPED.glob("a_*/ms_brda.yml"))
    document = yaml.safe_load(shipped.read_text("utf-8"))
    target = folder / "plain.yml"
    target.write_text(yaml.safe_dump(document | FEED | more, allow_unicode=True), "utf-8")
    return read_contract(target)


def _keys(model: str) -> list[str]:
    head = model[model.index("source_keys(") : model.index(") }},")]
    return [line.strip().rstrip(",") for line in head.splitlines()[2:] if line.strip()]


@pytest.mark.parametrize(
    ("more", "keys"),
    [
        ({"key": ["NO"]}, ["native_id='landed.\"NO\"'", "org_in_key=false"]),
        (
            {"key": ["_period", "NO"]},
            [
                "native_id='landed.\"NO\"'",
                "native_part='landed._period'",
                "org_in_key=false",
            ],
        ),
        (
            {"key": ["NO", "ON"], "empty_in_key": ["ON"]},
            [
                "native_id='landed.\"NO\"'",
                "native_part='coalesce(landed.\"ON\", \\'\\')'",
                "org_in_key=false",
            ],
        ),
        (
            {"key": ["ORG", "NO"], "person": {"native_id": "NO", "org_column": "ORG"}},
            ["native_id='landed.\"NO\"'", "org_code='landed.\"ORG\"'"],
        ),
    ],
)
def test_what_a_row_is_called(
    tmp_path: Path, more: dict[str, object], keys: list[str]
) -> None:
    contract = _contract(tmp_path, **more)
    model = plain_models((contract,))[f"{FOLDER}/stg_a__ms_brda.sql"]
    assert _keys(model) == keys


def test_amounts_are_in_fen_and_what_must_be_there_is_asked_for(tmp_path: Path) -> None:
    contract = _contract(tmp_path, key=["NO", "ON"])
    model = plain_models((contract,))[f"{FOLDER}/stg_a__ms_brda.sql"]
    assert "{{ parse_fen('landed.\"PAID\"') }} as paid_fen," in model
    assert "when done_on is null then 'impossible_date'" in model
    assert "paid_fen is null" not in model


def test_a_written_model_is_left_alone(tmp_path: Path) -> None:
    assert plain_models((_contract(tmp_path, key=["NO"], staging="written"),)) == {}
