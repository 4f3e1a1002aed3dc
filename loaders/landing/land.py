"""Landing: go through deliveries and bring every table that is new into the warehouse.

Goes in: a folder of deliveries (YYYYMMDD/<system>/…). Comes out: tables in schema landing,
one ledger row per delivered table, and a summary. Promised: a table is loaded whole or not
at all; what was loaded is not loaded again; what could not be loaded is tried again as soon
as it, its manifest, its contract or the page that it waits for has changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from loaders.contracts.model import System
from loaders.landing.book import settle_refusals
from loaders.landing.delivered import DeliveredFile, DeliveredTable, Finding
from loaders.landing.deliveries import (
    delivered_files,
    delivery_days,
    other_entries,
    stray_files,
    system_folders,
)
from loaders.landing.examine import cannot_be_read, examine, unreadable
from loaders.landing.load import load_table, note_finding
from loaders.landing.points import reached
from loaders.landing.refusal import FileRefusedError, WaitsForPageError
from loaders.landing.schema import prepare
from loaders.landing.seen import Look, SeenFiles

Report = Callable[[str], None]
WORDS = {
    "landed": "landed",
    "replaced": "landed but replaced already",
    "duplicate": "sent before",
    "refused": "refused",
    "missing": "missing",
    "no_contract": "without contract",
}


@dataclass
class LandingSummary:
    """What one call of `land` did, in delivered tables."""

    deliveries: int = 0
    tables: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return f"{self.deliveries} deliveries: {_in_words(self.tables)}"


def land(
    engine: Engine,
    deliveries: Path,
    through: date | None,
    systems: Collection[str] | None,
    run_id: int,
    report: Report,
) -> LandingSummary:
    """Land the deliveries up to a day, in order; `systems` are letters or names.

    Raises: DeliveryFolderError; ContractError.
    """
    prepare(engine)
    landing = _Landing(engine, run_id, SeenFiles(engine))
    summary = LandingSummary()
    days = list(delivery_days(deliveries, through))
    for name in other_entries(deliveries):
        report(f"{name} is no folder named YYYYMMDD and is ignored")
    for day, folder in days:
        summary.deliveries += 1
        if strays := stray_files(folder):
            report(f"{folder.name}: {strays} files outside any system's folder are ignored")
        for system, system_folder in system_folders(folder, systems):
            if landing.seen.is_at_rest(system, system_folder, day, newest=days[-1][0]):
                continue
            tables = landing.land_folder(system, system_folder, day)
            summary.tables += tables
            if tables:
                report(f"{folder.name} {system_folder.name}: {_in_words(tables)}")
    landing.settle()
    return summary


@dataclass
class _Landing:
    """One pass: what it writes to, and the tables that wait for another."""

    engine: Engine
    run_id: int
    seen: SeenFiles
    waiting: list[DeliveredTable] = field(default_factory=list)
    systems: set[str] = field(default_factory=set)
    # How many could not be read now; they are tried again next time, changed or not.
    unread: int = 0

    def land_folder(self, system: System, folder: Path, day: date) -> Counter[str]:
        """Land one system's folder; counts tables by the state they got, known ones not."""
        self.systems.add(system.system)
        tables: Counter[str] = Counter()
        # What is only noted needs no transaction of its own.
        notes: list[Finding] = []
        done: list[tuple[DeliveredFile, Look]] = []
        unsettled = len(self.waiting), self.unread
        folder_look = self.seen.look_at_folder(system, folder)
        for file in delivered_files(system, folder, day):
            look = self.seen.look(file)
            if self.seen.knows(file, look):
                continue
            before = len(self.waiting) + self.unread
            try:
                findings = examine(file)
            except OSError as error:
                self.unread += 1
                findings = unreadable(file, error)
            reached("file_examined")
            for finding in findings:
                tables += self._land_table(finding, notes)
            if len(self.waiting) + self.unread == before:
                done.append((file, look))
            reached("file_done")
        tables += self._retry(system, notes)
        settled = (len(self.waiting), self.unread) == unsettled
        news = settled and not self.seen.knows_folder(system, day, folder_look)
        if not (notes or done or news):
            # As it was the last time; so are nearly all folders of the last weeks.
            return tables
        with self.engine.begin() as connection:
            reached("notes_begun")
            for note in sorted(notes, key=_by_feed):
                if note_finding(connection, note, self.run_id):
                    tables[str(note.state)] += 1
                    reached("note_written")
            reached("notes_written")
            self.seen.remember(connection, done)
            if news:
                self.seen.remember_folder(connection, system, day, folder_look)
            reached("seen_written")
        reached("folder_committed")
        return tables

    def settle(self) -> None:
        """Connect what was refused with the good copies that came, whenever they came."""
        with self.engine.begin() as connection:
            for system in sorted(self.systems):
                settle_refusals(connection, system)
                reached("refusals_settled")
        reached("all_settled")

    def _land_table(self, finding: Finding, notes: list[Finding]) -> Counter[str]:
        if finding.state is not None:
            notes.append(finding)
            return Counter()
        try:
            state = load_table(self.engine, finding.table, self.run_id)
        except FileRefusedError as refusal:
            if isinstance(refusal, WaitsForPageError):
                self.waiting.append(finding.table)
            notes.append(Finding(finding.table, "refused", refusal.reason))
            return Counter()
        except OSError as error:
            self.unread += 1
            notes.append(Finding(finding.table, "refused", cannot_be_read(error)))
            return Counter()
        return Counter({state: 1} if state else {})

    def _retry(self, system: System, notes: list[Finding]) -> Counter[str]:
        """Try what waits of a system, as long as that gets anything on."""
        tables: Counter[str] = Counter()
        progress = True
        while progress:
            queue = [table for table in self.waiting if table.file.system == system]
            self.waiting = [table for table in self.waiting if table not in queue]
            others = len(self.waiting)
            for table in queue:
                tables += self._land_table(Finding(table), notes)
                reached("page_retried")
            progress = len(self.waiting) - others < len(queue)
        return tables


def _by_feed(finding: Finding) -> str:
    # Two landings that lock feeds in the same order cannot wait for each other for ever.
    return finding.table.contract.feed if finding.table.contract else ""


def _in_words(tables: Counter[str]) -> str:
    said = [f"{tables[state]} {words}" for state, words in WORDS.items() if tables[state]]
    return ", ".join(said) or "nothing new"
