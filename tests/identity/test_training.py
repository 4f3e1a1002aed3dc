"""Training: the same records give the same file, which the model can then use."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from sqlalchemy import Engine

from loaders.identity.levels import COMPARISONS
from loaders.identity.training import TooFewPeopleError, train
from loaders.identity.weights import DECLARED, load_weights
from tests.identity.messy_people import MessyCounty, load

BASE = load_weights(files("loaders.identity.weights").joinpath(DECLARED))


def test_training_twice_gives_one_file_that_can_be_used(
    engine: Engine, tmp_path: Path
) -> None:
    county = MessyCounty(800, seed=11, records_each=4)
    load(engine, county.rows)
    first, second = tmp_path / "one/trial.yml", tmp_path / "other/trial.yml"
    first.parent.mkdir()
    second.parent.mkdir()
    report: list[str] = []
    training = train(engine, first, "a messy county", report=report.append)
    load(engine, county.rows[::-1])
    train(engine, second, "a messy county")
    assert first.read_bytes() == second.read_bytes()
    assert training.people > 500
    assert str(training.people) in report[0]

    trained = load_weights(first)
    assert trained.version.startswith("trial+")
    assert trained.levels["birth_date"]["exact"].bits > 10
    assert trained.levels["name"]["different"].bits < -3
    assert trained.levels["sex"]["same"].bits == pytest.approx(1, abs=0.1)
    # Told apart by their numbers, people cannot teach how seldom numbers agree.
    number = trained.levels["id_number"]["same"]
    assert number.different == BASE.levels["id_number"]["same"].different
    said = yaml.safe_load(first.read_text("utf-8"))
    assert said["trained_on"]["people"] == training.people
    assert said["comparisons"].keys() == COMPARISONS.keys()
    written = first.read_text("utf-8")
    names = {row["person_name"] for row in county.rows if row["person_name"]}
    assert not [name for name in names if len(name) > 2 and name in written]


def test_a_handful_of_people_teaches_nothing(engine: Engine, tmp_path: Path) -> None:
    load(engine, MessyCounty(20, seed=3).rows)
    with pytest.raises(TooFewPeopleError, match="500"):
        train(engine, tmp_path / "none.yml", "a village")
    assert not list(tmp_path.iterdir())
