"""Promise 7: each role can do what the access matrix says, also after every rebuild."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

from loaders.access.apply import apply_access
from loaders.release.publish import publish
from tests.tiny_county import begin_build, do, say_yes

CLOSED = (
    "landing.a01_ms_brda",
    "landing.reject",
    "staging.stg_a__ys_mz_jzls",
    "identity.person_link",
    "record.person",
    "indicators.indicator_case",
    "audit.gate_result",
    "audit.run",
    "audit.published_case_history",
)
OPEN = (
    "published.release",
    "published.indicator",
    "published.indicator_value",
    "published.indicator_case",
    "published.restatement",
    "audit.file_ledger",
)


@pytest.fixture
def reader(county: Engine) -> Iterator[Engine]:
    """A login in the reader's group, on a county that has published."""
    run_id = begin_build(county)
    say_yes(county, run_id)
    publish(county, run_id, lambda _: None)
    with county.begin() as connection:
        login = f"reader_{connection.execute(text('select txid_current()')).scalar_one()}"
        connection.execute(text(f"create role {login} login password 'for this test'"))
        connection.execute(text(f"grant onecard_reader to {login}"))
    engine = create_engine(county.url.set(username=login, password="for this test"))
    yield engine
    engine.dispose()
    do(county, f"drop role {login}")


@pytest.mark.parametrize("table", OPEN)
def test_a_reader_reads_what_is_published(reader: Engine, table: str) -> None:
    _read(reader, table)


@pytest.mark.parametrize("table", CLOSED)
def test_a_reader_reads_nothing_else(reader: Engine, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        _read(reader, table)


@pytest.mark.parametrize(
    "statement",
    [
        "delete from published.indicator_value",
        "update published.release set digest = ''",
        "create table published.mine (id int)",
        "create table audit.mine (id int)",
    ],
)
def test_a_reader_changes_nothing(reader: Engine, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        reader.begin() as connection,
    ):
        connection.execute(text(statement))


def test_a_rebuilt_table_stays_closed(county: Engine, reader: Engine) -> None:
    do(
        county,
        "alter table record.person rename to person__backup",
        "create table record.person as select * from record.person__backup",
        "drop table record.person__backup",
    )
    apply_access(county, lambda _: None)
    with pytest.raises(ProgrammingError, match="permission denied"):
        _read(reader, "record.person")


def test_a_rebuilt_published_table_stays_open(county: Engine, reader: Engine) -> None:
    do(
        county,
        "drop table published.restatement",
        "create table published.restatement (release_id bigint)",
    )
    _read(reader, "published.restatement")


def test_a_right_that_somebody_gave_away_is_taken_back(
    county: Engine, reader: Engine
) -> None:
    do(
        county,
        "grant usage on schema identity, landing to onecard_reader, public",
        "grant select on identity.person_link to onecard_reader",
        "grant select on landing.a01_ms_brda to public",
        "alter default privileges in schema record"
        " grant select on tables to onecard_reader",
    )
    _read(reader, "identity.person_link")
    apply_access(county, lambda _: None)
    for table in ("identity.person_link", "landing.a01_ms_brda"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            _read(reader, table)


def test_without_the_right_to_create_roles_it_is_said_what_to_do(
    county: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr("loaders.access.apply.MAY_MAKE_ROLES", "select false")
    monkeypatch.setattr("loaders.access.apply.KNOWN_ROLE", "select 0 where :role = ''")
    apply_access(county, said.append)
    assert len(said) == 1
    assert "create role onecard_reader nologin" in said[0]


def _read(reader: Engine, table: str) -> None:
    with reader.connect() as connection:
        connection.execute(text(f"select count(*) from {table}"))
