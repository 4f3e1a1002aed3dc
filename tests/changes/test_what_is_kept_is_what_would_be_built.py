"""Whatever is delivered in whatever order: what is kept up to date is what would be built.

A demo county is landed, some of it is held back, and then random deliveries follow: late
files, corrections, days that lie ahead, repeated and replaced files, lists that leave rows
out, stewards' decisions (redelivery.py). `tests/changes/by_hand.py` does more of them.
"""

from __future__ import annotations

import re
from unittest.mock import patch

from sqlalchemy import Engine, text

from loaders.changes import golden, persons
from loaders.changes.shadow import SHADOWS, check_record
from loaders.settings import load_settings
from loaders.transform import RunModel
from tests.changes.agreement import assert_oracle_agrees
from tests.changes.building import build
from tests.changes.redelivery import Redelivery
from tests.changes.same_shadow import SameShadow

SEED = 5
ARCHIVES = "d01_ehr_healthrecord"
GOLDEN = (
    "person_record",
    "own_number",
    "stated_attribute",
    "person_phone",
    "form_default",
    "golden_candidate",
    "golden_attribute",
    "golden_person",
    "golden_conflict",
)


def test_a_delivery_changes_what_it_touches_and_nothing_is_left_behind(
    county: Redelivery,
) -> None:
    assert_oracle_agrees(county.engine)
    for _ in range(2):
        assert county.deliver()
        said = build(county.today)
        assert " persons, " in said["record"], said
        assert re.search(r", of [0-9]+ records$", said["candidates"]), said
        assert_oracle_agrees(county.engine)
    assert check_record(county.engine, load_settings()).differences == ()


def _golden(engine: Engine) -> dict[str, list[str]]:
    with engine.connect() as connection:
        return {
            name: list(
                connection.scalars(
                    text(f"select cast(t.* as text) from identity.{name} as t order by 1")
                )
            )
            for name in GOLDEN
        }


def test_what_is_known_of_people_is_what_would_be_chosen_anew(county: Redelivery) -> None:
    before = _golden(county.engine)
    for _ in range(2):
        assert county.deliver()
        build(county.today)
    kept = _golden(county.engine)
    assert all(kept.values())
    assert kept["stated_attribute"] != before["stated_attribute"]
    build(county.today, ("golden",), anew=True)
    assert _golden(county.engine) == kept


def test_a_day_that_concerns_most_is_chosen_from_nothing(county: Redelivery) -> None:
    county.send(ARCHIVES, "\"phoneNumber\" = '13800001111'", "true")
    with (
        patch.object(golden, "PERSONS_LIKE_DBT", 0),
        patch.object(golden, "run_dbt", wraps=golden.run_dbt) as run_dbt,
    ):
        build(county.today)
    assert run_dbt.call_count == 1
    assert county.deliver()
    with patch.object(golden, "run_dbt", side_effect=AssertionError("everybody")):
        build(county.today)
    assert check_record(county.engine, load_settings()).differences == ()


def test_a_day_that_affects_many_is_built_for_everybody(county: Redelivery) -> None:
    county.send(ARCHIVES, "\"phoneNumber\" = '13800002222'", "true")
    with patch.object(persons, "PERSONS_LIKE_DBT", 0):
        assert build(county.today)["record"].endswith("for everybody")
    assert check_record(county.engine, load_settings()).differences == ()
    assert county.deliver()
    # What was found by the search that ended early waits for nothing any more.
    said = build(county.today)["record"]
    assert " persons" in said and "everybody" not in said
    assert check_record(county.engine, load_settings()).differences == ()


def test_without_a_change_nothing_is_built(county: Redelivery) -> None:
    said = build(county.today, ("staging", "candidates", "record"))
    assert "0 models built" in said["staging"]
    assert said["candidates"].endswith(", of 0 records")
    assert said["record"].endswith("nothing has changed")


def test_a_difference_is_found_and_the_shadow_is_gone(
    county: Redelivery, same_shadow: SameShadow
) -> None:
    assert check_record(county.engine, load_settings()).differences == ()
    before = dict(same_shadow.ran)
    # By dbt, whatever other checks were built by: it still runs the same.
    same_shadow.ran.clear()
    with county.engine.begin() as connection:
        changed = connection.execute(
            text(
                "update record.encounter set net_fee_fen = coalesce(net_fee_fen, 0) + 1"
                " where encounter_id = (select min(encounter_id) from record.encounter)"
            )
        )
        assert changed.rowcount == 1
    found = check_record(county.engine, load_settings()).differences
    assert [(one.table, one.missing, one.surplus) for one in found] == [
        ("record.encounter", 1, 1)
    ]
    assert _statements(before) == _statements(same_shadow.ran)
    with county.engine.connect() as connection:
        schemas = set(connection.scalars(text("select nspname from pg_namespace")))
    assert not schemas & set(SHADOWS.values())


def _statements(ran: dict[tuple[str, ...], list[RunModel]]) -> dict[str, str]:
    return {model.makes: model.statement for models in ran.values() for model in models}


def test_nobody_but_the_owner_sees_what_is_in_between(county: Redelivery) -> None:
    with county.engine.connect() as connection:
        for schema in ("affected", "changes"):
            may = connection.scalar(
                text("select has_schema_privilege('public', :schema, 'usage')"),
                {"schema": schema},
            )
            assert may is False, schema
