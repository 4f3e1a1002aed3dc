"""Bring a published table to new content by changing only what differs.

Readers in other transactions keep seeing the old rows until the release commits, and a row
that says the same as before keeps the number of the release that first said it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True)
class Published:
    """A published table, the temporary table with its new content, where old rows go."""

    table: str
    new: str
    history: str
    key: tuple[str, ...]
    columns: tuple[str, ...]


INDICATORS = Published(
    table="published.indicator",
    new="new_indicator",
    history="audit.published_indicator_history",
    key=("indicator_code",),
    columns=(
        "name_zh", "name_en", "definition_zh", "definition_en", "unit", "direction",
        "grains", "is_monthly", "owner", "source", "factor",
    ),
)  # fmt: skip
VALUES = Published(
    table="published.indicator_value",
    new="new_value",
    history="audit.published_value_history",
    key=("indicator_code", "period", "grain", "org_code"),
    columns=(
        "org_name", "numerator", "denominator", "value", "status", "target_value",
        "target_met",
    ),
)  # fmt: skip
CASES = Published(
    table="published.indicator_case",
    new="new_case",
    history="audit.published_case_history",
    key=("indicator_code", "period", "grain", "org_code", "case_kind", "case_id"),
    columns=(
        "person_id", "numerator", "denominator", "event_id", "source_system",
        "source_table", "file_name", "member_name", "line_number", "delivery_date",
    ),
)  # fmt: skip


def replace_changed(connection: Connection, what: Published, release_id: int) -> int:
    """Make a published table say what its new content says; returns the rows changed."""
    all_columns = ", ".join((*what.key, *what.columns))
    gone = connection.execute(
        text(
            f"with gone as (delete from {what.table} as published"
            f" where not exists (select from {what.new} as new where {_same(what)})"
            " returning *)"
            f" insert into {what.history} ({all_columns}, release_id, replaced_in_release)"
            f" select {all_columns}, release_id, :release_id from gone"
        ),
        {"release_id": release_id},
    )
    come = connection.execute(
        text(
            f"insert into {what.table} ({all_columns}, release_id)"
            f" select {all_columns}, :release_id from {what.new} as new"
            f" where not exists (select from {what.table} as published where {_same(what)})"
        ),
        {"release_id": release_id},
    )
    return gone.rowcount + come.rowcount


def _same(what: Published) -> str:
    # The key compares with `=`, so that PostgreSQL can hash it; the rest may be null.
    return " and ".join(
        [f"published.{name} = new.{name}" for name in what.key]
        + [f"published.{name} is not distinct from new.{name}" for name in what.columns]
    )
