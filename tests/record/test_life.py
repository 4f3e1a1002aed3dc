"""A life as it is read: each thing once, in words, with the lines behind it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from loaders.console.person import PersonNotFoundError, find_person, show_person
from loaders.life.model import Measurement, Source
from loaders.life.read import LifeNotFoundError, read_life
from loaders.stewards.page.life_scale import scale_of, years_of
from loaders.stewards.rules import Words
from tests.indicators.books import HOSPITAL
from tests.indicators.counting import Counted
from tests.indicators.situation import Situation
from tests.record import whole_life
from tests.record.whole_life import whom

__all__ = ["whom"]


def describe_situation(s: Situation) -> None:
    """The whole life, and what one says only when asked where, for what, and which."""
    whole_life.describe_situation(s)
    s.person("who is sent on")
    s.visit_a("at night", "who is sent on", "2024-05-06 02:10", kind="2")
    s.referral("sent on", "who is sent on", "2024-05-07 10:00", diagnosis="冠心病")
    s.referral("sent nowhere", "who is sent on", "2024-05-09 10:00", to="nobody's code")
    s.package("BASE", {"I01": 1})
    s.contract_with("signed for two", "who is sent on", "2024-01-01", "BASE,XYZ")


def test_words_in_place_of_a_number_are_nobodys_number(whom: str, counted: Counted) -> None:
    with counted.engine.connect() as connection:
        assert find_person(connection, whom, None, None) == whom
        with pytest.raises(PersonNotFoundError) as unknown:
            find_person(connection, "不详", None, None)
        assert unknown.value.person_ids == ()
        with pytest.raises(LifeNotFoundError):
            read_life(connection, "nobody at all")


def test_a_record_of_another_version_is_named_as_such(counted: Counted, whom: str) -> None:
    with counted.engine.connect() as connection:
        connection.execute(text("alter table record.lab_result rename unit_text to words"))
        with pytest.raises(LifeNotFoundError, match="Another version"):
            read_life(connection, whom)
        connection.rollback()


def test_what_was_measured_anywhere_is_one_series(counted: Counted, whom: str) -> None:
    """Forms, visits and laboratories: by item, day, words and the lines behind them."""
    with counted.engine.connect() as connection:
        life = read_life(connection, whom)
    told = {
        name: [(str(one.on), one.said) for one in life.measurements if one.name.zh == name]
        for name in ("肌酐", "收缩压", "葡萄糖", "空腹血糖", "XYZ")
    }
    assert told == {
        "肌酐": [("2024-03-03", "90"), ("2024-06-02", "106.1↑")],
        "收缩压": [("2024-01-20", "152"), ("2024-02-10", "146"), ("2024-04-10", "138")],
        # Whether the patient had eaten, no laboratory says.
        "葡萄糖": [("2024-06-02", "6.4↑")],
        "空腹血糖": [],
        "XYZ": [("2024-06-02", "5")],
    }
    (report,) = (event for event in life.events if event.kind == "lab_report")
    assert report.detail.zh == "生化：尿蛋白 阳性1+"
    assert report.detail.en == "Biochemistry: Protein in urine Positive 1+"
    (image,) = (event for event in life.events if event.kind == "imaging_report")
    assert image.own_words == "窦性心动过缓"
    # It may name somebody, and is not shown before that is asked for.
    assert not any(event.own_words for event in life.masked().events)
    visits = [event for event in life.events if event.encounter_class == "ambulatory"]
    assert ["慢性胃炎"] in [[each.name for each in one.diagnoses] for one in visits]


def test_medicines_without_a_prescription_are_told_by_one_row(
    counted: Counted, whom: str
) -> None:
    """A centre sends lines only: those of one visit are one event with all its lines."""
    with counted.engine.connect() as connection:
        life = read_life(connection, whom)
    (one,) = (event for event in life.events if event.kind == "prescription")
    assert sorted(one.detail.zh.split(", ")) == ["苯磺酸氨氯地平片", "阿托伐他汀钙片"]
    assert one.on == date(2024, 2, 10)
    # What they cost is in the fee of the visit.
    assert one.fee_fen is None
    assert [source.kind for source in one.sources] == ["prescription"] * 2
    assert one.reported_as == {
        counted.situation.ids[name] for name in ("苯磺酸氨氯地平片", "阿托伐他汀钙片")
    }


def test_a_code_with_a_name_is_told_once(counted: Counted) -> None:
    with counted.engine.connect() as connection:
        life = read_life(connection, counted.situation.people["who has a cold"])
    told = {event.event_id: event.diagnoses for event in life.events}
    (diagnosis,) = told[counted.encounter("asked by whom").encounter_id]
    assert (diagnosis.code, diagnosis.name) == ("J06.900", "急性上呼吸道感染")


def test_one_event_is_told_once_with_all_its_sources(counted: Counted) -> None:
    """Every line that may be of an event is a source of exactly one event of the life."""
    people = counted.rows("select distinct person_id from record.timeline")
    with counted.engine.connect() as connection:
        for person in people[:200]:
            life = read_life(connection, person.person_id)
            told = [name for event in life.events for name in event.reported_as]
            assert len(told) == len(set(told))
            rows = connection.execute(
                text(
                    # A line of a prescription is told by the prescription.
                    "select coalesce(item.prescription_id, timeline.event_id) as event_id"
                    " from record.timeline left join record.prescription_item as item"
                    " on timeline.event_id = item.event_id"
                    " where timeline.person_id = :id"
                ),
                {"id": person.person_id},
            )
            assert {row.event_id for row in rows} <= set(told)
            for year in (None, *years_of(life)):
                scale = scale_of(life, year)
                assert scale.first <= scale.last
                places = [tick.x for tick in scale.ticks()]
                assert places == sorted(places) and all(0 <= x <= 100 for x in places)


def test_what_is_said_only_in_words_is_told(
    counted: Counted, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a referral leads and for what, what a contract comprises, what is urgent."""
    person = counted.situation.people["who is sent on"]
    with counted.engine.connect() as connection:
        life = read_life(connection, person)
        hospital = connection.scalar(
            text(
                "select coalesce(short_name, institution_name) from record.institution"
                " where institution_code = :code"
            ),
            {"code": HOSPITAL},
        )
    told = [event.detail.zh for event in life.events if event.kind == "referral"]
    assert told == [f"→ {hospital}：冠心病", ""]
    (contract,) = (event for event in life.events if event.kind == "contract")
    assert contract.detail.zh == "BASE package, XYZ"
    show_person(counted.engine, person, None, None, reveal=False)
    lines = capsys.readouterr().out.splitlines()
    assert any("急诊 Emergency visit" in line for line in lines)
    (signed,) = (line for line in lines if "CONTRACT" not in line and "签约 Family" in line)
    assert signed.split("\t")[4] == "BASE package, XYZ"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Decimal(166) / 18, "9.22"),
        (Decimal("0.0512345"), "0.0512"),
        (Decimal("4.4150"), "4.415"),
        (Decimal("120"), "120"),
        (Decimal("11300"), "11300"),
    ],
)
def test_a_number_is_told_as_somebody_would_write_it(value: Decimal, said: str) -> None:
    source = Source("follow_up", "D", "somewhere", 1, None)
    one = Measurement(
        "", "fasting_glucose", Words(zh="", en=""), date(2024, 1, 1), value, "mmol/L",
        True, "", False, source,
    )  # fmt: skip
    assert one.said == said
