"""Everybody can use the page: names, contrast, focus, and words in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import loaders.stewards.page
from loaders.stewards.page.language import page_words
from loaders.stewards.rules import load_rules
from loaders.stewards.words import load_words
from tests.browser.chromium import DESKTOP, PHONE
from tests.stewards.conftest import Asked
from tests.stewards.test_page import UNFOLD, ComeIn, everywhere

TEMPLATES = Path(loaders.stewards.page.__file__).with_name("templates")
# What the guidelines for accessible content ask of text.
CONTRAST, OF_LARGE_TEXT = 4.5, 3.0
NAMELESS = """
() => [...document.querySelectorAll("input:not([type=hidden]), select, button, a, summary")]
  .filter((one) => !(one.labels && one.labels.length && one.labels[0].innerText.trim())
    && !one.textContent.trim() && !one.getAttribute("aria-label"))
  .map((one) => one.outerHTML)
"""
FAINT = """
([least, large]) => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")].filter((one) =>
    [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())
      && one.checkVisibility()).map((one) => {
    const style = getComputedStyle(one);
    const [a, b] = [light(channels(style.color)), light(behind(one))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    return { ratio, least: isLarge ? large : least, what: one.className, tag: one.tagName };
  }).filter((one) => one.ratio < one.least);
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_every_page_can_be_seen_and_named(
    come_in: ComeIn, asked: Asked, size: tuple[int, int], scheme: Any
) -> None:
    page = come_in(size=size)
    page.emulate_media(color_scheme=scheme)
    for address in everywhere(page, asked):
        page.goto(address)
        page.evaluate(UNFOLD)
        assert page.evaluate(NAMELESS) == [], address
        assert page.evaluate(FAINT, [CONTRAST, OF_LARGE_TEXT]) == [], address
        assert page.locator("main").count() == 1
        assert page.locator("h1, h2").count() >= 1


def test_where_the_focus_is_can_be_seen(come_in: ComeIn) -> None:
    page = come_in()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(12):
        page.keyboard.press("Tab")
        style = "getComputedStyle(document.activeElement).outlineStyle"
        assert page.evaluate(style) == "solid"


def test_every_sentence_that_the_templates_say_is_there_and_every_one_is_said() -> None:
    said = set()
    for template in TEMPLATES.glob("*.html"):
        said |= set(re.findall(r"say\('(\w+)'", template.read_text("utf-8")))
    beginnings = {key for key in said if key.endswith("_")}
    known = page_words().keys()
    assert said - beginnings - known == set()
    unsaid = {key for key in known - said if not key.startswith(tuple(beginnings))}
    # Those that are put together: the sides, the numbered help and the keys.
    assert {key for key in unsaid if not re.match(r"side_[ab]$|help_\d$", key)} == set()


def test_both_languages_say_something_everywhere() -> None:
    rules = load_rules()
    groups = [page_words(), rules.kinds, rules.verdicts, rules.fixes]
    groups += [*rules.reasons.values(), *load_words().values()]
    for group in groups:
        for code, words in group.items():
            assert words.zh.strip() and words.en.strip(), code
            used = [re.findall(r"\{(\w+)\}", one) for one in (words.zh, words.en)]
            assert sorted(used[0]) == sorted(used[1]), code
