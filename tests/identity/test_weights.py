"""The file of weights: complete, sensible, frozen, and about nobody in particular."""

from __future__ import annotations

import math
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from loaders.identity.fitting import DECLARED_PAIRS_OF_ONE, Measured, fit
from loaders.identity.levels import CHAINS, COMPARISONS
from loaders.identity.name_frequency import FEWEST_BEARERS, count_names
from loaders.identity.weights import (
    DECLARED,
    LevelWeight,
    WeightsError,
    load_weights,
    weights_in_use,
)

FOLDER = files("loaders.identity.weights")
FILES = sorted(path.name for path in FOLDER.iterdir() if path.name.endswith(".yml"))


@pytest.mark.parametrize("name", FILES)
def test_every_level_has_a_weight_and_a_reason(name: str) -> None:
    said = yaml.safe_load(FOLDER.joinpath(name).read_text("utf-8"))
    weights = load_weights(FOLDER.joinpath(name))
    lines = [line for levels in said["comparisons"].values() for line in levels.values()]
    assert all(isinstance(line["same"], float) for line in lines)
    assert all(isinstance(line["different"], float) for line in lines)
    for comparison, (missing, *levels) in COMPARISONS.items():
        assert missing.label == "missing"
        assert set(weights.levels[comparison]) == {level.label for level in levels}
        assert all(line["reason"] for line in said["comparisons"][comparison].values())
    assert 0 < weights.prior < 1e-3


@pytest.mark.parametrize("name", FILES)
def test_what_is_more_alike_weighs_no_less(name: str) -> None:
    weights = load_weights(FOLDER.joinpath(name))
    for comparison, chains in CHAINS.items():
        for chain in chains:
            bits = [weights.levels[comparison][label].bits for label in chain]
            # Shares are rounded to three digits.
            assert all(a >= b - 0.02 for a, b in zip(bits, bits[1:], strict=False)), chain
            assert bits[-1] < 0 or comparison == "address"
            assert bits[0] > 0


def test_no_single_comparison_but_the_number_outweighs_the_prior() -> None:
    weights = weights_in_use()
    prior = math.log2(weights.prior)
    for comparison, levels in weights.levels.items():
        strongest = max(level.bits for level in levels.values())
        if comparison != "id_number":
            assert prior + strongest < 0


def test_a_household_alone_is_not_a_person() -> None:
    """Father and son: one phone, one house, one surname, one sex."""
    levels = weights_in_use().levels
    bits = (
        levels["phone"]["shared"].bits
        + levels["address"]["same_house"].bits
        + levels["name"]["surname"].bits
        + levels["sex"]["same"].bits
        + levels["birth_date"]["different"].bits
    )
    assert math.log2(weights_in_use().prior) + bits < -8


def test_a_level_without_a_weight_is_an_error_that_names_it(tmp_path: Path) -> None:
    text = FOLDER.joinpath(DECLARED).read_text("utf-8")
    changed = tmp_path / "changed.yml"
    changed.write_text(text.replace("fuzzy_sound:", "fuzzy_sounds:"), "utf-8")
    with pytest.raises(WeightsError, match=r"changed.yml.*name.*fuzzy_sound"):
        load_weights(changed)
    changed.write_text(text.replace("same: 0.985", "same: 1.985"), "utf-8")
    with pytest.raises(WeightsError, match="sex same"):
        load_weights(changed)


def test_the_version_names_the_very_bytes(tmp_path: Path) -> None:
    text = FOLDER.joinpath(DECLARED).read_text("utf-8")
    one, other = tmp_path / "one.yml", tmp_path / "other.yml"
    one.write_text(text, "utf-8")
    other.write_text(text.replace("0.985", "0.984"), "utf-8")
    assert load_weights(one).version == load_weights(FOLDER.joinpath(DECLARED)).version
    assert load_weights(one).version != load_weights(other).version


@pytest.mark.parametrize("name", FILES)
def test_the_file_holds_characters_and_no_names(name: str) -> None:
    said = yaml.safe_load(FOLDER.joinpath(name).read_text("utf-8"))["name_frequency"]
    for part in ("single", "first", "second"):
        assert all(len(sign) == 1 for sign in said[part])
    assert all(len(surname) <= 2 for surname in said["surname"])


def test_rarer_names_are_rarer_and_none_is_too_rare() -> None:
    names = weights_in_use().names
    common, rare = names.probability_of_name("王伟"), names.probability_of_name("翟翀")
    assert common > rare >= names.rarest
    assert names.probability_of_name("艾力江吾斯曼") == names.rarest
    assert names.probability_of_name("JOHN SMITH") == names.rarest
    # What is not known of a name makes it no rarer.
    assert names.probability_of_name("王?") >= common


def test_table_of_frequencies_depends_on_the_names_alone() -> None:
    weights = weights_in_use()
    few = dict(weights.name_frequencies(["王伟", "李娜"]))
    many = dict(weights.name_frequencies(["李娜", "王伟", "王伟", "", "赵云", "张三"]))
    assert few == {key: many[key] for key in few}
    assert list(many) == sorted({"李娜", "王伟", "赵云", "张三"})


def test_people_meet_in_a_name_as_often_as_counted() -> None:
    people = [s + a + b for s in "王李张" for a in "建国文" for b in "华明"] * 30
    people += ["王小丫"] * (FEWEST_BEARERS - 1) + ["王建国"] * 200
    names = count_names(people, 1e-5)
    bearers = {name: people.count(name) for name in set(people)}
    total = len(people)
    meeting = sum(n * (n - 1) for n in bearers.values()) / (total * (total - 1))
    expected = sum(n * names.probability_of_name(k) for k, n in bearers.items()) / total
    assert expected == pytest.approx(meeting, rel=0.02)
    # Fewer bearers than that would point at somebody.
    assert "丫" not in names.second
    assert "小" not in names.first


def _measured(**met: tuple[float, float]) -> dict[str, Measured]:
    return {k: Measured(a, 100_000, b, 10_000_000) for k, (a, b) in met.items()}


SEX = {"same": LevelWeight(0.98, 0.5), "different": LevelWeight(0.02, 0.5)}
PHONE = {"shared": LevelWeight(0.6, 0.004), "different": LevelWeight(0.4, 0.996)}


def test_what_was_declared_counts_as_some_pairs_would() -> None:
    fitted = fit("sex", _measured(same=(99_900, 5e6), different=(100, 5e6)), SEX)
    expected = (100 + DECLARED_PAIRS_OF_ONE * 0.02) / (100_000 + DECLARED_PAIRS_OF_ONE)
    assert fitted["different"].weight.same == pytest.approx(expected, rel=0.01)


def test_levels_the_wrong_way_round_weigh_the_same() -> None:
    fitted = fit("sex", _measured(same=(10_000, 9e6), different=(90_000, 1e6)), SEX)
    one, other = fitted["same"], fitted["different"]
    assert one.weight.bits == pytest.approx(other.weight.bits, abs=0.02)
    assert "one weight for same, different" in one.reason


def test_what_a_household_shares_is_no_rarer_than_declared() -> None:
    small_county = _measured(shared=(90_000, 100), different=(10_000, 9_999_900))
    assert fit("phone", small_county, PHONE)["shared"].weight.different == 0.004
    crowded = _measured(shared=(90_000, 900_000), different=(10_000, 9_100_000))
    assert fit("phone", crowded, PHONE)["shared"].weight.different > 0.05


def test_a_level_hardly_met_keeps_what_was_declared() -> None:
    base = {
        "exact": LevelWeight(0.9, 4e-5), "lunar": LevelWeight(0.02, 8e-5),
        "year_off_by_one": LevelWeight(0.01, 8e-5), "one_digit": LevelWeight(0.02, 8e-4),
        "year_off_by_ten": LevelWeight(0.002, 8e-5), "same_month": LevelWeight(0.01, 1e-3),
        "day_month_swapped": LevelWeight(0.005, 3e-5), "different": LevelWeight(0.05, 0.99),
    }  # fmt: skip
    met = _measured(**dict.fromkeys(base, (0, 0))) | _measured(
        exact=(99_000, 400), different=(1_000, 9_990_000)
    )
    fitted = fit("birth_date", met, base)
    assert fitted["lunar"].weight.bits == pytest.approx(base["lunar"].bits, abs=0.02)
    assert fitted["lunar"].reason == "same declared, different declared"
