"""Everything that is exported: which rows, and what each of them becomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from loaders.interchange.exchange import Exchange, Row
from loaders.interchange.resources import (
    care,
    conditions,
    encounters,
    institutions,
    insurance,
    medication,
    observations,
    people,
    reports,
)
from loaders.interchange.vocabulary import Json

FOLDER = Path(__file__).with_name("sql")


@dataclass(frozen=True)
class Family:
    """Rows of one query, each of which becomes one resource."""

    name: str
    make: Callable[[Row, Exchange], Json]
    of_a_person: bool = True


FAMILIES = (
    Family("organization", institutions.organization, of_a_person=False),
    Family("patient", people.patient),
    Family("former_patient", people.former_patient),
    Family("relation", people.related_person),
    Family("coverage", insurance.coverage),
    Family("contract", care.contract),
    Family("programme_record", care.episode_of_care),
    Family("encounter", encounters.encounter),
    Family("diagnosis", conditions.diagnosis),
    Family("condition", conditions.condition),
    Family("measurement", observations.measurement),
    Family("blood_pressure", observations.blood_pressure),
    Family("laboratory_result", observations.laboratory_result),
    Family("laboratory_report", reports.laboratory_report),
    Family("imaging_report", reports.imaging_report),
    Family("prescription_item", medication.medication_request),
    Family("dispensed_item", medication.medication_dispense),
    Family("operation", care.procedure),
    Family("vaccination", care.immunization),
    Family("referral", care.service_request),
    Family("settlement", insurance.explanation_of_benefit),
)


@cache
def query_of(name: str) -> str:
    """The query of a family; where it reads `former_ids`, that query stands there."""
    query = (FOLDER / f"{name}.sql").read_text("utf-8")
    former_ids = (FOLDER / "former_ids.sql").read_text("utf-8")
    return query.replace("from former_ids", f"from ({former_ids}) as former_ids")
