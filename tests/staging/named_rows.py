"""Rows that name somebody, and what layer 2_identity makes of them."""

from __future__ import annotations

from typing import Any

from loaders.contracts.model import contract_of
from tests.staging.sent_rows import Deliveries

Row = dict[str, str | None]

HOSPITAL = "12999999MB000001A1"
CENTRE, CLINIC = "12999999MB000002B2", "12999999MB000003C3"
MOTHER_ID, CHILD_ID = "99999919900101002X", "999999202401190016"


def known_county(deliveries: Deliveries) -> Deliveries:
    """Deliveries to a county whose hospital, centre and village clinic are known."""
    sent(
        deliveries,
        "H01",
        institution(HOSPITAL, "22A", None),
        institution(CENTRE, "22C", "1001"),
        institution(CLINIC, "22V", "100101"),
    )
    offices: list[Row] = [
        {"jgid": "1001", "sjjgid": None},
        {"jgid": "100101", "sjjgid": "1001"},
    ]
    sent(deliveries, "C13", *offices)
    deliveries.set_hospital("A", HOSPITAL)
    return deliveries


def institution(credit_code: str, code22: str, jgid: str | None) -> Row:
    return {"TYSHXYDM": credit_code, "JGDM22": code22, "JGID": jgid, "JGMC": "样院"}


def sent(people: Deliveries, feed: str, *rows: Row) -> None:
    """Deliver the rows of one feed and build its staging model."""
    is_full = contract_of(feed).delivery == "snapshot"
    people.file(feed, "2024-02-01", *rows, full=is_full)
    people.build(people.model_of(feed))


def identifiers(people: Deliveries, id_type: str) -> set[tuple[Any, ...]]:
    return {
        (row["assigner"], row["value_raw"], row["is_own"])
        for row in people.asked("idn_source_identifier")
        if row["id_type"] == id_type
    }


def relations(people: Deliveries) -> list[dict[str, Any]]:
    people.build("idn_source_person")
    return people.asked("idn_source_relation")
