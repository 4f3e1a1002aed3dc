"""One question in full: looking, answering, and seeing in clear."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request
from starlette.responses import RedirectResponse, Response

from loaders.stewards.answer import answer
from loaders.stewards.case import Case, open_case
from loaders.stewards.decisions import is_same_actor
from loaders.stewards.likeness import number_kind
from loaders.stewards.masking import shown
from loaders.stewards.page.app import REFUSED, SEE_OTHER, Desk
from loaders.stewards.page.picture import bars, pieces
from loaders.stewards.page.queue_views import done, query_of, wanted_of
from loaders.stewards.people import Record
from loaders.stewards.queue import Wanted, neighbours, read_questions
from loaders.stewards.refusal import StewardRefusal
from loaders.stewards.reveal import note_reveal
from loaders.stewards.rules import Words, kind_of, load_rules, reason_words
from loaders.stewards.words import undecided_words, words_of

Text = Annotated[str, Form()]


@dataclass(frozen=True)
class Draft:
    """An answer that was refused, to be put right without typing it again."""

    error: Words
    verdict: str = ""
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Clear:
    """The records whose values are shown as they are, after it was written down."""

    record_keys: frozenset[str] = field(default_factory=frozenset)

    def show(self, record: Record, name: str) -> str:
        return shown(record, name, record.record_key in self.record_keys)

    def pieces(self, case: Case, place: int, name: str) -> list[tuple[str, bool]]:
        """A value of one side in pieces, each with whether the other side has it not."""
        value, *rest = (self.show(side.lead, name) for side in case.sides)
        if place:
            value, rest = rest[0], [value]
        both = {side.lead.record_key for side in case.sides} <= self.record_keys
        if not both or not rest or not rest[0]:
            return [(value, False)]
        return pieces(value, rest[0])


def add_case_views(app: FastAPI, desk: Desk) -> None:
    """Views of one case."""

    @app.get("/case/{key}")
    def look(request: Request, key: str) -> Response:
        desk.actor(request)
        return _page(desk, request, key)

    @app.post("/case/{key}/answer")
    def decide(
        request: Request,
        key: str,
        secret: Text = "",
        verdict: Text = "",
        reason: Text = "",
        note: Text = "",
        record: Annotated[list[str] | None, Form()] = None,
    ) -> Response:
        actor = desk.actor(request)
        desk.check_form(request, secret)
        wanted, today = wanted_of(request), desk.today()
        try:
            with desk.engine.begin() as connection:
                questions = read_questions(connection, today)
                found = [one for one in questions if wanted.has(one)]
                _, after = neighbours(found, key)
                case = open_case(connection, key, today, questions)
                said = answer(connection, case, actor, verdict, reason, note, record or ())
        except StewardRefusal as failure:
            draft = Draft(failure.words, verdict, reason, note)
            return _page(desk, request, key, draft=draft)
        query = query_of(wanted, done=said.decision_id)
        return RedirectResponse(
            f"/case/{after}{query}" if after else f"/{query}", SEE_OTHER
        )

    @app.post("/case/{key}/reveal")
    def reveal(
        request: Request, key: str, secret: Text = "", reason: Text = "", rest: Text = ""
    ) -> Response:
        actor = desk.actor(request)
        desk.check_form(request, secret)
        try:
            with desk.engine.begin() as connection:
                case = open_case(connection, key, desk.today())
                records = [side.lead for side in case.sides]
                if rest or not case.is_pair:
                    records = [one.record for side in case.sides for one in side.groups]
                note_reveal(connection, actor, records, reason, key)
        except StewardRefusal as failure:
            return _page(desk, request, key, draft=Draft(failure.words, "reveal"))
        keys = frozenset(record.record_key for record in records)
        return _page(desk, request, key, clear=Clear(keys))


def _page(
    desk: Desk,
    request: Request,
    key: str,
    draft: Draft | None = None,
    clear: Clear | None = None,
) -> Response:
    wanted = wanted_of(request)
    with desk.engine.connect() as connection:
        questions = read_questions(connection, desk.today())
        case = open_case(connection, key, desk.today(), questions)
        finished = done(connection, request)
    found = [one for one in questions if wanted.has(one)]
    before, after = neighbours(found, key) if case.question else (None, None)
    return desk.page(
        request,
        "case.html",
        status=REFUSED if draft else 200,
        case=case,
        question=case.question,
        standing=case.question.standing if case.question else None,
        before=_link(before, wanted),
        after=_link(after, wanted),
        query=query_of(wanted),
        bars=bars(case.steps),
        draft=draft,
        clear=clear or Clear(),
        rules=load_rules(),
        done=finished,
        **_helpers(desk, request, case),
    )


def _helpers(desk: Desk, request: Request, case: Case) -> dict[str, Any]:
    actor = desk.actor(request)
    return {
        "kind_of": kind_of,
        "number_kind": number_kind,
        "reason_words": reason_words,
        "words_of": words_of,
        "undecided_words": undecided_words,
        "is_own": lambda name: is_same_actor(name, actor),
        "side_names": _side_names(case.sides),
    }


def _side_names(sides: Collection[object]) -> list[str]:
    return ["side_a", "side_b"][: len(sides)]


def _link(task_id: str | None, wanted: Wanted) -> str | None:
    return f"/case/{task_id}{query_of(wanted)}" if task_id else None
