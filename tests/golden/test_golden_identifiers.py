"""Number, name, sex and birth date: who the person is by the best record there is."""

from __future__ import annotations

import pytest

from tests.golden.statements import Known, Statements, number_of

ADULT = number_of("1956-03-12", "201")
ADULT_MISREAD = number_of("1956-03-21", "203")
MOTHER = number_of("1996-01-02", "202")
TWICE = number_of("1970-05-05", "207")
WOMAN = number_of("1962-08-09", "208")
# What Excel makes of a number's last three digits passes the check once in eleven times.
ZEROED = next(
    number
    for day in range(10, 28)
    for hundred in "123456789"
    if (number := number_of(f"1956-03-{day}", f"{hundred}00")).endswith("000")
)
ZEROED_BORN = f"{ZEROED[6:10]}-{ZEROED[10:12]}-{ZEROED[12:14]}"
ZEROED_WHOLE = number_of(ZEROED_BORN, f"{ZEROED[14]}23")
LAST_DIGIT_WRONG = ADULT[:17] + ("1" if ADULT[17] != "1" else "2")

RECORD_KEYS: dict[str, str] = {}


def describe_people(s: Statements) -> None:
    """Every person shows one rule."""
    # Two valid numbers: one checked by the insurer, one that four others typed.
    for form in ("hospital card", "tcm card", "township card", "archive"):
        s.say(
            "two numbers", form, id_number=ADULT_MISREAD, person_name="孔山", sex_code="1"
        )
    RECORD_KEYS["insured"] = s.say(
        "two numbers", "insured", id_number=ADULT, person_name="孔珊", sex_code="2"
    )
    s.say("wrong digit", "insured", id_number=LAST_DIGIT_WRONG, born_on="1956-03-12")
    s.say("zeroed once", "insured", id_number=ZEROED, born_on=ZEROED_BORN)
    s.say("zeroed once", "archive", id_number=ZEROED_WHOLE)
    s.say("zeroed twice", "insured", id_number=ZEROED, born_on=ZEROED_BORN)
    s.say("zeroed twice", "archive", id_number=ZEROED)
    s.say("zeroed twice", "township card", id_number=ZEROED_WHOLE)
    for form in ("insured", "insured"):
        s.say("zeroed by one", form, id_number=ZEROED, born_on=ZEROED_BORN)
    for form in ("insured", "archive"):
        s.say("truly three zeros", form, id_number=ZEROED, born_on=ZEROED_BORN)
    s.say("truly three zeros", "township card", id_number=LAST_DIGIT_WRONG)
    for form in ("insured", "archive"):
        s.say("zeros that fail", form, id_number=ADULT[:15] + "000", born_on="1956-03-12")
    s.say("as a number", "archive", id_number=f"{ADULT}.0", born_on="1956-03-12")
    s.say("disability card", "archive", id_number=f"{ADULT}42", born_on="1956-03-12")
    s.say("fifteen digits", "archive", id_number="991525560312201", born_on="1956-03-12")
    s.say("fifteen and whole", "insured", id_number="991525560312205")
    s.say("fifteen and whole", "archive", id_number=f"'{ADULT.lower()}")
    s.say("newborn", "hospital card", id_number=MOTHER, born_on="2024-05-01", sex_code="1",
          person_name="王小丽之子")  # fmt: skip
    s.say("newborn without a day", "archive", id_number=MOTHER, person_name="王小丽之女")
    s.say("contested", "insured", id_number=TWICE, contested=True)
    s.say("contested", "archive", id_number=number_of("1970-05-05", "209"))
    s.say(
        "foreigner", "tcm card", "2024-01-01", id_number="E12345678", id_type_code="other"
    )
    # What is right of a number counts also where the forms agree on something else.
    for form in ("archive", "township card"):
        s.say("lunar", form, born_on="1956-02-01", sex_code="2", person_name="李 明")
    s.say("lunar", "hospital card", id_number=ADULT, person_name="李明")
    for born, sex in (("1980-05-06", "2"), ("1980-05-06", "2"), ("1981-05-06", "1")):
        s.say("no number", "township card", born_on=born, sex_code=sex)
    s.say("zero day", "insured", born_on="1900-01-01")
    s.say("zero day", "archive", born_on="1931-04-05")
    s.say("only a zero day", "archive", born_on="1900-01-01")
    for form in ("archive", "township card"):
        s.say("first of January", form, born_on="1944-01-01")
    s.say("first of January", "hospital card", born_on="1944-09-30")

    s.say("lost character", "insured", id_number=WOMAN, person_name="雍?正")
    s.say("lost character", "tcm card", person_name="雍鹏正")
    s.say("lost character", "archive", person_name="YONG PENGZHENG")
    s.say("pinyin first", "insured", id_number=WOMAN, person_name="YONG PENGZHENG")
    s.say("pinyin first", "township card", person_name="雍□正")
    s.say("note behind", "insured", id_number=WOMAN, person_name="王秀英（新）")
    s.say("placeholder", "insured", id_number=WOMAN, person_name="无名氏")
    s.say("placeholder", "archive", person_name="蓝贵旭")
    s.say("named later", "hospital card", person_name="王小丽之女")
    s.say("named later", "hospital card", person_name="王小丽之女")
    s.say("named later", "insured", id_number=WOMAN, person_name="张朵")


@pytest.mark.parametrize(
    ("person", "number"),
    [
        # One that is checked outweighs four that are typed.
        ("two numbers", ADULT),
        ("wrong digit", None),
        # One system may have had it from Excel; that two have, and nobody knows another
        # number of which it could be what is left, is no accident.
        ("zeroed by one", None),
        ("zeroed once", ZEROED_WHOLE),
        ("zeroed twice", ZEROED_WHOLE),
        ("truly three zeros", ZEROED),
        ("zeros that fail", None),
        ("as a number", ADULT),
        ("disability card", ADULT),
        ("fifteen digits", number_of("1956-03-12", "201")),
        ("fifteen and whole", ADULT),
        ("newborn", None),
        # Its mother's number would make the child a grown woman.
        ("newborn without a day", None),
        ("contested", number_of("1970-05-05", "209")),
        ("foreigner", None),
    ],
)
def test_the_number_is_the_best_verified(
    known: Known, person: str, number: str | None
) -> None:
    assert known.value(person, "id_number") == number
    assert known.person(person).id_number == number


def test_another_document_is_kept_apart(known: Known) -> None:
    assert known.value("foreigner", "other_document") == "E12345678"


def test_the_number_leads_to_its_record_and_rule(known: Known) -> None:
    row = known.attribute("two numbers", "id_number")
    assert row is not None
    assert row.chosen_record_key == RECORD_KEYS["insured"]
    assert (row.rule, row.other_values_count, row.is_conflict) == ("own number", 1, True)
    assert known.conflict("two numbers", "id_number") == {ADULT: True, ADULT_MISREAD: False}


def test_name_and_sex_come_with_the_chosen_number(known: Known) -> None:
    name = known.attribute("two numbers", "name")
    assert name is not None
    assert (name.value, name.rule) == ("孔珊", "same record as id")
    assert name.chosen_record_key == RECORD_KEYS["insured"]
    # The number says male, and so do four of five records; its own record is overruled.
    assert known.value("two numbers", "sex") == "1"
    sex = known.attribute("two numbers", "sex")
    assert sex is not None and sex.rule == "id derived" and sex.is_conflict


@pytest.mark.parametrize(
    ("person", "born"),
    [
        ("lunar", "1956-03-12"),
        ("no number", "1980-05-06"),
        # A number that is decades away from what is stated is not the child's own.
        ("newborn", "2024-05-01"),
        ("newborn without a day", None),
        # Fifteen digits prove nothing, they are only not contradicted.
        ("fifteen digits", "1956-03-12"),
        ("zero day", "1931-04-05"),
        ("only a zero day", None),
        ("first of January", "1944-09-30"),
    ],
)
def test_the_birth_date(known: Known, person: str, born: str | None) -> None:
    assert known.value(person, "birth_date") == born


def test_a_birth_date_that_counts_as_missing_contradicts_nobody(known: Known) -> None:
    assert known.conflict("zero day", "birth_date") == {}
    assert known.conflict("first of January", "birth_date") == {}
    assert known.conflict("lunar", "birth_date") == {
        "1956-03-12": True,
        "1956-02-01": False,
    }


def test_without_number_the_majority_says_the_sex(known: Known) -> None:
    assert known.value("no number", "sex") == "2"
    assert known.value("newborn", "sex") == "1"


@pytest.mark.parametrize(
    ("person", "name"),
    [
        ("lunar", "李明"),
        ("lost character", "雍鹏正"),
        ("pinyin first", "雍□正"),
        ("note behind", "王秀英"),
        ("placeholder", "蓝贵旭"),
        ("named later", "张朵"),
        ("newborn", "王小丽之子"),
    ],
)
def test_the_name_is_the_most_whole(known: Known, person: str, name: str) -> None:
    assert known.value(person, "name") == name


def test_a_lost_character_is_no_conflict(known: Known) -> None:
    row = known.attribute("lost character", "name")
    assert row is not None
    assert (row.is_conflict, row.other_values_count) == (False, 2)
