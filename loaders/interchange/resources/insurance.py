"""Coverage and ExplanationOfBenefit: who is insured, and what insurance settled."""

from __future__ import annotations

from loaders.interchange.exchange import Exchange, Row
from loaders.interchange.vocabulary import Json

# Parts of a settlement that FHIR has no word for keep a local one.
PARTS = (
    ("policy_scope_fee_fen", "policy_scope"),
    ("pooled_fund_fee_fen", "pooled_fund"),
    ("major_illness_fee_fen", "major_illness"),
    ("medical_aid_fee_fen", "medical_aid"),
    ("self_paid_fee_fen", "self_paid"),
)


def coverage(row: Row, exchange: Exchange) -> Json:
    """The insurance of a person in a year."""
    year = row["insured_year"]
    return exchange.resource(
        "Coverage",
        row["event_id"],
        status=exchange.vocabulary.word("insurance status", row["insurance_status_code"]),
        type=exchange.concept("insurance type", row["insurance_type_code"]),
        beneficiary=exchange.patient(row["person_id"]),
        period={"start": f"{year}-01-01", "end": f"{year}-12-31"} if year else None,
        payor=[_insurer(row["insured_division_code"], exchange)],
    )


def explanation_of_benefit(row: Row, exchange: Exchange) -> Json:
    """A settlement; a reversal and what it reverses are both shown, as cancelled."""
    because = row["not_counted_because"]
    insured = exchange.reference("Coverage", row["coverage_id"])
    return exchange.resource(
        "ExplanationOfBenefit",
        row["event_id"],
        identifier=exchange.paper("settlement", row["settlement_id"]),
        status=exchange.vocabulary.word("settlement status", because),
        type=exchange.concept("claim type", _claim_type(row)),
        subType=exchange.concept("medical category", row["medical_category_code"]),
        use="claim",
        patient=exchange.patient(row["person_id"]),
        billablePeriod=exchange.period(row["started_on"], row["ended_on"]),
        created=exchange.moment(row["settled_at"], row["settled_on"]),
        insurer=_insurer(row["division_code"], exchange),
        provider=exchange.organization(row["institution_code"]) or {"display": "unknown"},
        outcome="complete",
        diagnosis=_diagnosis(row, exchange),
        insurance=[{"focal": True, "coverage": insured or {"display": "unknown"}}],
        total=_totals(row, exchange),
    )


def _claim_type(row: Row) -> str:
    return "pharmacy" if row["is_pharmacy"] else "institutional"


def _insurer(division_code: str | None, exchange: Exchange) -> Json:
    if division_code is None:
        return {"display": "unknown"}
    return {"identifier": exchange.identifier("division", division_code)}


def _diagnosis(row: Row, exchange: Exchange) -> list[Json] | None:
    code = exchange.concept("unstated diagnosis code", row["diagnosis_code"])
    return [{"sequence": 1, "diagnosisCodeableConcept": code}] if code else None


def _totals(row: Row, exchange: Exchange) -> list[Json]:
    amounts = [
        (exchange.concept("adjudication", "submitted"), row["total_fee_fen"]),
        (exchange.concept("adjudication", "benefit"), row["fund_fen"]),
        *((exchange.concept("fee part", part), row[column]) for column, part in PARTS),
    ]
    return [
        {"category": category, "amount": exchange.money(fen)}
        for category, fen in amounts
        if fen is not None
    ]
