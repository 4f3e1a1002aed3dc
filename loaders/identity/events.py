"""What happened to persons in a run, derived from the links before and after.

Goes in: `link_change`, `changed_person` and `person_home` of the run. Comes out: rows of
`identity.person_event`, such that each change of a record's person is told by exactly one:
create, reinstate, split, merge or retire for the records of a whole person, attach and
detach for one record.
"""

from __future__ import annotations

from importlib.resources import files

from sqlalchemy import Connection, text

DECISIONS = "identity.steward_decision"
# What stewards said since links were last written; nothing where they have no say yet.
SAID_SQL = """
create temporary table said_since on commit drop as
select decision_id, actor, record_key_a, record_key_b
from {decisions}
where decided_at > coalesce(
    (select max(written_at) from identity.link_run where run_id < :run_id), '-infinity'
)
"""
NO_DECISIONS = """
(
    select
        null::bigint as decision_id, null::text as actor, null::timestamptz as decided_at,
        null::text as record_key_a, null::text as record_key_b
) as nobody
"""


def write_events(connection: Connection, run_id: int) -> None:
    """Write the events of a run whose links, ledger and homes are written."""
    there_are = connection.scalar(
        text("select to_regclass(:table) is not null"), {"table": DECISIONS}
    )
    decisions = DECISIONS if there_are else NO_DECISIONS
    connection.execute(text(SAID_SQL.format(decisions=decisions)), {"run_id": run_id})
    connection.execute(text(_statement("person_move.sql")))
    connection.execute(text("analyze person_move"))
    connection.execute(text(_statement("person_event.sql")), {"run_id": run_id})


def _statement(name: str) -> str:
    return files("loaders.identity").joinpath(name).read_text("utf-8")
