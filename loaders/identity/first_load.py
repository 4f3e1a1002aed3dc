"""The first links of a warehouse: written in bulk, since nobody has been linked before.

Goes in: a connection to a warehouse. Comes out: the same tables, where they are empty
without the indexes that are dearer to keep than to make.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

TABLES = (
    "person_link", "person_ledger", "person_link_history", "person_change", "person_event",
)  # fmt: skip
# Not in the order in which rows are written, and read by nobody before the end.
INDEXES = {
    "person_link_person": "identity.person_link (person_id)",
    "person_link_history_person": "identity.person_link_history (person_id)",
}


def begin_first_load(connection: Connection) -> bool:
    """Make ready for a first load where all tables are empty; whether they are."""
    filled = " or ".join(f"exists (select from identity.{table})" for table in TABLES)
    if connection.scalar(text(f"select {filled}")):
        return False
    # A table that is new in its transaction needs no log of each row.
    names = ", ".join(f"identity.{table}" for table in TABLES)
    connection.execute(text(f"truncate {names}"))
    for index in INDEXES:
        connection.execute(text(f"drop index if exists identity.{index}"))
    return True


def end_first_load(connection: Connection) -> None:
    """Make the indexes that were left out."""
    for index, columns in INDEXES.items():
        connection.execute(text(f"create index {index} on {columns}"))
