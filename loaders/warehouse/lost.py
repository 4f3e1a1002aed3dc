"""A warehouse that goes away: told as what happened, not as the driver's traceback.

Goes in: an engine, or an error of the driver. Comes out: `WarehouseLostError`. What was
not committed is gone with the connection, so that starting again is all there is to do.
"""

from __future__ import annotations

from time import monotonic, sleep

import psycopg
from psycopg.pq import PGconn, Ping
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from loaders.failure import ExpectedFailure

# A server that replays its log after a crash is back within a minute, or has a problem.
RECOVERY_SECONDS = 120
# PostgreSQL's classes of "connection exception" and of "the server is told to end".
LOST_STATES = ("08", "57P")
LOST = (
    "The connection to the warehouse is lost: its server was stopped, crashed or cannot be"
    " reached. Nothing is half done; start again when it is back."
)


class WarehouseLostError(ExpectedFailure):
    """The connection to the warehouse broke, or none can be made."""

    def __init__(self, message: str = LOST) -> None:
        super().__init__(message)


def is_lost(error: BaseException | None) -> bool:
    """Whether an error of the driver means that there is no connection any more."""
    if isinstance(error, psycopg.InterfaceError):
        return "connection is" in str(error)
    if not isinstance(error, psycopg.OperationalError):
        return False
    # What the client notices by itself has no code of the server.
    return error.sqlstate is None or error.sqlstate.startswith(LOST_STATES)


def tell_when_lost(engine: Engine) -> None:
    """From now on this engine raises WarehouseLostError for what `is_lost`."""

    @event.listens_for(engine, "handle_error")
    def tell(context: ExceptionContext) -> None:
        # The pool's own question whether a connection is alive may be answered by no.
        if context.is_pre_ping or not is_lost(context.original_exception):
            return
        context.is_disconnect = True
        raise WarehouseLostError


def wait_while_recovering(dsn: str) -> None:
    """Return when the server takes connections, or is none; at the latest after a while."""
    give_up = monotonic() + RECOVERY_SECONDS
    while PGconn.ping(dsn.encode()) == Ping.REJECT and monotonic() < give_up:
        sleep(0.2)
