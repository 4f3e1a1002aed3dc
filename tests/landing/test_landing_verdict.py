"""Which file counts is a function of the files alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

from loaders.landing.verdict import StoredFile, decide


def stored(number: int, content: str, slot: str = "", revision: int = 0) -> StoredFile:
    return StoredFile(
        file_id=number,
        delivery_date=date(2025, 1, 1) + timedelta(days=number),
        file_name=f"file_{number}.txt",
        member_name="",
        sha256=content,
        slot=slot,
        revision=revision,
    )


def test_it_does_not_depend_on_the_order_of_files_or_numbers() -> None:
    files = [
        stored(1, "x"),
        stored(2, "y", revision=1),
        stored(3, "x", revision=2),
        stored(4, "y"),
        stored(5, "z", slot="other"),
        stored(6, "x", slot="other"),
    ]
    expected = {
        "file_1.txt": "landed",
        "file_2.txt": "replaced",
        "file_3.txt": "duplicate",
        "file_4.txt": "duplicate",
        "file_5.txt": "replaced",
        "file_6.txt": "duplicate",
    }
    for order in permutations(files):
        numbered = [replace(file, file_id=n) for n, file in enumerate(order)]
        verdicts = decide(numbered)
        named = {file.file_name: verdicts[file.file_id].state for file in numbered}
        assert named == expected


def test_content_counts_in_one_slot_though_it_was_replaced_in_another() -> None:
    files = [stored(1, "x"), stored(2, "y"), stored(3, "x", slot="other")]
    states = {number: verdict.state for number, verdict in decide(files).items()}
    assert states == {1: "duplicate", 2: "landed", 3: "landed"}
