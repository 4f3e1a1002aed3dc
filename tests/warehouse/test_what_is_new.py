"""When there is something to build: what landed, what was decided, other code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from loaders.identity.ledger import prepare as prepare_links
from loaders.stewards.book import prepare
from loaders.warehouse.runs import RUN_TABLE, code_digest, is_up_to_date

DECIDED = """
insert into identity.steward_decision
    (actor, verdict, record_key_a, record_key_b, reason_code, act_id)
values ('steward', 'same', 'a', 'b', 'document_seen', 1)
"""

EVENT_DECIDED = """
insert into identity.event_decision
    (actor, event_record_key, owner_record_key, reason_code)
values ('steward', 'a', 'b', 'document_seen')
"""


@pytest.fixture
def built(make_database: Callable[[], Engine]) -> Engine:
    """A warehouse whose last build has published, with this very code."""
    engine = make_database()
    with engine.begin() as connection:
        connection.execute(text(RUN_TABLE.read_text("utf-8")))
        connection.execute(text("create table audit.file_ledger (recorded_at timestamptz)"))
        connection.execute(
            text(
                "insert into audit.run (kind, state, code_digest)"
                " values ('build', 'published', :digest)"
            ),
            {"digest": code_digest()},
        )
    prepare_links(engine)
    prepare(engine)
    return engine


def test_nothing_new_is_nothing_to_build(built: Engine) -> None:
    assert is_up_to_date(built)


@pytest.mark.parametrize(
    "news",
    [DECIDED, EVENT_DECIDED, "insert into audit.file_ledger values (clock_timestamp())"],
)
def test_what_came_since_is_built(built: Engine, news: str) -> None:
    with built.begin() as connection:
        connection.execute(text(news))
    assert not is_up_to_date(built)


def test_contracts_of_a_county_that_lie_elsewhere_are_rules_too(
    built: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = tmp_path / "visits.yml"
    contract.write_text("feed: A02\n", "utf-8")
    monkeypatch.setenv("ONECARD_CONTRACTS", str(tmp_path))
    assert not is_up_to_date(built)
    before = code_digest()
    contract.write_text("feed: A03\n", "utf-8")
    assert code_digest() != before
