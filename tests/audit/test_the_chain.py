"""Every line is followed to the record, and what is missing on the way is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from loaders.console.audit.commands import audit
from loaders.console.audit.drift import show_drift
from loaders.console.audit.ledger import show_ledger
from loaders.console.audit.unread import show_unread
from loaders.console.history import RecordNotFoundError, show_history
from tests.audit.conftest import NAME, SECRET
from tests.landing.looking import Landing

Said = Callable[[], str]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """What was printed since the last time; never a personal value."""

    def read() -> str:
        words = capsys.readouterr().out
        assert SECRET not in words
        assert NAME not in words
        return words

    return read


def steps(words: str, feed: str) -> dict[str, int]:
    """The steps of a feed's chain by the first words of their name."""
    lines = [line.split("\t") for line in words.splitlines()]
    return {
        line[1]: int(line[2])
        for line in lines
        if len(line) == 4 and line[0] == feed and line[2].isdecimal()
    }


@contextmanager
def changed(landing: Landing, statement: str, back: str) -> Iterator[None]:
    """The warehouse as if somebody had tampered with it."""
    with landing.engine.begin() as connection:
        connection.execute(text(statement))
    yield
    with landing.engine.begin() as connection:
        connection.execute(text(back))


def test_everything_balances(built: Landing, said: Said) -> None:
    balances = show_ledger(built.engine, None, None, totals=True)
    words = said()
    assert balances, words
    assert words.endswith("balanced\n")
    assert "A06\tZJJE\t3\t1\t" in words


@pytest.mark.parametrize(
    "question",
    [
        {"feed": "A06"}, {"feed": "f02"}, {"feed": "C05"}, {"day": date(2025, 1, 2)},
        {"file": "SETL_D_20250101.txt"}, {"org": "H1"}, {"org": "1001"},
    ],
    ids=str,
)  # fmt: skip
def test_every_part_balances(
    built: Landing, said: Said, question: dict[str, object]
) -> None:
    arguments = {"feed": None, "day": None} | question
    assert show_ledger(built.engine, **arguments)  # type: ignore[arg-type]
    assert "usable rows" in said()


def test_every_difference_has_a_name(built: Landing, said: Said) -> None:
    show_ledger(built.engine, "A06", None)
    found = steps(said(), "A06")
    by_words = {re.sub(r"^[^a-z]*", "", name): rows for name, rows in found.items()}
    assert by_words["rows read"] == 9
    assert by_words["rows in landing"] == 9
    assert by_words["an older version"] == 4
    assert by_words["sent again unchanged: the first line stands"] == 2
    assert by_words["current rows"] == 3
    assert by_words["set aside: test_row"] == 1
    assert by_words["usable rows"] == 2


def test_what_was_known_to_a_database_is_a_step(built: Landing, said: Said) -> None:
    show_ledger(built.engine, "C05", None)
    found = steps(said(), "C05")
    known = next(rows for name, rows in found.items() if "known to the database" in name)
    rejected = next(rows for name, rows in found.items() if "rejected lines" in name)
    assert (known, rejected) == (1, 2)


def test_an_institution_sees_its_own_rows(built: Landing, said: Said) -> None:
    show_ledger(built.engine, "F02", None, org="H1")
    found = steps(said(), "F02")
    assert next(rows for name, rows in found.items() if "current rows" in name) == 2


def test_amounts_are_told_layer_by_layer(built: Landing, said: Said) -> None:
    show_ledger(built.engine, "F02", None)
    (line,) = [line for line in said().splitlines() if "\tMEDFEE_SUMAMT\t" in line]
    assert line.split("\t")[2:] == ["4", "0", "600", "600", "600", "600", "600"]


@pytest.mark.parametrize(
    ("statement", "back", "fault"),
    [
        (
            "create table kept as select * from staging.stg_a__ms_mzxx;"
            " delete from staging.stg_a__ms_mzxx where invoice_number = '1'",
            "insert into staging.stg_a__ms_mzxx select * from kept"
            " where invoice_number = '1'; drop table kept",
            "1 current rows are missing in stg_a__ms_mzxx",
        ),
        (
            "update staging.stg_a__ms_mzxx set total_fee_fen = total_fee_fen + 1"
            " where invoice_number = '1'",
            "update staging.stg_a__ms_mzxx set total_fee_fen = total_fee_fen - 1"
            " where invoice_number = '1'",
            "A06 ZJJE: staging differs from landing",
        ),
        (
            "update landing.a06_ms_mzxx set \"ZJJE\" = '10' where \"ZJJE\" = '9'",
            "update landing.a06_ms_mzxx set \"ZJJE\" = '9' where \"ZJJE\" = '10'",
            "A06 ZJJE: landing differs from its note",
        ),
        (
            "create table kept as select * from landing.a06_ms_mzxx;"
            " delete from landing.a06_ms_mzxx where \"MZXH\" = '3'",
            "insert into landing.a06_ms_mzxx select * from kept where \"MZXH\" = '3';"
            " drop table kept",
            "9 rows were to be stored, 6 are",
        ),
    ],
    ids=["a staging row lost", "a fen changed", "an amount changed", "rows lost"],
)
def test_what_does_not_add_up_is_said(
    built: Landing, said: Said, statement: str, back: str, fault: str
) -> None:
    # A build has begun after everything was landed, so that nothing may be waiting for it.
    run = (
        "create table audit.run (kind text, started_at timestamptz);"
        " insert into audit.run values ('build', clock_timestamp())"
    )
    with changed(built, run, "drop table audit.run"), changed(built, statement, back):
        assert not show_ledger(built.engine, "A06", None)
        assert fault in said()
    assert show_ledger(built.engine, "A06", None)


def test_drift_is_listed_with_how_full_it_is(built: Landing, said: Said) -> None:
    show_drift(built.engine, None)
    (line,) = [line for line in said().splitlines() if "NEWCOL" in line]
    assert line.split("\t") == [
        "B01", "added", "NEWCOL", "20250101", "20250101", "1",
        "TB_YL_PATIENT_INFORMATION_20250101.txt", "0.0%",
    ]  # fmt: skip


def test_a_cell_that_could_not_be_read_is_found_and_not_shown(
    built: Landing, said: Said
) -> None:
    show_unread(built.engine, "a06", None)
    rows = [line.split("\t") for line in said().splitlines() if line.startswith("A06")]
    assert rows == [
        ["A06", "20250101", "XYYHIS_20250101_01.zip/MS_MZXX_20250101.csv", "4", "ZJJE"]
    ]
    show_unread(built.engine, "A06", date(2025, 1, 2))
    assert "ZJJE" not in said()


def test_history_tells_versions_and_masks(built: Landing, said: Said) -> None:
    show_history(built.engine, "a06", "1", None, reveal=False)
    words = said()
    assert words.count("旧版本 older version") == 2
    show_history(built.engine, "A06", "1", date(2025, 1, 2), reveal=False)
    assert said().count("旧版本 older version") == 1
    show_history(built.engine, "A01", "1", None, reveal=False)
    assert "**************1234" in said()
    with pytest.raises(RecordNotFoundError):
        show_history(built.engine, "A06", "999", None, reveal=False)


def test_revealing_is_recorded(built: Landing, capsys: pytest.CaptureFixture[str]) -> None:
    show_history(built.engine, "A01", "1", date(2025, 1, 1), reveal=True)
    assert SECRET in capsys.readouterr().out
    noted = built.ask("select what, person_id from audit.access_log")
    assert len(noted) == 1
    assert noted[0].what.startswith("reveal A01 file")
    assert SECRET not in str(noted)


def test_a_feed_that_no_contract_tells_of_is_not_balanced() -> None:
    answer = CliRunner().invoke(audit, ["--feed", "Z99"])
    assert answer.exit_code == 2
    assert "no contract tells of it" in answer.output
