"""Where something changes of one event, the other events of a life are not built again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from loaders.changes.apart import lists_of_events, models_apart
from loaders.changes.leads import OF_COUNTY, READS_RECORD, RECORD_MODELS, sources
from loaders.changes.marks import meta_of_models, sql_of_models
from loaders.changes.of_events import (
    leads_of_events,
    models_of_events,
    read_of_events,
    tables_of_events,
)
from loaders.changes.shadow import check_record
from loaders.settings import load_settings
from tests.changes.building import build_as_it_is
from tests.changes.redelivery import Redelivery

SEED = 43
# What is told of a card or of the form of a programme: where it changes, all that hangs on
# it is read again, for the leads go from there to the events.
OF_MASTERS = {
    "rec_patient_card",
    "rec_patient_number",
    "rec_programme_record",
    "rec_requested_patient",
}
IDENTITY = {"idn_event_person"}
VISITS = "c02_ys_mz_jzls"
# Somebody who came to a centre on several days.
A_REGULAR = """
    select person_id, max(btrim(native_id)) as visit_number
    from record.encounter
    where
        source_system = 'C' and kind = 'outpatient' and person_id is not null
        and set_aside_because is null
    group by person_id
    having count(distinct started_on) > 2
    order by person_id
    limit 1
"""


def _tables() -> dict[str, list[str]]:
    return {
        name: [str(staged) for staged in meta["of_events"]]  # type: ignore[attr-defined]
        for name, meta in meta_of_models().items()
        if meta.get("of_events")
    }


def _of_county() -> set[str]:
    return {
        path.stem for path in RECORD_MODELS.rglob("*.sql") if path.parent.name == OF_COUNTY
    }


def test_models_of_events_are_made_of_what_only_an_event_changes() -> None:
    models = set(sql_of_models())
    for name in models_of_events():
        read = set(READS_RECORD.findall(sql_of_models()[name])) & models
        assert read <= models_of_events() | _of_county() | OF_MASTERS, name


def test_a_step_in_between_is_of_events_where_its_readers_are() -> None:
    steps = {name for name, sql in sql_of_models().items() if "'ephemeral'" in sql}
    for name, sql in sql_of_models().items():
        read = set(READS_RECORD.findall(sql)) & steps
        if name in models_of_events():
            assert read <= models_of_events() | OF_MASTERS, name
        else:
            assert not read & models_of_events(), name


def test_what_tells_an_event_is_read_for_its_model() -> None:
    assert read_of_events() >= {staged for told in _tables().values() for staged in told}


def test_a_search_for_lives_needs_no_table_of_events_on_its_way() -> None:
    """They are not laid out for it, so no row of a life may lead to one of theirs."""
    assert tables_of_events()
    for lead in leads_of_events():
        if lead.parent in tables_of_events():
            assert lead.child in read_of_events(), lead


def test_each_row_is_told_by_a_row_of_a_table_that_its_model_names(
    county: Redelivery,
) -> None:
    tables_with_rows = 0
    with county.engine.connect() as connection:
        for model, told_by in _tables().items():
            table = f"record.{model.removeprefix('rec_')}"
            columns = connection.execute(text(f"select * from {table} limit 0")).keys()
            key = next(
                one for one in ("source_key", "event_id", "encounter_id") if one in columns
            )
            staged = " union all ".join(
                f"select record_key from staging.{name}" for name in told_by
            )
            rows, others = connection.execute(
                text(
                    f"""
                    select
                        count(*),
                        count(*) filter (where staged.record_key is null)
                    from {table} as made
                    left join ({staged}) as staged on made.{key} = staged.record_key
                    """
                )
            ).one()
            assert others == 0, model
            tables_with_rows += rows > 0
    # What is rare has not happened in every small county.
    assert tables_with_rows > 14


def test_only_the_event_is_built_that_changed(county: Redelivery) -> None:
    with county.engine.connect() as connection:
        person, visit = connection.execute(text(A_REGULAR)).one()
    seen = county.today - timedelta(days=3)
    county.send(VISITS, f"kssj = '{seen:%Y-%m-%d} 07:41:00'", f"btrim(jzxh) = '{visit}'")
    build_as_it_is(county.today)
    with county.engine.connect() as connection:
        counts = connection.execute(
            text(
                """
                select
                    (select count(*) from record.encounter
                    where person_id = :person and kind = 'outpatient') as standing,
                    (select count(*) from affected.rec_encounter
                    where person_id = :person and kind = 'outpatient') as built,
                    (select count(*) from record.encounter
                    where person_id = :person and btrim(native_id) = :visit
                        and started_on = :seen) as moved
                """
            ),
            {"person": person, "visit": visit, "seen": seen},
        ).one()
    assert counts.moved == 1
    assert 0 < counts.built < counts.standing
    assert check_record(county.engine, load_settings()).differences == ()


def test_a_visit_that_comes_to_the_day_of_another_is_judged_with_it(
    county: Redelivery,
) -> None:
    """Of two visits of a person to a department on one day one counts."""
    with county.engine.connect() as connection:
        pair = connection.execute(
            text(
                """
                select first.person_id, btrim(first.native_id) as first,
                    btrim(later.native_id) as later, first.started_at
                from record.encounter as first
                inner join record.encounter as later
                    using (person_id, institution_code, source_system, kind)
                where
                    first.department_code is not distinct from later.department_code
                    and source_system = 'C' and kind = 'outpatient'
                    and first.is_counted and later.is_counted
                    and first.started_on < later.started_on
                order by 1, 2, 3
                limit 1
                """
            )
        ).one()
    same_day = pair.started_at - timedelta(minutes=1)
    day_after = pair.started_at + timedelta(days=1)
    for at, reason in ((same_day, "same_day_duplicate"), (day_after, None)):
        county.send(
            VISITS, f"kssj = '{at:%Y-%m-%d %H:%M:%S}'", f"btrim(jzxh) = '{pair.later}'"
        )
        build_as_it_is(county.today)
        with county.engine.connect() as connection:
            judged = connection.execute(
                text(
                    """
                    select btrim(native_id) as visit, not_counted_because as reason
                    from record.encounter
                    where source_system = 'C' and kind = 'outpatient'
                        and btrim(native_id) in (:first, :later)
                        and person_id = :person
                    """
                ),
                {"first": pair.first, "later": pair.later, "person": pair.person_id},
            )
            found = {row.visit: row.reason for row in judged}
        assert found == {pair.first: reason, pair.later: None}
        assert check_record(county.engine, load_settings()).differences == ()


def test_an_operation_that_a_front_page_names_is_told_of(county: Redelivery) -> None:
    """One line of a file tells several events then, and none of them by its own key."""
    with county.engine.connect() as connection:
        page = connection.execute(
            text(
                """
                select page.record_key, btrim(page.medical_record_number) as number
                from staging.stg_a__basy as page
                inner join record.front_page on page.record_key = front_page.event_id
                where front_page.person_id is not null
                order by 1 limit 1
                """
            )
        ).one()
    for day in ("20241105", "20241106"):
        county.send(
            "a11_basy",
            f"\"SSJCZBM3\" = '47.0100', \"SSJCZRQ3\" = '{day}'",
            f"btrim(\"BAH\") = '{page.number}'",
        )
        build_as_it_is(county.today)
        with county.engine.connect() as connection:
            told = connection.scalars(
                text(
                    """
                    select to_char(happened_at, 'YYYYMMDD') from record.timeline
                    where source_key = :page and event_kind = 'operation'
                        and detail_code = '47.0100'
                    """
                ),
                {"page": page.record_key},
            ).all()
        assert told == [day]
        assert check_record(county.engine, load_settings()).differences == ()


def test_lists_know_each_event_by_the_row_that_tells_it(county: Redelivery) -> None:
    staged = " union all ".join(
        f"select record_key from staging.{name}" for name in sources()
    )
    with county.engine.connect() as connection:
        for name, key in (("timeline", "source_key"), ("event_source", "event_id")):
            others = connection.scalar(
                text(
                    f"""
                    select count(*) from record.{name}
                    where {key} not in (select record_key from ({staged}) as staged)
                    """
                )
            )
            assert others == 0


def test_lists_of_events_are_of_neither_kind() -> None:
    assert not lists_of_events() & (models_of_events() | models_apart())
    for name in lists_of_events():
        assert "stg_" not in sql_of_models()[name]
