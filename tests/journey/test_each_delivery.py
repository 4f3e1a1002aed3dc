"""`--each` goes on after a delivery that a gate refused, as the next morning would."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from expectations.gate import GateRefusedError
from loaders import run

DAYS = ("20250101", "20250102", "20250103")
Bring = Callable[..., tuple[list[str], list[str]]]


@pytest.fixture
def bring(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bring:
    """Brings three deliveries of which some are refused; returns days and what was said."""
    url = engine.url.set(drivername="postgresql")
    monkeypatch.setenv("ONECARD_DSN", url.render_as_string(hide_password=False))
    for day in DAYS:
        (tmp_path / day).mkdir()

    def brought(*refused: str, each: bool = True) -> tuple[list[str], list[str]]:
        tried: list[str] = []
        said: list[str] = []

        def build(_: Path, through: date, rebuild: bool, report: run.Report) -> None:
            tried.append(f"{through:%Y%m%d}")
            if tried[-1] in refused:
                raise GateRefusedError(f"{tried[-1]} is refused.")

        monkeypatch.setattr(run, "_land_and_build", build)
        run.run_deliveries(tmp_path, None, each, False, said.append)
        return tried, said

    return brought


def test_what_a_gate_refuses_does_not_hold_up_the_next_delivery(bring: Bring) -> None:
    assert bring("20250101", "20250102") == (
        list(DAYS),
        ["20250101 is refused.", "20250102 is refused."],
    )


def test_a_refusal_of_the_last_delivery_is_the_answer(bring: Bring) -> None:
    with pytest.raises(GateRefusedError, match="20250103"):
        bring("20250103")


def test_without_each_only_the_last_delivery_is_built(bring: Bring) -> None:
    assert bring("20250101", each=False) == (["20250103"], [])
