"""What the page keeps to itself: values before they are asked for, and the page itself."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from loaders.identity.contact import read_address
from tests.browser.chromium import OpenPage
from tests.stewards.conftest import STEWARDS, Asked
from tests.stewards.county import NUMBER, WRONG_NUMBER
from tests.stewards.test_page import ComeIn, decided, everywhere, go, press

SHORTEST = 5


def personal_values(asked: Asked) -> set[str]:
    """Everything in the records that may not be seen unasked."""
    found: set[str] = set()
    for row in asked.county.rows:
        names = [row["person_name"], row["address"]]
        numbers = [
            row[name]
            for name in (
                "id_number",
                "phone",
                "insurance_number",
                "native_id",
                "archive_id",
            )
        ]
        found |= {name for name in names if name}
        found |= {number for number in numbers if number and len(number) >= SHORTEST}
        if row["born_on"]:
            found |= {f"{row['born_on']:%Y-%m-%d}", f"{row['born_on']:%Y%m%d}"}
        if row["address"]:
            village = read_address(row["address"]).village
            found.add(village.split("|")[1])
    return found


def test_nothing_is_unmasked_before_it_is_asked_for(come_in: ComeIn, asked: Asked) -> None:
    values = personal_values(asked)
    assert NUMBER in values and "张建国" in values and "东岳村" in values
    page = come_in()
    for address in everywhere(page, asked):
        answer = page.goto(address)
        assert answer is not None
        source = unicodedata.normalize("NFKC", answer.text())
        seen = {value for value in values if value in source}
        assert not seen, address
    assert "张**" in page.content()
    assert f"****{NUMBER[-4:]}" in page.content()


def test_what_is_shown_in_clear_is_written_down_first(
    come_in: ComeIn, asked: Asked
) -> None:
    page = come_in()
    go(page, asked, "possible_duplicate")
    press(page, "r")
    press(page, "ArrowDown")
    press(page, "Enter")
    expect(page.locator(".compare")).to_contain_text(NUMBER)
    expect(page.locator(".compare")).to_contain_text("张建国")
    # The contract of the same person was not asked for.
    expect(page.locator(".records")).not_to_contain_text(["張建國"])
    with asked.engine.connect() as connection:
        rows = connection.execute(text("select * from audit.reveal order by record_key"))
        noted = rows.all()
    assert [row.record_key for row in noted] == sorted(asked.pair("possible_duplicate"))
    hospital = noted[0]
    assert hospital.who == STEWARDS[0]
    assert hospital.reason_code == "ask_institution"
    assert hospital.asked_in == asked.numbers["possible_duplicate"]
    assert set(hospital.fields) == {
        "person_name", "id_number", "born_on", "phone", "address",
    }  # fmt: skip
    # It was for this once.
    go(page, asked, "possible_duplicate")
    expect(page.locator(".compare")).not_to_contain_text(NUMBER)


def test_values_that_could_not_be_written_down_are_not_shown(
    come_in: ComeIn, asked: Asked
) -> None:
    page = come_in()
    go(page, asked, "possible_duplicate")
    with asked.engine.begin() as connection:
        connection.execute(text("alter table audit.reveal rename to not_there"))
    secret = page.locator("input[name=secret]").first.get_attribute("value") or ""
    answer = page.request.post(
        f"{page.url}/reveal", form={"secret": secret, "reason": "sample_check"}
    )
    assert answer.status == 500
    assert NUMBER not in answer.text() and "张建国" not in answer.text()


def test_the_other_records_are_shown_when_they_are_asked_for_too(
    come_in: ComeIn, asked: Asked
) -> None:
    page = come_in()
    go(page, asked, "possible_duplicate")
    page.locator(".reveal summary").click()
    page.get_by_label("需要看清差异").check()
    page.get_by_label("其他记录也显示").check()
    page.locator(".reveal button").click()
    expect(page.get_by_text(WRONG_NUMBER)).to_be_visible()
    with asked.engine.connect() as connection:
        assert connection.scalar(text("select count(*) from audit.reveal")) == 5


def test_without_the_address_of_this_start_nobody_gets_in(
    open_page: OpenPage, address: str
) -> None:
    page = open_page()
    root = f"http://{urlsplit(address).netloc}"
    for place in ("/", "/decisions", "/login", "/help", "/enter?token=guess", "/enter"):
        answer = page.goto(root + place)
        assert answer is not None and answer.status == 403, place
    expect(page.locator("h1")).to_have_text("请用命令给出的地址打开")


def test_somebody_without_a_name_is_asked_for_it(open_page: OpenPage, address: str) -> None:
    page = open_page()
    page.goto(address)
    page.goto(f"http://{urlsplit(address).netloc}/decisions")
    expect(page.locator("h1")).to_have_text("您是谁？")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": "http://elsewhere.test"}, 400),
        ({"Origin": "null"}, 400),
        ({"Host": "elsewhere.test"}, 400),
    ],
)
def test_a_form_of_another_page_decides_nothing(
    come_in: ComeIn, asked: Asked, headers: dict[str, str], status: int
) -> None:
    page = come_in()
    go(page, asked, "possible_duplicate")
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    secret = page.locator("input[name=secret]").first.get_attribute("value")
    form = {"verdict": "same", "reason": "document_seen"}
    if status == 400:
        form["secret"] = secret or ""
    answer = httpx.post(f"{page.url}/answer", data=form, cookies=cookies, headers=headers)
    assert answer.status_code == status
    assert decided(asked) == []


def test_every_answer_says_how_it_may_be_used(come_in: ComeIn, asked: Asked) -> None:
    page = come_in()
    answer = page.goto(f"http://{urlsplit(page.url).netloc}/?state=all")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self';") and "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    (cookie,) = page.context.cookies()
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax"


@pytest.mark.parametrize("place", ["/nowhere", "/find?key=a/b", "/?page=abc", "/case/%00"])
def test_an_address_that_leads_nowhere_is_told_in_words(
    come_in: ComeIn, place: str
) -> None:
    page = come_in()
    answer = page.goto(f"http://{urlsplit(page.url).netloc}{place}")
    assert answer is not None and answer.status == 404
    expect(page.get_by_role("alert")).to_have_text("没有这个页面。")


def test_the_language_leads_nowhere_else(come_in: ComeIn) -> None:
    page = come_in()
    root = f"http://{urlsplit(page.url).netloc}"
    for back in ("http://elsewhere.test/", "//elsewhere.test/", "/\\elsewhere.test", "x"):
        page.goto(f"{root}/language/en?back={back}")
        assert page.url == f"{root}/"
