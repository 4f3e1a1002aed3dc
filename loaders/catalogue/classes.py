"""Class and level of every column by GB/T 39725: declared, or derived from its sources.

A column has the class of what its values were taken from; the .yml of a model can say
otherwise. The level follows from the class and from what the table is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from loaders.contracts.model import load_contracts
from loaders.lineage.columns import ColumnLineage, Leaf
from loaders.lineage.project import Project
from loaders.lineage.reading import columns_in
from loaders.lineage.warehouse import StoredColumn, StoredTable

FILE = Path(__file__).with_name("classes.yml")
# From what says most of somebody to what says least.
SEVERITY = (
    "id_number", "name", "phone", "address", "identifier", "birth_date", "pseudonym",
    "none",
)  # fmt: skip
CLASS_WORDS = {
    "id_number": ("证件号码", "identity number"),
    "name": ("姓名", "name"),
    "phone": ("电话", "phone"),
    "address": ("住址", "address"),
    "identifier": ("系统内号码", "number of a system"),
    "birth_date": ("出生日期", "date of birth"),
    "pseudonym": ("假名", "pseudonym"),
    "none": ("非直接标识", "not identifying"),
}
LEVEL_WORDS = {
    1: ("可完全公开", "open to everybody"),
    2: ("较大范围内使用", "for use at large: no person in it"),
    3: ("中等范围内使用", "of a person, without what names them"),
    4: ("较小范围内使用", "names a person"),
    5: ("极小范围内严格限制", "special diseases, strictly limited"),
}
# Of a date or a number nothing but the birthday is left of what identified somebody.
DATES = ("date", "timestamp without time zone", "timestamp with time zone")
TEXTS = ("text", "character varying", "text[]", "jsonb", "json", "character(1)")
ABOUT_PERSONS = {"person_id", "encounter_id", "other_person_id"}


class Declared(BaseModel):
    """What classes.yml says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    written: dict[str, tuple[str, ...]]
    special_feeds: frozenset[str]
    owners: dict[str, str]


@lru_cache(maxsize=1)
def declared() -> Declared:
    """The declarations. Raises: pydantic.ValidationError."""
    return Declared.model_validate(yaml.safe_load(FILE.read_text("utf-8")))


class Classes:
    """Classes and levels of the columns of one warehouse."""

    def __init__(
        self,
        project: Project,
        stored: Mapping[str, StoredTable],
        queries: Mapping[str, str],
    ) -> None:
        self.project = project
        self.stored = stored
        self.landed = {
            (f"landing.{contract.name}", column.name): column.pii
            for contract in load_contracts()
            for column in contract.columns
        }
        self.feeds = {
            f"landing.{contract.name}": contract.feed for contract in load_contracts()
        }
        by_hand = {name for name in queries if self._is_by_hand(name)}
        # What is declared need not be looked behind.
        followed = {name: sql for name, sql in queries.items() if name not in by_hand}
        self.lineage = ColumnLineage(followed, columns_in(stored))

    def _is_by_hand(self, table: str) -> bool:
        node = self.project.nodes.get(table)
        return bool(
            node
            and node.kind == "model"
            and table.startswith("identity.")
            and any("pii" in meta for _, meta in node.columns.values())
        )

    def of(self, table: str, column: StoredColumn) -> str | None:
        """The class of a column; None when nothing says it."""
        said = self._declared(table, column.name)
        if said is not None:
            return said
        leaves = self.lineage.leaves(table, column.name)
        if leaves is None:
            return None
        if leaves == {(table, column.name)}:
            return self._of_leaf(table, column.name)
        found = [self._of_leaf(*leaf) for leaf in leaves]
        if None in found:
            return None
        return _left_of({name for name in found if name}, column)

    def level(self, table: str, column: StoredColumn, pii: str) -> int:
        """The level of a column of that class."""
        if self._is_special(table, column.name) and column.name[0] != "_":
            return 5
        if pii in ("id_number", "name", "phone", "address", "identifier"):
            return 4
        if pii in ("birth_date", "pseudonym"):
            return 3
        node = self.project.nodes.get(table)
        if node and node.kind == "seed":
            return 1
        return 3 if self._is_about_persons(table) and not _is_technical(column.name) else 2

    def _declared(self, table: str, column: str) -> str | None:
        if column == "person_id":
            return "pseudonym"
        if table.startswith("landing."):
            # What a contract does not know can be anything.
            return {"_extra": "name", "raw": "name", "raw_line": "name"}.get(
                column, self.landed.get((table, column), "none")
            )
        node = self.project.nodes.get(table)
        if node is None or node.kind == "source":
            return None
        meta = node.columns.get(column, ("", {}))[1]
        if "pii" in meta:
            return str(meta["pii"])
        return "none" if node.kind == "seed" or self._is_by_hand(table) else None

    def _of_leaf(self, table: str, column: str) -> str | None:
        said = self._declared(table, column)
        if said is not None:
            return said
        if table.startswith(("audit.", "published.")):
            return "none"
        for name, columns in declared().written.items():
            if column in columns:
                return name
        return None

    def _is_special(self, table: str, column: str) -> bool:
        if self.feeds.get(table) in declared().special_feeds:
            return True
        if table.startswith(("indicators.", "published.")):
            return False
        leaves: frozenset[Leaf] = self.lineage.leaves(table, column) or frozenset()
        feeds = {self.feeds.get(leaf[0]) for leaf in leaves} - {None}
        # Where a column unites many feeds its rows are of all kinds.
        return bool(feeds) and feeds <= declared().special_feeds

    def _is_about_persons(self, table: str) -> bool:
        names = set(self.stored[table].column_names)
        if names & ABOUT_PERSONS:
            return True
        if table.startswith(("indicators.", "published.")):
            return False
        landed = {leaf for leaf in self.landed if leaf[0] == table}
        if landed:
            return any(self.landed[leaf] != "none" for leaf in landed)
        return any(
            self.of(table, column) not in ("none", None)
            for column in self.stored[table].columns
        )


def _left_of(found: set[str], column: StoredColumn) -> str:
    """What is left of classes in a value of the column's type."""
    if column.type in DATES:
        found &= {"birth_date"}
    elif column.type not in TEXTS:
        found = set()
    return next((name for name in SEVERITY if name in found), "none")


def _is_technical(column: str) -> bool:
    return column.startswith("_") or column in ("source_system", "source_table")
