"""Condition: diagnoses as they were made, and what declared rules derive from evidence."""

from __future__ import annotations

from loaders.interchange.exchange import Exchange, Row
from loaders.interchange.vocabulary import Json

UNSTATED = "unstated diagnosis code"


def diagnosis(row: Row, exchange: Exchange) -> Json:
    """A diagnosis of one visit or stay; words that deny it make it refuted."""
    word = exchange.vocabulary.word("verification of diagnosis", row["certainty"])
    return exchange.resource(
        "Condition",
        row["event_id"],
        verificationStatus=exchange.concept("verification", word),
        category=[exchange.concept("condition category", "encounter-diagnosis")],
        code=exchange.concept(
            row["code_system"] or UNSTATED,
            row["diagnosis_code"],
            row["diagnosis_name"],
            version=row["code_system_version"],
        ),
        subject=exchange.patient(row["person_id"]),
        encounter=exchange.reference("Encounter", row["own_encounter_id"]),
        recordedDate=exchange.moment(row["diagnosed_at"], row["diagnosed_on"]),
    )


def condition(row: Row, exchange: Exchange) -> Json:
    """A condition by rule: how sure it is, since when, and the resources that prove it."""
    word = exchange.vocabulary.word
    verified = word("verification of condition", row["tier"])
    clinical = word("clinical status", row["status"])
    # Resolved for want of news is said by the status alone: nobody knows the day.
    return exchange.resource(
        "Condition",
        row["condition_id"],
        clinicalStatus=exchange.concept("condition clinical", clinical),
        verificationStatus=exchange.concept("verification", verified),
        category=[exchange.concept("condition category", "problem-list-item")],
        code=exchange.concept("condition", row["condition"], row["condition_name"]),
        subject=exchange.patient(row["person_id"]),
        onsetDateTime=exchange.moment(row["onset_on"]),
        abatementDateTime=exchange.moment(row["ended_on"])
        if clinical == "resolved"
        else None,
        evidence=[
            {"detail": [exchange.reference(proof["resource"], proof["event_id"])]}
            for proof in row["evidence"] or ()
        ],
    )
