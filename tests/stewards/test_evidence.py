"""The waterfall adds up to the weight that linking gave, on a county that was linked."""

from __future__ import annotations

from importlib.resources import files
from math import log2

import pytest
import yaml
from sqlalchemy import Engine, text

from loaders.identity.compare import BirthLevel, NameLevel
from loaders.identity.id_number import IdKind
from loaders.identity.ledger import prepare
from loaders.identity.weights import IN_USE
from loaders.stewards.case import open_case
from loaders.stewards.evidence import bits_of, waterfall
from loaders.stewards.likeness import Likeness, compare
from loaders.stewards.page.picture import bars, pieces
from loaders.stewards.queue import read_questions
from loaders.stewards.suggestion import suggest
from loaders.stewards.words import load_words
from tests.identity.messy_people import MessyCounty, link
from tests.stewards.conftest import Asked
from tests.stewards.county import TODAY


def test_the_steps_of_a_linked_county_add_up_to_its_weights(engine: Engine) -> None:
    prepare(engine)
    link(engine, MessyCounty(people=120, seed=7).rows)
    with engine.connect() as connection:
        found = connection.execute(
            text("select evidence, probability from identity.review_task")
        ).all()
    scored = [(evidence, p) for evidence, p in found if "weight" in evidence]
    assert scored
    for evidence, probability in scored:
        steps = waterfall(evidence)
        assert steps[0].comparison == "prior"
        assert sum(step.bits or 0 for step in steps) == pytest.approx(
            evidence["weight"], abs=0.06
        )
        for one, other in zip(steps, steps[1:], strict=False):
            assert one.end == other.start
        assert None not in {step.bits for step in steps}
        odds = 2 ** evidence["weight"]
        assert float(probability) == pytest.approx(odds / (1 + odds), abs=0.002)


def test_every_question_of_a_linked_county_can_be_opened(engine: Engine) -> None:
    from loaders.stewards import book

    prepare(engine)
    book.prepare(engine)
    link(engine, MessyCounty(people=120, seed=7).rows)
    with engine.connect() as connection:
        questions = read_questions(connection, TODAY)
        assert {question.kind for question in questions} >= {"possible_duplicate"}
        for question in questions:
            case = open_case(connection, question.task_id, TODAY, questions)
            assert case.is_pair and case.suggestion is not None
            assert {side.lead.record_key for side in case.sides} == {
                question.record_key_a, question.record_key_b,
            }  # fmt: skip


def test_bits_are_the_ratio_of_the_chances_in_the_file_of_weights() -> None:
    weights = files("loaders.identity.weights").joinpath(IN_USE).read_text("utf-8")
    chances = yaml.safe_load(weights)["comparisons"]["sex"]["same"]
    bits = log2(float(chances["same"]) / float(chances["different"]))
    assert bits_of("sex", "same") == pytest.approx(bits)
    assert bits_of("sex", "missing") == 0
    assert bits_of("sex", "no such level") is None
    assert bits_of("no such comparison", "same") is None


def test_rules_weigh_only_what_they_compared() -> None:
    steps = waterfall({"name": "newborn", "birth_date": "exact", "sex": "same"})
    assert [step.comparison for step in steps] == ["name", "birth_date", "sex"]
    assert steps[0].bits is None
    assert steps[1].start == 0 == steps[0].end


def test_bars_stay_inside_their_picture() -> None:
    steps = waterfall({"name": "exact", "birth_date": "different", "weight": -4.0})
    for bar in bars(steps):
        assert 0 <= bar.x <= 100 and bar.width > 0 and 0 <= bar.zero <= 100
        assert bar.x + bar.width <= 101
    signs = [bar.sign for bar in bars(steps)]
    assert signs[:3] == ["against", "for", "against"]
    assert bars([]) == []


def test_values_are_cut_where_they_differ() -> None:
    assert pieces("99910", "99920") == [("999", False), ("1", True), ("0", False)]
    assert pieces("张伟", "张伟") == [("张伟", False)]
    assert pieces("", "张伟") == []


def test_both_sides_are_compared_by_what_they_say(asked: Asked) -> None:
    from loaders.stewards.people import read_records

    with asked.engine.connect() as connection:
        hospital, contract = read_records(
            connection, [asked.pair("possible_duplicate")[0], asked.numbers["contract"]]
        )
    levels = {one.field: one.level for one in compare(hospital, contract)}
    # 張 and 张 are one character in two scripts.
    assert levels["person_name"] == "exact"
    assert levels["id_number"] == "missing" and levels["archive_id"] == "both_missing"
    assert levels["phone"] == "same" and levels["address"] == "missing"
    same = {one.field: one.relation for one in compare(hospital, hospital)}
    assert same["id_number"] == "same" and same["address"] == "same"


@pytest.mark.parametrize(
    ("kind", "probability", "levels", "numbers_differ", "verdict", "sentence"),
    [
        ("possible_duplicate", 0.999, {}, False, "same", "strong"),
        ("possible_duplicate", 0.95, {}, False, None, "likely"),
        ("possible_duplicate", 0.999, {"sex_code": "different"}, False, None,
         "something_differs"),
        ("possible_duplicate", 0.999, {}, True, "different", "two_valid_numbers"),
        ("contested_id", None, {"person_name": "surname"}, False, "different",
         "contested_id_other_person"),
        ("contested_id", None, {"person_name": "one_character"}, False, "same",
         "contested_id_same_person"),
        ("overlay", None, {"born_on": "different"}, False, "different",
         "overlay_other_person"),
        ("overlay", None, {}, False, "same", "overlay_same_person"),
        ("overlay", None, {}, True, None, "two_numbers_one_card"),
        ("overlay", None, {"born_on": "different"}, True, "different",
         "overlay_other_person"),
        ("newborn", None, {"person_name": "newborn", "born_on": "different"}, False,
         "different", "mother_and_child"),
        ("newborn", 0.99, {"person_name": "newborn"}, False, "same",
         "newborn_registered"),
        ("newborn", 0.99, {"person_name": "newborn", "sex_code": "different"}, False,
         None, "newborn"),
        ("newborn", 0.99, {"person_name": "newborn", "born_on": "missing"}, False,
         None, "newborn"),
        ("contested_id", None, {"born_on": "different"}, True, "different",
         "contested_id_other_person"),
        ("newborn", 0.99, {}, False, None, "newborn"),
        ("too_large_cluster", None, {}, False, "split", "too_large"),
    ],
)  # fmt: skip
def test_suggestions(
    kind: str,
    probability: float | None,
    levels: dict[str, str],
    numbers_differ: bool,
    verdict: str | None,
    sentence: str,
) -> None:
    usual = {"person_name": "exact", "born_on": "exact", "sex_code": "same"} | levels
    likeness = {field: Likeness(field, level) for field, level in usual.items()}
    found = suggest(kind, probability, likeness, numbers_differ)
    assert (found.verdict, found.sentence) == (verdict, sentence)
    assert sentence in load_words()["suggestions"]


def test_two_provisional_names_are_two_parents_and_tell_no_children_apart() -> None:
    levels = {"person_name": "different", "born_on": "missing", "sex_code": "missing"}
    likeness = {field: Likeness(field, level) for field, level in levels.items()}
    found = suggest("overlay", None, likeness, numbers_differ=False, are_newborns=True)
    assert (found.verdict, found.sentence) == (None, "newborn")


def test_decisions_that_contradict_one_another_suggest_neither() -> None:
    levels = dict.fromkeys(("person_name", "born_on", "sex_code"), "different")
    likeness = {field: Likeness(field, level) for field, level in levels.items()}
    found = suggest("overlay", None, likeness, numbers_differ=True, is_contradicted=True)
    assert (found.verdict, found.sentence) == (None, "decisions_contradict")
    assert found.sentence in load_words()["suggestions"]


def test_every_level_and_kind_of_number_has_words() -> None:
    from loaders.identity.levels import COMPARISONS

    words = load_words()
    levels = {level.label for known in COMPARISONS.values() for level in known}
    levels |= {level.value for level in (*NameLevel, *BirthLevel)}
    assert levels - words["levels"].keys() == set()
    assert COMPARISONS.keys() - words["comparisons"].keys() == set()
    assert {kind.value for kind in IdKind} - words["numbers"].keys() == set()
