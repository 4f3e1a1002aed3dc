"""Where only rows changed that tell of what stands apart, nothing else is built again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from loaders.changes.apart import (
    identity_read_apart,
    lists_of_events,
    models_apart,
    read_apart,
    tables_apart,
)
from loaders.changes.leads import OF_COUNTY, READS_RECORD, RECORD_MODELS
from loaders.changes.shadow import check_record
from loaders.settings import load_settings
from tests.changes.building import build_as_it_is
from tests.changes.redelivery import Redelivery

SEED = 41
READS_SEED = frozenset(
    path.stem for path in (RECORD_MODELS.parent.parent / "seeds").rglob("*.csv")
)
PERSON = "rec_person"
SAID = re.compile(r"([0-9]+) persons, ([0-9]+) of them in part")
VISITS = "c02_ys_mz_jzls"
A_VISIT = """
    select min(visit.visit_number)
    from staging.stg_c__ys_mz_jzls as visit
    inner join record.encounter on visit.record_key = encounter.encounter_id
    where encounter.person_id is not null
"""
# Of each table apart what changes, and the column of the record that shows it.
CHANGES = {
    "f01_psn_insu_d": """
        "PSN_INSU_STAS" = case "PSN_INSU_STAS" when '1' then '2' else '1' end,
        "UPDT_TIME" = '{day} 08:00:00'
    """,
    "f03_out_appy_d": """ "DIAG_CODE" = 'Z99.9', "UPDT_TIME" = '{day} 08:00:00' """,
    "g02_cons_consultationrecord": "diagnosis = coalesce(diagnosis, '') || 'x'",
}


def _sql() -> dict[str, str]:
    return {path.stem: path.read_text("utf-8") for path in RECORD_MODELS.rglob("*.sql")}


def _of_county() -> set[str]:
    return {
        path.stem for path in RECORD_MODELS.rglob("*.sql") if path.parent.name == OF_COUNTY
    }


def test_what_stands_apart_is_made_of_staged_rows_and_links_alone() -> None:
    sql = _sql()
    for name in models_apart():
        others = set(READS_RECORD.findall(sql[name])) - _of_county() - READS_SEED
        assert others <= read_apart() | identity_read_apart(), name
    assert identity_read_apart() <= {"person_link", "idn_golden_person"}


def test_nothing_is_made_of_what_stands_apart_but_lists() -> None:
    for name, said in _sql().items():
        if name in lists_of_events():
            continue
        read = set(READS_RECORD.findall(said)) & models_apart()
        assert read <= {PERSON}, name


def test_what_a_link_says_of_a_person_is_read_by_nobody_else() -> None:
    """Of whom links alone have changed, these alone are other ones in the person's row."""
    counted = ("source_record_count", "source_system_count", "first_delivery_on")
    for name, said in _sql().items():
        if PERSON in READS_RECORD.findall(said):
            assert not re.search(rf"\bperson\.({'|'.join(counted)})\b", said), name
            assert not re.search(r"\bperson\.\*", said), name


def test_tables_apart_are_those_of_the_insured_and_of_two_forms() -> None:
    assert tables_apart() == {
        "stg_f__psn_insu_d",
        "stg_f__out_appy_d",
        "stg_g__cons_consultationrecord",
    }


def _send(county: Redelivery, name: str) -> None:
    county.send(name, CHANGES[name].format(day=county.today), "true")


def _built_of_others(county: Redelivery) -> dict[str, int]:
    """How many rows were built by models that need more of a person."""
    others = [
        name
        for name in _sql().keys() - models_apart() - lists_of_events()
        if name not in _of_county()
    ]
    with county.engine.connect() as connection:
        return {
            name: count
            for name in others
            if connection.scalar(text(f"select to_regclass('affected.{name}') is not null"))
            and (count := connection.scalar(text(f"select count(*) from affected.{name}")))
        }


def _shown(county: Redelivery) -> set[str]:
    with county.engine.connect() as connection:
        return set(
            connection.scalars(
                text(
                    """
                    select cast(coverage.* as text) from record.coverage
                    union all
                    select cast(outside_filing.* as text) from record.outside_filing
                    union all
                    select cast(consultation.* as text) from record.consultation
                    """
                )
            )
        )


def _assert_all_is_right(county: Redelivery) -> None:
    assert check_record(county.engine, load_settings()).differences == ()


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_what_stands_apart_is_built_and_nothing_else(county: Redelivery, name: str) -> None:
    before = _shown(county)
    _send(county, name)
    said = build_as_it_is(county.today)["record"]
    found = SAID.search(said)
    assert found, said
    # Whom a form is about may not be known.
    assert found[1] == found[2]
    assert _built_of_others(county) == {}
    assert _shown(county) != before


def test_a_new_line_of_a_list_is_given_to_somebody_in_part(county: Redelivery) -> None:
    """A record that joins a person is told as an event of that person's id."""
    later = '"YEAR" = cast(cast("YEAR" as integer) + 10 as text)'
    county.send("f01_psn_insu_d", later, "true")
    found = SAID.search(build_as_it_is(county.today)["record"])
    assert found
    assert int(found[1]) >= int(found[2]) > 0
    with county.engine.connect() as connection:
        joined, in_part = connection.execute(
            text(
                """
                select count(*), count(*) filter (where not exists (
                    select from affected.rec_encounter as other
                    where other.person_id = coverage.person_id
                ))
                from record.coverage
                where insured_year >= 2030 and person_id is not null
                """
            )
        ).one()
    assert 0 < in_part == joined


def test_both_in_one_day(county: Redelivery) -> None:
    for name in CHANGES:
        _send(county, name)
    with county.engine.connect() as connection:
        visit = connection.scalar(text(A_VISIT))
    seen = county.today - timedelta(days=3)
    county.send(VISITS, f"kssj = '{seen:%Y-%m-%d} 09:17:00'", f"btrim(jzxh) = '{visit}'")
    said = build_as_it_is(county.today)["record"]
    found = SAID.search(said)
    assert found, said
    persons, in_part = map(int, found.groups())
    assert 0 < in_part < persons
    assert _built_of_others(county)
    _assert_all_is_right(county)
