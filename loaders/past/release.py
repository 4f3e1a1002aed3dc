"""A release that is asked for, and in what today differs from the day it was made.

Goes in: a number. Comes out: the release with the run that made it, and sentences about
what is of today in everything that is rebuilt; no value of any row.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, text

from loaders.contracts.model import load_contracts
from loaders.failure import ExpectedFailure
from loaders.landing.control_totals import contract_digest
from loaders.warehouse.runs import code_digest

RELEASE = """
    select release.release_id, release.run_id, release.published_at,
           release.through_delivery, run.code_digest
    from published.release as release
    left join audit.run as run on release.run_id = run.run_id
    where release.release_id = :release_id
"""
KEPT_FROM = """
    select greatest(
        (select min(valid_from_run) from audit.file_ledger_history),
        (select min(run_id) from identity.link_run)
    )
"""
REPLAYED = """
    select count(distinct replay.file_id)
    from audit.replay as replay
    inner join audit.file_ledger_history as known on replay.file_id = known.file_id
    where replay.replayed_at > :since and known.valid_from_run <= :run_id
"""
CONTRACTS = """
    select known.feed, contract.contract_digest, count(*) as files
    from audit.file_ledger_history as known
    inner join audit.file_contract as contract on known.file_id = contract.file_id
    where known.valid_from_run <= :run_id
      and (known.valid_to_run is null or known.valid_to_run > :run_id)
    group by known.feed, contract.contract_digest
"""


class NoSuchReleaseError(ExpectedFailure):
    """There is no release of this number, or what it stood on has not been kept."""


class Past(NamedTuple):
    """A release, as far as it tells what was known."""

    release_id: int
    run_id: int
    published_at: datetime
    through_delivery: date
    code_digest: str | None


def find_release(connection: Connection, release_id: int) -> Past:
    """The release of this number. Raises: NoSuchReleaseError."""
    there = "select to_regclass('published.release') is not null"
    row = None
    if connection.scalar(text(there)):
        row = connection.execute(text(RELEASE), {"release_id": release_id}).one_or_none()
    if row is None:
        raise NoSuchReleaseError(f"There is no release {release_id}.")
    kept_from = connection.scalar(text(KEPT_FROM))
    if kept_from is None or kept_from > row.run_id:
        raise NoSuchReleaseError(
            f"Release {release_id} is older than what is kept of the past: which files it"
            " knew has been noted only since a later build."
        )
    return Past._make(row)


def of_today(connection: Connection, past: Past) -> list[str]:
    """Sentences about what is of today and was, or may have been, another then."""
    said = []
    if past.code_digest != code_digest():
        said.append(
            "Code, rules or seeds have changed since: what is rebuilt is what the files of"
            " then say by the rules of today."
        )
    asked = {"since": past.published_at, "run_id": past.run_id}
    if replayed := connection.scalar(text(REPLAYED), asked):
        said.append(
            f"{replayed} of its files were taken again since: lines that became rows are"
            " left out, rows that were read anew are as they are read today."
        )
    today = {contract.feed: contract_digest(contract) for contract in load_contracts()}
    other = sum(
        row.files
        for row in connection.execute(text(CONTRACTS), asked)
        if row.contract_digest != today.get(row.feed)
    )
    if other:
        said.append(f"{other} of its files were read by another contract than today's.")
    return said
