"""Promise 6: the last release stays up until the next one is whole."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, create_engine, event, text

from loaders.release.digest import digest
from loaders.release.publish import PublicationRefusedError, Release, publish
from tests.tiny_county import ask, begin_build, do, say_yes

COUNTY = (
    "select numerator, denominator from published.indicator_value"
    " where grain = 'county' and period = '2024'"
)
CASES = (
    "select sum(numerator), sum(denominator) from published.indicator_case"
    " where grain = 'county' and period = '2024'"
)
ONE_MORE_PRIMARY = (
    "update indicators.indicator_case set numerator = 1 where case_id like '%3'"
)


def _publish(county: Engine, code: str = "c1") -> Release | None:
    run_id = begin_build(county, code)
    say_yes(county, run_id)
    return publish(county, run_id, lambda _: None)


def test_a_release_holds_every_value_with_its_cases(county: Engine) -> None:
    release = _publish(county)
    assert release is not None
    assert (release.release_id, release.value_count, release.case_count) == (1, 6, 24)
    assert ask(county, COUNTY) == [(2, 6)] == ask(county, CASES)


def test_every_case_leads_to_file_and_line(county: Engine) -> None:
    _publish(county)
    assert ask(
        county,
        "select source_system, source_table, file_name, member_name, line_number,"
        " delivery_date::text from published.indicator_case"
        " where case_id like '%1' and grain = 'county' and period = '2024'",
    ) == [
        (
            "A",
            "YS_MZ_JZLS",
            "XYYHIS_20250101_01.zip",
            "YS_MZ_JZLS_20250101.csv",
            2,
            "2025-01-01",
        )
    ]


def test_a_refused_run_leaves_the_last_release_up(county: Engine) -> None:
    _publish(county)
    before = digest(county)
    do(county, ONE_MORE_PRIMARY)
    run_id = begin_build(county)
    say_yes(county, run_id, ("landing", "staging", "record"))
    with pytest.raises(PublicationRefusedError):
        publish(county, run_id, lambda _: None)
    after = digest(county)
    assert {name: after[name] for name in after if name.startswith("published")} == {
        name: before[name] for name in before if name.startswith("published")
    }


def test_nothing_changed_makes_no_release(county: Engine) -> None:
    _publish(county)
    assert _publish(county, "other code") is None
    assert ask(county, "select count(*) from published.release") == [(1,)]


def test_a_value_that_is_not_the_sum_of_its_cases_is_not_published(county: Engine) -> None:
    _publish(county)
    do(
        county,
        "create table indicators.frozen as select * from indicators.indicator_value",
        "drop view indicators.indicator_value",
        "alter table indicators.frozen rename to indicator_value",
        ONE_MORE_PRIMARY,
    )
    with pytest.raises(PublicationRefusedError, match="sum of their cases"):
        _publish(county)
    assert ask(county, COUNTY) == [(2, 6)] == ask(county, CASES)


def test_rows_that_say_the_same_keep_the_release_that_first_said_it(county: Engine) -> None:
    _publish(county)
    do(county, ONE_MORE_PRIMARY)
    _publish(county)
    assert ask(
        county,
        "select distinct org_code, release_id from published.indicator_value order by 1",
    ) == [("991599", 2), ("I1", 2), ("I2", 1)]


def test_a_concurrent_reader_sees_the_old_release_until_the_new_one_is_whole(
    county: Engine,
) -> None:
    _publish(county)
    do(county, ONE_MORE_PRIMARY)
    seen: list[tuple[list[tuple[object, ...]], list[tuple[object, ...]]]] = []

    def look(connection: object, cursor: object, statement: str, *_: object) -> None:
        # After every statement of the publication, as a reader in another session would.
        if "published" in statement:
            seen.append((ask(reader, COUNTY), ask(reader, CASES)))

    # A reader that had to wait for the publication would hang here: make it fail instead.
    reader = create_engine(county.url, connect_args={"options": "-c lock_timeout=2000"})
    event.listen(county, "after_cursor_execute", look)
    assert _publish(county) is not None
    event.remove(county, "after_cursor_execute", look)
    reader.dispose()
    assert len(seen) > 8
    for values, cases in seen:
        assert values == cases
    assert ([(2, 6)], [(2, 6)]) in seen
    assert ask(county, COUNTY) == [(3, 6)] == ask(county, CASES)


def test_a_reader_in_one_transaction_never_sees_two_releases(county: Engine) -> None:
    _publish(county)
    do(county, ONE_MORE_PRIMARY)
    snapshot = county.execution_options(isolation_level="REPEATABLE READ")
    with snapshot.connect() as reader:
        values = reader.execute(text(COUNTY)).all()
        assert _publish(county) is not None
        assert reader.execute(text(COUNTY)).all() == values
        assert reader.execute(text(CASES)).one() == values[0]


def test_a_publication_that_dies_leaves_the_last_release(
    county: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _publish(county)
    do(county, ONE_MORE_PRIMARY)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("loaders.release.publish._write_release", die)
    with pytest.raises(KeyboardInterrupt):
        _publish(county)
    assert ask(county, COUNTY) == [(2, 6)] == ask(county, CASES)
    assert ask(county, "select count(*) from published.release") == [(1,)]
