"""Reads rows of the record as they flow, through cursors of the server.

Whatever the size of the county, one batch of rows is in memory; all queries of an export
see the same moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from loaders.failure import ExpectedFailure
from loaders.interchange.exchange import Exchange, Row, open_exchange
from loaders.interchange.families import FAMILIES, Family, query_of
from loaders.interchange.pseudonym import Pseudonyms
from loaders.interchange.resources.provenance import Files, provenance
from loaders.interchange.vocabulary import Json

ROWS_IN_MEMORY = 1000
# A cursor is planned for its first rows, and a table without statistics looks small: both
# can lead to loops in loops, whose cost grows with the square of the county.
PLANNED_FOR_ALL = (
    "set local cursor_tuple_fraction = 1",
    "set local enable_nestloop = off",
)
BUILT = "select to_regclass('record.timeline') is not null"


class NoRecordError(ExpectedFailure):
    """The record has not been built yet."""


@dataclass(frozen=True)
class Scope:
    """Of whom: one person, some, or everybody who has been recognised."""

    person_id: str | None = None
    cohort: tuple[str, ...] | None = None

    def narrow(self, query: str) -> tuple[str, dict[str, object]]:
        """A query that asks of these only, and its parameters."""
        if self.person_id is not None:
            return _where(query, "= :person"), {"person": self.person_id}
        if self.cohort is not None:
            return _where(query, "= any(:cohort)"), {"cohort": list(self.cohort)}
        return _where(query, "is not null"), {}


@dataclass(frozen=True)
class Reading:
    """One export's view of the warehouse."""

    connection: Connection
    exchange: Exchange
    files: Files

    def resources(self, family: Family, scope: Scope) -> Iterator[Json]:
        """The resources of a family, each followed by the Provenance that it has."""
        for row in self._rows(family, scope):
            made = family.make(row, self.exchange)
            yield made
            source = provenance(row, made, self.files, self.exchange)
            if source is not None:
                yield source

    def of_person(self, person_id: str) -> Iterator[Json]:
        """All that is exported of one person; institutions are not of a person."""
        for family in FAMILIES:
            if family.of_a_person:
                yield from self.resources(family, Scope(person_id))

    def _rows(self, family: Family, scope: Scope) -> Iterator[Row]:
        query = query_of(family.name)
        values: dict[str, object] = {}
        if family.of_a_person:
            query, values = scope.narrow(query)
        options = {"stream_results": True, "yield_per": ROWS_IN_MEMORY}
        with self.connection.execute(
            text(query), values, execution_options=options
        ) as result:
            for row in result:
                yield row._asdict()


@contextmanager
def open_reading(
    engine: Engine, pseudonyms: Pseudonyms, identified: bool, of_many: bool = False
) -> Iterator[Reading]:
    """See the warehouse as it is now, until the export is done. Raises: NoRecordError.

    `of_many`: all rows of each query will be read, so that the server should plan for that.
    """
    snapshot = engine.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )
    with snapshot.connect() as connection:
        if not connection.scalar(text(BUILT)):
            raise NoRecordError("There is no record yet; `onecard run` builds it.")
        if of_many:
            for setting in PLANNED_FOR_ALL:
                connection.execute(text(setting))
        exchange = open_exchange(connection, pseudonyms, identified)
        files = {
            row.file_id: row for row in connection.execute(text(query_of("source_file")))
        }
        yield Reading(connection, exchange, files)


def _where(query: str, condition: str) -> str:
    return f"select * from ({query}) as asked where person_id {condition}"
