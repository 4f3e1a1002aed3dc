"""Decisions made so far: what waits for a second steward, and taking back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request
from sqlalchemy import Connection, Row, text
from starlette.responses import RedirectResponse, Response

from loaders.stewards import decisions
from loaders.stewards.masking import masked_name
from loaders.stewards.page.app import SEE_OTHER, Desk
from loaders.stewards.page.entry_views import local
from loaders.stewards.page.queue_views import done
from loaders.stewards.people import need_links
from loaders.stewards.rules import load_rules, reason_words
from loaders.stewards.words import words_of

Text = Annotated[str, Form()]
LATEST = 200
# What waits comes first, however old it is.
DECISIONS = f"""
    select decision.*, state.state, state.replaced_by, state.said_by
    from identity.steward_decision as decision
    left join identity.decision_state as state on decision.decision_id = state.decision_id
    order by coalesce(state.state, '') = 'pending' desc, decision.decision_id desc
    limit {LATEST}
"""
PEOPLE = """
    select source.record_key, source.person_name, source.source_system, link.person_id
    from identity.source_person as source
    left join identity.person_link as link on source.record_key = link.record_key
    where source.record_key = any(:keys)
"""
TASKS = """
    select task_id, record_key_a, record_key_b from identity.review_task
    where record_key_a = any(:keys) and record_key_b = any(:keys)
"""


def add_decision_views(app: FastAPI, desk: Desk) -> None:
    """Views of decisions."""

    @app.get("/decisions")
    def look(request: Request) -> Response:
        actor = desk.actor(request)
        with desk.engine.connect() as connection:
            need_links(connection)
            rows = connection.execute(text(DECISIONS)).all()
            return desk.page(
                request,
                "decisions.html",
                rows=_described(connection, rows),
                rules=load_rules(),
                reason_words=reason_words,
                words_of=words_of,
                is_own=lambda name: decisions.is_same_actor(name, actor),
                done=done(connection, request),
            )

    @app.post("/decision/{number}/approve")
    def approve(
        request: Request, number: int, secret: Text = "", back: Text = "/decisions"
    ) -> Response:
        actor = desk.actor(request)
        desk.check_form(request, secret)
        with desk.engine.begin() as connection:
            said = decisions.approve(connection, actor, number)
        return _back(back, said.decision_id)

    @app.post("/decision/{number}/undo")
    def undo(
        request: Request,
        number: int,
        secret: Text = "",
        reason: Text = "",
        note: Text = "",
        back: Text = "/decisions",
    ) -> Response:
        actor = desk.actor(request)
        desk.check_form(request, secret)
        with desk.engine.begin() as connection:
            decisions.undo(connection, actor, number, reason, note)
        return _back(back, number)


def _back(back: str, number: int) -> RedirectResponse:
    place = local(back)
    join = "&" if "?" in place else "?"
    return RedirectResponse(f"{place}{join}done={number}", SEE_OTHER)


def _described(connection: Connection, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Decisions with the masked names of both records and where to look at them."""
    keys = list({key for row in rows for key in (row.record_key_a, row.record_key_b)})
    people = {
        row.record_key: row for row in connection.execute(text(PEOPLE), {"keys": keys})
    }
    tasks = {
        (row.record_key_a, row.record_key_b): row.task_id
        for row in connection.execute(text(TASKS), {"keys": keys})
    }
    described = []
    for row in rows:
        pair = tuple(sorted((row.record_key_a, row.record_key_b)))
        known = [people[key] for key in pair if key in people]
        persons = sorted({one.person_id for one in known if one.person_id})
        described.append(
            {
                "row": row,
                "sides": [
                    (masked_name(one.person_name or ""), one.source_system) for one in known
                ],
                "place": tasks.get((pair[0], pair[1])) or "+".join(persons),
            }
        )
    return described
