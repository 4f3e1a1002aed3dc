"""One system's folder of one delivery: its files, its manifest, what landing must read."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from loaders.contracts.model import Contract, System
from loaders.demo_county.chronicle import (
    WITHOUT_KEY,
    Chronicle,
    ContractDriftError,
    Row,
)
from loaders.demo_county.world import World
from loaders.demo_county.writers import ManifestLine, md5_of, write_manifest

# What goes wrong on the first later day is put right on the second.
BAD_DAY, GOOD_DAY = 1, 2
# What cannot happen on the same day as something else happens later.
BAD_DAYS = {"crc_zip": 3}
CUT_AT = 0.6
ZIP_HEADER = 30


def cut(path: Path) -> None:
    """An upload that broke off."""
    with path.open("r+b") as content:
        content.truncate(int(path.stat().st_size * CUT_AT))


def damage_zip(path: Path) -> None:
    """A zip whose first member no longer has the checksum that it names."""
    with zipfile.ZipFile(path) as archive:
        first = archive.infolist()[0]
    at = first.header_offset + ZIP_HEADER + len(first.filename) + first.compress_size // 2
    with path.open("r+b") as content:
        content.seek(at)
        spoilt = bytes(byte ^ 0xFF for byte in content.read(1))
        content.seek(at)
        content.write(spoilt)


def empty(path: Path) -> None:
    """An upload of which nothing arrived."""
    path.write_bytes(b"")


@dataclass(frozen=True, order=True)
class LedgerLine:
    """What a correct landing records about one delivered table."""

    delivered_on: date
    system: str
    file_name: str
    member_name: str
    feed: str
    rows_read: int
    state: str


@dataclass
class Shipment:
    """What is written into `YYYYMMDD/<system>/`."""

    world: World
    book: Chronicle
    system: System
    day: date
    deliveries: Path
    ledger: list[LedgerLine]
    lines: list[ManifestLine] = field(default_factory=list)

    @property
    def nth(self) -> int:
        """0 for the initial delivery, then counted by days."""
        return self.world.calendar.deliveries.index(self.day)

    @property
    def day_before(self) -> date:
        """The first day that this delivery tells about, when it brings changes only."""
        return self.day - timedelta(days=1) if self.nth else date.min

    @property
    def contracts(self) -> list[Contract]:
        return [c for c in self.book.contracts.values() if c.system == self.system.system]

    def folder(self, day: date | None = None) -> Path:
        """The system's folder of this day or another one."""
        place = self.deliveries / f"{day or self.day:%Y%m%d}" / self.system.folder
        place.mkdir(parents=True, exist_ok=True)
        return place

    def path(self, contract: Contract, name: str) -> Path:
        """Where a file goes. Raises: ContractDriftError when its name is not promised."""
        if not contract.file_pattern.fullmatch(name):
            raise ContractDriftError(f"{contract.feed}: file name {name} is not promised")
        return self.folder() / name

    def bad_day(self, kind: str) -> bool:
        """Whether this mess happens today: there must be a day on which it is put right."""
        bad = BAD_DAYS.get(kind, BAD_DAY)
        has_next = len(self.world.calendar.deliveries) > bad + 1
        return self.nth == bad and has_next and self.world.mess.is_on(kind)

    def good_day(self, kind: str) -> date | None:
        """The bad day that is put right today."""
        bad = BAD_DAYS.get(kind, BAD_DAY)
        if self.nth != bad + 1 or not self.world.mess.is_on(kind):
            return None
        return self.world.calendar.deliveries[bad]

    def with_copies(self, contract: Contract, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows, some of them twice."""
        at = [contract.column_names.index(name) for name in contract.key if name[0] != "_"]
        native = contract.person.native_id if contract.person else contract.key[-1]
        native_at = contract.column_names.index(native)
        for row in rows:
            yield row
            key = "+".join(str(row[i]) for i in at)
            if self.world.mess.hits("exact_copy", contract.system, contract.table, key):
                what = key if contract.feed in WITHOUT_KEY else row[native_at]
                self.note("exact_copy", contract, what)
                yield row

    def note(self, kind: str, contract: Contract, what: object) -> None:
        """Mess that this delivery itself makes."""
        first = self.world.calendar.first_day
        self.world.mess.note(kind, contract.system, contract.table, what, first)

    def add(self, file: Path, rows: int) -> None:
        """A line of the manifest about a file as it is now."""
        self.lines.append(ManifestLine(file.name, rows, md5_of(file)))

    def record(
        self,
        contract: Contract,
        file_name: str,
        rows: int,
        *,
        member: str = "",
        state: str = "landed",
        day: date | None = None,
    ) -> None:
        """A line of the expected ledger."""
        self.ledger.append(
            LedgerLine(
                day or self.day,
                contract.system,
                file_name,
                member,
                contract.feed,
                rows,
                state,
            )
        )

    def replace(self, contract: Contract, file_name: str) -> None:
        """Earlier files of this name no longer count: one of today takes their place."""
        for at, line in enumerate(self.ledger):
            if (line.feed, line.file_name, line.state) == (
                contract.feed,
                file_name,
                "landed",
            ):
                self.ledger[at] = replace(line, state="replaced")

    def seal(self) -> None:
        """Write the manifest of the day, for systems that have one for all files."""
        if self.lines:
            name = self.system.manifest.format(
                folder=self.system.folder, date=f"{self.day:%Y%m%d}"
            )
            write_manifest(self.folder() / name, self.lines)
