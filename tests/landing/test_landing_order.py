"""The same files give the same landing, in whatever order and split they are seen."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import pytest
from sqlalchemy import Engine

from tests.landing.busy_county import DAYS, send_all
from tests.landing.looking import Landing
from tests.landing.sending import Sender

ORDERS = [*permutations(DAYS)][1::5]


@pytest.fixture
def busy(sender: Sender, landing: Landing) -> Landing:
    send_all(sender)
    return landing


def test_landing_twice_changes_nothing(busy: Landing) -> None:
    busy.land()
    before, ledger = busy.everything(), busy.ledger()
    assert str(busy.land()) == "4 deliveries: nothing new"
    assert (busy.everything(), busy.ledger()) == (before, ledger)


def test_day_by_day_is_the_same_as_all_at_once(
    busy: Landing, fresh_database: Callable[[], Engine]
) -> None:
    together = Landing(fresh_database(), busy.deliveries)
    together.land()
    for day in DAYS:
        busy.land(through=day)
    assert busy.everything() == together.everything()
    assert busy.every_count() == together.every_count()


@pytest.mark.parametrize("order", ORDERS, ids=lambda days: "".join(d[-1] for d in days))
def test_any_order_of_deliveries_ends_the_same(
    sender: Sender,
    busy: Landing,
    fresh_database: Callable[[], Engine],
    order: tuple[str, ...],
) -> None:
    in_order = Landing(fresh_database(), busy.deliveries)
    in_order.land()
    for day in DAYS:
        sender.hide(day)
    for day in order:
        sender.show(day)
        busy.land()
    assert busy.everything() == in_order.everything()
