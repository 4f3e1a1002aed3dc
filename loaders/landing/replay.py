"""Take files again after a contract was put right: rejected lines, and rows read wrongly.

Goes in: a warehouse and, where they are still at hand, the deliveries. Comes out: the rows
and rejects that landing the same files under today's contracts would give, under the files
and lines that they had. A file is taken again whole or not at all; one that comes out as it
was is left alone. Refused files are forgotten: the next landing looks at them again.
"""

from __future__ import annotations

import getpass
import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from loaders.contracts.model import Contract, load_contracts
from loaders.landing.book import lock_feed
from loaders.landing.control_totals import contract_digest, note_control_totals
from loaders.landing.exchange import Exchange
from loaders.landing.kept import kept_reading
from loaders.landing.readers.opening import open_bytes, open_table
from loaders.landing.readers.reading import Reading
from loaders.landing.refusal import FileRefusedError
from loaders.landing.schema import prepare

Report = Callable[[str], None]
CHUNK = 1 << 20
# Files whose rows are in the warehouse, and which may come out differently today.
CANDIDATES = """
    select ledger.*, contract.contract_digest
    from audit.file_ledger as ledger
    left join audit.file_contract as contract on ledger.file_id = contract.file_id
    where ledger.feed = :feed
      and ledger.state in ('landed', 'replaced')
      and (
          ledger.rows_rejected > 0
          or contract.contract_digest is distinct from :digest
      )
      and (cast(:name as text) is null or :name in (ledger.file_name, ledger.member_name))
    order by ledger.delivery_date, ledger.file_name, ledger.member_name, ledger.file_id
"""
REFUSED = """
    select distinct ledger.delivery_date, ledger.folder, ledger.file_name
    from audit.file_ledger as ledger
    where ledger.state in ('refused', 'no_contract')
      and ledger.replaced_by is null
      and (
          cast(:feed as text) is null
          or ledger.feed = :feed
          or ledger.feed is null and ledger.system = left(:feed, 1)
      )
      and (cast(:name as text) is null or :name in (ledger.file_name, ledger.member_name))
"""
FORGET_FILES = f"""
    delete from audit.file_seen as seen
    using ({REFUSED}) as refused
    where (seen.delivery_date, seen.folder, seen.file_name)
        = (refused.delivery_date, refused.folder, refused.file_name)
"""
FORGET_FOLDERS = f"""
    delete from audit.folder_seen as seen
    using ({REFUSED}) as refused
    where (seen.delivery_date, seen.folder) = (refused.delivery_date, refused.folder)
"""


@dataclass
class ReplaySummary:
    """What one replay did."""

    files: int = 0
    changed: int = 0
    rejects_before: int = 0
    rejects_after: int = 0
    rows_read_anew: int = 0
    to_look_at: int = 0

    def __str__(self) -> str:
        return (
            f"{self.files} files taken again, {self.changed} came out differently:"
            f" {self.rejects_before - self.rejects_after} rejected lines are rows now,"
            f" {self.rejects_after} still rejected; {self.rows_read_anew} rows read anew;"
            f" {self.to_look_at} refused files wait for the next landing"
        )


def replay(
    engine: Engine,
    deliveries: Path | None,
    feed: str | None,
    file_name: str | None,
    report: Report,
) -> ReplaySummary:
    """Take files again that have rejects or were read under another contract.

    `deliveries` is the folder they came from; a file that is not there, or not as it was,
    is taken from what is kept of it. Doing it again changes nothing.
    """
    prepare(engine)
    summary = ReplaySummary()
    for contract in load_contracts():
        if feed is None or contract.feed == feed.upper():
            for file in _candidates(engine, contract, file_name):
                _take_again(engine, deliveries, contract, file, summary, report)
    with engine.begin() as connection:
        asked = {"feed": feed.upper() if feed else None, "name": file_name}
        connection.execute(text(FORGET_FOLDERS), asked)
        summary.to_look_at = connection.execute(text(FORGET_FILES), asked).rowcount
    return summary


def _candidates(
    engine: Engine, contract: Contract, file_name: str | None
) -> list[Row[Any]]:
    asked = {
        "feed": contract.feed,
        "digest": contract_digest(contract),
        "name": file_name,
    }
    with engine.connect() as connection:
        return list(connection.execute(text(CANDIDATES), asked))


def _take_again(
    engine: Engine,
    deliveries: Path | None,
    contract: Contract,
    file: Row[Any],
    summary: ReplaySummary,
    report: Report,
) -> None:
    label = "/".join(name for name in (file.file_name, file.member_name) if name)
    same_contract = file.contract_digest == contract_digest(contract)
    path = _still_there(deliveries, contract, file)
    summary.files += 1
    try:
        # What is kept is read over a connection of its own while rows go in over the other.
        with engine.connect() as source, engine.begin() as connection:
            lock_feed(connection, contract.feed)
            exchange = Exchange(connection, contract, file, label)
            with _reading(source, contract, file, path, same_contract) as reading:
                exchange.take(reading, whole=path is not None or not same_contract)
            outcome = exchange.settle()
            if outcome.is_changed:
                _note(connection, file, "file" if path else "kept bytes", exchange)
            note_control_totals(connection, contract, file.file_id)
    except FileRefusedError as refusal:
        report(f"{label}: stays as it was: {refusal.reason}")
        return
    summary.rejects_before += outcome.rejects_before
    summary.rejects_after += outcome.rejects_after
    if outcome.is_changed:
        summary.changed += 1
        summary.rows_read_anew += outcome.rows_changed
        report(
            f"{file.delivery_date:%Y%m%d} {label}: {outcome.rejects_before} rejected lines,"
            f" now {outcome.rejects_after}; {outcome.rows_changed} rows read anew"
        )


@contextmanager
def _reading(
    source: Connection,
    contract: Contract,
    file: Row[Any],
    path: Path | None,
    same_contract: bool,
) -> Iterator[Reading]:
    if path is None:
        yield kept_reading(source, contract, file, with_rows=not same_contract)
        return
    # A page that had no header was read with the columns that the ledger has of it.
    page_one = (lambda: list(file.columns)) if file.page and file.page > 1 else None
    with open_table(contract, path, file.member_name, page_one) as reading:
        yield reading


def _still_there(
    deliveries: Path | None, contract: Contract, file: Row[Any]
) -> Path | None:
    """The path of the file if it lies where it lay, byte for byte."""
    # A database is read in the light of those before it: what is kept of it is what counts.
    if deliveries is None or contract.format == "database":
        return None
    day: date = file.delivery_date
    path = deliveries / f"{day:%Y%m%d}" / file.folder / file.file_name
    if not path.is_file():
        return None
    digest = hashlib.sha256()
    try:
        with open_bytes(path, file.member_name) as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError):
        return None
    return path if digest.hexdigest() == file.sha256 else None


def _note(connection: Connection, file: Row[Any], source: str, exchange: Exchange) -> None:
    """Who took which file again, and what came of each rule."""
    for rule, (before, after) in exchange.by_rule().items():
        connection.execute(
            text(
                """
                insert into audit.replay (
                    who, file_id, source, reason_code, lines_before, lines_after
                ) values (:who, :file_id, :source, :rule, :before, :after)
                """
            ),
            {
                "who": getpass.getuser(),
                "file_id": file.file_id,
                "source": source,
                "rule": rule,
                "before": before,
                "after": after,
            },
        )
