"""Promise 5: a value that was published and later changes is restated with a reason."""

from __future__ import annotations

from sqlalchemy import Engine

from loaders.release.publish import publish
from loaders.stewards.book import prepare
from tests.tiny_county import ask, begin_build, do, say_yes

RESTATED = (
    "select old_numerator, old_denominator, new_numerator, new_denominator, cases_added,"
    " cases_removed, cases_changed from published.restatement"
    " where release_id = {release} and grain = 'county' and period = '2024'"
)
REASON = (
    "select reason from published.restatement"
    " where release_id = {release} and grain = 'county' and period = '2024'"
)
ARRIVES = (
    "insert into audit.file_ledger (batch_id, delivery_date, system, folder, file_name,"
    " feed, state) values (1, '2025-01-02', 'A', 'A', 'late.zip', 'A02', 'landed')"
)
DECIDED = (
    "insert into identity.steward_decision (actor, verdict, record_key_a, record_key_b,"
    " reason_code, act_id) values ('何静', 'same', 'A', 'B', 'document_seen', 1)"
)
ONE_GONE_ONE_CHANGED = (
    "delete from indicators.indicator_case where case_id like '%6'",
    "update indicators.indicator_case set numerator = 1 where case_id like '%3'",
)


def _publish(county: Engine, code: str = "c1") -> int | None:
    run_id = begin_build(county, code)
    say_yes(county, run_id)
    release = publish(county, run_id, lambda _: None)
    return release.release_id if release else None


def _reason(county: Engine, release: int) -> str:
    return str(ask(county, REASON.format(release=release))[0][0])


def test_the_first_release_restates_nothing(county: Engine) -> None:
    _publish(county)
    assert ask(county, "select count(*) from published.restatement") == [(0,)]


def test_a_restatement_says_what_was_and_what_is(county: Engine) -> None:
    _publish(county)
    do(county, ARRIVES, *ONE_GONE_ONE_CHANGED)
    release = _publish(county)
    assert release == 2
    assert ask(county, RESTATED.format(release=2)) == [(2, 6, 3, 5, 0, 1, 1)]


def test_the_reason_names_the_deliveries_that_arrived_since(county: Engine) -> None:
    _publish(county)
    do(county, ARRIVES, *ONE_GONE_ONE_CHANGED)
    _publish(county)
    assert "after the delivery of 2025-01-02" in _reason(county, 2)
    assert "2025-01-02 交付到达后" in _reason(county, 2)


def test_without_a_delivery_the_reason_is_a_change_of_rules_or_code(county: Engine) -> None:
    _publish(county)
    do(county, *ONE_GONE_ONE_CHANGED)
    _publish(county, "c2")
    assert "a change of rules or code" in _reason(county, 2)


def test_the_reason_names_what_stewards_have_decided(county: Engine) -> None:
    prepare(county)
    do(county, DECIDED)
    _publish(county)
    do(county, DECIDED, DECIDED, *ONE_GONE_ONE_CHANGED)
    _publish(county)
    assert _reason(county, 2).startswith("2 项人工裁决后：")
    assert "after 2 decisions of stewards:" in _reason(county, 2)


def test_a_delivery_and_a_decision_are_both_named(county: Engine) -> None:
    prepare(county)
    _publish(county)
    do(county, DECIDED, ARRIVES, *ONE_GONE_ONE_CHANGED)
    _publish(county, "c2")
    said = "after the delivery of 2025-01-02 and after a decision of a steward:"
    assert said in _reason(county, 2)


def test_a_value_that_is_no_longer_reported_is_restated(county: Engine) -> None:
    _publish(county)
    do(county, "delete from indicators.indicator_case where institution_code = 'I2'")
    _publish(county)
    assert ask(
        county,
        "select old_numerator, new_numerator, new_status from published.restatement"
        " where org_code = 'I2' and period = '2024'",
    ) == [(2, None, None)]


def test_a_value_of_a_period_that_was_not_over_says_so(county: Engine) -> None:
    _publish(county)
    do(county, "update published.indicator_value set status = 'provisional'")
    _publish(county)
    assert "the period was not over" in _reason(county, 2)


def test_what_any_release_said_can_be_had_back(county: Engine) -> None:
    said = {}
    for release, change in ((1, "select 1"), (2, ONE_GONE_ONE_CHANGED[0]),
                            (3, ONE_GONE_ONE_CHANGED[1])):  # fmt: skip
        do(county, change)
        assert _publish(county) == release
        said[release] = ask(county, _AS_PUBLISHED)
    for release, values in said.items():
        assert ask(county, _AS_OF.format(release=release)) == values


_AS_PUBLISHED = (
    "select indicator_code, period, grain, org_code, numerator, denominator"
    " from published.indicator_value order by 1, 2, 3, 4"
)
_AS_OF = """
    select indicator_code, period, grain, org_code, numerator, denominator
    from published.indicator_value where release_id <= {release}
    union all
    select indicator_code, period, grain, org_code, numerator, denominator
    from audit.published_value_history
    where release_id <= {release} and replaced_in_release > {release}
    order by 1, 2, 3, 4
"""
