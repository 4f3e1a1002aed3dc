"""Manifests (`.ok`): what the sender says is in a delivery.

Goes in: the folder of one system and day. Comes out: for every file its line, and the
lines of the tables inside where the sender gives them. A manifest that cannot be read is
no manifest.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

SUFFIX = ".ok"
# Databases have no digest per table.
NO_DIGEST = "-"


@dataclass(frozen=True)
class ManifestLine:
    """One line: a file or a table, its data rows, the md5 of its bytes."""

    name: str
    rows: int
    md5: str


@dataclass(frozen=True)
class FileManifest:
    """What is said of one file; `tables` is None where nothing is said of its inside."""

    whole: ManifestLine | None = None
    tables: dict[str, ManifestLine] | None = None

    @property
    def fingerprint(self) -> str:
        """Changes when anything that is said of this file changes."""
        return hashlib.md5(repr(self).encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class DayManifest:
    """What one system says of one day's files."""

    files: dict[str, FileManifest] = field(default_factory=dict)

    def of(self, file_name: str) -> FileManifest:
        return self.files.get(file_name, FileManifest())


def read_manifests(folder: Path, pattern: str, delivered_on: date) -> DayManifest:
    """All that the manifests of one system and day say; `pattern` is the system's."""
    if "{file}" in pattern:
        files = {}
        for path in sorted(folder.glob("*" + SUFFIX)):
            lines = _lines(path)
            if lines:
                tables = {line.name: line for line in lines[1:]}
                files[path.name.removesuffix(SUFFIX)] = FileManifest(lines[0], tables)
        return DayManifest(files)
    name = pattern.format(folder=folder.name, date=f"{delivered_on:%Y%m%d}")
    lines = _lines(folder / name)
    return DayManifest({line.name: FileManifest(line) for line in lines})


def _lines(path: Path) -> list[ManifestLine]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, UnicodeDecodeError):
        return []
    lines = []
    for row in text.splitlines():
        parts = row.split("\t")
        # A cut line says nothing that could be relied on.
        if len(parts) == 3 and parts[0] and parts[1].isdecimal():
            lines.append(ManifestLine(parts[0], int(parts[1]), parts[2].strip().lower()))
    return lines
