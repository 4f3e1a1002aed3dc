"""Who is at the page: sessions in memory, which end with the command that opened it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from hmac import compare_digest

COOKIE = "onecard_stewards"
BYTES = 32


@dataclass
class Session:
    """One browser: the name chosen in it, the secret of its forms, where it goes on to."""

    actor: str = ""
    goes_to: str = "/"
    form_secret: str = field(default_factory=lambda: secrets.token_urlsafe(BYTES))

    def has_form_secret(self, given: str) -> bool:
        return compare_digest(self.form_secret.encode(), given.encode())


class Sessions:
    """The sessions of one start of the page; `token` lets a browser in."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(BYTES)
        self._open: dict[str, Session] = {}

    def enter(self, token: str, goes_to: str = "/") -> str | None:
        """The key of a new session that goes on to a page; None for a wrong token."""
        if not compare_digest(self.token.encode(), token.encode()):
            return None
        key = secrets.token_urlsafe(BYTES)
        self._open[key] = Session(goes_to=goes_to)
        return key

    def find(self, key: str | None) -> Session | None:
        """The session of a cookie."""
        return self._open.get(key or "")
