"""The application: who gets in, what every answer carries, and how failures are told.

Nothing that it serves is kept by a browser, framed by a page, or loaded from elsewhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import Engine
from starlette.responses import HTMLResponse, RedirectResponse, Response

from loaders.settings import Settings
from loaders.stewards.page.language import Speaker, language_of
from loaders.stewards.page.sessions import COOKIE, Session, Sessions
from loaders.stewards.refusal import StewardRefusal
from loaders.stewards.rules import Words, load_rules

FOLDER = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self';"
        " frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
SEE_OTHER, BAD_REQUEST, FORBIDDEN, NOT_FOUND, REFUSED = 303, 400, 403, 404, 422
NOTHING_HERE = Words(zh="没有这个页面。", en="There is no such page.")
Next = Callable[[Request], Awaitable[Response]]


class NotEnteredError(Exception):
    """The browser has no session: it did not come by the address of this start."""


class NoActorError(Exception):
    """Nobody has given a name yet."""


class StaleFormError(Exception):
    """A form without the secret of its session."""


@dataclass(frozen=True)
class Desk:
    """What the views work with."""

    engine: Engine
    settings: Settings
    sessions: Sessions
    today: Callable[[], date]
    templates: Environment

    def session(self, request: Request) -> Session:
        """The session of a browser. Raises: NotEnteredError."""
        found = self.sessions.find(request.cookies.get(COOKIE))
        if found is None:
            raise NotEnteredError
        return found

    def actor(self, request: Request) -> str:
        """The name of who is there. Raises: NotEnteredError; NoActorError."""
        actor = self.session(request).actor
        if not actor:
            raise NoActorError
        return actor

    def check_form(self, request: Request, secret: str) -> None:
        """Raises: StaleFormError for a form that this session did not get from us."""
        if not self.session(request).has_form_secret(secret):
            raise StaleFormError

    def page(
        self, request: Request, template: str, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """A page from a template, in the reader's language."""
        speaker = Speaker(language_of(request))
        session = self.sessions.find(request.cookies.get(COOKIE))
        text = self.templates.get_template(template).render(
            language=speaker.language,
            say=speaker.say,
            word=speaker.word,
            session=session,
            rules_verdicts=load_rules().verdicts,
            here=_here(request),
            **values,
        )
        return HTMLResponse(text, status_code=status)


def make_app(
    engine: Engine,
    settings: Settings,
    sessions: Sessions,
    origin: str,
    today: Callable[[], date],
) -> FastAPI:
    """The page over a warehouse; it answers under `origin` and no other name."""
    from loaders.stewards.page.views import add_views

    templates = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    desk = Desk(engine, settings, sessions, today, templates)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")

    @app.middleware("http")
    async def guard(request: Request, call_next: Next) -> Response:
        host = urlsplit(origin).netloc
        told = request.headers.get("origin")
        if request.headers.get("host") != host or told not in (None, origin):
            # A name of somebody else's that was pointed at this machine.
            return Response(status_code=BAD_REQUEST)
        # No text of the warehouse can hold it, so no key has it.
        if "\x00" in request.scope["path"]:
            response: Response = desk.page(
                request, "refused.html", NOT_FOUND, words=NOTHING_HERE
            )
        else:
            response = await call_next(request)
        response.headers.update(HEADERS)
        return response

    _tell_failures(app, desk)
    add_views(app, desk)
    return app


def _here(request: Request) -> str:
    """Where a change of language leads back to: the page that a form was on."""
    path = request.url.path
    if request.method != "GET":
        of_one = path.startswith(("/case/", "/person/"))
        path = path.rsplit("/", 1)[0] if of_one else path if path == "/person" else "/"
    return f"{path}?{request.url.query}" if request.url.query else path


def _tell_failures(app: FastAPI, desk: Desk) -> None:
    @app.exception_handler(NotEnteredError)
    async def closed(request: Request, _: Exception) -> Response:
        return desk.page(request, "closed.html", FORBIDDEN)

    @app.exception_handler(NoActorError)
    async def nameless(request: Request, _: Exception) -> Response:
        return RedirectResponse("/login", SEE_OTHER)

    @app.exception_handler(StaleFormError)
    async def stale(request: Request, _: Exception) -> Response:
        return desk.page(request, "refused.html", FORBIDDEN, words=None)

    # An address typed or pasted by hand, such as a key with a slash in it.
    @app.exception_handler(NOT_FOUND)
    @app.exception_handler(RequestValidationError)
    async def unknown(request: Request, _: Exception) -> Response:
        return desk.page(request, "refused.html", NOT_FOUND, words=NOTHING_HERE)

    @app.exception_handler(StewardRefusal)
    async def refused(request: Request, failure: StewardRefusal) -> Response:
        return desk.page(request, "refused.html", REFUSED, words=failure.words)
