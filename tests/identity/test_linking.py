"""Who becomes one person, who never does, and who is left for a human eye."""

from __future__ import annotations

import json
from datetime import date
from itertools import combinations

import pytest
from sqlalchemy import Engine, text

from loaders.identity.changes import RepeatedRecordError
from loaders.identity.link import link_people
from tests.identity.few_people import BORN, HOME, ID, NEWBORN, OTHER_ID, persons, tasks
from tests.identity.messy_people import (
    MessyCounty,
    link,
    load,
    make_id,
    person_of,
    row,
)


def _pairs(groups: dict[object, list[str]]) -> set[tuple[str, str]]:
    return {pair for keys in groups.values() for pair in combinations(sorted(keys), 2)}


@pytest.fixture(scope="module")
def county() -> MessyCounty:
    return MessyCounty(people=500, seed=20250101)


def test_a_messy_county_is_linked_precisely_and_almost_completely(
    engine: Engine, county: MessyCounty
) -> None:
    link(engine, county.rows)
    true: dict[object, list[str]] = {}
    found: dict[object, list[str]] = {}
    for record_key, person_id in person_of(engine).items():
        true.setdefault(county.truth[record_key], []).append(record_key)
        found.setdefault(person_id, []).append(record_key)
    true_pairs, found_pairs = _pairs(true), _pairs(found)
    right = len(true_pairs & found_pairs)
    assert right / len(found_pairs) >= 0.999
    assert right / len(true_pairs) >= 0.97


def test_no_twins_of_a_messy_county_are_merged(engine: Engine, county: MessyCounty) -> None:
    assert len(county.twins) >= 5
    link(engine, county.rows)
    of_person: dict[int, set[str | None]] = {}
    for record_key, person_id in person_of(engine).items():
        of_person.setdefault(county.truth[record_key], set()).add(person_id)
    for one, other in county.twins:
        assert not of_person[one] & of_person[other]


@pytest.mark.parametrize(
    "second",
    [
        {"person_name": "王建囯", "id_number": ID.lower()},
        {"person_name": "王健国", "id_number": ID[:6] + ID[8:17]},
        {"person_name": "王建国", "id_number": f'="{ID}"', "born_on": date(1963, 1, 1)},
        {"person_name": "王建国", "id_number": ID[:10] + ID[11] + ID[10] + ID[12:]},
        {"person_name": "王建国", "id_number": ID[:15] + "000"},
        {"person_name": "王建国", **HOME},
        {"person_name": "王建国", "born_on": date(1963, 7, 16), **HOME},
        {"person_name": "王健国", **HOME},
    ],
)
def test_one_person_however_messy_is_one(engine: Engine, second: dict[str, object]) -> None:
    one = row(
        "A", "1", person_name="王建国", id_number=ID, born_on=BORN, sex_code="1", **HOME
    )
    other = row("C", "2", **{"born_on": BORN, "sex_code": "1", **second})
    a, b = persons(engine, [one, other])
    assert a == b


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # Twins: two valid numbers, all else alike.
        (
            {"person_name": "王子文", "id_number": ID},
            {"person_name": "王子武", "id_number": OTHER_ID},
        ),
        # Twins without numbers.
        ({"person_name": "王子文"}, {"person_name": "王子武"}),
        # A twin whose name lost the character that tells them apart.
        ({"person_name": "王子文", "id_number": ID}, {"person_name": "王子?"}),
        # Newborn twins: one name, one mother's number.
        (NEWBORN, NEWBORN),
        # Two valid numbers are two people, whatever else is alike.
        (
            {"person_name": "王建国", "id_number": ID},
            {"person_name": "王建国", "id_number": OTHER_ID},
        ),
    ],
)
def test_twins_and_other_people_are_never_merged(
    engine: Engine, first: dict[str, object], second: dict[str, object]
) -> None:
    a, b = persons(
        engine,
        [
            row("A", "1", **{"born_on": BORN, "sex_code": "1", **HOME, **first}),
            row("C", "2", **{"born_on": BORN, "sex_code": "1", **HOME, **second}),
        ],
    )
    assert a != b


def test_strangers_of_one_name_and_birthday_stay_apart(engine: Engine) -> None:
    a, b = persons(
        engine,
        [
            row(
                "A",
                "1",
                person_name="王建国",
                born_on=BORN,
                sex_code="1",
                id_number=ID,
                **HOME,
            ),
            row(
                "C",
                "2",
                person_name="王建国",
                born_on=BORN,
                sex_code="1",
                phone="16412345678",
                address="乙镇西河村北院组3号",
            ),
        ],
    )
    assert a != b


def test_a_record_that_fits_two_strangers_waits_for_a_human(engine: Engine) -> None:
    claims = {"person_name": "王建国", "born_on": BORN, "sex_code": "1", **HOME}
    a, b, c = persons(
        engine,
        [
            row("A", "1", id_number=ID, **claims),
            row("B", "2", id_number=OTHER_ID, **claims),
            row("C", "3", **claims),
        ],
    )
    assert len({a, b, c}) == 3
    assert tasks(engine)["possible_duplicate"] >= 2


@pytest.mark.parametrize("id_number", [ID, None])
@pytest.mark.parametrize("name", ["徐蓉之女", "徐蓉之女(大)", "新生儿"])
def test_a_newborn_is_never_its_mother(
    engine: Engine, name: str, id_number: str | None
) -> None:
    mother, child = persons(
        engine,
        [
            row(
                "A",
                "1",
                person_name="徐蓉",
                born_on=BORN,
                sex_code="2",
                id_number=ID,
                insurance_number="999100",
                health_index_id="E1",
                **HOME,
            ),
            row(
                "A",
                "2",
                person_name=name,
                born_on=date(2024, 11, 5),
                sex_code="2",
                id_number=id_number,
                insurance_number="999100",
                health_index_id="E1",
                **HOME,
            ),
        ],
    )
    assert mother != child


def test_a_newborn_registered_later_is_asked_about(engine: Engine) -> None:
    born_on = date(2024, 11, 5)
    a, b = persons(
        engine,
        [
            row("A", "1", person_name="徐蓉之女", born_on=born_on, sex_code="2", **HOME),
            row(
                "D",
                "2",
                person_name="李梦瑶",
                born_on=born_on,
                sex_code="2",
                id_number=make_id(born_on, 26),
                **HOME,
            ),
        ],
    )
    assert a != b
    assert tasks(engine) == {"newborn": 1}


def test_a_newborn_with_its_own_number_is_the_registered_child(engine: Engine) -> None:
    born_on = date(2024, 11, 5)
    own = make_id(born_on, 26)
    a, b = persons(
        engine,
        [
            row(
                "A",
                "1",
                person_name="徐蓉之女",
                born_on=born_on,
                sex_code="2",
                id_number=own,
            ),
            row(
                "D", "2", person_name="李梦瑶", born_on=born_on, sex_code="2", id_number=own
            ),
        ],
    )
    assert a == b


def test_no_records_are_no_persons(engine: Engine) -> None:
    summary = link(engine, [])
    assert (summary.records, summary.persons) == (0, 0)


def test_a_phone_of_many_names_links_nobody(engine: Engine) -> None:
    village = [
        row(
            "C",
            f"{i}",
            person_name=f"{surname}建国",
            born_on=date(1950 + i, 3, 4),
            phone=HOME["phone"],
        )
        for i, surname in enumerate("赵钱孙李周吴")
    ]
    one = row(
        "A", "8", person_name="王建国", born_on=BORN, sex_code="1", phone=HOME["phone"]
    )
    other = row(
        "B", "9", person_name="王建国", born_on=BORN, sex_code="1", phone=HOME["phone"]
    )
    alone = persons(engine, [one, other])
    assert alone[0] == alone[1]
    *_, a, b = persons(engine, [*village, one, other])
    assert a != b


def test_a_number_on_everybody_is_nobodys(engine: Engine) -> None:
    rows = [
        row("C", f"{i:02d}", person_name=f"{surname}建国", born_on=BORN, id_number=ID)
        for i, surname in enumerate("赵钱孙李周吴郑王冯陈蒋沈韩")
    ]
    assert len(set(persons(engine, rows))) == len(rows)


@pytest.mark.parametrize(("cards", "asked"), [(15, 0), (16, 1)])
def test_many_cards_of_one_person_are_asked_about(
    engine: Engine, cards: int, asked: int
) -> None:
    same = {"person_name": "王建国", "born_on": BORN, "id_number": ID}
    rows = [row("C", f"{i:02d}", **same) for i in range(cards)]
    assert len(set(persons(engine, rows))) == 1
    assert tasks(engine)["too_large_cluster"] == asked


@pytest.mark.parametrize("is_first", [True, False])
def test_many_doses_of_one_child_are_one_entry(engine: Engine, is_first: bool) -> None:
    child = {"person_name": "王建国", "born_on": BORN, "id_number": ID}
    doses = [
        row("D", "SZ1", source_table="PIV_VaccinateRecord", native_part=f"{i:02d}", **child)
        for i in range(16)
    ]
    if not is_first:
        persons(engine, [row("A", "1", **child)])
    assert len(set(persons(engine, doses))) == 1
    assert tasks(engine)["too_large_cluster"] == 0


def test_a_record_set_aside_is_nobody(engine: Engine) -> None:
    rows = [
        row("A", "1", person_name="测试", set_aside_because="test_row"),
        row("A", "2", person_name="王建国"),
    ]
    aside, kept = persons(engine, rows)
    assert aside is None
    assert kept is not None


def test_a_person_has_one_valid_number_at_most(engine: Engine, county: MessyCounty) -> None:
    link(engine, county.rows)
    found = person_of(engine)
    numbers: dict[str | None, set[int]] = {}
    for made in county.rows:
        if (
            made["id_number"]
            and len(made["id_number"]) == 18
            and made["id_number"].isascii()
        ):
            person = found[made["record_key"]]
            numbers.setdefault(person, set()).add(county.truth[made["record_key"]])
    assert all(len(owners) == 1 for owners in numbers.values())


def test_evidence_and_messages_carry_no_values(engine: Engine, county: MessyCounty) -> None:
    load(engine, county.rows)
    said: list[str] = []
    link_people(engine, 1, said.append)
    personal = {
        made[column]
        for made in county.rows
        for column in ("person_name", "id_number", "phone", "address")
    }
    personal -= {None, "无"}
    with engine.connect() as connection:
        tasks = connection.execute(
            text("select reason, evidence::text from identity.review_task")
        ).all()
    assert tasks
    for line in [*said, *(reason + evidence for reason, evidence in tasks)]:
        assert not any(value in line for value in personal)
    levels = {value for _, evidence in tasks for value in json.loads(evidence).values()}
    assert all(isinstance(level, float) or level.isascii() for level in levels)


def test_a_repeated_record_key_is_refused_without_naming_it(engine: Engine) -> None:
    made = row("A", "1", person_name="王建国")
    with pytest.raises(RepeatedRecordError) as refused:
        link(engine, [made, made])
    assert made["record_key"] not in str(refused.value)
