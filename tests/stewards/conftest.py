"""A warehouse with open questions, made anew for every test: decisions stay written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page as BrowserPage
from sqlalchemy import Engine, text

from loaders.settings import Settings
from loaders.stewards.page.serve import Page
from tests.browser.chromium import DESKTOP, OpenPage, browser, open_page
from tests.stewards.county import TODAY, County, questions

__all__ = ["browser", "open_page"]

STEWARDS = ("何静", "林涛")


@dataclass(frozen=True)
class Asked:
    """A warehouse, its county, and the numbers of the questions by kind."""

    engine: Engine
    county: County
    numbers: dict[str, str]

    def pair(self, kind: str) -> tuple[str, str]:
        """The two records of a question."""
        (pair,) = (
            (task[1], task[2])
            for task in self.county.tasks
            if _number(task[0], task[1], task[2]) == self.numbers[kind]
        )
        return pair


def _number(kind: str, a: str, b: str) -> str:
    from loaders.identity.reviews import task_id

    return task_id(kind, a, b)


@pytest.fixture(scope="session")
def one_warehouse(make_database: Callable[[], Engine]) -> Engine:
    return make_database()


@pytest.fixture
def engine(one_warehouse: Engine) -> Engine:
    with one_warehouse.begin() as connection:
        connection.execute(text("drop schema identity cascade"))
        connection.execute(text("create schema identity"))
        connection.execute(text("drop table if exists audit.reveal, audit.not_there"))
    return one_warehouse


@pytest.fixture
def asked(engine: Engine) -> Asked:
    county, numbers = questions()
    county.write(engine)
    return Asked(engine, county, numbers)


@pytest.fixture
def stewards_home(tmp_path: Path) -> Settings:
    (tmp_path / "stewards.txt").write_text("# 管理员\n" + "\n".join(STEWARDS), "utf-8")
    return Settings(home=tmp_path, external_dsn=None)


@pytest.fixture
def address(asked: Asked, stewards_home: Settings) -> Iterator[str]:
    """The address that the command prints, of a page that runs."""
    page = Page(asked.engine, stewards_home, today=lambda: TODAY)
    thread = threading.Thread(target=page.run)
    thread.start()
    yield page.address
    page.stop()
    thread.join()


@pytest.fixture
def come_in(open_page: OpenPage, address: str) -> Callable[..., BrowserPage]:
    """Opens the page as a steward: `come_in(name, size, script)`."""

    def enter(
        name: str = STEWARDS[0],
        size: tuple[int, int] = DESKTOP,
        script: bool = True,
        language: str = "zh-CN",
    ) -> BrowserPage:
        page = open_page(size, script, language)
        page.goto(address)
        page.get_by_label(name, exact=True).check()
        page.locator("main button").click()
        page.wait_for_url(lambda url: urlsplit(url).path == "/")
        return page

    return enter
