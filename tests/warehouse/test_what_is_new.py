"""When there is something to build: what landed, what was decided, other code."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from loaders.stewards.book import prepare
from loaders.warehouse.runs import RUN_TABLE, code_digest, is_up_to_date

DECIDED = """
insert into identity.steward_decision
    (actor, verdict, record_key_a, record_key_b, reason_code, act_id)
values ('steward', 'same', 'a', 'b', 'document_seen', 1)
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
    prepare(engine)
    return engine


def test_nothing_new_is_nothing_to_build(built: Engine) -> None:
    assert is_up_to_date(built)


@pytest.mark.parametrize(
    "news", [DECIDED, "insert into audit.file_ledger values (clock_timestamp())"]
)
def test_what_came_since_is_built(built: Engine, news: str) -> None:
    with built.begin() as connection:
        connection.execute(text(news))
    assert not is_up_to_date(built)
