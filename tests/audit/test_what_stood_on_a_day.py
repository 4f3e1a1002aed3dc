"""What stood on an earlier delivery day is what a warehouse of that day would hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from loaders.contracts.model import load_contracts
from loaders.generate.staged_feeds import staged_feeds
from loaders.landing.verdict import StoredFile, decide
from tests.audit.conftest import Staged
from tests.landing.busy_county import DAYS, send_all
from tests.landing.looking import Landing
from tests.landing.sending import Sender, row_of, sheet_bytes

Rows = dict[str, list[tuple[Any, ...]]]


def current(landing: Landing, day: str | None) -> Rows:
    """The current rows of every feed on a day, without the numbers of files."""
    return {
        contract.name: [
            tuple(row)
            for row in landing.ask(
                "select file.delivery_date, file.file_name, file.member_name,"
                " stood._line_number, stood._row_hash, stood._period,"
                " stood._first_delivery_on, stood._named_since"
                f" from landing.{contract.name}_as_of(cast(:day as date)) as stood"
                " inner join audit.file_ledger as file on stood._file_id = file.file_id"
                " order by 1, 2, 3, 4",
                day=day,
            )
        ]
        for contract in load_contracts()
    }


def states(landing: Landing, day: str | None) -> Rows:
    """Every row that was known on a day, with its state."""
    return {
        contract.name: [
            tuple(row)
            for row in landing.ask(
                "select _delivery_date, _logical_date, _line_number, _row_hash, _state"
                f" from landing.{contract.name}_versions(cast(:day as date))"
                " order by 1, 2, 3, 4, 5",
                day=day,
            )
        ]
        for contract in load_contracts()
    }


def test_the_last_day_is_what_staging_reads(landing: Landing, staged: Staged) -> None:
    send_all(Sender(landing.deliveries))
    landing.land()
    seen = 0
    for feed in staged_feeds():
        query = staged.queries[feed.model].replace("%", "%%")
        facts = "_file_id, _line_number, _first_delivery_on"
        facts += ", _named_since" * (" as _named_since" in query)
        with landing.engine.connect() as connection:
            staged_rows = connection.exec_driver_sql(
                f"select {facts} from ({query}) as s"
            ).all()
        stood = landing.ask(
            f"select {facts} from landing.{feed.landing}_as_of('{DAYS[-1]}')"
        )
        assert sorted(map(tuple, stood)) == sorted(map(tuple, staged_rows)), feed.model
        seen += len(stood)
    assert seen >= 20


def test_every_day_is_what_a_warehouse_of_that_day_would_hold(
    make_landing: Callable[[], Landing],
) -> None:
    everything, day_by_day = make_landing(), make_landing()
    send_all(Sender(everything.deliveries))
    everything.land()
    held = []
    for day in DAYS:
        day_by_day.land(through=day)
        assert current(everything, day) == current(day_by_day, None), day
        assert states(everything, day) == states(day_by_day, None), day
        held.append(current(day_by_day, None))
    assert held[0] != held[1] != held[2] != held[3]
    since = [next(row[-1] for row in day["a01_ms_brda"] if row[3] == 3) for day in held]
    assert [one and one[:10] for one in since] == [None, None, "2025-01-03", "2025-01-03"]


def test_the_states_of_files_are_those_of_the_ledger(landing: Landing) -> None:
    send_all(Sender(landing.deliveries))
    landing.land()
    recomputed = landing.ask(
        "select file.file_id, file.state, file.is_full, file.replaced_by"
        " from (select distinct feed from audit.file_ledger where feed is not null) as f"
        " cross join lateral landing.files_as_of(f.feed, null) as file order by 1"
    )
    ledger = landing.ask(
        "select file_id, state, is_full, replaced_by from audit.file_ledger"
        " where feed is not null order by 1"
    )
    assert [tuple(row) for row in recomputed] == [tuple(row) for row in ledger]


def test_a_page_without_header_was_not_there_before_its_page_one(
    landing: Landing, sender: Sender
) -> None:
    rows = [row_of("D01", phrId=f"P{n}", empiId=f"E{n}") for n in (1, 2)]
    name = "EHR_HealthRecord_20250101_第{}页.xlsx"
    second = sheet_bytes("D01", rows[1:], header=False, title=False)
    sender.put("20250101", "D01", name.format(2), second, 1)
    sender.put("20250102", "D01", name.format(1), sheet_bytes("D01", rows[:1]), 1)
    landing.land()
    per_day = [
        len(current(landing, day)["d01_ehr_healthrecord"])
        for day in ("20250101", "20250102")
    ]
    assert per_day == [0, 2]


FILES = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["a.txt", "a(1).txt", "b.txt", "B_R1.txt"]),
        st.sampled_from("xyz"),
        st.sampled_from(["s", "t"]),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=7,
    unique_by=lambda file: (file[0], file[1], file[2]),
)


@pytest.fixture
def ledger_of(landing: Landing) -> Callable[[list[tuple[Any, ...]]], dict[int, Any]]:
    """Writes files to the ledger as they would stand, and asks the function about each."""

    def ask(files: list[tuple[Any, ...]]) -> dict[int, Any]:
        stored = [
            StoredFile(n, date(2025, 1, 1) + timedelta(days=day), name, "", sha, slot, rev)
            for n, (day, name, sha, slot, rev) in enumerate(files, start=1)
        ]
        verdicts = decide(stored)
        with landing.engine.connect() as connection:
            for file in sorted(stored, key=lambda f: verdicts[f.file_id].state):
                connection.execute(
                    text(
                        """
                        insert into audit.file_ledger (
                            file_id, batch_id, delivery_date, system, folder, file_name,
                            feed, sha256, logical_date, period, slot, revision, state
                        ) overriding system value values (
                            :file_id, 1, :delivery_date, 'B', '', :file_name, 'B01',
                            :sha256, '2025-01-01', '20250101', :slot, :revision, :state
                        )
                        """
                    ),
                    {**vars(file), "state": verdicts[file.file_id].state},
                )
            found = {}
            for later in range(4):
                day = date(2025, 1, 1) + timedelta(days=later)
                known = [file for file in stored if file.delivery_date <= day]
                rows = connection.execute(
                    text(
                        "select file_id, state, replaced_by"
                        " from landing.files_as_of('B01', :day)"
                    ),
                    {"day": day},
                )
                found[later] = (
                    {row.file_id: (row.state, row.replaced_by) for row in rows},
                    {n: tuple(verdict) for n, verdict in decide(known).items()},
                )
            connection.rollback()
        return found

    return ask


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(files=FILES)
def test_the_function_decides_as_landing_does(
    ledger_of: Callable[[list[tuple[Any, ...]]], dict[int, Any]],
    files: list[tuple[Any, ...]],
) -> None:
    for function, landing in ledger_of(files).values():
        assert function == landing
