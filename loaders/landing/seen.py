"""Files that need no second look: unchanged since they were dealt with.

Goes in: a file as it lies there now. Comes out: whether to read it again. It saves reading
a year of deliveries every day and decides nothing: without it, the digests decide.
"""

from __future__ import annotations

import hashlib
import os
from datetime import date
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Engine, text

from loaders.contracts.model import System, load_contracts
from loaders.landing.delivered import DeliveredFile

# Late files arrive in the folder of the day on which they are sent, so that an older folder
# is at rest; so many days are looked through all the same.
QUIET_DAYS = 40


class Look(NamedTuple):
    """A file's looks from outside, and what it was judged by."""

    byte_count: int
    modified_ns: int
    judged_by: str


class FolderLook(NamedTuple):
    """When a file came into a folder or left it, and what its files are judged by."""

    modified_ns: int
    judged_by: str
    has_folders: bool


class SeenFiles:
    """What `audit.file_seen` and `audit.folder_seen` hold, files read folder by folder."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._contracts = {
            system: _digest(system) for system in {c.system for c in load_contracts()}
        }
        with engine.connect() as connection:
            rows = connection.execute(text("select * from audit.folder_seen"))
            self._folders = {
                (row.delivery_date, row.folder): FolderLook(
                    row.modified_ns, row.judged_by, row.has_folders
                )
                for row in rows
            }
        self._place: tuple[date, str] | None = None
        self._seen: dict[str, Look] = {}

    def forget(self) -> None:
        """Look at everything again."""
        with self._engine.begin() as connection:
            connection.execute(text("truncate audit.folder_seen, audit.file_seen"))
        self._folders.clear()
        self._place = None

    def is_at_rest(self, system: System, folder: Path, day: date, newest: date) -> bool:
        """Whether an old folder holds the files that it held when all were dealt with.

        Years of deliveries must not be looked through every day. A file that is written
        over in place in a folder so old is found only by looking again on purpose.
        """
        if (newest - day).days < QUIET_DAYS:
            return False
        known = self._folders.get((day, system.folder))
        if known is None or known.has_folders:
            return known is not None and known == self.look_at_folder(system, folder)
        # A folder without folders cannot get any without changing: one look is enough.
        modified_ns = os.stat(folder).st_mtime_ns
        return known == FolderLook(modified_ns, self._judge(system), has_folders=False)

    def knows_folder(self, system: System, day: date, look: FolderLook) -> bool:
        """Whether a folder is remembered just so."""
        return self._folders.get((day, system.folder)) == look

    def remember_folder(
        self, connection: Connection, system: System, day: date, look: FolderLook
    ) -> None:
        """Note that every file of a folder that looked so is dealt with."""
        connection.execute(
            text(
                """
                insert into audit.folder_seen values (
                    :day, :folder, :modified_ns, :judged_by, :has_folders
                )
                on conflict (delivery_date, folder) do update
                set modified_ns = excluded.modified_ns,
                    judged_by = excluded.judged_by,
                    has_folders = excluded.has_folders
                """
            ),
            {
                "day": day,
                "folder": system.folder,
            }
            | look._asdict(),
        )

    def look_at_folder(self, system: System, folder: Path) -> FolderLook:
        """How a folder looks now; taken before its files are listed."""
        # Before what is inside: a folder that comes in between makes the next look differ.
        changed = os.stat(folder).st_mtime_ns
        inside = [
            os.path.join(root, name) for root, names, _ in os.walk(folder) for name in names
        ]
        changed = max([changed, *(os.stat(path).st_mtime_ns for path in inside)])
        return FolderLook(changed, self._judge(system), bool(inside))

    def _judge(self, system: System) -> str:
        return self._contracts.get(system.system, "")

    def _load(self, day: date, folder: str) -> None:
        if self._place == (day, folder):
            return
        with self._engine.connect() as connection:
            rows = connection.execute(
                text(
                    "select * from audit.file_seen"
                    " where delivery_date = :day and folder = :folder"
                ),
                {"day": day, "folder": folder},
            )
            self._seen = {
                row.file_name: Look(row.byte_count, row.modified_ns, row.judged_by)
                for row in rows
            }
        self._place = (day, folder)

    def knows(self, file: DeliveredFile, look: Look) -> bool:
        """Whether the file, its manifest and the contracts are as they were."""
        self._load(file.delivered_on, file.system.folder)
        return self._seen.get(file.name) == look

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
        judged_by = file.manifest.fingerprint + self._judge(file.system)
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
