"""A county or a cohort as files, one resource a line, one file for each type of resource.

The layout is that of FHIR bulk data; the manifest is written last, so that a folder without
one is an export that did not end.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from sqlalchemy import Engine

from loaders.failure import ExpectedFailure
from loaders.interchange.families import FAMILIES
from loaders.interchange.pseudonym import Pseudonyms
from loaders.interchange.read import Scope, open_reading
from loaders.interchange.vocabulary import Json

TELL_EVERY = 100_000
MANIFEST = "manifest.json"
Report = Callable[[str], None]


class FolderNotEmptyError(ExpectedFailure):
    """An export would be mixed with what lies in its folder already."""


class FileThereError(ExpectedFailure):
    """A file that is there already is not written over."""


class _Files:
    """The open files of an export, by type of resource."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._open: dict[str, TextIO] = {}
        self.counts: Counter[str] = Counter()

    def write(self, resource: Json) -> None:
        kind = resource["resourceType"]
        if kind not in self._open:
            self._open[kind] = self._stack.enter_context(
                _private(self._folder / f"{kind}.ndjson")
            )
        self._open[kind].write(compact(resource) + "\n")
        self.counts[kind] += 1


def write_bulk(
    engine: Engine,
    pseudonyms: Pseudonyms,
    folder: Path,
    scope: Scope,
    identified: bool,
    report: Report,
) -> Counter[str]:
    """Write the files and the manifest; what comes back is the resources of each type.

    Raises: FolderNotEmptyError, NoRecordError.
    """
    need_empty(folder)
    with ExitStack() as stack:
        reading = stack.enter_context(
            open_reading(engine, pseudonyms, identified, of_many=True)
        )
        began = datetime.now(UTC).isoformat(timespec="seconds")
        folder.mkdir(parents=True, exist_ok=True)
        files = _Files(folder, stack)
        for family in FAMILIES:
            before = files.counts.total()
            for resource in reading.resources(family, scope):
                files.write(resource)
                if (files.counts.total() - before) % TELL_EVERY == 0:
                    report(f"  {family.name}: {files.counts.total() - before} so far")
            report(f"{family.name}: {files.counts.total() - before} resources")
    write_private(folder / MANIFEST, _manifest(began, files.counts))
    return files.counts


def need_empty(folder: Path) -> None:
    """Raises: FolderNotEmptyError."""
    if folder.exists() and any(folder.iterdir()):
        raise FolderNotEmptyError(
            "The folder of --out holds something; name a new one or empty it."
        )


def write_private(path: Path, content: Json) -> None:
    """Write a new file that only this account may read. Raises: FileThereError."""
    try:
        with _private(path) as file:
            file.write(compact(content) + "\n")
    except FileExistsError:
        raise FileThereError(
            "The file of --out is there already; name a new one."
        ) from None


def compact(resource: Json) -> str:
    """A resource in one line."""
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":"))


def _manifest(began: str, counts: Counter[str]) -> Json:
    return {
        "transactionTime": began,
        "requiresAccessToken": False,
        "output": [
            {"type": kind, "url": f"{kind}.ndjson", "count": counts[kind]}
            for kind in sorted(counts)
        ],
        "error": [],
    }


def _private(path: Path) -> TextIO:
    """A new file that nobody else may read: it tells of people, named or not."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(handle, "w", encoding="utf-8")
