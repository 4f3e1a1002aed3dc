"""What has been collected, kept beside the deliveries in a folder that landing passes over.

`.collected/<day>/<system folder>.jsonl` has a line per file that was put in place: what the
server said of it, and the md5 of what came. It tells which files need not be fetched again,
and an auditor what was fetched when. Files on their way lie in `.collected/incoming/`, on
the same disk, so that putting one in place is a rename.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from loaders.collect.failure import CollectError
from loaders.collect.remote import RemoteFile

FOLDER = ".collected"


@contextmanager
def one_at_a_time(deliveries: Path, system_folder: str) -> Iterator[None]:
    """Hold a system's collection. Raises: CollectError when another process has it."""
    folder = deliveries / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{system_folder}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CollectError(
                f"{system_folder} is being collected by another process."
            ) from None
        yield


def incoming(deliveries: Path, system_folder: str, name: str, version: str) -> Path:
    """Where one version of a file lies until it is whole; what lies there is continued."""
    folder = deliveries / FOLDER / "incoming" / system_folder
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(f"{name}\0{version}".encode("utf-8", "surrogateescape"))
    return folder / f"{digest.hexdigest()[:32]}.part"


def put_in_place(part: Path, target: Path) -> None:
    """Rename a whole file to its place. Raises: CollectError when that cannot be."""
    try:
        with part.open("rb") as written:
            os.fsync(written.fileno())
        target.parent.mkdir(parents=True, exist_ok=True)
        part.replace(target)
    except OSError as error:
        raise CollectError(f"{target} cannot be put in place: {error.strerror}.") from error


def md5_of(path: Path) -> str:
    """The digest that manifests are written with."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False))
    return digest.hexdigest()


class Journal:
    """The files of one system and day that have been collected."""

    def __init__(self, deliveries: Path, day: str, system_folder: str) -> None:
        self._deliveries = deliveries
        self._path = deliveries / FOLDER / day / f"{system_folder}.jsonl"
        self._known = dict(self._read())

    def has(self, file: RemoteFile) -> bool:
        """Whether this very version was collected and is still in its place."""
        place = self._deliveries / file.name
        return (
            self._known.get(file.name) == file
            and place.is_file()
            and place.stat().st_size == file.byte_count
        )

    def note(self, file: RemoteFile, md5: str, source: str) -> None:
        """Write down a file that is in its place."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        line = {
            "name": file.name,
            "byte_count": file.byte_count,
            "modified_ns": file.modified_ns,
            "etag": file.etag,
            "md5": md5,
            "source": source,
            "collected_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        # A line begins with a line end: what a kill has cut stays a line of its own.
        with self._path.open("a", encoding="ascii") as journal:
            journal.write(f"\n{json.dumps(line)}")
        self._known[file.name] = file

    def _read(self) -> Iterator[tuple[str, RemoteFile]]:
        if not self._path.exists():
            return
        for text in self._path.read_text("ascii", "replace").splitlines():
            try:
                line = json.loads(text)
            except ValueError:
                # Empty, or cut by a kill: the file is fetched once more.
                continue
            yield (
                line["name"],
                RemoteFile(
                    line["name"], line["byte_count"], line["modified_ns"], line["etag"]
                ),
            )
