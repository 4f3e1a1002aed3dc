"""What an audit is asked about: files of the ledger, and rows of a feed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Connection, text

from loaders.contracts.model import contract_of
from loaders.failure import ExpectedFailure
from loaders.generate.staged_feeds import StagedFeed
from loaders.landing.schema import quoted

FILES = """
    (cast(:feed as text) is null or file.feed = :feed)
    and (cast(:day as date) is null or file.delivery_date = :day)
    and (cast(:file as text) is null or :file in (file.file_name, file.member_name))
    and (
        cast(:org as text) is null
        or file.system = any(cast(:systems as text[]))
        or file.feed = any(cast(:feeds as text[]))
    )
"""


class NothingLandedError(ExpectedFailure):
    """There is nothing of what was asked about; the message says what to do."""


@dataclass(frozen=True)
class Asked:
    """Of the ledger only this feed, day, file, and institution in its system's own code."""

    feed: str | None = None
    day: date | None = None
    file: str | None = None
    org: str | None = None
    # Where rows of the institution can be: systems that are its own, feeds that name it.
    systems: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()

    @property
    def parameters(self) -> dict[str, object]:
        return asdict(self) | {"systems": list(self.systems), "feeds": list(self.feeds)}

    @property
    def is_everything(self) -> bool:
        return self == Asked()

    def rows_of(self, staged: StagedFeed, alias: str) -> str:
        """SQL: which rows of the feed are asked about, apart from their files."""
        if self.org is None or contract_of(staged.feed).system in self.systems:
            return "true"
        if staged.org_column is None:
            return "false"
        return f"btrim({alias}.{quoted(staged.org_column)}) = :org".replace('":', '"\\:')


def need_ledger(connection: Connection) -> None:
    """Raises: NothingLandedError."""
    if connection.scalar(text("select to_regclass('audit.file_ledger')")) is None:
        raise NothingLandedError("Nothing is landed yet; `onecard run` does it.")


def with_places_of_org(
    connection: Connection, asked: Asked, staged: tuple[StagedFeed, ...]
) -> Asked:
    """The same question, knowing where rows of the institution can be."""
    if asked.org is None:
        return asked
    systems: tuple[str, ...] = ()
    if connection.scalar(text("select to_regclass('staging.system_institution')")):
        systems = tuple(
            connection.scalars(
                text(
                    "select source_system from staging.system_institution"
                    " where institution_code = :org"
                ),
                {"org": asked.org},
            )
        )
    feeds = []
    for one in staged:
        if one.org_column is None or contract_of(one.feed).system in systems:
            continue
        column = quoted(one.org_column).replace(":", r"\:")
        rows = f"select from landing.{one.landing} where btrim({column}) = :org"
        if connection.scalar(text(f"select exists ({rows})"), {"org": asked.org}):
            feeds.append(one.feed)
    if not systems and not feeds:
        raise NothingLandedError(
            "No landed row names this institution. Give the code that its own system uses."
        )
    return Asked(asked.feed, asked.day, asked.file, asked.org, systems, tuple(feeds))
