"""DiagnosticReport: of laboratories, and of imaging and electrocardiography."""

from __future__ import annotations

from loaders.interchange.exchange import Exchange, Row
from loaders.interchange.vocabulary import Json


def laboratory_report(row: Row, exchange: Exchange) -> Json:
    """A report with its results, each an Observation."""
    return _report(
        row,
        exchange,
        section="LAB",
        code=exchange.concept("laboratory panel", row["panel_code"]),
        taken=exchange.moment(row["requested_at"], row["reported_on"]),
        result=[
            exchange.reference("Observation", result_id)
            for result_id in row["result_ids"] or ()
        ],
    )


def imaging_report(row: Row, exchange: Exchange) -> Json:
    """A report, with the institution that read the picture where it is another one."""
    reader = exchange.organization(row["reading_institution_code"])
    kind = row["exam_type_code"]
    return _report(
        row,
        exchange,
        section=exchange.vocabulary.word("imaging section", kind),
        code=exchange.concept("imaging type", kind, row["exam_name"]),
        taken=exchange.moment(row["examined_at"], row["examined_on"]),
        status="amended" if _is_amended(row) else None,
        resultsInterpreter=[reader] if reader else None,
        conclusion=exchange.free_text(row["conclusion"]),
    )


def _is_amended(row: Row) -> bool:
    return bool(row["is_revision"]) and row["report_status_code"] == "2"


def _report(
    row: Row,
    exchange: Exchange,
    section: str,
    code: Json | None,
    taken: str | None,
    status: str | None = None,
    **more: object,
) -> Json:
    institution = exchange.organization(row["institution_code"])
    stated = exchange.vocabulary.word("report status", row["report_status_code"])
    return exchange.resource(
        "DiagnosticReport",
        row["event_id"],
        status=status or stated,
        category=[exchange.concept("diagnostic section", section)],
        code=code or {"text": section},
        subject=exchange.patient(row["person_id"]),
        encounter=exchange.reference("Encounter", row["own_encounter_id"]),
        effectiveDateTime=taken,
        issued=exchange.moment(row["reported_at"]),
        performer=[institution] if institution else None,
        **more,
    )
