"""A real browser for tests of pages: fixtures to import into a folder's conftest.

On Linux a machine without the browser fails the tests. They are skipped nowhere else than
on systems for which there is no such browser at all.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.install import installed_browser

DESKTOP = (1280, 900)
PHONE = (390, 844)
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    # Not even a name is looked up: what is not on loopback cannot be reached.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
OpenPage = Callable[..., Page]


# Not for the session: while it runs, no other test of the process can have an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser with an empty profile of its own, for the tests of a module."""
    if platform.system() != "Linux":
        pytest.skip("the browser of the tests runs on Linux")
    folder = installed_browser()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=folder / "chromium",
            args=FLAGS,
            env={
                "LD_LIBRARY_PATH": str(folder / "lib"),
                "FONTCONFIG_FILE": str(folder / "fonts.conf"),
                "HOME": str(folder),
            },
        )
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens a page that shares nothing with others: `open_page(size, script=False)`."""
    contexts: list[BrowserContext] = []

    def open_one(
        size: tuple[int, int] = DESKTOP, script: bool = True, language: str = "zh-CN"
    ) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=script,
            locale=language,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


def overflow(page: Page) -> int:
    """How many pixels a page is wider than its window."""
    return int(
        page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
    )
