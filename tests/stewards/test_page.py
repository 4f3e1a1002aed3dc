"""A steward at the page, in a real browser: keys, four eyes, languages, two widths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Row, text

from tests.browser.chromium import DESKTOP, PHONE, overflow
from tests.stewards.conftest import STEWARDS, Asked
from tests.stewards.county import person_id

ComeIn = Callable[..., Page]
ONE, OTHER = STEWARDS
UNFOLD = """
for (const folded of document.querySelectorAll("main details")) {
  folded.removeAttribute("name");
  folded.open = true;
}
"""
ALL_KINDS = (
    "possible_duplicate", "two_numbers", "contested_id", "newborn", "overlay",
    "too_large_cluster",
)  # fmt: skip


def decided(asked: Asked) -> list[Row[Any]]:
    with asked.engine.connect() as connection:
        query = "select * from identity.steward_decision order by decision_id"
        return list(connection.execute(text(query)).all())


def in_force(asked: Asked) -> list[tuple[str, str, str]]:
    with asked.engine.connect() as connection:
        query = "select record_key_a, record_key_b, verdict from identity.active_decision"
        return [tuple(row) for row in connection.execute(text(query))]


def press(page: Page, *keys: str) -> None:
    """Type at a page that is there with all its scripts."""
    page.wait_for_load_state()
    for key in keys:
        page.keyboard.press(key)


def go(page: Page, asked: Asked, kind: str) -> None:
    place = urlsplit(page.url)
    page.goto(f"{place.scheme}://{place.netloc}/case/{asked.numbers[kind]}")


def everywhere(page: Page, asked: Asked) -> list[str]:
    """The addresses of all pages that there are."""
    place = urlsplit(page.url)
    root = f"{place.scheme}://{place.netloc}"
    cases = [f"{root}/case/{asked.numbers[kind]}" for kind in ALL_KINDS]
    people = [f"{root}/case/{person_id(9)}", f"{root}/case/{person_id(1)}+{person_id(2)}"]
    return [f"{root}/", f"{root}/?state=all", f"{root}/decisions", f"{root}/help",
            f"{root}/login", *cases, *people]  # fmt: skip


def test_the_queue_is_in_the_order_of_falling_due(come_in: ComeIn) -> None:
    page = come_in()
    expect(page.locator("h1")).to_have_text("待办")
    kinds = page.locator(".question .kind")
    assert kinds.all_inner_texts() == [
        "一卡多人", "一号多人", "新生儿归属", "一人记录过多", "疑似同一人", "疑似同一人",
    ]  # fmt: skip
    assert page.locator(".counts .figure").all_inner_texts() == ["1", "1", "1", "1", "2"]
    assert page.locator(".question .badge.bad").count() == 4
    page.get_by_label("类型").select_option("possible_duplicate")
    page.get_by_role("button", name="应用").click()
    expect(page.locator(".question")).to_have_count(2)
    page.get_by_label("只看逾期").check()
    page.get_by_role("button", name="应用").click()
    expect(page.locator(".question")).to_have_count(0)


def test_a_steward_needs_nothing_but_keys(come_in: ComeIn, asked: Asked) -> None:
    page = come_in()
    press(page, "j")
    press(page, "j")
    press(page, "k")
    press(page, "Enter")
    expect(page.locator(".kind.overlay")).to_be_visible()
    # Different people, for the second reason.
    press(page, "2")
    press(page, "ArrowDown")
    press(page, "Enter")
    expect(page.locator(".banner.good")).to_contain_text("不是同一人")
    expect(page.locator("h1")).to_have_text("这是同一个人吗？")
    expect(page.locator(".kind.contested_id")).to_be_visible()
    (row,) = decided(asked)
    assert (row.verdict, row.reason_code, row.actor) == (
        "different", "institution_confirmed", ONE,
    )  # fmt: skip
    assert in_force(asked) == [(*asked.pair("overlay"), "different")]
    # Skipping and walking write nothing.
    press(page, "3")
    expect(page.locator(".kind.newborn")).to_be_visible()
    press(page, "k")
    expect(page.locator(".kind.contested_id")).to_be_visible()
    press(page, "j")
    expect(page.locator(".kind.newborn")).to_be_visible()
    press(page, "?")
    expect(page.get_by_role("dialog")).to_be_visible()
    press(page, "1")
    press(page, "?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert len(decided(asked)) == 1


def test_a_reason_is_not_chosen_for_anybody(come_in: ComeIn, asked: Asked) -> None:
    page = come_in()
    go(page, asked, "possible_duplicate")
    press(page, "1")
    press(page, "Enter")
    expect(page.locator("#answer-same input:invalid").first).to_be_visible()
    assert decided(asked) == []


def test_letters_typed_into_a_note_are_no_shortcuts(come_in: ComeIn, asked: Asked) -> None:
    page = come_in()
    go(page, asked, "possible_duplicate")
    press(page, "1")
    press(page, "Space")
    note = page.locator("#answer-same input[name=note]")
    note.click()
    page.keyboard.type("jk123r? the card was closed")
    press(page, "Enter")
    expect(page.locator(".banner.good")).to_be_visible()
    assert decided(asked)[0].note == "jk123r? the card was closed"


def test_a_note_with_a_name_comes_back_to_be_put_right(
    come_in: ComeIn, asked: Asked
) -> None:
    page = come_in()
    go(page, asked, "possible_duplicate")
    press(page, "1")
    press(page, "Space")
    page.locator("#answer-same input[name=note]").fill("张建国本人来过")
    page.locator("#answer-same button").click()
    expect(page.get_by_role("alert")).to_contain_text("备注里有")
    assert decided(asked) == []
    expect(page.locator("#answer-same input[name=reason]").first).to_be_checked()
    page.locator("#answer-same input[name=note]").fill("本人来过")
    page.locator("#answer-same button").click()
    expect(page.locator(".banner.good")).to_be_visible()
    assert [row.note for row in decided(asked)] == ["本人来过"]


def test_two_valid_numbers_are_joined_by_two_stewards(
    come_in: ComeIn, asked: Asked
) -> None:
    page = come_in()
    go(page, asked, "two_numbers")
    press(page, "1")
    expect(page.locator("#answer-same .banner")).to_contain_text("另一位管理员")
    press(page, "Space")
    press(page, "Enter")
    expect(page.locator(".banner.good")).to_contain_text("等待第二人同意")
    assert in_force(asked) == []
    go(page, asked, "two_numbers")
    expect(page.get_by_text("这是您提出的")).to_be_visible()
    expect(page.get_by_role("button", name="同意合并")).to_have_count(0)
    # Also a form that is made up does not help.
    secret = page.locator("input[name=secret]").first.get_attribute("value")
    root = f"http://{urlsplit(page.url).netloc}"
    answer = page.request.post(
        f"{root}/decision/1/approve", form={"secret": secret or ""}, max_redirects=0
    )
    assert answer.status == 422
    assert in_force(asked) == []
    second = come_in(OTHER)
    second.goto(f"{root}/?state=waiting")
    second.locator(".question").click()
    expect(second.locator("section.banner")).to_contain_text(ONE)
    second.get_by_role("button", name="同意合并").click()
    expect(second.locator(".banner.good")).to_contain_text("已生效")
    assert in_force(asked) == [(*asked.pair("two_numbers"), "same")]


def test_what_is_ticked_is_split_off_and_can_be_brought_back(
    come_in: ComeIn, asked: Asked
) -> None:
    page = come_in()
    go(page, asked, "too_large_cluster")
    boxes = page.locator(".records input[name=record]")
    expect(boxes).to_have_count(6)
    boxes.nth(1).check()
    boxes.nth(2).check()
    page.locator(".split summary").click()
    page.locator(".split input[name=reason]").first.check()
    page.locator(".split button").click()
    expect(page.locator(".banner.good")).to_contain_text("拆出")
    assert [row.verdict for row in decided(asked)] == ["split", "split"]
    assert len(in_force(asked)) == 2
    page.goto(f"http://{urlsplit(page.url).netloc}/decisions")
    undo = page.locator("#d1 .undo")
    undo.locator("summary").click()
    undo.locator("input[name=reason]").first.check()
    undo.locator("button").click()
    expect(page.locator(".banner.good")).to_contain_text("已撤销")
    assert in_force(asked) == []


def test_it_works_without_scripts(come_in: ComeIn, asked: Asked) -> None:
    page = come_in(script=False)
    page.locator(".question").first.click()
    page.locator("#answer-different summary").click()
    page.locator("#answer-different input[name=reason]").first.check()
    page.locator("#answer-different button").click()
    expect(page.locator(".banner.good")).to_be_visible()
    assert len(in_force(asked)) == 1


def test_the_language_can_be_switched_anywhere(come_in: ComeIn, asked: Asked) -> None:
    page = come_in()
    go(page, asked, "newborn")
    here = page.url
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_have_text("Is this one person?")
    assert page.url == here
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.locator(".suggestion .figure")).to_have_text("Different people")
    # From what a form has shown it leads back to where the form was, masked again.
    press(page, "r", "Space", "Enter")
    expect(page.locator(".compare")).to_contain_text("王春梅之子")
    page.get_by_role("link", name="中文").click()
    expect(page.locator(".suggestion .figure")).to_have_text("不是同一人")
    assert page.url == here
    expect(page.locator(".compare")).not_to_contain_text("王春梅之子")
    assert page.locator("html").get_attribute("lang") == "zh-CN"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_no_page_is_wider_than_its_window(
    come_in: ComeIn, asked: Asked, size: tuple[int, int], language: str
) -> None:
    page = come_in(size=size, language=language)
    for address in everywhere(page, asked):
        page.goto(address)
        page.evaluate(UNFOLD)
        assert overflow(page) == 0, address


def test_nothing_is_asked_of_anybody_but_this_machine(
    come_in: ComeIn, asked: Asked, address: str
) -> None:
    page = come_in()
    hosts, complaints = set(), []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for place in everywhere(page, asked):
        page.goto(place)
    press(page, "?")
    assert hosts == {urlsplit(address).netloc}
    assert hosts.pop().startswith("127.0.0.1:")
    # The policy of the page is kept by its own styles and scripts: none is in the text.
    assert complaints == []


FACTS = """
create table identity.source_fact (record_key text, fact text, institution text,
    from_at timestamp, until_at timestamp, value text);
insert into identity.source_fact
select task.record_key_a, 'stay', 'H1', timestamp '2024-05-06 09:00',
    timestamp '2024-05-12 10:00', null
from identity.review_task as task where task.kind = 'too_large_cluster'
union all
select task.record_key_b, 'stay', 'H2', timestamp '2024-05-08 08:00',
    timestamp '2024-05-20 11:00', null
from identity.review_task as task where task.kind = 'too_large_cluster';
update identity.review_task set kind = 'overlay', reason = 'stays_overlap'
where kind = 'too_large_cluster'
"""


def test_one_person_that_contradicts_itself_is_confirmed_or_split(
    come_in: ComeIn, asked: Asked
) -> None:
    with asked.engine.begin() as connection:
        connection.execute(text(FACTS))
    page = come_in()
    go(page, asked, "too_large_cluster")
    expect(page.locator("main")).to_contain_text("同时住在两家机构")
    expect(page.locator("main")).to_contain_text("拆出借用者的记录")
    assert page.locator(".facts li time").all_inner_texts() == [
        "2024-05-06", "2024-05-12", "2024-05-08", "2024-05-20",
    ]  # fmt: skip
    assert page.locator(".facts strong").all_inner_texts() == ["H1", "H2"]
    assert overflow(page) == 0
    expect(page.locator(".records input[name=record]")).to_have_count(6)
    page.locator("#answer-same summary").click()
    page.locator("#answer-same input[name=reason]").first.check()
    page.locator("#answer-same button").click()
    page.wait_for_load_state()
    assert [verdict for *_, verdict in in_force(asked)] == ["same"]
