"""Promise: what no person may be is found from the links alone, and refuses publication."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from expectations.gate import GateRefusedError, run_gate
from loaders.identity.id_number import check_character, is_valid
from tests.tiny_county import ask, begin_build, do, settle

BORN = date(1963, 7, 15)
COLUMNS = (
    "person_name text", "id_number text", "born_on date", "birth_order smallint",
)  # fmt: skip
Record = dict[str, Any]


def _number(born_on: date, sequence: int) -> str:
    body = f"999999{born_on:%Y%m%d}{sequence:03d}"
    return body + check_character(body)


def _say_nothing(_: str) -> None:
    return None


@pytest.fixture
def people(county: Engine) -> Engine:
    """The tiny county with records that say who they are."""
    do(
        county,
        *(f"alter table identity.source_person add {column}" for column in COLUMNS),
        "alter table identity.person_link add is_contested boolean not null default false",
        "create table identity.source_relation (record_key text, relation text,"
        " other_record_key text)",
        "create table identity.active_decision (record_key_a text, record_key_b text,"
        " verdict text)",
        "insert into identity.person_ledger values ('P9', 'active')",
        "insert into record.person values ('P9', '1')",
    )
    return county


def _add(county: Engine, records: Iterable[Record], contested: bool = False) -> None:
    """Records that are all one person, P9."""
    with county.begin() as connection:
        for place, record in enumerate(records):
            key = f"C|ms_brda|1|{place}"
            said = {
                "key": key, "person_name": "王建国", "id_number": None, "born_on": BORN,
                "birth_order": None, "contested": contested,
            } | record  # fmt: skip
            connection.execute(
                text(
                    "insert into identity.source_person values"
                    " (:key, 'C', :person_name, :id_number, :born_on, :birth_order)"
                ),
                said,
            )
            connection.execute(
                text(
                    "insert into identity.person_link values (:key, 'C', 'ms_brda', '1',"
                    " :key, '', 'P9', 'deterministic', 1, :contested)"
                ),
                said,
            )


def _refused(county: Engine) -> set[str]:
    """The critical expectations about links that were not met."""
    settle(county)
    try:
        run_gate(county, "record", begin_build(county), _say_nothing)
    except GateRefusedError:
        pass
    rows = ask(
        county,
        "select expectation from audit.gate_result"
        " where not success and severity = 'critical'",
    )
    return {name for (name,) in rows}


def _two_numbers(county: Engine) -> None:
    _add(county, [{"id_number": _number(BORN, n)} for n in (123, 125)])


def _two_numbers_in_disguise(county: Engine) -> None:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    with_x = next(n for n in range(1, 999, 2) if _number(BORN, n).endswith("X"))
    numbers = (_number(BORN, 124).translate(wide), f"'{_number(BORN, with_x).lower()}")
    _add(county, [{"id_number": number} for number in numbers])


def _chain(county: Engine) -> None:
    _add(
        county,
        [
            {"person_name": f"{surname}建国", "born_on": BORN + timedelta(days=40 * n)}
            for n, surname in enumerate("王李张刘陈杨黄赵吴周")
        ],
    )


def _contradiction(county: Engine) -> None:
    _add(
        county,
        [{"person_name": "王建国"}, {"person_name": "李小红", "born_on": date(1990, 3, 4)}],
    )


def _merged_twins(county: Engine) -> None:
    _add(county, [{"birth_order": 1}, {"birth_order": 2, "person_name": "王建民"}])


def _broken_decision(county: Engine) -> None:
    _add(county, [{}, {}])
    do(
        county,
        "insert into identity.active_decision values"
        " ('C|ms_brda|1|0', 'C|ms_brda|1|1', 'different')",
    )


def _child_in_its_mother(county: Engine) -> None:
    _add(county, [{"person_name": "徐蓉之子"}, {"person_name": "徐蓉"}])
    do(
        county,
        "insert into identity.source_relation values"
        " ('C|ms_brda|1|0', 'mother_of', 'C|ms_brda|1|1')",
    )


BREAKS: dict[str, list[Callable[[Engine], None]]] = {
    "one_valid_number_each": [_two_numbers, _two_numbers_in_disguise],
    "no_chained_people": [_chain],
    "few_contradictions": [_contradiction],
    "twins_apart": [_merged_twins],
    "decisions_kept": [_broken_decision],
    "mother_and_child_apart": [_child_in_its_mother],
}


@pytest.mark.parametrize(
    ("guard", "broken"),
    [(guard, broken) for guard, breaks in BREAKS.items() for broken in breaks],
)
def test_a_guard_fires_on_broken_links(
    people: Engine, guard: str, broken: Callable[[Engine], None]
) -> None:
    broken(people)
    assert _refused(people) == {guard}


def test_every_guard_has_been_broken_once(people: Engine) -> None:
    from expectations.identity_guards import identity_guards
    from expectations.layout import read_layout
    from expectations.thresholds import load_thresholds

    with people.connect() as connection:
        layout = read_layout(connection)
    checks = identity_guards(layout, load_thresholds().record)
    assert {check.name for check in checks} == set(BREAKS)


def _mistyped(county: Engine) -> None:
    wrong = _number(BORN, 123)[:-1] + "0"
    assert not is_valid(wrong)
    _add(county, [{"id_number": _number(BORN, 123)}, {"id_number": wrong}])


def _mothers_number(county: Engine) -> None:
    child = {"person_name": "徐蓉之子", "born_on": date(2024, 11, 5)}
    own = _number(child["born_on"], 123)  # type: ignore[arg-type]
    _add(county, [{**child, "id_number": _number(BORN, 124)}, {**child, "id_number": own}])


def _borrowed(county: Engine) -> None:
    _add(county, [{"id_number": _number(BORN, n)} for n in (123, 125)], contested=True)


def _held_to_be_one(county: Engine) -> None:
    _two_numbers(county)
    _say_same(county)


def _unlike_and_held_to_be_one(county: Engine) -> None:
    _contradiction(county)
    _say_same(county)


def _say_same(county: Engine) -> None:
    do(
        county,
        "insert into identity.active_decision values"
        " ('C|ms_brda|1|0', 'C|ms_brda|1|1', 'same')",
    )


def _misspelled(county: Engine) -> None:
    _add(
        county,
        [
            {"person_name": "王建国"}, {"person_name": "王健国（新）"},
            {"person_name": "王建囯", "born_on": date(1973, 7, 15)},
            {"person_name": "无名氏", "born_on": date(1990, 3, 4)},
            {"person_name": "李小红", "born_on": date(1900, 1, 1)},
        ],
    )  # fmt: skip


@pytest.mark.parametrize(
    "honest",
    [
        _mistyped, _mothers_number, _borrowed, _held_to_be_one, _unlike_and_held_to_be_one,
        _misspelled,
    ],
)  # fmt: skip
def test_what_clerks_do_stops_nothing(
    people: Engine, honest: Callable[[Engine], None]
) -> None:
    honest(people)
    assert _refused(people) == set()


def _held_guards(county: Engine) -> set[str]:
    """The guards whose answer stands from an earlier run."""
    rows = ask(
        county,
        "select expectation from audit.gate_result where answered_by_run is not null"
        " and run_id = (select max(run_id) from audit.gate_run)",
    )
    return {name for (name,) in rows} & set(BREAKS)


@pytest.mark.parametrize(
    ("guard", "broken"),
    [(guard, broken) for guard, breaks in BREAKS.items() for broken in breaks],
)
def test_a_guard_fires_on_links_that_are_broken_after_a_yes(
    people: Engine, guard: str, broken: Callable[[Engine], None]
) -> None:
    assert _refused(people) == set()
    broken(people)
    assert _refused(people) == {guard}
    assert guard not in _held_guards(people)
    # Those of which these rows raise no doubt need not be asked again.
    assert _held_guards(people)


@pytest.mark.parametrize("honest", [_mistyped, _mothers_number, _borrowed, _misspelled])
def test_what_clerks_do_after_a_yes_leaves_the_answers(
    people: Engine, honest: Callable[[Engine], None]
) -> None:
    assert _refused(people) == set()
    honest(people)
    assert _refused(people) == set()
    assert _held_guards(people) == set(BREAKS)


def test_somebody_who_is_gone_lets_the_share_of_contradictions_be_counted(
    people: Engine,
) -> None:
    assert _refused(people) == set()
    do(
        people,
        "delete from identity.person_link where person_id = 'P3'",
        "delete from identity.source_person where record_key = 'A|MS_BRDA|X|3'",
    )
    assert _refused(people) == set()
    assert _held_guards(people) == set(BREAKS) - {"few_contradictions"}


def test_a_decision_is_heeded_although_no_record_has_changed(people: Engine) -> None:
    _add(people, [{}, {}])
    do(
        people,
        "alter table identity.active_decision rename to decision",
        "create view identity.active_decision as select * from identity.decision",
    )
    assert _refused(people) == set()
    do(
        people,
        "insert into identity.decision values"
        " ('C|ms_brda|1|0', 'C|ms_brda|1|1', 'different')",
    )
    assert _refused(people) == {"decisions_kept"}


def test_a_decision_that_is_taken_back_excuses_nobody(people: Engine) -> None:
    _held_to_be_one(people)
    assert _refused(people) == set()
    do(people, "delete from identity.active_decision")
    assert _refused(people) == {"one_valid_number_each"}


def test_a_record_that_says_something_else_is_asked_about(people: Engine) -> None:
    _add(people, [{"birth_order": 1}, {"birth_order": 1}])
    assert _refused(people) == set()
    do(
        people,
        "update identity.source_person set birth_order = 2"
        " where record_key = 'C|ms_brda|1|1'",
    )
    assert _refused(people) == {"twins_apart"}
