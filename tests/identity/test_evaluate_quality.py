"""Quality is measured against a truth folder, a blind test, and kept scores."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from loaders.demo_county.mess import all_kinds
from loaders.identity.evaluate.agreement import ALL
from loaders.identity.evaluate.blind import HIDDEN, HIDDEN_WITH_CONTACT, blind_test
from loaders.identity.evaluate.page import NAMES, event_rows, rows_of, write_page
from loaders.identity.evaluate.pictures import telling_bins
from loaders.identity.evaluate.quality import measure_quality
from loaders.identity.evaluate.scored import Bin, Point, Scores, read_scores
from loaders.identity.evaluate.truth import STRATA, NoTruthError
from tests.identity.messy_people import MessyCounty, Row, link, make_id, person_of, row

BORN = date(1963, 7, 15)
PERSONS = (
    "source_system",
    "source_table",
    "org_code",
    "native_id",
    "native_part",
    "true_person",
)
TRAITS = ("true_person", "trait")
MESS = ("kind", "system", "table", "native_id")
SCORES = """
    drop table if exists identity.pair_score;
    drop table if exists identity.record_state;
    create table identity.record_state (record_key text, cluster bigint);
    create table identity.pair_score (
        cluster_a bigint, cluster_b bigint, weight float, probability float
    )
"""


@pytest.fixture
def without_scores(engine: Engine) -> Iterator[Engine]:
    yield engine
    with engine.begin() as connection:
        for table in ("pair_score", "record_state"):
            connection.execute(text(f"drop table if exists identity.{table}"))


def _write(
    folder: Path, name: str, columns: tuple[str, ...], rows: list[list[str]]
) -> None:
    with (folder / name).open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([list(columns), *rows])


def _truth(folder: Path, rows: list[Row], owners: list[str], mess: list[list[str]]) -> Path:
    keys = [[str(made[column]) for column in PERSONS[:-1]] for made in rows]
    persons = [[*key, owner] for key, owner in zip(keys, owners, strict=True)]
    _write(folder, "persons.csv", PERSONS, persons)
    _write(folder, "traits.csv", TRAITS, [["N1", "twin"], ["N2", "twin"]])
    _write(folder, "mess.csv", MESS, mess)
    return folder


def _people() -> list[Row]:
    claims = {"person_name": "王建国", "born_on": BORN, "sex_code": "1"}
    number = make_id(BORN, 123)
    return [
        row("A", "1", id_number=number, **claims),
        row("C", "7", org_code="2", id_number=number.lower(), **claims),
        row("D", "9", native_part="0101+1", person_name="李小红", born_on=date(1990, 3, 4)),
    ]


def test_strata_come_from_mess_and_traits(engine: Engine, tmp_path: Path) -> None:
    rows = _people()
    link(engine, rows)
    mess = [
        ["id_missing", "A", "MS_BRDA", "1"],
        ["name_homophone", "C", "ms_brda", "2+7"],
        ["birth_lunar", "D", "EHR_HealthRecord", "9+0101"],
        ["sex_wrong", "C", "ms_brda", "3+7"],
        ["late_row", "A", "MS_BRDA", "1"],
    ]
    measured = measure_quality(engine, _truth(tmp_path, rows, ["N1", "N1", "N3"], mess))
    strata = {name: its.records for name, its in measured.strata.items()}
    assert strata == {
        ALL: 3, "missing_id": 1, "other_character": 1, "lunar_birth_date": 1, "twin": 2,
    }  # fmt: skip
    assert measured.strata["missing_id"].recall == 1
    assert [count for *_, count in measured.counts()] == [0, 0, 0, 0, 0]


def test_merged_twins_and_split_people_are_counted(engine: Engine, tmp_path: Path) -> None:
    rows = _people()
    link(engine, rows)
    measured = measure_quality(engine, _truth(tmp_path, rows, ["N1", "N2", "N2"], []))
    assert (measured.people_merged, measured.twins_merged) == (1, 1)
    assert (measured.strangers_merged, measured.people_split) == (0, 1)
    assert measured.strata[ALL].precision == 0


def test_another_countys_truth_is_refused(engine: Engine, tmp_path: Path) -> None:
    rows = _people()
    link(engine, rows)
    with pytest.raises(NoTruthError, match="another county"):
        measure_quality(engine, _truth(tmp_path, [row("A", "8")], ["N1"], []))


def test_a_folder_without_truth_is_refused(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(NoTruthError, match="traits.csv"):
        measure_quality(engine, tmp_path)


def test_strata_name_kinds_that_the_county_knows() -> None:
    traits = {
        "minority_name",
        "out_of_county",
        "born_in_history",
        "died",
        "twin",
        "stranger",
    }
    named = frozenset().union(*(kinds for *_, kinds in STRATA.values()))
    assert named <= all_kinds() | traits


def test_the_blind_test_finds_people_again_without_their_numbers(engine: Engine) -> None:
    county = MessyCounty(people=150, seed=7)
    link(engine, county.rows)
    result = blind_test(engine, lambda _: None)
    seen, hidden = result.agreement[ALL], result.agreement[HIDDEN]
    assert seen.records > hidden.records > 0.3 * seen.records
    assert hidden.records >= result.agreement[HIDDEN_WITH_CONTACT].records > 0
    assert hidden.precision >= 0.99
    # Numbers are not seen, or everybody would be found; most have a phone or a house.
    assert 0.5 < hidden.recall < 0.995
    with engine.connect() as connection:
        left = connection.scalar(
            text("select count(*) from pg_database where datname like 'onecard_blind%'")
        )
        kept = connection.scalar(
            text("select count(id_number) from identity.source_person")
        )
    assert left == 0
    assert kept == sum(made["id_number"] is not None for made in county.rows)


def test_scores_are_counted_against_the_truth(without_scores: Engine) -> None:
    with without_scores.begin() as connection:
        for statement in SCORES.split(";"):
            connection.execute(text(statement))
        connection.execute(
            text("create temporary table owner (record_key text, person_id text)")
        )
        connection.execute(
            text(
                "insert into owner values ('a','X'),('b','X'),('c','X'),('d','Y'),('e','Y')"
            )
        )
        # The cluster of c and d is X's or Y's: the smaller id decides.
        connection.execute(
            text(
                "insert into identity.record_state values"
                " ('a', 1), ('b', 2), ('c', 3), ('d', 3), ('e', 4), ('lost', null)"
            )
        )
        connection.execute(
            text(
                "insert into identity.pair_score values"
                " (1, 2, 10.2, 0.999), (1, 3, 10.4, 0.999), (2, 4, 4.0, 0.9)"
            )
        )
        scores = read_scores(connection, "owner")
    assert scores is not None
    assert scores.to_find == 3
    assert list(scores.bins) == [Bin(4.0, 1, 0, 0.9), Bin(10.0, 2, 2, pytest.approx(1.998))]
    assert scores.curve() == [Point(4.0, 2 / 3, 2 / 3), Point(10.0, 1.0, 2 / 3)]


def test_the_page_is_the_same_bytes_again(engine: Engine, tmp_path: Path) -> None:
    rows = _people()
    link(engine, rows)
    (tmp_path / "truth").mkdir()
    measured = measure_quality(
        engine, _truth(tmp_path / "truth", rows, ["N1", "N1", "N3"], [])
    )
    scores = Scores([Bin(4.0, 30, 20, 28.0), Bin(10.0, 5, 5, 4.99)], 40)
    pages = []
    for name in ("one", "other"):
        made = type(measured)(**{**vars(measured), "scores": scores})
        page = write_page(made, None, tmp_path / name)
        files = sorted(page.parent.iterdir())
        pages.append([(file.name, file.read_bytes()) for file in files])
    assert pages[0] == pages[1]
    assert [name for name, _ in pages[0]] == [
        "calibration.svg", "quality.md", "strata.svg", "threshold.svg",
    ]  # fmt: skip


def test_every_stratum_has_a_name_and_a_row() -> None:
    from loaders.identity.evaluate.agreement import Agreement

    rows = rows_of({name: Agreement() for name in NAMES})
    assert len(rows) == len(NAMES) == len({row[0] for row in rows})


EVENT_TABLES = """
    create schema if not exists record;
    create table record.encounter (encounter_id text, person_id text);
    create table identity.event_person (record_key text, person_id text, because text)
"""


@pytest.fixture
def with_events(engine: Engine) -> Iterator[Engine]:
    with engine.begin() as connection:
        connection.execute(text(EVENT_TABLES))
    yield engine
    with engine.begin() as connection:
        connection.execute(text("drop table record.encounter, identity.event_person"))


def test_events_are_right_when_they_are_the_right_persons(
    with_events: Engine, tmp_path: Path
) -> None:
    rows = _people()
    link(with_events, rows)
    folder = _truth(
        tmp_path, rows, ["N1", "N1", "N3"], [["shared_card", "A", "YS_MZ_JZLS", "12"]]
    )
    columns = ("source_system", "source_table", "org_code", "native_id", "true_person",
               "booked_on")  # fmt: skip
    visit = ["A", "YS_MZ_JZLS", "1"]
    events = [
        [*visit, "11", "N1", "N1"], [*visit, "12", "N3", "N3"], [*visit, "13", "N3", "N1"],
        [*visit, "14", "N1", "N1"], ["A", "ZY_FYMX", "1", "9", "N3", "N1"],
    ]  # fmt: skip
    _write(folder, "events.csv", columns, events)
    first, _, other = (person_of(with_events)[made["record_key"]] for made in rows)
    with with_events.begin() as connection:
        for number, person in (("11", first), ("12", other), ("13", first), ("14", None)):
            connection.execute(
                text("insert into record.encounter values (:key, :person)"),
                {"key": f"A|YS_MZ_JZLS|1|{number}", "person": person},
            )
        connection.execute(
            text(
                "insert into identity.event_person"
                " values ('A|ZY_FYMX|1|9', :person, 'newborn_on_mothers_stay')"
            ),
            {"person": other},
        )
    found = measure_quality(with_events, folder).events
    assert {kind: (its.events, its.right) for kind, its in found.items()} == {
        "every": (4, 2), "borrowed_card": (1, 0), "split_card": (1, 1),
        "newborn_charge": (1, 1),
    }  # fmt: skip
    assert found["every"].share == 0.5
    assert event_rows(found)[0][1:] == ["4", "2", "0.50000"]


def test_without_a_record_layer_no_events_are_measured(
    engine: Engine, tmp_path: Path
) -> None:
    rows = _people()
    link(engine, rows)
    assert (
        measure_quality(engine, _truth(tmp_path, rows, ["N1", "N1", "N3"], [])).events == {}
    )


def test_few_pairs_are_taken_together_until_they_tell_something() -> None:
    bins = [Bin(3.0, 5, 1, 4.5), Bin(3.5, 15, 9, 14.0), Bin(9.0, 40, 40, 39.9),
            Bin(12.0, 3, 3, 3.0)]  # fmt: skip
    (low, first), (high, second) = telling_bins(bins)
    assert (first.pairs, first.right, first.expected) == (20, 10, 18.5)
    assert low == pytest.approx((3.25 * 5 + 3.75 * 15) / 20)
    # What is left at the high end has no neighbour to wait for.
    assert (second.pairs, second.right) == (43, 43)
    assert 9.25 < high < 12.25
    assert telling_bins([]) == []
    assert [found.pairs for _, found in telling_bins(bins[:1])] == [5]
