"""Lands the whole corpus in one go, and keeps what became of every case."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from loaders.contracts.model import Contract, load_systems
from loaders.landing.land import land
from loaders.landing.ledger import balanced
from loaders.landing.schema import landing_table
from tests.corpus.case import Case
from tests.corpus.feeds import DAY, FEEDS, database_contract
from tests.landing.reading import more_contracts
from tests.landing.sending import FOLDERS

FOLDERS = FOLDERS | {"G": "G_REFERRAL"}


@dataclass
class Outcome:
    """What landing made of one file."""

    name: str
    tables: list[Any] = field(default_factory=list)
    rejects: list[Any] = field(default_factory=list)
    # Key and note of every stored row, in the order of lines.
    stored: list[tuple[str, str | None]] = field(default_factory=list)


@dataclass
class Landed:
    """All outcomes, and all words that were said on the way."""

    outcomes: dict[str, Outcome]
    said: str
    unbalanced: Sequence[object]


def land_corpus(engine: Engine, folder: Path, cases: Sequence[Case]) -> Landed:
    """Write every case into one delivery day and land it."""
    names = dict(zip((case.id for case in cases), _names(cases), strict=True))
    contracts = {feed.contract.feed: feed.contract for feed in FEEDS.values()}
    for case in cases:
        if case.format == "sqlite":
            contract = _contract(case, names[case.id])
            contracts[contract.feed] = contract
    with ExitStack() as stack:
        stack.enter_context(more_contracts(folder, *contracts.values()))
        for case in cases:
            _send(folder / "deliveries", case, names[case.id])
        said = stack.enter_context(listening())
        land(engine, folder / "deliveries", None, None, 1, said.append)
        unbalanced = balanced(engine)
        found = _outcomes(engine, contracts.values())
    outcomes = {case.id: found[names[case.id]] for case in cases}
    said += messages(engine)
    return Landed(outcomes, "\n".join(said), unbalanced)


def _names(cases: Sequence[Case]) -> Iterator[str]:
    numbers: Counter[str] = Counter()
    for case in cases:
        numbers[case.format] += 1
        if case.format == "page":
            yield f"page_{DAY}_{numbers[case.format]}.xlsx"
            continue
        suffix = ".db" if case.format == "sqlite" else FEEDS[case.format].suffix
        yield f"{case.format}_{numbers[case.format]}{suffix}"


def _contract(case: Case, name: str) -> Contract:
    return database_contract(int(name.removeprefix("sqlite_").removesuffix(".db")))


def _send(deliveries: Path, case: Case, name: str) -> None:
    letter = "C" if case.format == "sqlite" else FEEDS[case.format].feed[0]
    folder = deliveries / DAY / FOLDERS[letter]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(case.data)
    own = (case.announced, hashlib.md5(case.data).hexdigest())
    if letter in {"A", "C"}:
        members = dict(case.members)
        count, md5 = members.pop("", (len(members) if letter == "C" else own[0], own[1]))
        lines = {name: (count, md5)} | members
        path = folder / f"{name}.ok"
    else:
        lines, path = {name: own}, folder / f"{folder.name}_{DAY}.ok"
    with path.open("a", encoding="utf-8") as manifest:
        for named, (rows, digest) in lines.items():
            manifest.write(f"{named}\t{rows}\t{digest}\n")


@contextmanager
def listening() -> Iterator[list[str]]:
    """Everything that is logged meanwhile, by whomever."""
    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(self.format(record))

    ear = Ear()
    root = logging.getLogger()
    root.addHandler(ear)
    try:
        yield said
    finally:
        root.removeHandler(ear)


def messages(engine: Engine) -> list[str]:
    """All that the ledger and the rejects say, but not the lines that were set aside."""
    query = """
        select concat_ws(' ', state_reason, columns::text, columns_added::text,
                         columns_missing::text, columns_renamed::text)
        from audit.file_ledger
        union all
        select concat_ws(' ', reason_code, reason) from landing.reject
    """
    with engine.connect() as connection:
        return [str(line) for line in connection.scalars(text(query))]


def _outcomes(engine: Engine, contracts: Any) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    by_id: dict[int, Outcome] = {}
    with engine.connect() as connection:
        for row in connection.execute(
            text("select * from audit.file_ledger order by file_id")
        ):
            outcome = outcomes.setdefault(row.file_name, Outcome(row.file_name))
            outcome.tables.append(row)
            by_id[row.file_id] = outcome
        for row in connection.execute(
            text("select * from landing.reject order by file_id, line_number")
        ):
            by_id[row.file_id].rejects.append(row)
        for contract in contracts:
            table = landing_table(contract)
            query = f"select _file_id, k, note from {table} order by 1, _line_number"
            for file_id, key, note in connection.execute(text(query)):
                by_id[file_id].stored.append((key, note))
    return outcomes


def by_format(cases: Sequence[Case]) -> dict[str, list[Case]]:
    """The cases of every format."""
    found: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        found[case.format].append(case)
    return found


def systems() -> dict[str, str]:
    """Folders by letter."""
    return {system.system: system.folder for system in load_systems()}
