"""The queue: counts per kind, filters, and the questions that fall due first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import FastAPI, Request
from sqlalchemy import Connection, Row, text
from starlette.responses import RedirectResponse, Response

from loaders.stewards.masking import masked_name
from loaders.stewards.page.app import SEE_OTHER, Desk
from loaders.stewards.queue import STATES, Question, Wanted, counts, read_questions
from loaders.stewards.rules import kind_of, load_rules
from loaders.stewards.words import undecided_words, words_of

PAGE_SIZE = 40
RECORDS = """
    select record_key, person_name, source_system from identity.source_person
    where record_key = any(:keys)
"""
DONE = """
    select state.decision_id, state.state, decision.verdict
    from identity.decision_state as state
    inner join identity.steward_decision as decision
        on state.decision_id = decision.decision_id
    where state.decision_id = :decision_id
"""
EVERY_STATE = "all"


def add_queue_views(app: FastAPI, desk: Desk) -> None:
    """The queue, and the way to a person of whom nobody asked."""

    @app.get("/")
    def queue(request: Request, page: int = 1) -> Response:
        desk.actor(request)
        wanted = wanted_of(request)
        with desk.engine.connect() as connection:
            questions = read_questions(connection, desk.today())
            found = [question for question in questions if wanted.has(question)]
            pages = max(-(-len(found) // PAGE_SIZE), 1)
            page = min(max(page, 1), pages)
            here = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
            return desk.page(
                request,
                "queue.html",
                counts=counts(questions),
                rows=_rows(connection, here),
                total=len(found),
                page=page,
                pages=pages,
                wanted=wanted,
                query=query_of(wanted),
                kinds=load_rules().kinds,
                states=(*STATES, EVERY_STATE),
                kind_of=kind_of,
                words_of=words_of,
                done=done(connection, request),
            )

    @app.get("/find")
    def find(request: Request, key: str = "") -> Response:
        desk.actor(request)
        return RedirectResponse(f"/case/{quote(key.strip(), safe='+')}", SEE_OTHER)


def wanted_of(request: Request) -> Wanted:
    """The filter that an address carries; what it does not know is no filter."""
    asked = request.query_params
    state = asked.get("state", "open")
    return Wanted(
        kind=asked.get("kind") or None,
        state=None if state == EVERY_STATE else state if state in STATES else "open",
        overdue=asked.get("overdue") == "1",
    )


def query_of(wanted: Wanted, **more: object) -> str:
    """The filter as the end of an address, with its question mark; empty for none."""
    parts: dict[str, object] = {}
    if wanted.kind:
        parts["kind"] = wanted.kind
    if wanted.state != "open":
        parts["state"] = wanted.state or EVERY_STATE
    if wanted.overdue:
        parts["overdue"] = "1"
    parts |= more
    return f"?{urlencode(parts)}" if parts else ""


def done(connection: Connection, request: Request) -> Row[Any] | None:
    """What the steward has just decided, when the address says so."""
    number = request.query_params.get("done", "")
    if not number.isascii() or not number.isdigit():
        return None
    return connection.execute(text(DONE), {"decision_id": int(number)}).one_or_none()


def _rows(connection: Connection, questions: Sequence[Question]) -> list[dict[str, Any]]:
    keys = [key for one in questions for key in (one.record_key_a, one.record_key_b)]
    known = {
        row.record_key: (masked_name(row.person_name or ""), row.source_system)
        for row in connection.execute(text(RECORDS), {"keys": keys})
    }
    nobody = ("", "")
    return [
        {
            "question": one,
            "sides": [
                known.get(key, nobody) for key in (one.record_key_a, one.record_key_b)
            ],
            "why": undecided_words(one.reason),
        }
        for one in questions
    ]
