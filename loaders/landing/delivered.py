"""What a delivery holds, as plain facts: which file, which table of it, judged how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from loaders.contracts.model import Contract, System
from loaders.landing.manifest import FileManifest
from loaders.landing.naming import Naming

State = Literal["landed", "replaced", "duplicate", "refused", "missing", "no_contract"]
# States in which the rows of a table are in the warehouse, in this file or an equal one.
STORED: tuple[State, ...] = ("landed", "replaced", "duplicate")


@dataclass(frozen=True)
class DeliveredFile:
    """One file of one system's folder of one day, there or only announced."""

    path: Path
    # Below the system's folder, as the ledger and the manifest have it.
    name: str
    delivered_on: date
    system: System
    manifest: FileManifest


@dataclass(frozen=True)
class DeliveredTable:
    """One table of a delivered file; the ledger has one row for each."""

    file: DeliveredFile
    member_name: str = ""
    contract: Contract | None = None
    naming: Naming | None = None
    sha256: str | None = None
    byte_count: int | None = None
    rows_manifest: int | None = None
    # Whether its file has yet to be compared with the manifest, while it is loaded.
    is_md5_due: bool = False

    @property
    def label(self) -> str:
        """How messages name it."""
        name = self.file.name
        return f"{name}/{self.member_name}" if self.member_name else name


@dataclass(frozen=True)
class Finding:
    """A table and, unless it can be loaded, the state and reason that it gets at once."""

    table: DeliveredTable
    state: State | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Counts:
    """Rows of one delivered table; what is not set apart is accepted."""

    read: int = 0
    rejected: int = 0
    duplicate: int = 0
    superseded: int = 0

    @property
    def accepted(self) -> int:
        return self.read - self.rejected - self.duplicate - self.superseded
