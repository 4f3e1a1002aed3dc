"""What the catalogue says of every table and column, as data.

Goes in: the dbt project, the contracts, the ledger and the database's own catalogue. Comes
out: one `Table` per table of the layers. The words are the comments of the database, so
that a BI tool and the catalogue say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, text

from loaders.catalogue.classes import Classes, declared
from loaders.catalogue.entries import (
    Catalogue,
    ColumnEntry,
    FeedEntry,
    TableEntry,
    in_both,
)
from loaders.contracts.model import Contract, load_contracts
from loaders.failure import ExpectedFailure
from loaders.lineage.columns import ColumnLineage
from loaders.lineage.project import Project, read_project
from loaders.lineage.reading import columns_in
from loaders.lineage.warehouse import LAYERS, StoredTable, stored_tables
from loaders.lineage.written import published_queries
from loaders.settings import Settings

# Tables larger than this are counted by the database's own statistics.
COUNTED_UP_TO = 2_000_000
# A column of so many sources says more than one thing: no single data element is its own.
MOST_ELEMENTS = 3
FRESHNESS = """
    select feed, max(delivery_date) filter (
               where state in ('landed', 'replaced', 'duplicate')
           ) as delivered_on,
           count(*) filter (where state in ('refused', 'missing') and replaced_by is null)
               as waiting
    from audit.file_ledger where feed is not null group by feed
"""
RELEASE = """
    select release_id, published_at, data_day from published.release
    order by release_id desc limit 1
"""


class NothingBuiltError(ExpectedFailure):
    """There are no tables yet that a catalogue could tell of."""


def read_catalogue(engine: Engine, settings: Settings) -> Catalogue:
    """The catalogue of a warehouse that has been built.

    Raises: NothingBuiltError, TransformError.
    """
    project = read_project(settings)
    with engine.connect() as connection:
        stored = stored_tables(connection)
        if "staging.county" not in stored:
            raise NothingBuiltError("Nothing has been built yet; `onecard run` does it.")
        fresh = {row.feed: row for row in connection.execute(text(FRESHNESS))}
        tables = _Tables(connection, project, stored, fresh).entries()
        release = None
        if "published.release" in stored:
            release = connection.execute(text(RELEASE)).one_or_none()
        county = connection.scalar(text("select name_zh from staging.county limit 1"))
    newest = max(
        (row.delivered_on for row in fresh.values() if row.delivered_on), default=None
    )
    return Catalogue(
        tables,
        tuple(
            _feed(contract, fresh.get(contract.feed), newest)
            for contract in load_contracts()
        ),
        str(county or ""),
        newest,
        f"{release.release_id} · {release.published_at:%Y-%m-%d %H:%M}" if release else "",
    )


def _feed(contract: Contract, row: Any, newest: date | None) -> FeedEntry:
    delivered = row.delivered_on if row else None
    late = 0
    if delivered and newest:
        late = max((newest - delivered).days - contract.freshness_days, 0)
    return FeedEntry(
        contract.feed, contract.table, contract.title.zh, contract.title.en, contract.owner,
        delivered, late, row.waiting if row else 0,
    )  # fmt: skip


class _Tables:
    def __init__(
        self,
        connection: Connection,
        project: Project,
        stored: Mapping[str, StoredTable],
        fresh: Mapping[str, Any],
    ) -> None:
        self.connection, self.project, self.stored, self.fresh = (
            connection, project, stored, fresh,
        )  # fmt: skip
        queries = {n: m.sql for n, m in project.models.items() if n in stored}
        self.published = {n: q for n, q in published_queries().items() if n in stored}
        queries |= self.published
        self.classes = Classes(project, stored, queries)
        self.lineage = ColumnLineage(queries, columns_in(stored))
        self.contracts = {f"landing.{c.name}": c for c in load_contracts()}
        self.known_feeds: dict[str, frozenset[str]] = {}
        self.read_by: dict[str, set[str]] = {}
        for name in stored:
            if name.partition(".")[0] not in LAYERS:
                continue
            for read in self._reads(name):
                self.read_by.setdefault(read, set()).add(name)

    def entries(self) -> tuple[TableEntry, ...]:
        """All tables of the layers, in the order of the flow."""
        names = [name for name in self.stored if name.partition(".")[0] in LAYERS]
        order = {layer: place for place, layer in enumerate(LAYERS)}
        names.sort(key=lambda name: (order[name.partition(".")[0]], name))
        return tuple(map(self._table, names))

    def _table(self, name: str) -> TableEntry:
        table = self.stored[name]
        zh, en = in_both(table.comment)
        columns = tuple(self._column(name, place) for place in range(len(table.columns)))
        feeds = tuple(sorted(self._feeds(name)))
        delivered = [self.fresh[f].delivered_on for f in feeds if f in self.fresh]
        rows, is_estimate = self._count(table)
        return TableEntry(
            name, name.partition(".")[0], zh, en, self._owner(name), rows, is_estimate,
            max((c.level for c in columns if c.level), default=None),
            feeds, tuple(sorted(self._reads(name))),
            tuple(sorted(self.read_by.get(name, ()))),
            max((day for day in delivered if day), default=None), columns,
        )  # fmt: skip

    def _column(self, name: str, place: int) -> ColumnEntry:
        table = self.stored[name]
        column = table.columns[place]
        zh, en = in_both(column.comment)
        pii = self.classes.of(name, column)
        leaves = self.lineage.leaves(name, column.name) or frozenset()
        landed = [
            (self.contracts[leaf[0]], leaf[1])
            for leaf in leaves
            if leaf[0] in self.contracts and leaf[1] in self.contracts[leaf[0]].column_names
        ]
        elements = {c.column(n).we for c, n in landed} - {None}
        codes = {c.column(n).codes for c, n in landed} - {None}
        if len(elements) > MOST_ELEMENTS or len(elements) < len(landed) / 10:
            elements = set()
        node = self.project.nodes.get(name)
        keys = (*(node.keys if node else ()), table.primary_key)
        contract = self.contracts.get(name)
        keys += (contract.key,) if contract else ()
        return ColumnEntry(
            column.name, column.type, zh, en, pii,
            None if pii is None else self.classes.level(name, column, pii),
            tuple(sorted(map(str, elements))),
            tuple(sorted(map(str, codes))) if len(codes) <= MOST_ELEMENTS else (),
            tuple(sorted({c.feed for c, _ in landed})),
            any(column.name in key for key in keys),
        )  # fmt: skip

    def _reads(self, name: str) -> tuple[str, ...]:
        node = self.project.nodes.get(name)
        if node:
            known = (read for read in node.reads if read in self.stored)
            return tuple(read for read in known if read.partition(".")[0] in LAYERS)
        return tuple(
            read
            for read in self.stored
            if name in self.published and read in self.published[name]
            if read.partition(".")[0] in LAYERS
        )

    def _feeds(self, name: str) -> frozenset[str]:
        if name not in self.known_feeds:
            self.known_feeds[name] = frozenset()
            contract = self.contracts.get(name)
            found = {contract.feed} if contract else set()
            for read in self._reads(name):
                found |= self._feeds(read)
            self.known_feeds[name] = frozenset(found)
        return self.known_feeds[name]

    def _owner(self, name: str) -> str:
        layer = name.partition(".")[0]
        if layer in declared().owners:
            return declared().owners[layer]
        owners = {c.owner for c in load_contracts() if c.feed in self._feeds(name)}
        return owners.pop() if len(owners) == 1 else declared().owners["record"]

    def _count(self, table: StoredTable) -> tuple[int, bool]:
        if table.estimate > COUNTED_UP_TO:
            return table.estimate, True
        schema, _, name = table.name.partition(".")
        return int(
            self.connection.exec_driver_sql(
                f'select count(*) from {schema}."{name}"'
            ).scalar_one()
        ), False
