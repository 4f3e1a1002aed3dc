"""Ids of resources: stable, and of no use to whoever would guess what they were made of.

A key of the record can hold a patient's number, and a person id is made of such a key. Both
are short enough to try out, so that a plain hash would not hide them: ids are made with a
secret of this installation, kept in its home. Whoever has the secret can find a person
again; a new secret makes every id anew.
"""

from __future__ import annotations

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from loaders.failure import ExpectedFailure
from loaders.settings import Settings

NAME = "exchange_key"
LENGTH = 32


class ExchangeKeyError(ExpectedFailure):
    """The file of the secret holds something else than the secret."""


class Pseudonyms:
    """Makes ids with one secret."""

    def __init__(self, secret: bytes) -> None:
        self._keyed = hmac.new(secret, digestmod=sha256)

    def id_of(self, kind: str, key: str) -> str:
        """The id of the resource of this type that a key of the record becomes."""
        digest = self._keyed.copy()
        digest.update(f"{kind}\n{key}".encode())
        return str(UUID(bytes=digest.digest()[:16], version=4))


def load_pseudonyms(settings: Settings) -> Pseudonyms:
    """Ids of this installation; its secret is made when it has none.

    Raises: ExchangeKeyError.
    """
    path = settings.home / NAME
    if not path.exists():
        _make(path)
    secret = path.read_bytes()
    if len(secret) != LENGTH:
        raise ExchangeKeyError(
            f"{NAME} in ONECARD_HOME is damaged; put the copy of it back, or take it away:"
            " then every id of an exported resource will be a new one."
        )
    return Pseudonyms(secret)


def _make(path: Path) -> None:
    """Write a secret that only this account can read; the first of two writers wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{NAME}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(LENGTH))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # Somebody else was first: theirs is the secret.
    finally:
        draft.unlink()
