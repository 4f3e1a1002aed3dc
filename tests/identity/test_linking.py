"""Who becomes one person, who never does, and who is left for a human eye."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from itertools import combinations

import pytest
from sqlalchemy import Engine, text

from loaders.identity.changes import RepeatedRecordError
from loaders.identity.link import link_people
from tests.identity.messy_people import (
    MessyCounty,
    dump,
    link,
    load,
    make_id,
    person_of,
    row,
)

BORN = date(1963, 7, 15)
HOME = {"phone": "16312345678", "address": "甲镇东岳村东塘组12号"}
ID = make_id(BORN, 123)
OTHER_ID = make_id(BORN, 125)
NEWBORN = {"person_name": "徐蓉之子", "id_number": ID, "born_on": date(2024, 11, 5)}


def _persons(engine: Engine, rows: list[dict[str, object]]) -> list[str | None]:
    link(engine, rows)
    found = person_of(engine)
    return [found[str(made["record_key"])] for made in rows]


def _tasks(engine: Engine) -> Counter[str]:
    with engine.connect() as connection:
        return Counter(connection.scalars(text("select kind from identity.review_task")))


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
    a, b = _persons(engine, [one, other])
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
    a, b = _persons(
        engine,
        [
            row("A", "1", **{"born_on": BORN, "sex_code": "1", **HOME, **first}),
            row("C", "2", **{"born_on": BORN, "sex_code": "1", **HOME, **second}),
        ],
    )
    assert a != b


def test_strangers_of_one_name_and_birthday_stay_apart(engine: Engine) -> None:
    a, b = _persons(
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
    a, b, c = _persons(
        engine,
        [
            row("A", "1", id_number=ID, **claims),
            row("B", "2", id_number=OTHER_ID, **claims),
            row("C", "3", **claims),
        ],
    )
    assert len({a, b, c}) == 3
    assert _tasks(engine)["possible_duplicate"] >= 2


@pytest.mark.parametrize("id_number", [ID, None])
@pytest.mark.parametrize("name", ["徐蓉之女", "徐蓉之女(大)", "新生儿"])
def test_a_newborn_is_never_its_mother(
    engine: Engine, name: str, id_number: str | None
) -> None:
    mother, child = _persons(
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
    a, b = _persons(
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
    assert _tasks(engine) == {"newborn": 1}


def test_a_newborn_with_its_own_number_is_the_registered_child(engine: Engine) -> None:
    born_on = date(2024, 11, 5)
    own = make_id(born_on, 26)
    a, b = _persons(
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


def test_a_borrowed_card_stays_with_the_one_who_used_it(engine: Engine) -> None:
    borrower_born = date(1954, 5, 25)
    own = make_id(borrower_born, 321)
    claims = {
        "person_name": "邱建勇",
        "born_on": borrower_born,
        "sex_code": "1",
        "phone": "16499999999",
        "address": "乙镇西河村北院组3号",
    }
    owner, on_card, at_home = _persons(
        engine,
        [
            row(
                "A",
                "1",
                person_name="金富",
                born_on=BORN,
                sex_code="1",
                id_number=ID,
                **HOME,
            ),
            row("C", "2", id_number=ID, **claims),
            row("D", "3", id_number=own, **claims),
        ],
    )
    assert on_card == at_home != owner
    assert _tasks(engine) == {"contested_id": 1}
    contested = {made[0] for made in dump(engine, "person_link") if made[-1]}
    assert contested == {"A|MS_BRDA||1|", "C|ms_brda||2|"}


def test_one_number_with_one_birthday_and_two_names_waits_for_a_human(
    engine: Engine,
) -> None:
    a, b = _persons(
        engine,
        [
            row(
                "A",
                "1",
                person_name="金富",
                born_on=BORN,
                sex_code="1",
                id_number=ID,
                **HOME,
            ),
            row(
                "C",
                "2",
                person_name="邱建勇",
                born_on=BORN,
                sex_code="1",
                id_number=ID,
                **HOME,
            ),
        ],
    )
    assert a != b
    assert _tasks(engine) == {"contested_id": 1}


def test_a_relatives_index_and_card_link_nobody(engine: Engine) -> None:
    a, b = _persons(
        engine,
        [
            row(
                "D",
                "1",
                person_name="王建国",
                born_on=BORN,
                sex_code="1",
                id_number=ID,
                health_index_id="E1",
                insurance_number="999100",
                **HOME,
            ),
            row(
                "C",
                "2",
                person_name="李小红",
                born_on=date(1990, 3, 4),
                sex_code="2",
                health_index_id="E1",
                insurance_number="999100",
                **HOME,
            ),
        ],
    )
    assert a != b


def test_a_twin_on_its_twins_card_stays_itself(engine: Engine) -> None:
    one = {"person_name": "王子文", "born_on": BORN, "sex_code": "1", **HOME}
    other = {**one, "person_name": "王子武"}
    rows = [
        row("A", "1", id_number=ID, **one),
        row("B", "2", id_number=ID, **one),
        row("A", "3", id_number=OTHER_ID, **other),
        row("B", "4", id_number=OTHER_ID, **other),
        row("C", "5", id_number=ID, health_index_id="E1", **other),
        row("D", "6", id_number=ID, health_index_id="E1", **one),
    ]
    a, _, b, _, on_card, at_home = _persons(engine, rows)
    assert (on_card, at_home) == (b, a)
    assert a != b


def test_a_damaged_number_that_fits_two_namesakes_links_to_neither(engine: Engine) -> None:
    claims = {"person_name": "王建国", "born_on": BORN, "sex_code": "1"}
    a, b, damaged = _persons(
        engine,
        [
            row("A", "1", id_number=ID, **claims),
            row("B", "2", id_number=OTHER_ID, **claims),
            row("C", "3", id_number=ID[:15] + "000", **claims),
        ],
    )
    assert damaged not in (a, b)


def test_no_records_are_no_persons(engine: Engine) -> None:
    summary = link(engine, [])
    assert (summary.records, summary.persons) == (0, 0)


def test_a_reference_links_when_nothing_contradicts_it(engine: Engine) -> None:
    master = row("D", "1", person_name="王建国", born_on=BORN, sex_code="1")
    visit = row(
        "D",
        "2",
        source_table="MDC_HypertensionVisit",
        person_name="王健国",
        reference_key=master["record_key"],
    )
    a, b = _persons(engine, [master, visit])
    assert a == b


@pytest.mark.parametrize(
    ("after_father", "is_one"),
    [
        ("邱守亮之女", True),
        ("邱守亮之女(大)", True),
        # The other one of the twins, or a son.
        ("邱守亮之女(小)", False),
        ("邱守亮之子", False),
    ],
)
def test_a_form_names_the_newborn_of_its_card_after_the_father(
    engine: Engine, after_father: str, is_one: bool
) -> None:
    card = row(
        "D",
        "card",
        person_name="钱雪梦之女(大)" if "(" in after_father else "钱雪梦之女",
        born_on=date(2024, 11, 5),
        sex_code="2",
    )
    form = row(
        "D",
        "check-up",
        person_name=after_father,
        id_number=ID,
        reference_key=card["record_key"],
    )
    a, b = _persons(engine, [card, form])
    assert (a == b) is is_one
    assert ("overlay" in _tasks(engine)) is not is_one


def test_a_reference_to_someone_of_another_name_is_asked_about(engine: Engine) -> None:
    master = row("A", "1", person_name="王建国", born_on=BORN, sex_code="1", id_number=ID)
    stay = row(
        "A",
        "2",
        source_table="BASY",
        person_name="李小红",
        born_on=date(1990, 3, 4),
        sex_code="2",
        reference_key=master["record_key"],
    )
    a, b = _persons(engine, [master, stay])
    assert a != b
    assert _tasks(engine) == {"overlay": 1}


def test_a_reference_that_is_not_believed_is_asked_about(engine: Engine) -> None:
    # 之 typed as 智, and no birth date: no rule may believe that it is the child.
    card = row("D", "1", person_name="寇薇欣之女", born_on=date(2024, 7, 31), sex_code="2")
    exam = row(
        "D",
        "2",
        source_table="CDH_Checkup",
        person_name="寇薇欣智女",
        reference_key=card["record_key"],
    )
    a, b = _persons(engine, [card, exam])
    assert a != b
    assert _tasks(engine) == {"overlay": 1}


def test_a_newborn_on_its_mothers_card_is_no_question(engine: Engine) -> None:
    card = row("A", "1", person_name="寇薇欣", born_on=BORN, sex_code="2", id_number=ID)
    stay = row(
        "A",
        "2",
        source_table="BASY",
        person_name="寇薇欣之女",
        born_on=date(2024, 7, 31),
        reference_key=card["record_key"],
    )
    a, b = _persons(engine, [card, stay])
    assert a != b
    assert _tasks(engine) == {}


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
    alone = _persons(engine, [one, other])
    assert alone[0] == alone[1]
    *_, a, b = _persons(engine, [*village, one, other])
    assert a != b


def test_a_number_on_everybody_is_nobodys(engine: Engine) -> None:
    rows = [
        row("C", f"{i:02d}", person_name=f"{surname}建国", born_on=BORN, id_number=ID)
        for i, surname in enumerate("赵钱孙李周吴郑王冯陈蒋沈韩")
    ]
    assert len(set(_persons(engine, rows))) == len(rows)


@pytest.mark.parametrize(("cards", "asked"), [(15, 0), (16, 1)])
def test_many_cards_of_one_person_are_asked_about(
    engine: Engine, cards: int, asked: int
) -> None:
    same = {"person_name": "王建国", "born_on": BORN, "id_number": ID}
    rows = [row("C", f"{i:02d}", **same) for i in range(cards)]
    assert len(set(_persons(engine, rows))) == 1
    assert _tasks(engine)["too_large_cluster"] == asked


@pytest.mark.parametrize("is_first", [True, False])
def test_many_doses_of_one_child_are_one_entry(engine: Engine, is_first: bool) -> None:
    child = {"person_name": "王建国", "born_on": BORN, "id_number": ID}
    doses = [
        row("D", "SZ1", source_table="PIV_VaccinateRecord", native_part=f"{i:02d}", **child)
        for i in range(16)
    ]
    if not is_first:
        _persons(engine, [row("A", "1", **child)])
    assert len(set(_persons(engine, doses))) == 1
    assert _tasks(engine)["too_large_cluster"] == 0


def test_a_record_set_aside_is_nobody(engine: Engine) -> None:
    rows = [
        row("A", "1", person_name="测试", set_aside_because="test_row"),
        row("A", "2", person_name="王建国"),
    ]
    aside, kept = _persons(engine, rows)
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
