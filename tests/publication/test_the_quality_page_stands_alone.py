"""The quality report: one offline page that tells the truth and nobody's name."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlalchemy import Engine

from expectations.gate import GateRefusedError, run_gate
from loaders.release.publish import publish
from loaders.report.page import write_quality_page
from tests.tiny_county import begin_build, do, say_yes

VOID = {"meta", "br", "circle", "polygon", "polyline"}


class _Balance(HTMLParser):
    """Whether every element that is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def _page(county: Engine, folder: Path) -> str:
    return write_quality_page(county, folder).read_text("utf-8")


def _publish(county: Engine) -> None:
    run_id = begin_build(county)
    say_yes(county, run_id)
    publish(county, run_id, lambda _: None)


def test_it_loads_nothing_from_outside(county: Engine, tmp_path: Path) -> None:
    _publish(county)
    page = _page(county, tmp_path)
    assert not re.search(r"https?:|src=|@import|url\(|<script|<link|<iframe", page)


def test_it_is_well_formed(county: Engine, tmp_path: Path) -> None:
    _publish(county)
    balance = _Balance()
    balance.feed(_page(county, tmp_path))
    assert balance.open == []


def test_it_shows_the_value_with_its_target(county: Engine, tmp_path: Path) -> None:
    _publish(county)
    page = _page(county, tmp_path)
    assert "33.33%" in page
    assert "未达标" in page
    assert "基层就诊占比" in page


def test_it_says_which_release_stays_up_when_a_gate_refuses(
    county: Engine, tmp_path: Path
) -> None:
    _publish(county)
    do(county, "update record.encounter set kind = 'x' where _line_number = 5")
    with pytest.raises(GateRefusedError):
        run_gate(county, "record", begin_build(county), lambda _: None)
    page = _page(county, tmp_path)
    assert "第 1 次发布仍然有效" in page
    assert "release 1 stays up" in page
    assert "file 2 line 5" in page


def test_it_shows_what_was_restated_and_why(county: Engine, tmp_path: Path) -> None:
    _publish(county)
    do(county, "update indicators.indicator_case set numerator = 1 where case_id like '%3'")
    _publish(county)
    page = _page(county, tmp_path)
    assert "33.33%" in page
    assert "50.00%" in page
    assert "1 changed" in page


def test_it_shows_files_that_wait_for_a_good_copy(county: Engine, tmp_path: Path) -> None:
    do(
        county,
        "insert into audit.file_ledger (batch_id, delivery_date, system, folder, file_name,"
        " state, state_reason) values (1, '2025-01-02', 'B', 'B', 'cut.txt', 'refused',"
        " 'md5 differs')",
    )
    page = _page(county, tmp_path)
    assert "cut.txt" in page
    assert "待补 1" in page


def test_it_can_be_made_before_anything_was_published(
    county: Engine, tmp_path: Path
) -> None:
    assert "尚未发布" in _page(county, tmp_path)


def test_it_can_be_made_of_an_empty_warehouse(
    make_database: Callable[[], Engine], tmp_path: Path
) -> None:
    assert "尚未发布" in _page(make_database(), tmp_path)


def test_what_a_source_calls_a_file_cannot_become_markup(
    county: Engine, tmp_path: Path
) -> None:
    do(
        county,
        "insert into audit.file_ledger (batch_id, delivery_date, system, folder, file_name,"
        " state) values (1, '2025-01-02', 'B', 'B', '<img src=x onerror=y>.txt',"
        " 'missing')",
    )
    page = _page(county, tmp_path)
    assert "<img" not in page
    assert "&lt;img src=x onerror=y&gt;.txt" in page
