"""Collects what systems have ready, each from its own source, as deliveries in a folder.

Goes in: the folder, and for each system an address or nothing. Comes out: new files in
YYYYMMDD/<system folder>, and a sentence. A system without an address is left alone: others
fill its folder. One system's failure holds up no other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from sqlalchemy import Engine

from loaders.collect.address import (
    VARIABLE,
    SourceAddress,
    configured_sources,
    read_address,
)
from loaders.collect.failure import CollectError
from loaders.collect.journal import one_at_a_time
from loaders.collect.mirror import Mirror
from loaders.collect.patience import WAITS_SECONDS, Patience
from loaders.collect.remote import Remote
from loaders.contracts.model import Contract, System, load_contracts, load_systems
from loaders.settings import Settings, load_settings

CHINA = timezone(timedelta(hours=8))
Report = Callable[[str], None]


@dataclass
class CollectSummary:
    """What one call of `collect` brought, in files."""

    sources: int = 0
    new: int = 0
    unchanged: int = 0
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        if not self.sources:
            return "no source is configured: the folder is filled by others"
        return f"{self.sources} sources: {self.new} new files, {self.unchanged} unchanged"


@dataclass(frozen=True)
class Collector:
    """Where collected files go, and what is needed on the way."""

    deliveries: Path
    day: date | None
    settings: Settings
    open_warehouse: Callable[[], Engine]
    report: Report
    waits: tuple[float, ...] = WAITS_SECONDS

    def collect(self, system: System, address: SourceAddress, done: CollectSummary) -> None:
        """Collect one system's deliveries. Raises: CollectError."""
        self.deliveries.mkdir(parents=True, exist_ok=True)
        with one_at_a_time(self.deliveries, system.folder):
            if address.kind == "database":
                self._extract(system, address, done)
            else:
                self._mirror(system, address, done)

    def _mirror(self, system: System, address: SourceAddress, done: CollectSummary) -> None:
        # Imported here: both take a second to import, and most commands need neither.
        if address.kind == "sftp":
            from loaders.collect.sftp import SftpRemote

            remote: Remote = SftpRemote(address, self.settings.known_hosts_file)
        else:
            from loaders.collect.bucket import BucketRemote

            remote = BucketRemote(address)
        mirror = Mirror(
            remote,
            address.label,
            system,
            self.deliveries,
            Patience(self.report, self.waits),
        )
        try:
            mirrored = mirror.collect(self.day)
        finally:
            remote.close()
            done.new += len(mirror.done.fetched)
        done.unchanged += len(mirrored.listed - mirrored.fetched)
        done.failures += mirrored.failures

    def _extract(
        self, system: System, address: SourceAddress, done: CollectSummary
    ) -> None:
        from loaders.collect.deliver import Desk
        from loaders.collect.extract import Extractor
        from loaders.collect.source import source_engine

        contracts = extracted_contracts(system)
        if not contracts:
            raise CollectError(
                "its source is a database, but no contract of it says which table to read"
                " (extract)."
            )
        source = source_engine(address)
        warehouse = self.open_warehouse()
        extractor = Extractor(
            source=source,
            label=address.label,
            day=self.day or datetime.now(CHINA).date(),
            desk=Desk(system, self.deliveries, warehouse),
            patience=Patience(self.report, self.waits),
            report=self.report,
        )
        try:
            files, failures = extractor.collect(contracts)
        finally:
            source.dispose()
            warehouse.dispose()
        done.new += len(files)
        done.unchanged += len(contracts) - len(files) - len(failures)
        done.failures += [f"{system.folder}: {failure}" for failure in failures]


def extracted_contracts(system: System) -> list[Contract]:
    """The contracts of a system whose tables are read from its live database."""
    return [
        contract
        for contract in load_contracts()
        if contract.system == system.system and contract.extract is not None
    ]


def collect(
    deliveries: Path,
    *,
    day: date | None = None,
    systems: Collection[str] | None = None,
    sources: Mapping[str, str] | None = None,
    report: Report = print,
    waits: tuple[float, ...] = WAITS_SECONDS,
) -> CollectSummary:
    """Collect from the sources of these systems (letters or names; None: of all).

    `day` is the delivery to mirror (None: all that there are), and for databases the day
    under which their rows are delivered (None: today). `sources` are addresses by letter;
    what is not in it is read from the environment.

    Raises: CollectError, after everything that could be collected has been.
    """
    from loaders.warehouse.connect import open_warehouse

    addresses = configured_sources() | dict(sources or {})
    known = load_systems()
    if strangers := set(systems or ()) - {n for s in known for n in (s.system, s.name)}:
        raise CollectError(f"There is no system {', '.join(sorted(strangers))}.")
    if lost := set(addresses) - {system.system for system in known}:
        names = ", ".join(f"{VARIABLE}{letter}" for letter in sorted(lost))
        raise CollectError(f"{names}: there is no such system.")
    collector = Collector(deliveries, day, load_settings(), open_warehouse, report, waits)
    done = CollectSummary()
    for system in known:
        wanted = systems is None or {system.system, system.name} & set(systems)
        if not wanted or system.system not in addresses:
            continue
        done.sources += 1
        try:
            address = read_address(addresses[system.system], f"{VARIABLE}{system.system}")
            report(f"{system.folder}: collecting from {address.label}")
            collector.collect(system, address, done)
        except CollectError as failure:
            done.failures.append(f"{system.folder}: {failure}")
    if done.failures:
        raise CollectError("\n".join([f"Not all was collected; {done}.", *done.failures]))
    return done
