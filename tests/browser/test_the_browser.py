"""The browser of the tests starts, draws Chinese, and can reach loopback alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error

from tests.browser.chromium import OpenPage, browser, open_page

__all__ = ["browser", "open_page"]

WIDTHS = """
() => ["张", "\\ue123"].map((sign) => {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.font = "40px sans-serif";
  canvas.fillText(sign, 0, 40);
  return canvas.canvas.toDataURL();
})
"""


def test_it_draws_chinese(open_page: OpenPage) -> None:
    page = open_page()
    known, unknown = page.evaluate(WIDTHS)
    assert known != unknown


def test_it_reaches_nothing_but_loopback(open_page: OpenPage) -> None:
    page = open_page()
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://example.org/")
