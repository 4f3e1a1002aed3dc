"""Mirrors what a system leaves on a server into the folder of deliveries.

Goes in: a remote with folders YYYYMMDD/<system folder>/… Comes out: the same files below
the deliveries. Promised: a file is in its place whole or not at all; a folder's manifests
come after all its files, so that a folder half collected never looks complete; what has
not changed on the server is not fetched again, and nothing is ever deleted here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from loaders.collect.failure import (
    ChangedMeanwhileError,
    CollectError,
    LostConnectionError,
)
from loaders.collect.journal import Journal, incoming, md5_of, put_in_place
from loaders.collect.patience import Patience
from loaders.collect.remote import Remote, RemoteFile
from loaders.contracts.model import System
from loaders.landing.manifest import SUFFIX

DAY = re.compile(r"\d{8}", re.ASCII)
# How often a folder is listed anew because files in it change while they are read.
LISTINGS = 3


@dataclass
class Mirrored:
    """What a pass did; `failures` say what is left to do."""

    fetched: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)


class Mirror:
    """One system's source and where its files go."""

    def __init__(
        self,
        remote: Remote,
        label: str,
        system: System,
        deliveries: Path,
        patience: Patience,
    ) -> None:
        self._remote = remote
        self._label = label
        self._system = system
        self._deliveries = deliveries
        self._patience = patience
        self.done = Mirrored()

    def collect(self, day: date | None) -> Mirrored:
        """Fetch what is new or changed, of one day or of all that the server has.

        Raises: CollectError where nothing more can be collected at all. What fails of
        single folders is in the result, and the other folders are collected.
        """
        if day is not None:
            days = [f"{day:%Y%m%d}"]
        else:
            listed = self._patience.attempt(self._remote.folders, self._remote.close)
            days = [name for name in listed if DAY.fullmatch(name)]
        for name in days:
            try:
                self._collect_day(name)
            except LostConnectionError:
                # It would be no better for the other days.
                raise
            except CollectError as failure:
                self.done.failures.append(f"{name} {self._system.folder}: {failure}")
        return self.done

    def _collect_day(self, day: str) -> None:
        folder = f"{day}/{self._system.folder}"
        for listing in range(1, LISTINGS + 1):
            files = self._patience.attempt(
                lambda: self._remote.files(folder), self._remote.close
            )
            try:
                self._collect_files(day, files)
            except ChangedMeanwhileError:
                if listing == LISTINGS:
                    raise
            else:
                return

    def _collect_files(self, day: str, files: list[RemoteFile]) -> None:
        journal = Journal(self._deliveries, day, self._system.folder)
        self.done.listed |= {file.name for file in files}
        manifests = [file for file in files if file.name.endswith(SUFFIX)]
        failures = []
        for file in sorted(set(files) - set(manifests)):
            try:
                self._bring(file, journal)
            except (LostConnectionError, ChangedMeanwhileError):
                raise
            except CollectError as failure:
                failures.append(str(failure))
        if failures:
            raise CollectError(f"{' '.join(failures)} Manifests wait for these files.")
        # The sender puts the manifests last, and so do we.
        for file in sorted(manifests):
            self._bring(file, journal)

    def _bring(self, file: RemoteFile, journal: Journal) -> None:
        if journal.has(file):
            return
        version = f"{file.byte_count} {file.modified_ns} {file.etag}"
        part = incoming(self._deliveries, self._system.folder, file.name, version)
        if part.exists() and part.stat().st_size > file.byte_count:
            part.unlink()
        try:
            self._patience.attempt(
                lambda: self._remote.fetch(file, part), self._remote.close
            )
        except ChangedMeanwhileError:
            # It may hold bytes of two versions.
            part.unlink(missing_ok=True)
            raise
        md5 = md5_of(part)
        put_in_place(part, self._deliveries / file.name)
        journal.note(file, md5, self._label)
        self.done.fetched.add(file.name)
