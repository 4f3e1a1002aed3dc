"""The same seed gives the same county, whatever else is asked of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.demo_county.make import DemoCountyError, DemoSummary, make_demo_county
from loaders.demo_county.mess import UnknownMessError, all_kinds


def _bytes(folder: Path) -> dict[str, bytes]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


def test_the_same_seed_gives_the_same_bytes(small: DemoSummary, tmp_path: Path) -> None:
    make_demo_county(tmp_path, residents=150, later_days=2)
    assert _bytes(tmp_path) == _bytes(small.folder)


def test_another_seed_gives_another_county(small: DemoSummary, tmp_path: Path) -> None:
    make_demo_county(tmp_path, residents=150, later_days=2, seed=2)
    ours, theirs = _bytes(small.folder), _bytes(tmp_path)
    for name in ("truth/persons.csv", "deliveries/20250101/C_TOWNSHIP_HIS/township_his.db"):
        assert ours[name] != theirs[name]


def test_the_history_does_not_depend_on_the_days_that_follow(
    small: DemoSummary, tmp_path: Path
) -> None:
    make_demo_county(tmp_path, residents=150, later_days=6)
    first = "deliveries/20250101"
    assert _bytes(tmp_path / first) == _bytes(small.folder / first)


def test_a_kind_of_mess_can_be_switched_off_alone(
    small: DemoSummary, tmp_path: Path
) -> None:
    without = all_kinds() - {"name_suffix", "phone_group"}
    made = make_demo_county(tmp_path, residents=150, later_days=2, mess=without)
    expected = {k: v for k, v in small.mess.items() if k in without}
    assert "phone_group" in small.mess
    assert made.mess == expected


def test_a_county_without_mess_has_none(tmp_path: Path) -> None:
    made = make_demo_county(tmp_path, residents=60, later_days=3, mess=frozenset())
    assert made.mess == {}


def test_unknown_kinds_of_mess_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownMessError, match="rain"):
        make_demo_county(tmp_path, residents=5, mess=frozenset({"rain"}))


def test_an_earlier_county_is_replaced(tmp_path: Path) -> None:
    make_demo_county(tmp_path, residents=20, later_days=1)
    make_demo_county(tmp_path, residents=20, later_days=0)
    assert [p.name for p in (tmp_path / "deliveries").iterdir()] == ["20250101"]


def test_deliveries_that_are_not_ours_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "deliveries").mkdir()
    with pytest.raises(DemoCountyError, match="another folder"):
        make_demo_county(tmp_path, residents=5)
    assert (tmp_path / "deliveries").exists()
