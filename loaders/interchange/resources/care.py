"""Procedure, Immunization, EpisodeOfCare, Contract, ServiceRequest: done or agreed."""

from __future__ import annotations

from loaders.interchange.exchange import Exchange, Row
from loaders.interchange.vocabulary import Json

UNKNOWN = {"text": "unknown"}


def procedure(row: Row, exchange: Exchange) -> Json:
    """An operation or a treatment."""
    institution = exchange.organization(row["institution_code"])
    return exchange.resource(
        "Procedure",
        row["event_id"],
        status="completed",
        code=exchange.concept("operation", row["operation_code"], row["operation_name"]),
        subject=exchange.patient(row["person_id"]),
        encounter=exchange.reference("Encounter", row["own_encounter_id"]),
        performedDateTime=exchange.moment(row["operated_at"], row["operated_on"]),
        performer=[{"actor": institution}] if institution else None,
    )


def immunization(row: Row, exchange: Exchange) -> Json:
    """A dose; one that came again under another number is an entry in error."""
    institution = exchange.organization(row["institution_code"])
    dose = row["dose_number"]
    given_on = exchange.moment(row["vaccinated_on"])
    return exchange.resource(
        "Immunization",
        row["event_id"],
        status="entered-in-error" if (row["place_in_dose"] or 1) > 1 else "completed",
        vaccineCode=exchange.concept("vaccine", row["vaccine_code"]) or UNKNOWN,
        patient=exchange.patient(row["person_id"]),
        **(
            {"occurrenceDateTime": given_on}
            if given_on
            else {"occurrenceString": "unknown"}
        ),
        recorded=exchange.moment(row["entered_on"]),
        primarySource=True,
        lotNumber=row["batch_number"],
        performer=[{"actor": institution}] if institution else None,
        protocolApplied=[{"doseNumberPositiveInt": dose}] if dose and dose > 0 else None,
    )


def episode_of_care(row: Row, exchange: Exchange) -> Json:
    """The care of a public-health programme, from its record to its end."""
    return exchange.resource(
        "EpisodeOfCare",
        row["event_id"],
        status="finished" if row["is_closed"] else "active",
        type=[exchange.concept("programme", row["programme"], row["programme_name"])],
        patient=exchange.patient(row["person_id"]),
        managingOrganization=exchange.organization(row["institution_code"]),
        period=exchange.period(row["begins_on"], row["ends_on"]),
    )


def contract(row: Row, exchange: Exchange) -> Json:
    """A contract with a family doctor's team."""
    authority = exchange.organization(row["institution_code"])
    ends_on = row["stopped_on"] or row["ends_on"]
    return exchange.resource(
        "Contract",
        row["event_id"],
        identifier=exchange.paper("contract", row["contract_id"]),
        status="terminated" if row["stopped_on"] else "executed",
        issued=exchange.moment(row["signed_at"]),
        applies=exchange.period(row["begins_on"], ends_on),
        subject=[exchange.patient(row["person_id"])],
        authority=[authority] if authority else None,
        type=exchange.concept("contract kind", row["sign_kind_code"]),
    )


def service_request(row: Row, exchange: Exchange) -> Json:
    """A referral, up or down, from one institution to another."""
    receiver = exchange.organization(row["to_institution_code"])
    reason = exchange.concept(
        "unstated diagnosis code", row["diagnosis_code"], row["diagnosis_name"]
    )
    status = exchange.vocabulary.word("referral status", row["referral_status_code"])
    return exchange.resource(
        "ServiceRequest",
        row["event_id"],
        identifier=exchange.paper("referral", row["referral_number"]),
        status="completed" if row["has_arrived"] and status == "active" else status,
        intent="order",
        code=exchange.concept("referral direction", row["referral_direction_code"]),
        subject=exchange.patient(row["person_id"]),
        encounter=exchange.reference("Encounter", row["own_encounter_id"]),
        authoredOn=exchange.moment(row["submitted_at"]),
        requester=exchange.organization(row["institution_code"]),
        performer=[receiver] if receiver else None,
        reasonCode=[reason] if reason else None,
    )
