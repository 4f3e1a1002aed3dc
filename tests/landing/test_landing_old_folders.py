"""Folders of long ago that have been dealt with are not looked through every day."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.landing.seen import SeenFiles
from tests.landing.looking import Landing
from tests.landing.sending import Sender, json_bytes, row_of

OLD, NEW = "20240101", "20250101"


def team(number: str, leader: str = "") -> bytes:
    return json_bytes([row_of("E01", teamId=number, leaderName=leader)])


def send(sender: Sender, day: str, data: bytes) -> Path:
    return sender.put(day, "E01", f"PUB_FamilyTeam_{day}.jsonl", data, 1)


def test_an_old_folder_is_at_rest_until_something_enters_it(
    sender: Sender, landing: Landing
) -> None:
    send(sender, OLD, team("T1"))
    send(sender, NEW, team("T1"))
    landing.land()
    late = json_bytes([row_of("E03", spCode="BASE")])
    sender.put(OLD, "E03", f"SCM_ServicePackage_{OLD}.jsonl", late, 1)
    landing.land()
    assert [state for _, state in landing.states("E03")] == ["landed"]


@pytest.mark.parametrize("inner_from_the_start", [True, False])
def test_an_old_folder_is_not_at_rest_while_something_enters_a_folder_in_it(
    sender: Sender, landing: Landing, inner_from_the_start: bool
) -> None:
    inner = send(sender, OLD, team("T1")).parent / "inner"
    if inner_from_the_start:
        inner.mkdir()
    send(sender, NEW, team("T1"))
    landing.land()
    assert len(landing.ledger()) == 2
    inner.mkdir(exist_ok=True)
    for nth in (1, 2):
        (inner / f"{nth}.txt").touch()
        landing.land()
        assert [row.file_name for row in landing.ledger() if row.feed is None] == [
            f"inner/{n}.txt" for n in range(1, nth + 1)
        ]


def test_what_is_written_over_in_an_old_folder_is_found_by_looking_again(
    sender: Sender, landing: Landing
) -> None:
    path = send(sender, OLD, team("T1"))
    send(sender, NEW, team("T1"))
    landing.land()
    with path.open("r+b") as file:
        file.write(team("T2"))
    landing.land()
    assert len(landing.states("E01")) == 2
    SeenFiles(landing.engine).forget()
    landing.land()
    # Its manifest still describes what was there before.
    assert "refused" in [state for _, state in landing.states("E01")]


def test_a_folder_of_late_is_looked_through(sender: Sender, landing: Landing) -> None:
    path = send(sender, NEW, team("T1"))
    landing.land()
    path.write_bytes(team("T2"))
    landing.land()
    assert "refused" in [state for _, state in landing.states("E01")]
