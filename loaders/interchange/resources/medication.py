"""MedicationRequest and MedicationDispense: what was prescribed and handed out."""

from __future__ import annotations

from loaders.interchange.exchange import Exchange, Row, filled
from loaders.interchange.vocabulary import Json

UNKNOWN = {"text": "unknown"}


def medication_request(row: Row, exchange: Exchange) -> Json:
    """A line of a prescription."""
    return exchange.resource(
        "MedicationRequest",
        row["event_id"],
        status=_status(row),
        intent="order",
        medicationCodeableConcept=_medication(row, exchange),
        subject=exchange.patient(row["person_id"]),
        encounter=exchange.reference("Encounter", row["own_encounter_id"]),
        authoredOn=exchange.moment(row["prescribed_at"], row["prescribed_on"]),
        requester=exchange.organization(row["institution_code"]),
        groupIdentifier=exchange.identifier(
            "prescription",
            exchange.pseudonyms.id_of("prescription", row["prescription_id"]),
        )
        if row["prescription_id"]
        else None,
        dosageInstruction=[{"text": row["usage_text"]}] if row["usage_text"] else None,
        dispenseRequest=filled(
            {
                "quantity": exchange.quantity(row["total_quantity"], None),
                "expectedSupplyDuration": _days(row, exchange),
            }
        ),
    )


def medication_dispense(row: Row, exchange: Exchange) -> Json:
    """A line that was handed out; of one that came back it is not known how much stayed."""
    return exchange.resource(
        "MedicationDispense",
        row["event_id"],
        status="stopped" if row["has_returned_drugs"] else "completed",
        medicationCodeableConcept=_medication(row, exchange),
        subject=exchange.patient(row["person_id"]),
        context=exchange.reference("Encounter", row["own_encounter_id"]),
        performer=[{"actor": exchange.organization(row["institution_code"])}]
        if row["institution_code"]
        else None,
        authorizingPrescription=[exchange.reference("MedicationRequest", row["event_id"])],
        quantity=exchange.quantity(row["total_quantity"], None),
        daysSupply=_days(row, exchange),
    )


def _status(row: Row) -> str:
    if not row["is_counted"]:
        return "cancelled"
    return "completed" if row["is_dispensed"] else "unknown"


def _medication(row: Row, exchange: Exchange) -> Json:
    return exchange.concept("medication", row["item_code"], row["item_name"]) or UNKNOWN


def _days(row: Row, exchange: Exchange) -> Json | None:
    return exchange.quantity(row["medication_days"], "天")
