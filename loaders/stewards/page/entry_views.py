"""Coming in, saying who one is, the language, help, and going."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import FastAPI, Form, Request
from starlette.responses import RedirectResponse, Response

from loaders.stewards.actors import actor_named, known_actors
from loaders.stewards.page.app import SEE_OTHER, Desk, NotEnteredError
from loaders.stewards.page.language import COOKIE as LANGUAGE_COOKIE
from loaders.stewards.page.language import LANGUAGES
from loaders.stewards.page.sessions import COOKIE

Text = Annotated[str, Form()]


def add_entry_views(app: FastAPI, desk: Desk) -> None:
    """Views that need no name yet."""

    @app.get("/enter")
    def enter(token: str = "", to: str = "/") -> Response:
        key = desk.sessions.enter(token, local(to))
        if key is None:
            raise NotEnteredError
        answer = RedirectResponse("/login", SEE_OTHER)
        answer.set_cookie(COOKIE, key, httponly=True, samesite="lax")
        return answer

    @app.get("/login")
    def login(request: Request) -> Response:
        session = desk.session(request)
        names = known_actors(desk.settings)
        return desk.page(request, "login.html", names=names, chosen=session.actor)

    @app.post("/login")
    def choose(request: Request, secret: Text = "", name: Text = "") -> Response:
        desk.check_form(request, secret)
        session = desk.session(request)
        session.actor = actor_named(desk.settings, name or " ")
        goes_to, session.goes_to = session.goes_to, "/"
        return RedirectResponse(goes_to, SEE_OTHER)

    @app.post("/logout")
    def leave(request: Request, secret: Text = "") -> Response:
        desk.check_form(request, secret)
        desk.session(request).actor = ""
        return RedirectResponse("/login", SEE_OTHER)

    @app.get("/language/{language}")
    def speak(language: str, back: str = "/") -> Response:
        answer = RedirectResponse(local(back), SEE_OTHER)
        if language in LANGUAGES:
            answer.set_cookie(LANGUAGE_COOKIE, language, httponly=True, samesite="lax")
        return answer

    @app.get("/help")
    def explain(request: Request) -> Response:
        desk.session(request)
        return desk.page(request, "help.html")


def local(address: str) -> str:
    """An address on this page; the queue when it leads anywhere else."""
    parts = urlsplit(address)
    is_here = not parts.scheme and not parts.netloc and address.startswith("/")
    return address if is_here and "\\" not in address and address[1:2] != "/" else "/"
