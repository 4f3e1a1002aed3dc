"""A life on the page and on the terminal: what it shows, hides, marks, and writes down."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
import yaml
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from loaders.console.person import show_person
from loaders.settings import Settings
from loaders.stewards.page.serve import Page
from loaders.stewards.words import load_words
from loaders.transform import DBT_PROJECT
from tests.browser.chromium import DESKTOP, PHONE, OpenPage, browser, open_page, overflow
from tests.indicators.counting import Counted
from tests.record.whole_life import (
    BIRTHDAY,
    NAME,
    NUMBER,
    PHONE_NUMBER,
    describe_situation,
    whom,
)
from tests.stewards.test_page import UNFOLD
from tests.stewards.test_page_can_be_read import CONTRAST, FAINT, NAMELESS, OF_LARGE_TEXT

__all__ = ["browser", "describe_situation", "open_page", "whom"]

STEWARD = "何静"
REACHED = """
() => [...document.querySelectorAll(".life a[href^='#']")].map((one) => {
  const row = document.getElementById(one.getAttribute("href").slice(1));
  return [one.getAttribute("aria-label"), row && row.tagName];
})
"""


@pytest.fixture(scope="module")
def address(
    counted: Counted, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """The origin of a page that runs, and the address that lets a browser in."""
    home: Path = tmp_path_factory.mktemp("stewards")
    (home / "stewards.txt").write_text(STEWARD, "utf-8")
    page = Page(counted.engine, Settings(home=home, external_dsn=None))
    thread = threading.Thread(target=page.run)
    thread.start()
    yield page.origin, page.address
    page.stop()
    thread.join()


def come(
    open_page: OpenPage,
    address: tuple[str, str],
    to: str,
    size: tuple[int, int] = DESKTOP,
    language: str = "zh-CN",
    script: bool = True,
) -> BrowserPage:
    """Come in by the address that leads to a place on the page."""
    page = open_page(size, script, language)
    page.goto(f"{address[1]}&to={quote(to)}")
    page.get_by_label(STEWARD, exact=True).check()
    page.locator("main button").click()
    # With its style sheets: before they are there, everything is wider.
    page.wait_for_url(lambda url: urlsplit(url).path == quote(to))
    return page


def noted(counted: Counted) -> list[tuple[str, str, str]]:
    """The access log, oldest first."""
    rows = counted.rows(
        "select who, person_id, what from audit.access_log order by access_id"
    )
    return [(row.who, row.person_id, row.what) for row in rows]


def test_every_mark_leads_to_a_row_that_tells_it(
    open_page: OpenPage, address: tuple[str, str], whom: str
) -> None:
    page = come(open_page, address, f"/person/{whom}")
    marks = page.evaluate(REACHED)
    assert len(marks) > 8
    assert {tag for _, tag in marks} == {"TR"}
    told = " ".join(label for label, _ in marks)
    assert "住院" in told and "门诊" in told and "收缩压 138 mmHg" in told
    # The row that a mark leads to is marked itself.
    stay = page.locator(".lane.encounters a[aria-label*='住院']")
    stay.click()
    row = page.locator(".life-table tr:target")
    expect(row).to_contain_text("2024-06-01")
    expect(row).to_contain_text("2024-06-09")
    expect(row.locator(".sources code")).to_have_count(1)


def test_what_is_missing_and_what_does_not_count_is_marked(
    open_page: OpenPage, address: tuple[str, str], whom: str
) -> None:
    page = come(open_page, address, f"/person/{whom}")
    gaps = page.locator(".life-table.gaps tr")
    # The contract ran out; three months after 10 April nobody had come. Nothing else.
    expect(gaps.filter(has_text="到期未续签")).to_contain_text("2024-05-02")
    seen = gaps.filter(has_text="高血压面对面随访")
    expect(seen).to_have_count(1)
    expect(seen).to_contain_text("2024-07-11")
    expect(page.locator(".lane.gaps")).to_have_count(2)
    expect(page.locator(".mark.uncounted").last).to_be_visible()
    expect(page.locator(".life-table.encounters .badge.warn")).to_contain_text("全额退费")
    # Seventy years old: the target is that of the old.
    targets = {
        one.split("<")[1].strip() for one in page.locator("text.limit").all_text_contents()
    }
    assert targets == {"150", "90"}


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_it_fits_and_can_be_read(
    open_page: OpenPage,
    address: tuple[str, str],
    whom: str,
    size: tuple[int, int],
    scheme: str,
    language: str,
) -> None:
    page = come(open_page, address, f"/person/{whom}", size, language)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.evaluate(UNFOLD)
    assert overflow(page) == 0
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(FAINT, [CONTRAST, OF_LARGE_TEXT]) == []
    is_chinese = language.startswith("zh")
    expect(page.locator("h1")).to_have_text(
        "居民的一生" if is_chinese else "Life of a person"
    )


def test_it_can_be_walked_by_keys(
    open_page: OpenPage, address: tuple[str, str], whom: str
) -> None:
    page = come(open_page, address, f"/person/{whom}")
    lane = page.locator(".lane.encounters").first
    lane.locator("a[tabindex='0']").focus()
    label = "document.activeElement.getAttribute('aria-label')"
    first = page.evaluate(label)
    page.keyboard.press("ArrowRight")
    second = page.evaluate(label)
    assert "2024-02-10" in first and "2024-02-20" in second
    page.keyboard.press("Enter")
    expect(page.locator(".life-table tr:target")).to_contain_text("2024-02-20")


def test_a_year_shows_that_year(
    open_page: OpenPage, address: tuple[str, str], whom: str
) -> None:
    page = come(open_page, address, f"/person/{whom}", script=False)
    page.get_by_role("link", name="2025", exact=True).click()
    expect(page.locator(".years [aria-current]")).to_have_text("2025")
    expect(page.locator(".life-table.encounters")).to_have_count(0)
    expect(page.locator(".life-table.gaps tbody tr")).to_have_count(2)
    expect(page.locator("rect.beyond").last).to_be_attached()


def test_nothing_personal_is_shown_before_it_is_asked_for_and_all_is_written_down(
    open_page: OpenPage, address: tuple[str, str], whom: str, counted: Counted
) -> None:
    page = come(open_page, address, "/person")
    before = len(noted(counted))
    page.get_by_label("号码").fill(NUMBER)
    page.locator("main button").click()
    page.wait_for_url(re.compile("/person/P"))
    assert NUMBER not in page.url
    source = page.content()
    hidden = (NAME, NUMBER, PHONE_NUMBER, "东岳村", BIRTHDAY, "SYN-7788990011")
    assert [value for value in hidden if value in source] == []
    expect(page.locator(".who-is-it")).to_contain_text("钱**")
    assert noted(counted)[before:] == [(STEWARD, whom, "opened on the page, masked")]

    page.keyboard.press("r")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".who-is-it")).to_contain_text(NAME)
    expect(page.locator(".who-is-it")).to_contain_text(NUMBER)
    assert noted(counted)[before + 1 :] == [(STEWARD, whom, "opened on the page, in clear")]
    (row,) = counted.rows("select * from audit.reveal where asked_in = :id", id=whom)
    assert (row.who, row.reason_code) == (STEWARD, "ask_institution")


def test_it_is_closed_to_who_did_not_come_by_the_address(
    address: tuple[str, str], whom: str, counted: Counted
) -> None:
    before = noted(counted)
    answer = httpx.get(f"{address[0]}/person/{quote(whom)}")
    assert answer.status_code == httpx.codes.FORBIDDEN
    assert "2024" not in answer.text
    assert noted(counted) == before


def test_the_terminal_masks_tells_the_sections_and_writes_down(
    whom: str, counted: Counted, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(noted(counted))
    show_person(counted.engine, whom, None, None, reveal=False)
    said = capsys.readouterr().out
    assert NAME not in said and NUMBER not in said and BIRTHDAY not in said
    assert "CONTRACT" not in said and "家庭医生签约到期未续签" in said
    assert "收缩压 Systolic blood pressure\t138\tmmHg\t2024-04-10\t3" in said
    assert "全额退费" in said
    show_person(counted.engine, NUMBER, None, None, reveal=True)
    assert NAME in capsys.readouterr().out
    whats = [what for _, person, what in noted(counted)[before:] if person == whom]
    assert whats == [
        "opened, masked, on the command line", "reveal on the command line",
    ]  # fmt: skip


def test_all_results_of_a_report_are_one_row_and_their_item_one_chart(
    open_page: OpenPage, address: tuple[str, str], whom: str
) -> None:
    page = come(open_page, address, f"/person/{whom}")
    row = page.locator(".life-table.measurements tr").filter(has_text="2024-06-02")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("肌酐 106.1↑ umol/L")
    expect(row).to_contain_text("葡萄糖 6.4↑ mmol/L")
    expect(page.locator(".chart").filter(has_text="肌酐")).to_have_count(1)


@pytest.mark.parametrize(
    ("group", "query"),
    [
        ("life_kinds", "select distinct event_kind from record.timeline"),
        ("life_kinds", "select distinct evidence_kind from record.condition_evidence"),
        ("life_kinds", "select distinct report_kind from record.event_group"),
        ("uncounted", "select distinct not_counted_because from record.timeline"),
        ("encounter_classes", "select encounter_class from staging.encounter_class"),
        ("tiers", "select tier from staging.condition_tier"),
    ],
)
def test_every_code_that_the_page_meets_has_words(
    counted: Counted, group: str, query: str
) -> None:
    codes = {row[0] for row in counted.rows(query) if row[0]}
    assert codes and codes <= load_words()[group].keys()


@pytest.mark.parametrize(
    ("group", "model", "column"),
    [
        ("aspects", "events/rec_event_conflict", "aspect"),
        ("implausible", "programmes/rec_measurement", "implausible_because"),
        ("doubts", "programmes/rec_condition", "doubtful_because"),
        ("condition_states", "programmes/rec_condition", "status"),
    ],
)
def test_every_value_that_a_model_allows_has_words(
    group: str, model: str, column: str
) -> None:
    said = (DBT_PROJECT / "models/3_record" / f"{model}.yml").read_text("utf-8")
    (columns,) = (one["columns"] for one in yaml.safe_load(said)["models"])
    (tests,) = (one["data_tests"] for one in columns if one["name"] == column)
    (allowed,) = (one["accepted_values"] for one in tests if "accepted_values" in one)
    assert set(allowed["arguments"]["values"]) <= load_words()[group].keys()
