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
# The decisions that can have caused something; none where stewards have never had the means
# to decide.
CAUSES_SQL = """
create temporary table cause_of_change on commit drop as
select decision_id, actor, act_id, undoes from {decisions}
"""
NO_DECISIONS = (
    "(select null::bigint as decision_id, null::text as actor, null::bigint as act_id,"
    " null::bigint as undoes) as nobody where false"
)


def write_events(connection: Connection, run_id: int) -> None:
    """Write the events of a run whose links, ledger and homes are written."""
    there_are = connection.scalar(
        text("select to_regclass(:table) is not null"), {"table": DECISIONS}
    )
    decisions = DECISIONS if there_are else NO_DECISIONS
    connection.execute(text(CAUSES_SQL.format(decisions=decisions)))
    connection.execute(text(_statement("person_move.sql")))
    connection.execute(text("analyze person_move"))
    connection.execute(text(_statement("person_event.sql")), {"run_id": run_id})


def _statement(name: str) -> str:
    return files("loaders.identity").joinpath(name).read_text("utf-8")
