"""dbt in this process: a failure is named without a value, a change is taken up."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import Engine

from loaders import transform
from loaders.settings import Settings
from loaders.transform import TransformError, build_docs, invoke_dbt, run_dbt

NUMBER = "991525199001011234"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dbt project without a model, in place of the real one."""
    folder = tmp_path / "dbt_project"
    (folder / "models" / "1_staging").mkdir(parents=True)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copyfile(transform.DBT_PROJECT / name, folder / name)
    shutil.copytree(transform.DBT_PROJECT / "macros", folder / "macros")
    (folder / "macros" / "parsing.sql").unlink()
    monkeypatch.setattr(transform, "DBT_PROJECT", folder)
    return folder


@pytest.fixture
def settings(make_database: Callable[[], Engine], tmp_path: Path) -> Settings:
    url = make_database().url.set(drivername="postgresql")
    dsn = url.render_as_string(hide_password=False)
    return Settings(home=tmp_path, external_dsn=dsn)


def test_a_failing_model_is_named_without_the_value_it_failed_on(
    project: Path,
    settings: Settings,
    capfd: pytest.CaptureFixture[str],
) -> None:
    model = project / "models" / "1_staging" / "stg_broken.sql"
    model.write_text(f"select '姓名 {NUMBER}'::integer as number\n", "utf-8")
    with pytest.raises(TransformError) as failure:
        run_dbt(settings, "1_staging")
    message = str(failure.value)
    assert "stg_broken" in message
    assert "invalid input syntax for type integer" in message
    printed = capfd.readouterr()
    for place in (message, printed.out, printed.err, *_written(settings)):
        assert NUMBER not in place
        assert "姓名" not in place


def test_a_failing_test_is_named(project: Path, settings: Settings) -> None:
    folder = project / "models" / "1_staging"
    (folder / "stg_twice.sql").write_text(
        "{{ config(materialized='table') }}"
        f" select '{NUMBER}' as number union all select '{NUMBER}' as number\n",
        "utf-8",
    )
    (folder / "stg_twice.yml").write_text(
        "models:\n  - name: stg_twice\n    columns:\n      - name: number\n"
        "        data_tests: [unique]\n",
        "utf-8",
    )
    with pytest.raises(TransformError, match="unique_stg_twice_number") as failure:
        run_dbt(settings, "1_staging")
    assert NUMBER not in str(failure.value)


def test_a_layer_that_does_not_exist_is_refused(settings: Settings) -> None:
    with pytest.raises(TransformError, match="no layer 9_elsewhere"):
        run_dbt(settings, "9_elsewhere")


def test_a_seed_whose_columns_changed_is_made_anew(
    project: Path, settings: Settings
) -> None:
    (project / "seeds").mkdir()
    seed = project / "seeds" / "rule.csv"
    for content in ("code,valid_to\n1,\n", "code,valid_to,source\n1,2024-12-31,书\n"):
        seed.write_text(content, "utf-8")
        assert run_dbt(settings, "1_staging").seeds == 1


def test_the_documentation_forbids_loading_from_outside(
    project: Path, settings: Settings
) -> None:
    page = build_docs(settings).read_text("utf-8")
    rule = page.index("Content-Security-Policy")
    assert rule < page.index("<script")
    assert "http" not in page[rule : page.index(">", rule)]


def _written(settings: Settings) -> list[str]:
    # What dbt compiled repeats the model, and the model here holds the value itself.
    return [
        path.read_text("utf-8", errors="replace")
        for path in settings.dbt_folder.rglob("*")
        if path.is_file()
        and not {"compiled", "run"} & set(path.parts)
        and path.suffix != ".msgpack"
    ]


def test_what_was_read_for_all_tests_is_not_read_again(
    make_database: Callable[[], Engine], install: Callable[[Engine], Settings]
) -> None:
    """Else every installation of a test would read the project, and nobody would notice."""
    from dbt.parser.manifest import ManifestLoader

    settings = install(make_database())
    with patch.object(ManifestLoader, "load_and_parse_macros", side_effect=AssertionError):
        invoke_dbt(settings, ["parse"], "Reading")
