"""The books of what staging has to read: rules that change meanwhile, files taken again.

dbt has its place in other tests here; what it would be asked to build is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import Engine, text

from loaders.changes.reading import StagingUnfinishedError, need_all_read
from loaders.changes.staging import build_staging
from loaders.contracts.model import contract_of
from loaders.landing.schema import landing_table, prepare, quoted
from loaders.settings import Settings
from loaders.transform import DbtOutcome, TransformError

SETTINGS = Settings(home=Path(), external_dsn=None)
FEED = "B01"
FILE = """
    insert into audit.file_ledger (
        batch_id, delivery_date, system, folder, file_name, feed, table_name, sha256,
        logical_date, period, is_full, state, is_marked_full
    )
    values (
        1, '2025-01-02', 'B', 'B', 'cards', :feed, 'cards', 'x', '2025-01-02', '1', false,
        'landed', false
    )
    returning file_id
"""


class Dbt:
    """Stands in for dbt: what it was asked to build, and what happens meanwhile."""

    def __init__(self) -> None:
        self.rules = "as they were"
        self.rules_after: str | None = None
        self.fails = False
        self.asked: list[list[str] | None] = []

    def run(
        self,
        settings: Settings,
        layer: str,
        ways: Mapping[str, str] | None = None,
    ) -> DbtOutcome:
        models = None if ways is None else sorted(ways)
        self.asked.append(models)
        self.rules = self.rules_after or self.rules
        if self.fails:
            raise TransformError("A test failed.")
        return DbtOutcome(layer, len(models or ()), 0, 0, 0.0)


@pytest.fixture
def dbt() -> Iterator[Dbt]:
    stand_in = Dbt()
    with (
        patch("loaders.changes.staging.run_dbt", stand_in.run),
        patch(
            "loaders.changes.staging.bring_up_to_date",
            lambda _, settings, layer, ways, further: stand_in.run(settings, layer, ways),
        ),
        patch("loaders.changes.promises.compiled_tests", lambda *_: []),
        patch("loaders.changes.staging.rules_version", lambda: stand_in.rules),
    ):
        yield stand_in


@pytest.fixture
def landed(engine: Engine) -> Engine:
    """A warehouse with one file of one card."""
    prepare(engine)
    contract = contract_of(FEED)
    with engine.begin() as connection:
        file_id = connection.scalar(text(FILE), {"feed": FEED})
        keys = ", ".join(map(quoted, contract.key))
        connection.execute(
            text(
                f"insert into {landing_table(contract)} (_file_id, _line_number, _row_hash,"
                f" {keys}) values (:file, 2, md5('x')::uuid, 'a', 'b', 'c')"
            ),
            {"file": file_id},
        )
    return engine


def _waiting(engine: Engine) -> tuple[int, int]:
    with engine.connect() as connection:
        return (
            connection.scalar(text("select count(*) from changes.waiting_key")) or 0,
            connection.scalar(
                text("select count(*) from changes.waiting_feed where is_whole")
            )
            or 0,
        )


def _change(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


def test_what_was_built_by_rules_that_changed_meanwhile_is_built_again(
    landed: Engine, dbt: Dbt
) -> None:
    dbt.rules_after = "as they are"
    build_staging(landed, SETTINGS)
    build_staging(landed, SETTINGS)
    build_staging(landed, SETTINGS)
    assert dbt.asked == [None, None]


def test_what_was_not_read_to_the_end_waits(landed: Engine, dbt: Dbt) -> None:
    build_staging(landed, SETTINGS)
    _change(landed, "update audit.file_ledger set state = 'replaced'")
    dbt.fails = True
    with pytest.raises(TransformError):
        build_staging(landed, SETTINGS)
    assert _waiting(landed) == (1, 0)
    with pytest.raises(StagingUnfinishedError):
        need_all_read(landed)
    dbt.fails = False
    build_staging(landed, SETTINGS)
    need_all_read(landed)
    assert "stg_b__tb_yl_patient_information" in (dbt.asked[-1] or [])
    assert dbt.asked[-1] == dbt.asked[-2]
    assert _waiting(landed) == (0, 0)


def test_a_record_needs_staging(landed: Engine, dbt: Dbt) -> None:
    dbt.fails = True
    with pytest.raises(TransformError):
        build_staging(landed, SETTINGS)
    with pytest.raises(StagingUnfinishedError):
        need_all_read(landed)


def test_the_feed_of_a_file_that_was_taken_again_is_read_whole(
    landed: Engine, dbt: Dbt
) -> None:
    """As many lines as before, and one of another key: the old key is nowhere now."""
    contract = contract_of(FEED)
    build_staging(landed, SETTINGS)
    other = f"{quoted(contract.key[1])} = 'other'"
    _change(landed, f"update {landing_table(contract)} set {other}")
    _change(
        landed,
        "insert into audit.replay (who, file_id, source, lines_before, lines_after)"
        " select 'test', file_id, 'file', 1, 1 from audit.file_ledger",
    )
    dbt.fails = True
    with pytest.raises(TransformError):
        build_staging(landed, SETTINGS)
    assert _waiting(landed) == (0, 1)
