"""What the mirror wants of a place on the network, whichever kind it is."""

from __future__ import annotations

from pathlib import Path
from typing import IO, NamedTuple, Protocol

from loaders.collect.failure import CollectError


class RemoteFile(NamedTuple):
    """A file as the server lists it; `name` is its path below the source's root."""

    name: str
    byte_count: int
    modified_ns: int
    etag: str | None = None


class Remote(Protocol):
    """A source of files; connects when it is first asked for something.

    Every call may raise LostConnectionError, after which `close` and another try may help,
    and CollectError where it will not.
    """

    def folders(self) -> list[str]:
        """Names of the folders directly below the root. Raises: CollectError."""

    def files(self, folder: str) -> list[RemoteFile]:
        """All files below a folder; none when there is no such folder."""

    def fetch(self, file: RemoteFile, target: Path) -> None:
        """Append to `target` what it lacks of the file, and compare checksums if there are.

        Raises: ChangedMeanwhileError when the server's file is another one by now.
        """

    def close(self) -> None:
        """Give the connection back; the next call makes a new one."""


def check_name(name: str, label: str) -> None:
    """Raises: CollectError when a name would lead out of the folder of deliveries."""
    parts = name.split("/")
    if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
        raise CollectError(
            f"{label} lists a name that leaves its folder; nothing of this folder is taken."
        )


def append(local: IO[bytes], chunk: bytes) -> None:
    """Write what came. Raises: CollectError: a full disk is no matter of the network."""
    try:
        local.write(chunk)
    except OSError as error:
        raise CollectError(f"Cannot write to {local.name}: {error.strerror}.") from error
