"""From a line to what it reached, against questions that were written by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from loaders.console.audit.asked import NothingLandedError
from loaders.console.trace.asked import NothingToTraceError
from loaders.console.trace.lines import rows_of_line
from loaders.console.trace.show import show_trace
from tests.trace.conftest import Built, Walking

# For a row of staging: what it must have reached in the record and among the cases, by the
# keys that the systems themselves use. `key` is its record key.
ENCOUNTERS = """
    select encounter_id from record.encounter
    where source_system = 'A' and org_code = :org and kind = 'outpatient'
      and encounter_id in (
          select record_key from staging.stg_a__ys_mz_jzls where visit_number = :visit
      )
"""
CASES_OF_EVENT = """
    select indicator_code || ' ' || period || ' ' || case_id
    from indicators.indicator_case where event_id = :event
"""


def reached_of(walking: Walking, feed: str, file_id: int, line: int) -> dict[str, set[str]]:
    """The rows of every table that a line reached, by place."""
    total: dict[str, set[str]] = {}
    walk = walking.walk
    start = rows_of_line(
        walking.connection, walking.project, walk.stored, feed, file_id, line
    )
    for table, places in start.items():
        for name, rows in walk.forward(table, places).rows.items():
            total.setdefault(name, set()).update(rows)
    return total


def named(walking: Walking, table: str, places: set[str], column: str) -> set[str]:
    rows = walking.connection.exec_driver_sql(
        f"select {column} from {table} where ctid = any(cast(%(places)s as tid[]))",
        {"places": sorted(places)},
    )
    return set(rows.scalars())


def sample(
    built: Built, model: str, condition: str = "true", step: int = 7
) -> list[object]:
    rows = built.ask(
        f"select * from staging.{model} where set_aside_because is null and {condition}"
        " order by record_key"
    )
    return rows[::step][:6]


def test_an_invoice_reaches_its_encounter_and_the_cases_of_it(
    built: Built, walking: Walking
) -> None:
    rows = sample(built, "stg_a__ms_mzxx")
    assert rows
    for row in rows:
        reached = reached_of(walking, "A06", row._file_id, row._line_number)
        encounters = named(
            walking, "record.encounter", reached.get("record.encounter", set()),
            "encounter_id",
        )  # fmt: skip
        expected = {
            r[0] for r in built.ask(ENCOUNTERS, org=row.org_code, visit=row.visit_number)
        }
        assert encounters == expected
        cases = named(
            walking, "indicators.indicator_case",
            reached.get("indicators.indicator_case", set()),
            "indicator_code || ' ' || period || ' ' || case_id",
        )  # fmt: skip
        assert cases == {
            r[0] for event in expected for r in built.ask(CASES_OF_EVENT, event=event)
        }


def test_a_follow_up_reaches_its_event_and_numbers_of_its_person_only(
    built: Built, walking: Walking
) -> None:
    rows = sample(built, "stg_d__mdc_hypertensionvisit", step=15)[:4]
    assert rows
    for row in rows:
        reached = reached_of(walking, "D04", row._file_id, row._line_number)
        table = "record.hypertension_follow_up"
        events = named(walking, table, reached[table], "event_id || ' ' || person_id")
        keys = {event.rpartition(" ")[0] for event in events}
        # Other follow-ups of the person, too, know what this one says of who it is.
        assert row.record_key in keys
        (person,) = {
            r[0]
            for r in built.ask(
                "select person_id from identity.person_link where record_key = :key",
                key=row.record_key,
            )
        }
        cases = reached.get("indicators.indicator_case", set())
        people = named(walking, "indicators.indicator_case", cases, "person_id")
        assert people <= {person}
        counted = {
            r[0]
            for r in built.ask(
                "select distinct indicator_code from indicators.indicator_case"
                " where person_id = :person and indicator_code like 'htn%'"
                " and period = to_char(cast(:day as date), 'YYYY')",
                person=person,
                day=row.followed_up_on,
            )
        }
        found = named(walking, "indicators.indicator_case", cases, "indicator_code")
        assert counted <= found


def test_a_settlement_reaches_one_row_and_its_cases(built: Built, walking: Walking) -> None:
    plain = "not exists (select from staging.stg_f__setl_d as other where"
    plain += " other.visit_id = stg_f__setl_d.visit_id and other.record_key"
    plain += " <> stg_f__setl_d.record_key)"
    columns = {
        column.name for column in walking.walk.stored["staging.stg_f__setl_d"].columns
    }
    rows = sample(built, "stg_f__setl_d", plain if "visit_id" in columns else "true", 11)
    assert rows
    for row in rows:
        reached = reached_of(walking, "F02", row._file_id, row._line_number)
        settled = named(
            walking, "record.settlement", reached["record.settlement"], "event_id"
        )
        assert row.record_key in settled
        cases = named(
            walking, "indicators.indicator_case",
            reached.get("indicators.indicator_case", set()),
            "indicator_code || ' ' || period || ' ' || case_id",
        )  # fmt: skip
        assert {r[0] for r in built.ask(CASES_OF_EVENT, event=row.record_key)} <= cases


def test_what_a_case_reached_is_what_the_values_count(
    built: Built, walking: Walking
) -> None:
    """Values reached from a stay's line are those whose published list names that line."""
    (row, *_) = built.ask(
        "select _file_id, _line_number, encounter_id from record.encounter"
        " where kind = 'inpatient' and is_counted and source_system = 'A' order by 3"
    )
    reached = reached_of(walking, "A08", row._file_id, row._line_number)
    key = "indicator_code || ' ' || period || ' ' || grain || ' ' || org_code"
    values = named(
        walking, "published.indicator_value",
        reached.get("published.indicator_value", set()), key,
    )  # fmt: skip
    listed = built.ask(
        f"select distinct {key} from published.indicator_case where event_id = :event",
        event=row.encounter_id,
    )
    assert {r[0] for r in listed} <= values
    # A stay can also tell who somebody is, and so reach numbers of persons.
    assert {v for v in values if v.startswith("avg_los ")} == {
        r[0] for r in listed if r[0].startswith("avg_los ")
    }


def test_a_line_that_was_set_aside_counts_nowhere(built: Built, walking: Walking) -> None:
    """Whom it names counts by what else is known; what it tells itself does not."""
    tried = 0
    for model, node in walking.project.models.items():
        feed = walking.project.feed_of(model)
        if feed is None or not {"record_key", "set_aside_because"} <= node.columns.keys():
            continue
        for row in built.ask(
            f"select record_key, _file_id, _line_number from {model}"
            " where set_aside_because is not null order by 2, 3 limit 2"
        ):
            reached = reached_of(walking, feed, row._file_id, row._line_number)
            assert model in reached
            assert not built.ask(
                "select from indicators.indicator_case where event_id = :key",
                key=row.record_key,
            ), model
            tried += 1
    assert tried > 0


Said = Callable[[], str]


def test_the_command_prints_no_personal_value(
    built: Built, capsys: pytest.CaptureFixture[str]
) -> None:
    people = built.ask(
        "select person_name, id_number from identity.source_person"
        " where length(person_name) > 1 and length(id_number) = 18"
    )
    (card, *_) = built.ask(
        "select ledger.file_name, ledger.member_name, staged._line_number, staged._file_id"
        " from staging.stg_a__ms_brda as staged inner join audit.file_ledger as ledger"
        " on staged._file_id = ledger.file_id where set_aside_because is null"
        " order by record_key"
    )
    show_trace(built.engine, built.settings, f"{card._file_id}:{card._line_number}", ())
    (person, *_) = built.ask(
        "select person_id from record.person order by source_record_count desc"
    )
    show_trace(built.engine, built.settings, "record.person", [person.person_id])
    words = capsys.readouterr().out
    assert "staging.stg_a__ms_brda\t1\t1" in words
    assert "identity.person_link\t1" in words
    cells = {cell for line in words.splitlines() for cell in line.split("\t")}
    assert not cells & {row.person_name for row in people}
    assert not any(row.id_number in words for row in people)


@pytest.mark.parametrize(
    ("feed", "state", "said"),
    [
        ("a02_ys_mz_jzls", "older_version", "older version"),
        # Of lines that say the same the first stands, and the later ones are no source.
        ("a01_ms_brda", "repeated", "sent again"),
    ],
)
def test_a_line_that_was_replaced_says_so_and_reaches_nothing(
    built: Built, capsys: pytest.CaptureFixture[str], feed: str, state: str, said: str
) -> None:
    (old, *_) = built.ask(
        "select version._file_id, version._line_number"
        f" from landing.{feed}_versions(null) as version"
        " where _state = :state order by 1, 2",
        state=state,
    )
    show_trace(built.engine, built.settings, f"{old._file_id}:{old._line_number}", ())
    words = capsys.readouterr().out
    assert said in words
    assert "the version that stands" in words
    assert "no row beyond staging" in words


def test_what_does_not_exist_is_a_clear_refusal(built: Built) -> None:
    with pytest.raises(NothingLandedError):
        show_trace(built.engine, built.settings, "nothing.csv:3", ())
    with pytest.raises(NothingToTraceError, match="0 tables are called"):
        show_trace(built.engine, built.settings, "record.nothing", ["1"])
    with pytest.raises(NothingToTraceError, match="no row with this key; it is"):
        show_trace(built.engine, built.settings, "record.encounter", ["1"])
