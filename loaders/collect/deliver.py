"""Makes an extracted table a delivery: its file, its manifest line, its watermark, in turn.

Before the first of these a note says what is about to be done. A crash in between leaves
the note, and the next collection finishes what it says: the delivery is then the same as
if nothing had happened.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from loaders.collect import watermark
from loaders.collect.journal import FOLDER, incoming, md5_of, put_in_place
from loaders.collect.watermark import Extraction, Mark
from loaders.contracts.extract import extract_file_name
from loaders.contracts.model import Contract, System
from loaders.landing.manifest import ManifestLine, read_manifests


@dataclass(frozen=True)
class Desk:
    """One system's deliveries, and the warehouse that remembers the watermarks."""

    system: System
    deliveries: Path
    warehouse: Engine

    def part(self, contract: Contract) -> Path:
        """Where a table is written to until it is whole."""
        return incoming(self.deliveries, self.system.folder, contract.feed, "table")

    def deliver(self, contract: Contract, extraction: Extraction, md5: str) -> str | None:
        """Put the written table in its place; None when the day has these very rows.

        Raises: CollectError.
        """
        lines = self._lines(extraction.day)
        revision, newest = 0, None
        while line := lines.get(
            extract_file_name(contract.table, extraction.day, revision)
        ):
            newest, revision = line, revision + 1
        if newest is not None and newest.md5 == md5:
            self.part(contract).unlink()
            known = extraction._replace(file_name=newest.name)
            watermark.record(self.warehouse, contract, known)
            return None
        name = extract_file_name(contract.table, extraction.day, revision)
        extraction = extraction._replace(file_name=name)
        self._take_note(contract, extraction, md5)
        self._finish(contract, extraction, md5)
        return name

    def take_up(self, contract: Contract) -> str | None:
        """Finish what a crash left undone; the name of the file, if there was any."""
        note = self._note(contract)
        if not note.exists():
            return None
        said = json.loads(note.read_text("utf-8"))
        mark = Mark(*said["mark"]) if said["mark"] else None
        extraction = Extraction(
            date.fromisoformat(said["day"]), said["file_name"], said["source"],
            said["row_count"], said["null_rows"], mark,
        )  # fmt: skip
        md5 = said["md5"]
        place = self._folder(extraction.day) / said["file_name"]
        if not any(p.is_file() and md5_of(p) == md5 for p in (self.part(contract), place)):
            # The disk has lost it: it will be read again.
            note.unlink()
            return None
        self._finish(contract, extraction, md5)
        return extraction.file_name

    def _finish(self, contract: Contract, extraction: Extraction, md5: str) -> None:
        folder, part = self._folder(extraction.day), self.part(contract)
        name = extraction.file_name or ""
        if part.exists():
            put_in_place(part, folder / name)
        lines = self._lines(extraction.day)
        lines[name] = ManifestLine(name, extraction.row_count, md5)
        self._announce(extraction.day, list(lines.values()))
        watermark.record(self.warehouse, contract, extraction)
        self._note(contract).unlink()

    def _announce(self, day: date, lines: list[ManifestLine]) -> None:
        """Write the day's manifest anew, in one step."""
        folder = self._folder(day)
        name = self.system.manifest.format(folder=folder.name, date=f"{day:%Y%m%d}")
        part = incoming(self.deliveries, self.system.folder, name, "manifest")
        text = "".join(f"{line.name}\t{line.rows}\t{line.md5}\n" for line in lines)
        part.write_text(text, "utf-8", newline="")
        put_in_place(part, folder / name)

    def _lines(self, day: date) -> dict[str, ManifestLine]:
        files = read_manifests(self._folder(day), self.system.manifest, day).files
        return {name: file.whole for name, file in files.items() if file.whole}

    def _take_note(self, contract: Contract, extraction: Extraction, md5: str) -> None:
        part = incoming(self.deliveries, self.system.folder, contract.feed, "note")
        said = extraction._asdict() | {"day": extraction.day.isoformat(), "md5": md5}
        part.write_text(json.dumps(said), "utf-8")
        put_in_place(part, self._note(contract))

    def _note(self, contract: Contract) -> Path:
        name = f"{self.system.folder}.{contract.feed}.json"
        return self.deliveries / FOLDER / "unfinished" / name

    def _folder(self, day: date) -> Path:
        return self.deliveries / f"{day:%Y%m%d}" / self.system.folder
