"""A person's page: finding somebody, the life as a picture and a table, seeing in clear.

Every opening is written to `audit.access_log` before anything is read, masked or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import FastAPI, Form, Request
from sqlalchemy import Connection, text
from starlette.responses import RedirectResponse, Response

from loaders.console.person import PersonNotFoundError, find_person, note_access
from loaders.life.model import Life
from loaders.life.read import LifeNotFoundError, read_life
from loaders.stewards.likeness import number_kind
from loaders.stewards.masking import shown as as_shown
from loaders.stewards.page.app import REFUSED, SEE_OTHER, Desk
from loaders.stewards.page.life_charts import charts_of
from loaders.stewards.page.life_lanes import lanes_of
from loaders.stewards.page.life_rows import shown
from loaders.stewards.page.life_scale import scale_of, years_of
from loaders.stewards.page.life_table import tables_of
from loaders.stewards.people import (
    NothingLinkedError,
    Record,
    anchor_of,
    need_links,
    read_persons,
)
from loaders.stewards.refusal import StewardRefusal
from loaders.stewards.reveal import note_reveal
from loaders.stewards.rules import Words, load_rules
from loaders.stewards.words import words_of

Text = Annotated[str, Form()]
FACTS = ("person_name", "sex_code", "born_on", "id_number", "phone", "address")


@dataclass(frozen=True)
class Person:
    """A person as the page shows it."""

    life: Life
    anchor: Record
    records: tuple[Record, ...]

    def record_with(self, name: str) -> Record:
        """The record that stands for the person, or the first that says this at all."""
        told = (one for one in (self.anchor, *self.records) if getattr(one, name))
        return next(told, self.anchor)


def add_person_views(app: FastAPI, desk: Desk) -> None:
    """Views of one person."""

    @app.get("/person")
    def ask(request: Request) -> Response:
        desk.actor(request)
        return desk.page(request, "person_find.html", people=None)

    # A number of a person has no place in an address: it would stay in the browser.
    @app.post("/person")
    def find(request: Request, secret: Text = "", key: Text = "") -> Response:
        desk.actor(request)
        desk.check_form(request, secret)
        try:
            with desk.engine.connect() as connection:
                person_id = find_person(connection, key.strip(), None, None)
        except PersonNotFoundError as failure:
            return desk.page(
                request, "person_find.html", REFUSED, people=failure.person_ids
            )
        return RedirectResponse(f"/person/{person_id}", SEE_OTHER)

    @app.get("/person/{person_id}")
    def look(request: Request, person_id: str) -> Response:
        actor = desk.actor(request)
        person = _open(desk, person_id, actor, "opened on the page, masked")
        return _page(desk, request, person)

    @app.post("/person/{person_id}/reveal")
    def reveal(
        request: Request, person_id: str, secret: Text = "", reason: Text = ""
    ) -> Response:
        actor = desk.actor(request)
        desk.check_form(request, secret)
        with desk.engine.begin() as connection:
            records = _records(connection, person_id)
            try:
                note_reveal(connection, actor, records, reason, person_id)
                words = None
            except StewardRefusal as failure:
                words = failure.words
        what = "opened on the page, masked" if words else "opened on the page, in clear"
        person = _open(desk, person_id, actor, what)
        return _page(desk, request, person, is_clear=words is None, error=words)


def _open(desk: Desk, person_id: str, actor: str, what: str) -> Person:
    """Write down who opens a person, then read it. Raises: NothingLinkedError."""
    with desk.engine.begin() as connection:
        records = _records(connection, person_id)
        note_access(connection, person_id, what, actor)
    # One moment of the warehouse: a run may go on meanwhile.
    with desk.engine.connect() as connection:
        connection.execute(text("set transaction isolation level repeatable read"))
        try:
            life = read_life(connection, person_id)
        except LifeNotFoundError as failure:
            raise NothingLinkedError(
                str(failure), "记录层中还没有此人；请先执行 onecard run。"
            ) from None
        anchor = anchor_of(connection, person_id, records)
    return Person(life, anchor, tuple(records))


def _records(connection: Connection, person_id: str) -> list[Record]:
    need_links(connection)
    records = read_persons(connection, [person_id])[person_id]
    if not records:
        raise NothingLinkedError("No person has this id.", "没有这个编号的居民。")
    return records


def _page(
    desk: Desk,
    request: Request,
    person: Person,
    is_clear: bool = False,
    error: Words | None = None,
) -> Response:
    life = person.life if is_clear else person.life.masked()
    years = years_of(life)
    asked = request.query_params.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() else None
    scale = scale_of(life, year if year in years else None)
    return desk.page(
        request,
        "person.html",
        status=REFUSED if error else 200,
        life=life,
        person=person,
        facts=FACTS,
        show=lambda record, name: as_shown(record, name, is_clear),
        is_clear=is_clear,
        error=error,
        rules=load_rules(),
        years=years,
        year=year if year in years else None,
        scale=scale,
        ticks=scale.ticks(),
        lanes=lanes_of(life, scale),
        charts=charts_of(life, scale),
        tables=tables_of(life, scale, shown(life, scale)),
        number_kind=number_kind,
        words_of=words_of,
    )
