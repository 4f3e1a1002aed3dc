"""Encounter: out-patient visits, emergencies, stays, health checks and remote care."""

from __future__ import annotations

from loaders.interchange.exchange import Exchange, Row
from loaders.interchange.vocabulary import Json


def encounter(row: Row, exchange: Exchange) -> Json:
    """A visit or a stay, also one that does not count: its status says so."""
    known = row["encounter_class"]
    of_class = exchange.vocabulary.word("encounter class", known or row["kind"])
    number = "stay_number" if row["kind"] == "inpatient" else "outpatient_number"
    kind = exchange.concept("encounter kind", known)
    said = exchange.free_text(row["main_diagnosis_name"])
    return exchange.resource(
        "Encounter",
        row["encounter_id"],
        identifier=_number(row, number, exchange),
        status=_status(row),
        **{"class": exchange.coding("encounter class", of_class)},
        type=[kind] if kind else None,
        subject=exchange.patient(row["person_id"]),
        period=exchange.period(
            row["started_at"] or row["started_on"], row["ended_at"] or row["ended_on"]
        ),
        reasonCode=[{"text": said}] if said else None,
        serviceProvider=exchange.organization(row["institution_code"]),
    )


def _number(row: Row, name: str, exchange: Exchange) -> list[Json] | None:
    papers = exchange.paper(name, row["encounter_number"])
    assigner = exchange.organization(row["institution_code"])
    if not papers or not assigner:
        return papers
    return [paper | {"assigner": assigner} for paper in papers]


def _status(row: Row) -> str:
    if row["set_aside_because"]:
        return "entered-in-error"
    if row["is_cancelled"] or row["is_fully_refunded"]:
        return "cancelled"
    if row["kind"] == "inpatient" and not row["ended_on"]:
        return "in-progress"
    return "finished"
