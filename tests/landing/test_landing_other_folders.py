"""What lies beside the delivery folders is not passed over without a word."""

from __future__ import annotations

from pathlib import Path

from loaders.landing.land import land
from tests.landing.looking import Landing
from tests.landing.sending import Sender, json_bytes, row_of


def test_a_day_in_another_spelling_is_told_of(sender: Sender, landing: Landing) -> None:
    data = json_bytes([row_of("E01", teamId="T1")])
    sender.put("20250101", "E01", "PUB_FamilyTeam_20250101.jsonl", data, 1)
    deliveries = Path(landing.deliveries)
    for name in ("2025-01-02", "20250103补", ".collecting"):
        (deliveries / name).mkdir()
    (deliveries / "20250104.zip").touch()
    (deliveries / "20250105").touch()
    said: list[str] = []
    land(landing.engine, deliveries, None, None, 1, said.append)
    assert [line for line in said if "ignored" in line] == [
        f"{name} is no folder named YYYYMMDD and is ignored"
        for name in ("2025-01-02", "20250103补", "20250104.zip", "20250105")
    ]
