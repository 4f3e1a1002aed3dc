"""A cohort: person ids, one a line, as a case list of an indicator has them."""

from __future__ import annotations

import getpass
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from loaders.console.person import need_access_log
from loaders.failure import ExpectedFailure
from loaders.interchange.families import query_of

TOLD_LINES = 10
KNOWN = """
    select person_id as asked, person_id from record.person where person_id = any(:asked)
    union
    select former_id, leads_to from ({former}) as former where former_id = any(:asked)
"""
NOTE = """
    insert into audit.access_log (who, person_id, what)
    select :who, person_id, :what
    from record.person
    where cast(:people as text[]) is null or person_id = any(:people)
"""


class CohortError(ExpectedFailure):
    """Lines of a cohort are not person ids; the message says which lines."""


def read_cohort(engine: Engine, path: Path) -> tuple[str, ...]:
    """Who is in a file of person ids; an id that was merged is whom it leads to now.

    Raises: CohortError.
    """
    lines = [line.strip() for line in path.read_text("utf-8-sig").splitlines()]
    asked = [line for line in lines if line]
    query = KNOWN.format(former=query_of("former_ids"))
    with engine.connect() as connection:
        rows = connection.execute(text(query), {"asked": asked})
        known = {row.asked: row.person_id for row in rows}
    unknown = [place for place, line in enumerate(lines, 1) if line and line not in known]
    if unknown or not asked:
        told = ", ".join(str(place) for place in unknown[:TOLD_LINES])
        raise CohortError(
            f"{len(unknown)} lines are no person ids of this warehouse"
            + (f", such as lines {told}." if unknown else ": the file is empty.")
        )
    return tuple(sorted(set(known.values())))


def note_export(connection: Connection, people: tuple[str, ...] | None, what: str) -> None:
    """Write down whose names leave the house: these people's, or everybody's."""
    need_access_log(connection)
    asked = {"people": None if people is None else list(people)}
    connection.execute(text(NOTE), asked | {"who": getpass.getuser(), "what": what})
