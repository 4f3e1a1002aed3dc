"""Values in clear: written down before they are shown, who saw which record and why."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, text

from loaders.stewards.book import DecisionRefusedError
from loaders.stewards.masking import MASKED_FIELDS
from loaders.stewards.people import Record
from loaders.stewards.rules import load_rules

INSERT = text(
    """
    insert into audit.reveal (who, record_key, fields, reason_code, asked_in)
    values (:who, :record_key, :fields, :reason_code, :asked_in)
    """
)


def note_reveal(
    connection: Connection,
    who: str,
    records: Iterable[Record],
    reason_code: str,
    asked_in: str,
) -> int:
    """Write down that somebody is about to see these records; returns how many.

    The caller's transaction must be committed before anything is shown.
    Raises: DecisionRefusedError without a name or a reason.
    """
    reasons = load_rules().reasons["reveal"]
    if not who.strip() or reason_code not in reasons:
        raise DecisionRefusedError(
            f"To see values in clear give your name and a reason: {', '.join(reasons)}.",
            "查看明文须有姓名和理由。",
        )
    rows = [
        {
            "who": who.strip(),
            "record_key": record.record_key,
            "fields": [name for name in MASKED_FIELDS if getattr(record, name)],
            "reason_code": reason_code,
            "asked_in": asked_in,
        }
        for record in records
    ]
    if rows:
        connection.execute(INSERT, rows)
    return len(rows)
