"""Whatever lands later, and in whatever order: what a build read can be laid out again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from loaders.contracts.model import Contract, contract_of, load_contracts
from loaders.identity.ledger import prepare as prepare_links
from loaders.landing import examine, replay, schema, seen
from loaders.landing.schema import landing_table, quoted
from loaders.past.inputs import INPUT, lay_out_files
from loaders.past.keep import FILE_FACTS, keep_ledger, prepare
from loaders.release.publish import TABLES
from tests.landing.busy_county import DAYS, send_all
from tests.landing.looking import Landing
from tests.landing.sending import Sender, pipe_bytes, row_of

Content = dict[str, list[tuple[Any, ...]]]
# A delivery that comes in turn, one that is overtaken, and all of them backwards.
ORDERS = ((0, 1, 2, 3), (1, 3, 0, 2), (3, 2, 1, 0))


def content(connection: Connection, of_then: bool) -> Content:
    """Files, full lists, and every row of files that are stored; with their numbers."""
    ledger = f"{INPUT}.file_ledger" if of_then else "audit.file_ledger"
    lists = f"{INPUT}.full_list" if of_then else "landing.full_list"
    found = {
        "files": f"select file_id, {', '.join(FILE_FACTS)} from {ledger} order by 1",
        "lists": f"select * from {lists} order by 1, 2",
    }
    for contract in load_contracts():
        table = f"{INPUT}.{quoted(contract.name)}" if of_then else landing_table(contract)
        cells = ", ".join(f"row_of.{quoted(name)}" for name in contract.column_names)
        found[contract.name] = (
            f"select row_of._file_id, row_of._line_number, row_of._row_hash::text, {cells}"
            f" from {table} as row_of inner join {ledger} as file"
            " on row_of._file_id = file.file_id order by 1, 2"
        )
    return {
        name: [tuple(row) for row in connection.exec_driver_sql(query.replace("%", "%%"))]
        for name, query in found.items()
    }


def as_read_by(engine: Engine, run_id: int) -> Content:
    """What a run reads, kept for later and as it is now."""
    prepare_links(engine)
    keep_ledger(engine, run_id)
    with engine.connect() as connection:
        return content(connection, of_then=False)


@contextmanager
def laid_out(engine: Engine, run_id: int) -> Iterator[Content]:
    """What a run read, laid out again and taken away afterwards."""
    with engine.connect() as connection:
        lay_out_files(connection, run_id)
        yield content(connection, of_then=True)
        connection.rollback()


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_what_each_build_read_is_there_again(
    landing: Landing, sender: Sender, order: tuple[int, ...]
) -> None:
    send_all(sender)
    for day in DAYS:
        sender.hide(day)
    read: list[Content] = []
    for place in order:
        sender.show(DAYS[place])
        landing.land()
        read.append(as_read_by(landing.engine, len(read) + 1))
    assert read[0] != read[1] != read[2] != read[3]
    for run_id, of_run in enumerate(read, start=1):
        with laid_out(landing.engine, run_id) as again:
            for name, rows in of_run.items():
                assert again[name] == rows, (run_id, name)


def test_rows_of_a_database_go_back_to_the_files_that_had_them(
    landing: Landing, sender: Sender
) -> None:
    send_all(sender)
    for day in DAYS:
        sender.hide(day)
    for day in (DAYS[3], DAYS[2], DAYS[0]):
        sender.show(day)
        landing.land()
    moved = landing.ask(
        "select move.from_file_id, move.to_file_id, file.delivery_date"
        " from audit.moved_row as move"
        " inner join audit.file_ledger as file on move.to_file_id = file.file_id"
    )
    # Each row that the last had first is today where the first delivery of it put it.
    assert len({row.from_file_id for row in moved}) == 2
    assert f"{min(row.delivery_date for row in moved):%Y%m%d}" == DAYS[0]


def test_a_line_that_a_replay_made_a_row_was_none_before(
    landing: Landing, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    b01 = contract_of("B01")

    def use(changed: Contract) -> None:
        contracts = tuple(changed if c.feed == "B01" else c for c in load_contracts())
        for module in (examine, replay, schema, seen):
            monkeypatch.setattr(module, "load_contracts", lambda: contracts)

    def with_overflow(column: str | None) -> Contract:
        assert b01.text is not None
        layout = b01.text.model_copy(update={"overflow_column": column})
        return b01.model_copy(update={"text": layout})

    rows = [row_of("B01", YLJGDM="4", KH=f"K{n}", KLX="04", XM="样某") for n in (1, 2)]
    lines = pipe_bytes("B01", rows).rstrip(b"\r\n") + b"|one more\r\n"
    sender.put(DAYS[0], "B01", f"TB_YL_PATIENT_INFORMATION_{DAYS[0]}.txt", lines, 2)
    use(with_overflow(None))
    landing.land()
    before = as_read_by(landing.engine, 1)
    use(with_overflow("XM"))
    replay.replay(landing.engine, landing.deliveries, None, None, lambda _: None)
    with laid_out(landing.engine, 1) as again:
        assert again == before
    after = as_read_by(landing.engine, 2)
    assert [len(found[b01.name]) for found in (before, after)] == [1, 2]
    for run_id, of_run in ((1, before), (2, after)):
        with laid_out(landing.engine, run_id) as again:
            assert again == of_run


def test_a_step_that_is_repeated_keeps_what_it_read_last(
    landing: Landing, sender: Sender
) -> None:
    send_all(sender)
    sender.hide(DAYS[3])
    sender.hide(DAYS[2])
    landing.land()
    first = as_read_by(landing.engine, 1)
    sender.show(DAYS[2])
    landing.land()
    as_read_by(landing.engine, 2)
    sender.show(DAYS[3])
    landing.land()
    second = as_read_by(landing.engine, 2)
    for run_id, of_run in ((1, first), (2, second)):
        with laid_out(landing.engine, run_id) as again:
            assert again == of_run
    versions = landing.ask(
        "select count(*) as versions,"
        " count(distinct (file_id, valid_from_run)) as different"
        " from audit.file_ledger_history where valid_to_run = valid_from_run"
    )
    assert versions[0].versions == 0


def test_a_file_says_since_when_it_is_known(landing: Landing, sender: Sender) -> None:
    send_all(sender)
    sender.hide(DAYS[3])
    landing.land()
    as_read_by(landing.engine, 1)
    sender.show(DAYS[3])
    landing.land()
    as_read_by(landing.engine, 3)
    with landing.engine.begin() as connection:
        connection.execute(text(TABLES.read_text("utf-8")))
        for release, run in ((1, 2), (2, 4)):
            connection.execute(
                text(
                    "insert into published.release values (:release, :run, now(),"
                    " '2025-01-01', '2025-01-01', 0, 0, 0, '')"
                ),
                {"release": release, "run": run},
            )
    prepare(landing.engine)
    since = landing.ask(
        "select delivery_date = '2025-01-04' as is_last, known_since_release as release"
        " from audit.file_known_since as known"
        " inner join audit.file_ledger as file using (file_id, delivery_date)"
        " where file.state = 'landed' group by 1, 2 order by 1, 2"
    )
    assert [tuple(row) for row in since] == [(False, 1), (True, 2)]
