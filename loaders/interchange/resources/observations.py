"""Observation: measurements of examinations, follow-ups, visits, and laboratory results."""

from __future__ import annotations

from decimal import Decimal

from loaders.interchange.exchange import Exchange, Row, filled
from loaders.interchange.vocabulary import Json

PRESSURE = (
    ("systolic", "systolic_pressure", "收缩压"),
    ("diastolic", "diastolic_pressure", "舒张压"),
)
COMPARATORS = ("<", "<=", ">=", ">")
# A sample that could not be examined is no result: FHIR says why there is none.
NO_RESULT = frozenset({"haemolysed", "unfit_sample"})


def measurement(row: Row, exchange: Exchange) -> Json:
    """A value of the record of measurements, in its standard unit."""
    laboratory = row["item"] in exchange.vocabulary.laboratory_measurements
    return exchange.resource(
        "Observation",
        row["measurement_id"],
        **_taken(row, "laboratory" if laboratory else "vital-signs", exchange),
        code=exchange.concept("measurement", row["item"], row["item_name"]),
        valueQuantity=exchange.quantity(row["value"], row["unit"]),
    )


def blood_pressure(row: Row, exchange: Exchange) -> Json:
    """Both pressures of one event; one that was not noted is absent, not left out."""
    return exchange.resource(
        "Observation",
        f"{row['event_id']}|blood_pressure",
        **_taken(row, "vital-signs", exchange),
        code=exchange.concept("measurement", "blood_pressure", "血压"),
        encounter=exchange.reference("Encounter", row["own_encounter_id"]),
        component=[
            _pressure(row[column], item, name, exchange) for column, item, name in PRESSURE
        ],
    )


def laboratory_result(row: Row, exchange: Exchange) -> Json:
    """A result: a number with its unit, a finding, or the words that were sent."""
    hint = exchange.vocabulary.word("interpretation", row["abnormal_code"]) or None
    interpretation = exchange.concept("interpretation", hint)
    return exchange.resource(
        "Observation",
        row["event_id"],
        status="final" if row["is_counted"] else "cancelled",
        category=[exchange.concept("observation category", "laboratory")],
        code=exchange.concept(
            "laboratory item", row["test_item_code"], row["test_item_name"]
        ),
        subject=exchange.patient(row["person_id"]),
        encounter=exchange.reference("Encounter", row["own_encounter_id"]),
        effectiveDateTime=exchange.moment(row["reported_at"], row["reported_on"]),
        performer=_performer(row, exchange),
        **_result(row, exchange),
        interpretation=[interpretation] if interpretation else None,
        referenceRange=_reference_range(row, exchange),
    )


def _taken(row: Row, category: str, exchange: Exchange) -> Json:
    doubt = row["implausible_because"]
    return {
        "status": "final" if row["is_plausible"] else "unknown",
        "category": [exchange.concept("observation category", category)],
        "subject": exchange.patient(row["person_id"]),
        "effectiveDateTime": exchange.moment(row["measured_on"]),
        "performer": _performer(row, exchange),
        "note": [{"text": doubt}] if doubt else None,
    }


def _performer(row: Row, exchange: Exchange) -> list[Json] | None:
    institution = exchange.organization(row["institution_code"])
    return [institution] if institution else None


def _pressure(value: Decimal | None, item: str, name: str, exchange: Exchange) -> Json:
    absent = exchange.concept("absent", "unknown") if value is None else None
    return filled(
        {
            "code": exchange.concept("measurement", item, name),
            "valueQuantity": exchange.quantity(value, "mmHg"),
            "dataAbsentReason": absent,
        }
    )


def _result(row: Row, exchange: Exchange) -> Json:
    value, unit = row["standard_number"], row["standard_unit"]
    if value is None:
        value, unit = row["result_number"], row["unit"]
    if value is not None:
        quantity = exchange.quantity(value, unit) or {}
        comparator = row["result_comparator"]
        return {
            "valueQuantity": filled(
                quantity | {"comparator": comparator if comparator in COMPARATORS else None}
            )
        }
    finding = row["finding_code"]
    if finding in NO_RESULT:
        return {
            "dataAbsentReason": exchange.concept("absent", "not-performed"),
            "note": [
                {"text": exchange.words.get(("laboratory finding", finding), finding)}
            ],
        }
    if finding:
        return {"valueCodeableConcept": exchange.concept("laboratory finding", finding)}
    if row["result_text"]:
        return {"valueString": row["result_text"]}
    return {"dataAbsentReason": exchange.concept("absent", "unknown")}


def _reference_range(row: Row, exchange: Exchange) -> list[Json] | None:
    unit = row["standard_unit"] or row["unit"]
    limits = filled(
        {
            "low": exchange.quantity(row["reference_low"], unit),
            "high": exchange.quantity(row["reference_high"], unit),
        }
    )
    return [limits] if limits else None
