"""Manifests (`.ok`): what the sender says is in a delivery.

Goes in: the folder of one system and day. Comes out: for every file its line, and the
lines of the tables inside where the sender gives them. A manifest that cannot be read is
no manifest.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath

SUFFIX = ".ok"
COUNT = re.compile(r"\d{1,10}", re.ASCII)
# What the ledger can count, and what a file system takes for a name.
MOST_ROWS = 2**31 - 1
LONGEST_NAME = 255
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
                files[printable(path.name).removesuffix(SUFFIX)] = FileManifest(
                    lines[0], tables
                )
        return DayManifest(files)
    name = pattern.format(folder=folder.name, date=f"{delivered_on:%Y%m%d}")
    lines = _lines(folder / name)
    files = {line.name: FileManifest(line) for line in lines if _stays_inside(line.name)}
    return DayManifest(files)


def _stays_inside(name: str) -> bool:
    # What lies outside of the folder is nobody's delivery, whatever a manifest says.
    path = PurePosixPath(name.replace("\\", "/"))
    return not path.is_absolute() and ".." not in path.parts


def printable(name: str) -> str:
    """A file's name as the ledger and messages have it."""
    # A name in another encoding than the file system's is still a name in the ledger; one
    # with a line break must not look like two lines in a message.
    text = name.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _lines(path: Path) -> list[ManifestLine]:
    if path.is_symlink() or not path.is_file():
        # Not there, or a pipe, which would never end.
        return []
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        # Not readable: the files that it should speak of are refused.
        return []
    found = (_line(row) for row in re.split(r"\r\n|\n|\r", text))
    return [line for line in found if line is not None]


def _line(row: str) -> ManifestLine | None:
    # A cut line says nothing that could be relied on, nor does a name that is none.
    parts = [part.strip() for part in row.split("\t")]
    if len(parts) != 3 or not COUNT.fullmatch(parts[1]):
        return None
    name = parts[0]
    if not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        return None
    if int(parts[1]) > MOST_ROWS:
        return None
    return ManifestLine(name, int(parts[1]), parts[2].lower())
