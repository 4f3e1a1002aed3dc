"""Open the page on loopback, for as long as the command runs."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import date

import uvicorn
from sqlalchemy import Engine

from loaders.settings import Settings
from loaders.stewards.book import DecisionRefusedError, prepare
from loaders.stewards.page.app import make_app
from loaders.stewards.page.sessions import Sessions

LOOPBACK = "127.0.0.1"


class Page:
    """The page's server, on a socket of its own; `address` lets a browser in."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        port: int = 0,
        today: Callable[[], date] = date.today,
    ) -> None:
        """Take the port. Raises: DecisionRefusedError when it is not free."""
        prepare(engine)
        sessions = Sessions()
        self._socket = _listen(port)
        self.origin = f"http://{LOOPBACK}:{self._socket.getsockname()[1]}"
        self.address = f"{self.origin}/enter?token={sessions.token}"
        app = make_app(engine, settings, sessions, self.origin, today)
        # No access log: the first address that is asked for holds the token.
        self._server = uvicorn.Server(
            uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        )

    def run(self) -> None:
        """Answer until `stop` is called or the process is interrupted."""
        self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        self._server.should_exit = True


def serve(
    engine: Engine,
    settings: Settings,
    port: int,
    report: Callable[[str], None],
    place: str = "",
) -> None:
    """Serve the page until it is interrupted; its address leads to `place` on it.

    Raises: DecisionRefusedError.
    """
    page = Page(engine, settings, port)
    to = f"&to={place}" if place else ""
    report(f"The stewards' page 身份复核: {page.address}{to}")
    report("It is open to this machine alone. Ctrl-C closes it.")
    page.run()


def _listen(port: int) -> socket.socket:
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((LOOPBACK, port))
        # From here on a browser waits; before, it would be turned away.
        taken.listen()
    except OSError:
        taken.close()
        raise DecisionRefusedError(
            f"Port {port} is taken; choose another with --port.", f"端口 {port} 已被占用。"
        ) from None
    return taken
