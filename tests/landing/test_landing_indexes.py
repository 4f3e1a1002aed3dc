"""Which indexes a landing table has after loads of different sizes."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from loaders.landing import load
from tests.landing.looking import Landing
from tests.landing.sending import Sender, pipe_bytes, row_of

D, NEXT, THIRD = "20250101", "20250102", "20250103"


@pytest.fixture(autouse=True)
def three_rows_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "ANALYZE_FROM", 3)


def send(sender: Sender, day: str, *cards: str) -> None:
    rows = [row_of("B01", YLJGDM="4", KH=card, KLX="04") for card in cards]
    name = f"TB_YL_PATIENT_INFORMATION_{day}.txt"
    sender.put(day, "B01", name, pipe_bytes("B01", rows), len(rows))


def indexes(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        found = connection.scalars(
            text(
                "select substring(indexname from '[a-z]+$') from pg_indexes"
                " where schemaname = 'landing' and tablename like 'b01%' order by 1"
            )
        )
        return list(found)


def test_a_small_first_file_finds_both(
    engine: Engine, sender: Sender, landing: Landing
) -> None:
    send(sender, D, "K1", "K2")
    landing.land()
    assert indexes(engine) == ["file", "key"]


def test_a_large_first_file_is_compared_with_nothing(
    engine: Engine, sender: Sender, landing: Landing
) -> None:
    send(sender, D, "K1", "K2", "K3")
    landing.land()
    assert indexes(engine) == ["file"]
    assert landing.counts("B01") == [(3, 3, 0, 0, 0)]


@pytest.mark.parametrize("cards", [("K3",), ("K3", "K4", "K5", "K6")])
def test_the_next_file_large_or_small_is_compared_by_key(
    engine: Engine, sender: Sender, landing: Landing, cards: tuple[str, ...]
) -> None:
    send(sender, D, "K1", "K2", "K3")
    landing.land()
    send(sender, NEXT, *cards)
    landing.land()
    assert indexes(engine) == ["file", "key"]
    news = len(cards) - 1
    assert landing.counts("B01") == [(3, 3, 0, 0, 0), (len(cards), news, 0, 1, 0)]


def test_it_is_made_once(engine: Engine, sender: Sender, landing: Landing) -> None:
    for day, cards in ((D, ("K1", "K2", "K3")), (NEXT, ("K4",)), (THIRD, ("K4", "K5"))):
        send(sender, day, *cards)
        landing.land()
    assert indexes(engine) == ["file", "key"]
    assert landing.counts("B01")[2] == (2, 1, 0, 1, 0)
