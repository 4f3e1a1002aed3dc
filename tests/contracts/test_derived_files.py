"""Files that follow from contracts and definitions are what they would be today."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
import yaml

from loaders.contracts.model import load_contracts, load_systems
from loaders.generate import INDICATOR_FOLDER, generate
from loaders.generate.definition import DefinitionError, read_definitions
from loaders.generate.dictionary import data_dictionary
from loaders.generate.sources import dbt_sources

INDICATOR = {
    "code": "tea_share",
    "name_zh": "茶歇占比",
    "name_en": "Share of breaks for tea",
    "definition_zh": "喝茶的次数除以休息的次数",
    "definition_en": "Breaks with tea over all breaks",
    "source": "a rule of the house",
    "owner": "县卫生健康委信息办",
    "direction": "higher",
    "unit": "share",
    "grains": ["county", "township"],
    "monthly": True,
    "needs": ["A02", "E01"],
    "targets": [
        {
            "value": 0.65,
            "operator": ">=",
            "valid_from": "2024-01-01",
            "set_by": "the house",
            "source": "a rule, with a comma",
        }
    ],
}


def _pair(folder: Path, indicator: dict[str, object]) -> None:
    name = f"ind_{indicator['code']}"
    model = {
        "name": name,
        "description": "cases",
        "config": {"meta": {"indicator": indicator}},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.sql").write_text("select 1\n", "utf-8")
    document = {"version": 2, "models": [model]}
    (folder / f"{name}.yml").write_text(yaml.safe_dump(document), "utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    _pair(tmp_path / INDICATOR_FOLDER, INDICATOR)
    _pair(tmp_path / INDICATOR_FOLDER, INDICATOR | {"code": "coffee_share", "targets": []})
    return tmp_path


def test_derived_files_of_the_project_are_fresh() -> None:
    assert generate(check=True) == []


def test_a_second_writing_changes_nothing(project: Path) -> None:
    assert len(generate(check=False, project=project)) == 6
    assert generate(check=False, project=project) == []


def test_a_check_names_what_is_stale_but_leaves_it(project: Path) -> None:
    generate(check=False, project=project)
    stale = project / "docs/generated/data_dictionary.md"
    stale.write_text("old", "utf-8")
    assert generate(check=True, project=project) == ["docs/generated/data_dictionary.md"]
    assert stale.read_text("utf-8") == "old"


def test_the_union_names_every_indicator_in_order(project: Path) -> None:
    generate(check=False, project=project)
    sql = (project / INDICATOR_FOLDER / "indicator_case.sql").read_text("utf-8")
    assert sql.startswith("-- One row per ")
    assert sql.index("ref('ind_coffee_share')") < sql.index("ref('ind_tea_share')")
    assert sql.count("union all") == 1


def test_the_registry_says_what_the_definitions_say(project: Path) -> None:
    generate(check=False, project=project)
    seeds = project / "dbt_project/seeds/generated"
    with (seeds / "indicator_registry.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["indicator_code"] for row in rows] == ["coffee_share", "tea_share"]
    assert rows[1]["grains"] == "county;township"
    assert rows[1]["needs"] == "A02;E01"
    assert rows[1]["is_monthly"] == "true"
    with (seeds / "indicator_target.csv").open(encoding="utf-8", newline="") as lines:
        (target,) = csv.DictReader(lines)
    assert (target["operator"], target["target_value"]) == (">=", "0.65")
    assert (target["valid_from"], target["valid_to"]) == ("2024-01-01", "")
    assert target["source"] == "a rule, with a comma"


def test_an_indicator_with_an_unknown_field_is_refused(tmp_path: Path) -> None:
    _pair(tmp_path, INDICATOR | {"colour": "red"})
    with pytest.raises(DefinitionError, match=r"ind_tea_share\.yml .*colour: Extra inputs"):
        read_definitions(tmp_path)


def test_an_indicator_without_its_model_is_refused(tmp_path: Path) -> None:
    _pair(tmp_path, INDICATOR)
    (tmp_path / "ind_tea_share.sql").unlink()
    with pytest.raises(DefinitionError, match="not a pair.*ind_tea_share"):
        read_definitions(tmp_path)


def test_an_indicator_in_a_file_of_another_name_is_refused(tmp_path: Path) -> None:
    _pair(tmp_path, INDICATOR)
    for ending in ("sql", "yml"):
        shutil.move(tmp_path / f"ind_tea_share.{ending}", tmp_path / f"ind_x.{ending}")
    with pytest.raises(DefinitionError, match=r"ind_x\.yml: file, model and code"):
        read_definitions(tmp_path)


def test_a_target_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    target = INDICATOR["targets"][0] | {"valid_to": "2023-12-31"}
    _pair(tmp_path, INDICATOR | {"targets": [target]})
    with pytest.raises(DefinitionError, match=r"targets\.0: .*valid_to is before"):
        read_definitions(tmp_path)


def test_dbt_knows_every_landing_table_with_every_column() -> None:
    landing = yaml.safe_load(dbt_sources(load_contracts()))["sources"][0]
    tables = {table["name"]: table for table in landing["tables"]}
    for contract in load_contracts():
        names = [column["name"] for column in tables[contract.name]["columns"]]
        assert names[: len(contract.columns)] == list(contract.column_names)
        assert {"_file_id", "_line_number", "_row_hash", "_extra"} <= set(names)


def test_the_dictionary_has_a_line_for_every_column() -> None:
    text = data_dictionary(load_systems(), load_contracts())
    expected = sum(len(contract.columns) for contract in load_contracts())
    assert sum(line.startswith("| `") for line in text.splitlines()) == expected
