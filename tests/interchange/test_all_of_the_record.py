"""Everything of everybody is exported, once, and flows through a cursor of the server."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from loaders.console.person import PersonNotFoundError, find_person
from loaders.interchange.families import FAMILIES
from loaders.interchange.read import Scope, open_reading
from tests.interchange.conftest import MERGED, Built

# Counted in the tables of the record, not by the queries of the export.
COUNTS = {
    "Organization": "select count(*) from record.institution",
    "Patient": "select count(*) + 2 from record.person",
    "RelatedPerson": """
        select 2 * count(*) from record.relation where relation <> 'household'
    """,
    "Coverage": "select count(person_id) from record.coverage",
    "Contract": "select count(person_id) from record.contract",
    "EpisodeOfCare": "select count(person_id) from record.programme_record",
    "Encounter": "select count(person_id) from record.encounter",
    "Condition": """
        select (select count(person_id) from record.diagnosis)
            + (select count(person_id) from record.condition)
    """,
    "Observation": """
        select (select count(person_id) from record.lab_result)
            + (select count(person_id) from record.measurement
               where item not like '%tolic_pressure')
            + (select count(distinct event_id) from record.measurement
               where item like '%tolic_pressure' and person_id is not null)
    """,
    "DiagnosticReport": """
        select (select count(person_id) from record.lab_report)
            + (select count(person_id) from record.imaging_report)
    """,
    "MedicationRequest": "select count(person_id) from record.prescription_item",
    "MedicationDispense": """
        select count(person_id) from record.prescription_item where is_dispensed
    """,
    "Procedure": "select count(person_id) from record.operation",
    "Immunization": "select count(person_id) from record.vaccination",
    "ServiceRequest": "select count(person_id) from record.referral",
    "ExplanationOfBenefit": "select count(person_id) from record.settlement",
}
# Of these no single line is the source: people, kin and what rules derive.
WITHOUT_LINE = """
    select (select count(*) + 2 from record.person)
        + (select 2 * count(*) from record.relation where relation <> 'household')
        + (select count(*) from record.condition)
"""


def test_each_table_is_exported_once(built: Built) -> None:
    exported = Counter(made["resourceType"] for made in built.resources())
    for kind, query in COUNTS.items():
        assert exported[kind] == built.ask(query)[0][0] > 0, kind
    without_line = built.ask(WITHOUT_LINE)[0][0]
    assert exported["Provenance"] == sum(map(exported.get, COUNTS)) - without_line
    assert set(exported) == {*COUNTS, "Provenance"}


def test_the_manifest_tells_what_is_there(built: Built) -> None:
    manifest = json.loads((built.folder / "manifest.json").read_text("utf-8"))
    told = {entry["type"]: entry["count"] for entry in manifest["output"]}
    assert told == Counter(made["resourceType"] for made in built.resources())
    assert all((built.folder / entry["url"]).exists() for entry in manifest["output"])


def test_money_and_pressure_are_those_of_the_record(built: Built) -> None:
    made = _by_id(built)
    for row in built.ask("select * from record.settlement where person_id is not null"):
        claim = made["ExplanationOfBenefit", _id(built, "ExplanationOfBenefit", row)]
        amounts = {
            total["category"]["coding"][0]["code"]: round(total["amount"]["value"] * 100)
            for total in claim["total"]
        }
        assert amounts["submitted"] == row.total_fee_fen
        assert amounts.get("benefit") == row.fund_fen
        assert (claim["status"] == "active") == row.is_surviving
    pressures: dict[str, dict[str, float]] = {}
    for row in built.ask("select * from record.measurement where item like '%pressure'"):
        pressures.setdefault(row.event_id, {})[row.item] = float(row.value)
    alone = 0
    for event_id, values in pressures.items():
        key = built.pseudonyms.id_of("Observation", f"{event_id}|blood_pressure")
        told = {
            part["code"]["coding"][1]["code"]: part["valueQuantity"]["value"]
            for part in made["Observation", key]["component"]
            if "dataAbsentReason" not in part
        }
        assert told == values
        alone += len(values) == 1
    assert alone == 1


def test_how_sure_a_diagnosis_is(built: Built) -> None:
    said = {"confirmed": "confirmed", "uncertain": "unconfirmed", "negated": "refuted"}
    made = _by_id(built)
    for row in built.ask("select * from record.diagnosis where person_id is not null"):
        condition = made["Condition", _id(built, "Condition", row)]
        verified = condition["verificationStatus"]["coding"][0]["code"]
        assert verified == said[row.certainty]


def test_former_ids_lead_to_who_they_are_now(built: Built) -> None:
    made = _by_id(built)
    survivor = built.pseudonyms.id_of("Patient", built.survivor)
    former = [built.pseudonyms.id_of("Patient", retired) for retired in MERGED]
    for id_ in former:
        assert made["Patient", id_]["active"] is False
        assert made["Patient", id_]["link"] == [
            {"other": {"reference": f"Patient/{survivor}"}, "type": "replaced-by"}
        ]
    links = made["Patient", survivor]["link"]
    assert {link["other"]["reference"] for link in links} == {
        f"Patient/{id_}" for id_ in former
    }
    assert {link["type"] for link in links} == {"replaces"}


def test_rows_flow_through_a_cursor_of_the_server(built: Built) -> None:
    family = next(family for family in FAMILIES if family.name == "diagnosis")
    with open_reading(built.engine, built.pseudonyms, identified=False) as reading:
        resources = reading.resources(family, Scope())
        next(resources)
        cursors = text("select count(*) from pg_cursors where not is_holdable")
        assert reading.connection.scalar(cursors) == 1
        resources.close()


def test_a_person_id_is_not_found_where_a_number_is_empty(built: Built) -> None:
    with built.engine.connect() as connection:
        emptied = connection.execute(
            text(
                "update identity.source_person set id_number = '-' where record_key = ("
                " select min(record_key) from identity.person_link"
                " where person_id <> :person_id)"
            ),
            {"person_id": built.survivor},
        )
        assert emptied.rowcount == 1
        assert find_person(connection, built.survivor, None, None) == built.survivor
        connection.rollback()


def test_a_retired_id_denotes_whom_it_leads_to(built: Built) -> None:
    with built.engine.connect() as connection:
        assert find_person(connection, MERGED[0], None, None) == built.survivor
        connection.execute(
            text(
                "update identity.person_ledger set retired_into = null"
                " where person_id = :person_id"
            ),
            {"person_id": MERGED[0]},
        )
        with pytest.raises(PersonNotFoundError, match="no record of its person is left"):
            find_person(connection, MERGED[0], None, None)
        connection.rollback()


def _by_id(built: Built) -> dict[tuple[str, str], dict[str, Any]]:
    return {(made["resourceType"], made["id"]): made for made in built.resources()}


def _id(built: Built, kind: str, row: Any) -> str:
    return built.pseudonyms.id_of(kind, row.event_id)
