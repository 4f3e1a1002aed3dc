"""A measurement rewrites its own section of the page and no other."""

from __future__ import annotations

from pathlib import Path

from benchmarks.__main__ import TITLES, put_section


def section(name: str, figure: str) -> str:
    return f"## {TITLES[name]}\n\nWhat it is.\n\n| {figure} |\n"


def test_sections_stand_in_the_order_of_a_whole_run(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    for name in ("memory", "record", "landing"):
        put_section(page, name, section(name, name))
    said = page.read_text("utf-8")
    titles = [line[3:] for line in said.splitlines() if line.startswith("## ")]
    assert titles == [TITLES["record"], TITLES["landing"], TITLES["memory"]]
    assert said.startswith("<!--") and said.count("# Benchmarks") == 1


def test_a_section_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    for name in ("landing", "memory"):
        put_section(page, name, section(name, "of before"))
    put_section(page, "landing", section("landing", "of now"))
    said = page.read_text("utf-8")
    assert said.count("of before") == 1 and said.count("of now") == 1
    assert said.index("of now") < said.index("of before")
    again = said
    put_section(page, "landing", section("landing", "of now"))
    assert page.read_text("utf-8") == again
