"""A digest says whether two warehouses say the same, whatever numbers they gave out."""

from __future__ import annotations

from sqlalchemy import Engine

from loaders.release.digest import digest
from loaders.release.publish import publish
from tests.tiny_county import begin_build, do, say_yes


def _publish(county: Engine) -> None:
    run_id = begin_build(county)
    say_yes(county, run_id)
    publish(county, run_id, lambda _: None)


def test_the_order_of_rows_does_not_matter(county: Engine) -> None:
    before = digest(county)
    do(
        county,
        "create table record.sorted as select * from record.encounter"
        " order by encounter_id desc",
        "drop table record.encounter",
        "alter table record.sorted rename to encounter",
    )
    assert digest(county) == before


def test_the_numbers_of_files_do_not_matter(county: Engine) -> None:
    before = digest(county)
    do(
        county,
        "update audit.file_ledger set file_id = default where file_id = 2",
        "update record.encounter set _file_id = 3 where _file_id = 2",
        "update indicators.indicator_case set _file_id = 3 where _file_id = 2",
    )
    assert digest(county) == before


def test_another_line_of_a_file_matters(county: Engine) -> None:
    before = digest(county)
    do(county, "update record.encounter set _line_number = 99 where _line_number = 3")
    after = digest(county)
    assert [name for name in after if after[name] != before[name]] == ["record.encounter"]


def test_the_number_of_a_release_does_not_matter(county: Engine) -> None:
    _publish(county)
    before = digest(county)
    do(county, "update indicators.indicator_case set numerator = 1 where case_id like '%3'")
    _publish(county)
    assert digest(county) != before
    do(county, "update indicators.indicator_case set numerator = 0 where case_id like '%3'")
    _publish(county)
    assert digest(county) == before


def test_a_value_and_no_value_differ(county: Engine) -> None:
    do(county, "update record.person set sex_code = '' where person_id = 'P1'")
    before = digest(county)
    do(county, "update record.person set sex_code = null where person_id = 'P1'")
    assert digest(county) != before


def test_two_equal_rows_differ_from_one(county: Engine) -> None:
    before = digest(county)
    do(county, "insert into record.township values ('1', 'a'), ('1', 'a')")
    twice = digest(county)
    do(county, "delete from record.township")
    assert digest(county) == before != twice
