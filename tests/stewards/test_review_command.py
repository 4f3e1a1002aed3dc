"""The same work on a terminal: list, show, decide, approve, undo, and lists to fix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from loaders.cli import onecard
from loaders.failure import ExpectedFailure
from loaders.settings import Settings
from tests.stewards.conftest import STEWARDS, Asked
from tests.stewards.county import NUMBER, person_id
from tests.stewards.deciding import delete
from tests.stewards.test_page_is_private import personal_values

Review = Callable[..., str]
ONE, OTHER = STEWARDS


@pytest.fixture
def review(
    asked: Asked, stewards_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> Review:
    dsn = asked.engine.url.set(drivername="postgresql")
    monkeypatch.setenv("ONECARD_HOME", str(stewards_home.home))
    monkeypatch.setenv("ONECARD_DSN", dsn.render_as_string(hide_password=False))

    def run(*words: str) -> str:
        done = CliRunner().invoke(onecard, ["review", *words])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.output

    return run


def table(output: str, first: str) -> list[list[str]]:
    """The lines of the table whose header begins with this word."""
    lines = [line.split("\t") for line in output.splitlines()]
    start = next(n for n, line in enumerate(lines) if line[0] == first)
    found = []
    for line in lines[start + 1 :]:
        if len(line) != len(lines[start]):
            break
        found.append(line)
    return found


def test_the_queue_on_a_terminal(review: Review, asked: Asked) -> None:
    output = review("list", "--today", "20250115")
    assert [line[3] for line in table(output, "kind")] == ["1", "1", "1", "1", "2"]
    assert len(table(output, "task")) == 6
    late = table(review("list", "--overdue", "--today", "20250115"), "task")
    assert {line[1] for line in late} == {
        "overlay", "contested_id", "newborn", "too_large_cluster",
    }  # fmt: skip
    only = table(review("list", "--kind", "newborn", "--today", "20250115"), "task")
    assert [line[0] for line in only] == [asked.numbers["newborn"]]


def test_a_question_on_a_terminal_is_masked_unless_it_is_written_down(
    review: Review, asked: Asked
) -> None:
    number = asked.numbers["possible_duplicate"]
    output = review("show", number)
    assert not {value for value in personal_values(asked) if value in output}
    assert "张**" in output and "prior" not in output
    assert f"****{NUMBER[-4:]}" in output
    clear = review("show", number, "--reveal", "sample_check", "--actor", ONE)
    assert NUMBER in clear and "张建国" in clear
    with asked.engine.connect() as connection:
        rows = connection.execute(text("select who, reason_code from audit.reveal")).all()
    assert {tuple(row) for row in rows} == {(ONE, "sample_check")} and len(rows) == 5
    with pytest.raises(ExpectedFailure):
        review("show", number, "--reveal", "curiosity", "--actor", ONE)


def test_a_retired_id_says_whose_its_records_are_by_now(
    review: Review, asked: Asked
) -> None:
    merged, gone, living = "PMERGED", "PGONE", person_id(1)
    with asked.engine.begin() as connection:
        for retired, into in ((merged, living), (gone, None)):
            connection.execute(
                text(
                    "insert into identity.person_ledger values"
                    " (:person, 'a record', '2025-01-06', 'retired', :into, 1, 2)"
                ),
                {"person": retired, "into": into},
            )
    for words in (
        ("show", merged),
        (
            "decide",
            f"{person_id(2)}+{merged}",
            "same",
            "--reason",
            "document_seen",
            "--actor",
            ONE,
        ),
    ):
        with pytest.raises(ExpectedFailure, match=f"those of {living} by now"):
            review(*words)
    with pytest.raises(ExpectedFailure, match="no record of this person is left"):
        review("show", gone)


def test_what_was_said_by_a_record_that_is_gone_still_stands_with_the_persons(
    review: Review, asked: Asked
) -> None:
    number, (a, b) = asked.numbers["possible_duplicate"], asked.pair("possible_duplicate")
    review("decide", number, "different", "--reason", "twins", "--actor", ONE)
    one, other = asked.county.person[a], asked.county.person[b]
    delete(asked, a)
    (line,) = table(review("show", f"{one}+{other}"), "decision")
    assert line[0] == "1" and line[2] == ONE


def test_from_a_proposal_to_an_approved_merge_and_back(
    review: Review, asked: Asked
) -> None:
    number = asked.numbers["two_numbers"]
    said = review("decide", number, "same", "--reason", "number_replaced", "--actor", ONE)
    assert "second steward" in said
    with pytest.raises(ExpectedFailure, match="your own"):
        review("approve", "1", "--actor", ONE)
    assert "in force" in review("approve", "1", "--actor", OTHER)
    (line,) = table(review("list", "--state", "decided"), "task")
    assert line[0] == number
    assert "undone by 3" in review(
        "undo", "1", "--reason", "new_evidence", "--actor", OTHER
    )
    assert len(table(review("list"), "task")) == 6


def test_records_are_split_off_by_the_names_that_show_gives(
    review: Review, asked: Asked
) -> None:
    names = [line[0] for line in table(review("show", person_id(9)), "record")]
    assert len(names) == 6
    review(
        "decide", person_id(9), "split", "--record", names[1], "--record", names[3],
        "--reason", "wrong_link", "--actor", ONE,
    )  # fmt: skip
    with asked.engine.connect() as connection:
        query = "select verdict from identity.active_decision"
        assert connection.scalars(text(query)).all() == ["different"] * 2
    for wrong in ((), ("--record", "0000000000")):
        with pytest.raises(ExpectedFailure, match="which records"):
            review(
                "decide", person_id(9), "split", *wrong, "--reason", "wrong_link",
                "--actor", ONE,
            )  # fmt: skip


def test_two_persons_of_whom_nobody_asked_can_be_joined(
    review: Review, asked: Asked
) -> None:
    key = f"{person_id(7)}+{person_id(8)}"
    assert "in force" in review(
        "decide", key, "same", "--reason", "person_confirmed", "--actor", ONE
    )
    with pytest.raises(ExpectedFailure, match="No question"):
        review("show", f"{person_id(7)}+P0")
    with pytest.raises(ExpectedFailure, match="only be split"):
        review(
            "decide", person_id(7), "same", "--reason", "person_confirmed", "--actor", ONE
        )


def test_only_names_of_the_list_may_decide(review: Review, asked: Asked) -> None:
    for more in ((), ("--actor", "路人")):
        with pytest.raises(ExpectedFailure, match="stewards.txt"):
            review(
                "decide", asked.numbers["overlay"], "same",
                "--reason", "document_seen", *more,
            )  # fmt: skip


def test_without_a_list_the_account_decides(
    review: Review, asked: Asked, stewards_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stewards_home.home / "stewards.txt").unlink()
    monkeypatch.setattr("getpass.getuser", lambda: "he.jing")
    review("decide", asked.numbers["overlay"], "different", "--reason", "same_name")
    with asked.engine.connect() as connection:
        actor = connection.scalar(text("select actor from identity.steward_decision"))
    assert actor == "he.jing"


def test_lists_to_fix_are_counted_and_written(review: Review, tmp_path: Path) -> None:
    lines = table(review("fix-list", "--month", "2025-02", "--org", "34"), "system")
    assert {line[2]: line[4] for line in lines} == {
        "excel_damaged_number": "1", "placeholder_number": "1", "duplicate_in_source": "2",
    }  # fmt: skip
    folder = tmp_path / "out"
    said = review("fix-list", "--month", "2025-02", "--org", "34", "--export", str(folder))
    assert Path(said.strip()).parent == folder and Path(said.strip()).exists()


def test_an_event_is_given_to_its_owner_on_a_terminal(review: Review, asked: Asked) -> None:
    holder, other = asked.pair("possible_duplicate")
    with asked.engine.begin() as connection:
        connection.execute(text("create schema if not exists record"))
        connection.execute(
            text(
                "create table record.encounter as"
                " select 'visit 1' as encounter_id, cast(null as text) as person_id"
            )
        )
    words = ("event", "visit 1", "--reason", "borrowed_card", "--actor", ONE)
    assert "counts from the next run" in review(*words, "--to", other)
    assert "say either" in review(*words)
    assert "say either" in review(*words, "--to", holder, "--to-card")
    with asked.engine.begin() as connection:
        owner = connection.scalar(text("select owner_record_key from identity.event_owner"))
        connection.execute(text("drop table record.encounter"))
    assert owner == other
