"""Names, birth dates, phones and addresses: what counts as the same."""

from __future__ import annotations

from datetime import date

import pytest

from loaders.identity.compare import (
    BirthLevel,
    NameLevel,
    birth_level,
    name_level,
    speaks_for_nobody,
)
from loaders.identity.contact import (
    Address,
    Phone,
    former_names,
    read_address,
    read_phone,
    read_phone_number,
)
from loaders.identity.person_name import read_name_note, read_person_name


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("王建国", "王 建　国", NameLevel.EXACT),
        ("刘國强", "劉国強", NameLevel.EXACT),
        ("王建国（新）", "王建国1", NameLevel.EXACT),
        ("王建国女士", "王建国", NameLevel.EXACT),
        ("买买提·吐尔逊", "買買提吐尔逊", NameLevel.EXACT),
        ("买买提•吐尔逊", "买买提．吐尔逊", NameLevel.EXACT),
        ("Smith, John", "JOHN SMITH", NameLevel.EXACT),
        ("王建囯", "王建国", NameLevel.EXACT),
        ("⾼⺠", "高民", NameLevel.EXACT),
        ("张\ue863", "张䶮", NameLevel.EXACT),
        ("曾桂方", "曾桂芳", NameLevel.SAME_TONES),
        ("王建", "王健", NameLevel.SAME_TONES),
        ("王强", "王墙", NameLevel.SAME_TONES),
        ("王明", "王茗", NameLevel.SAME_TONES),
        ("王丽", "王莉", NameLevel.SAME_TONES),
        ("王芳", "王房", NameLevel.HOMOPHONE),
        ("单丽", "善丽", NameLevel.SAME_TONES),
        ("单丽", "丹丽", NameLevel.SAME_TONES),
        ("尉迟明", "玉迟明", NameLevel.SAME_TONES),
        ("翟明", "狄明", NameLevel.SAME_TONES),
        ("王哲", "王ZHE", NameLevel.HOMOPHONE),
        ("王ZHE", "王zhe", NameLevel.HOMOPHONE),
        ("王建国", "WANG JIANGUO", NameLevel.HOMOPHONE),
        ("王建国", "Jianguo Wang", NameLevel.HOMOPHONE),
        ("吕丽", "LYU LI", NameLevel.HOMOPHONE),
        ("方明", "黄明", NameLevel.FUZZY_SOUND),
        ("陈平", "程萍", NameLevel.FUZZY_SOUND),
        ("刘兰", "牛兰", NameLevel.FUZZY_SOUND),
        ("王慧", "王飞", NameLevel.FUZZY_SOUND),
        ("孙珊", "孙商", NameLevel.FUZZY_SOUND),
        ("王(火页)", "王烦", NameLevel.LOST_CHARACTER),
        ("刘(日+京)明", "刘景明", NameLevel.LOST_CHARACTER),
        ("王\ue900", "王哲", NameLevel.LOST_CHARACTER),
        ("王某某", "王建国", NameLevel.LOST_CHARACTER),
        ("王XX", "王建国", NameLevel.LOST_CHARACTER),
        ("王ZHE", "王?", NameLevel.LOST_CHARACTER),
        ("张?文", "张博?", NameLevel.LOST_CHARACTER),
        ("王ZHE", "王强", NameLevel.ONE_CHARACTER),
        ("玉山江·伊明", "玉山江", NameLevel.SHORTENED),
        ("Maria del Carmen", "MARIA CARMEN", NameLevel.SHORTENED),
        ("李娟A婴", "李娟B婴", NameLevel.DIFFERENT),
        ("徐蓉之长女", "徐蓉之次女", NameLevel.DIFFERENT),
        ("二宝", "王建国", NameLevel.NEWBORN),
        ("张博?", "张博文", NameLevel.LOST_CHARACTER),
        ("张博□", "张博*", NameLevel.LOST_CHARACTER),
        ("王弹忠", "王强忠", NameLevel.ONE_CHARACTER),
        ("李志妈", "李志", NameLevel.SHORTENED),
        ("买买提吐尔逊", "买买提吐", NameLevel.SHORTENED),
        ("王建国", "王小红", NameLevel.SURNAME),
        ("王建国", "李小红", NameLevel.DIFFERENT),
        ("王强(大)", "王强(小)", NameLevel.DIFFERENT),
        ("徐蓉之女", "徐蓉", NameLevel.NEWBORN),
        ("徐蓉之子(大)", "徐蓉之子(小)", NameLevel.DIFFERENT),
        ("无名氏", "王建国", NameLevel.MISSING),
        ("患者", "王建国", NameLevel.MISSING),
        (None, "王建国", NameLevel.MISSING),
        ("??", "王建国", NameLevel.MISSING),
    ],
)
def test_names_compare_as_a_clerk_would(one: str, other: str, level: NameLevel) -> None:
    left, right = read_person_name(one), read_person_name(other)
    assert name_level(left, right) is level
    assert name_level(right, left) is level


def test_a_remark_is_kept_beside_the_name() -> None:
    assert read_name_note("王建国（新）") == "新"
    assert read_name_note("王(火页)") is None
    assert read_name_note("王建国") is None


def test_all_readings_of_a_surname_are_known() -> None:
    assert read_person_name("单雪").sounds == ("shan xue", "dan xue")
    assert set(read_person_name("曾雪").fuzzy_surnames) == {"zen", "cen"}
    assert read_person_name("王?").sounds == ()
    assert read_person_name("王?").fuzzy_surnames == ("wan",)


@pytest.mark.parametrize("name", ["邬之泽", "之子健", "王宝儿", "刘婴"])
def test_a_name_that_only_looks_like_a_newborns_is_a_name(name: str) -> None:
    assert not read_person_name(name).is_newborn


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("1954-05-12", "1954-05-12", BirthLevel.EXACT),
        ("1954-05-12", "1954-05-13", BirthLevel.ONE_DIGIT),
        ("1954-05-12", "1954-12-05", BirthLevel.SWAPPED),
        ("1954-05-12", "1954-05-28", BirthLevel.SAME_MONTH),
        ("1959-05-12", "1960-05-12", BirthLevel.YEAR_OFF),
        ("1954-05-12", "1955-05-12", BirthLevel.YEAR_OFF),
        ("1954-05-12", "1964-05-12", BirthLevel.DECADE_OFF),
        ("1954-05-12", "1974-05-12", BirthLevel.ONE_DIGIT),
        ("1954-04-10", "1954-05-12", BirthLevel.LUNAR),
        # As many days apart, but another lunar day.
        ("1954-04-11", "1954-05-20", BirthLevel.DIFFERENT),
        # The eighth month of 1976 came twice.
        ("1976-08-08", "1976-09-01", BirthLevel.LUNAR),
        ("1976-08-08", "1976-10-01", BirthLevel.LUNAR),
        ("1954-05-12", "1961-11-30", BirthLevel.DIFFERENT),
        ("1954-05-12", None, BirthLevel.MISSING),
    ],
)
def test_birth_dates_compare_by_how_they_go_wrong(
    one: str, other: str | None, level: BirthLevel
) -> None:
    left = date.fromisoformat(one)
    right = date.fromisoformat(other) if other else None
    assert birth_level(left, right) is level
    assert birth_level(right, left) is level


@pytest.mark.parametrize("day", ["1900-01-01", "1970-01-01", "1988-07-01", "2099-05-05"])
def test_dates_that_fill_forms_say_nothing(day: str) -> None:
    assert speaks_for_nobody(date.fromisoformat(day), date(2025, 1, 1))


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("163 1234 5678", "16312345678"),
        ("+8616312345678", "16312345678"),
        ("16312345678/5021234", "16312345678"),
        ("0564-5021234", "5021234"),
        ("(0564) 5021234", "5021234"),
        ("+86-564-5021234", "5021234"),
        ("016312345678", "16312345678"),
        ("13800138000", None),
        ("13912345678", None),
        ("0564-5555555", None),
        ("13800000000", None),
        ("无", None),
        ("00000000000", None),
        (None, None),
    ],
)
def test_a_phone_is_its_digits(typed: str | None, phone: str | None) -> None:
    assert read_phone(typed) == phone


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (
            "甲镇东岳村东塘组12号",
            Address(
                "甲镇",
                "甲镇|东岳村",
                "甲镇|东岳村|东塘组|12号",
                "甲镇|东岳村|东塘组",
            ),
        ),
        (
            "东海省南山市北川县甲镇\n东岳村12号",
            Address("甲镇", "甲镇|东岳村", "甲镇|东岳村|12号", county="北川县"),
        ),
        ("东海省南山市西川区甲镇", Address("甲镇", county="西川区")),
        ("南山市丙开发区东岳村", Address("丙开发区", "丙开发区|东岳村", county="南山市")),
        ("上土市镇胡家河村", Address("上土市镇", "上土市镇|胡家河村", "")),
        (
            "丙开发区团山村北院组7号",
            Address(
                "丙开发区",
                "丙开发区|团山村",
                "丙开发区|团山村|北院组|7号",
                "丙开发区|团山村|北院组",
            ),
        ),
        ("乙乡24号", Address("乙乡", "乙乡|24号", "")),
        ("同上", Address()),
        ("本村", Address()),
        ("某县", Address(county="某县")),
        ("东岳村", Address()),
    ],
)
def test_an_address_is_its_levels(typed: str, address: Address) -> None:
    assert read_address(typed) == address


def test_the_area_code_is_kept_beside_the_number() -> None:
    assert read_phone_number("0564-5021234") == Phone("5021234", "0564")
    assert read_phone_number("+86-564-5021234") == Phone("5021234", "0564")
    assert read_phone_number("5021234") == Phone("5021234")


def test_a_merged_town_is_known_by_its_old_name() -> None:
    known = former_names([("town", "老镇", "甲镇"), ("village", "西庄村", "东岳村")])
    today = read_address("甲镇东岳村12号")
    assert read_address("老镇西庄村12号", known) == today
    assert read_address("老镇西庄村12号") != today
