"""Files that need no second look: unchanged since they were dealt with.

Goes in: a file as it lies there now. Comes out: whether to read it again. It saves reading
a year of deliveries every day and decides nothing: without it, the digests decide.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from sqlalchemy import Connection, Engine, text

from loaders.contracts.model import load_contracts
from loaders.landing.delivered import DeliveredFile


class Look(NamedTuple):
    """A file's looks from outside, and what it was judged by."""

    byte_count: int
    modified_ns: int
    judged_by: str


class SeenFiles:
    """The files of `audit.file_seen`, read once per landing."""

    def __init__(self, engine: Engine) -> None:
        self._contracts = {
            system: _digest(system) for system in {c.system for c in load_contracts()}
        }
        with engine.connect() as connection:
            rows = connection.execute(text("select * from audit.file_seen"))
            self._seen = {
                (row.delivery_date, row.folder, row.file_name): Look(
                    row.byte_count, row.modified_ns, row.judged_by
                )
                for row in rows
            }

    def knows(self, file: DeliveredFile, look: Look) -> bool:
        """Whether the file, its manifest and the contracts are as they were."""
        return self._seen.get(_place(file)) == look

    def remember(
        self, connection: Connection, files: list[tuple[DeliveredFile, Look]]
    ) -> None:
        """Note that all tables of files that looked so have their ledger rows."""
        for file, look in files:
            delivered_on, folder, name = _place(file)
            connection.execute(
                text(
                    """
                    insert into audit.file_seen values (
                        :delivered_on, :folder, :name,
                        :byte_count, :modified_ns, :judged_by
                    )
                    on conflict (delivery_date, folder, file_name) do update
                    set byte_count = excluded.byte_count,
                        modified_ns = excluded.modified_ns,
                        judged_by = excluded.judged_by
                    """
                ),
                {"delivered_on": delivered_on, "folder": folder, "name": name}
                | look._asdict(),
            )

    def look(self, file: DeliveredFile) -> Look:
        """How a file looks now; taken before it is read, lest a change slip in between."""
        judged_by = file.manifest.fingerprint + self._contracts.get(file.system.system, "")
        try:
            status = file.path.lstat()
        except OSError:
            return Look(-1, 0, judged_by)
        return Look(status.st_size, status.st_mtime_ns, judged_by)


def _place(file: DeliveredFile) -> tuple[object, str, str]:
    return file.delivered_on, file.system.folder, file.name


def _digest(system: str) -> str:
    contracts = [c.model_dump_json() for c in load_contracts() if c.system == system]
    return hashlib.md5("\n".join(contracts).encode(), usedforsecurity=False).hexdigest()
