"""Contracts of feeds: read from YAML, checked at the door, used by everyone else.

Goes in: the folders beside this module, or another county's. Comes out: `System` and
`Contract` objects. A contract that does not keep this schema stops every command with the
file and the field.
"""

from __future__ import annotations

import os
import re
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from loaders.contracts.extract import Extract, extract_file_name
from loaders.failure import ExpectedFailure
from loaders.read_yaml import read_yaml

SHIPPED = Path(__file__).resolve().parent
# What a file's name may say, as named groups of `file_name` and `member_name`.
NAME_GROUPS = frozenset({"date", "period", "page", "full", "revision", "correction"})
# What a plain staging model can call a column, and what every staging model has besides.
STAGED_NAME = re.compile(r"[a-z][a-z0-9_]*")
OF_STAGING = frozenset(
    {"record_key", "source_system", "source_table", "org_code", "native_id", "native_part",
     "set_aside_because"}
)  # fmt: skip

Format = Literal["delimited", "jsonl", "json", "xml", "sheet", "dbf", "database"]
Delivery = Literal[
    "rolling", "delta", "delta_and_full", "snapshot", "watermark", "replace_period"
]
ColumnType = Literal[
    "text", "code", "integer", "decimal", "money", "date", "datetime", "boolean"
]
Staging = Literal["written", "plain"]
PiiClass = Literal[
    "none", "identifier", "name", "id_number", "phone", "address", "birth_date"
]


class ContractError(ExpectedFailure):
    """A contract file cannot be used; the message names the file and the field."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Model = TypeVar("_Model", bound=_Strict)


class Words(_Strict):
    """The same words in Chinese and in English."""

    zh: str
    en: str


class Column(_Strict):
    """One column as the source spells it, and what it means."""

    name: str
    standard: str
    zh: str
    en: str
    type: ColumnType = "text"
    required: bool = False
    pii: PiiClass = "none"
    codes: str | None = None
    we: str | None = None
    domain: str | None = None
    # Former or other spellings of the name; the value lands under `name`.
    aliases: tuple[str, ...] = ()

    @property
    def staged_as(self) -> str:
        """What a plain staging model calls it: amounts carry their unit."""
        if self.type == "money" and not self.standard.endswith("_fen"):
            return f"{self.standard}_fen"
        return self.standard


class PersonKey(_Strict):
    """How a row that names a person is addressed in `identity.person_link`."""

    native_id: str
    native_part: tuple[str, ...] = ()
    org_column: str | None = None
    org_from_system: bool = False


class TextLayout(_Strict):
    """How lines of delimited text are taken apart."""

    delimiter: str = Field(default=",", min_length=1, max_length=1)
    # RFC 4180 when there is a quote; without one nothing is quoted or escaped.
    quote: Literal['"'] | None = None
    # Header and rows end with one more delimiter.
    trailing_delimiter: bool = False
    # A line with too few fields continues on the next one.
    continues: bool = False
    # The free text to which surplus fields belong; elsewhere such lines are rejected.
    overflow_column: str | None = None


class SheetLayout(_Strict):
    """What a spreadsheet holds besides header and data, by the text of its first cells."""

    title_rows: int = 1
    # Column names of several rows are joined by a slash, merged cells filled.
    header_rows: int = Field(default=1, ge=1, le=3)
    total_marks: tuple[str, ...] = ("合计",)
    # All sheets of the workbook hold the table, one after the other; else the first does.
    all_sheets: bool = False
    # Columns whose value stands once above the header of each sheet, by a pattern with one
    # group; `sheet_name` is the column that takes the sheet's own name.
    above_header: dict[str, str] = Field(default_factory=dict)
    sheet_name: str | None = None


class XmlLayout(_Strict):
    """Which elements of a document are rows; their child elements are the columns."""

    record: str


class Drift(_Strict):
    """What to do when the columns that come are not those that were promised."""

    added: Literal["keep", "refuse"] = "keep"
    missing: Literal["report", "refuse"] = "report"


class Contract(_Strict):
    """What one delivered table promises."""

    feed: str = Field(pattern=r"^[A-Z]\d\d$")
    table: str
    name: str = Field(pattern=r"^[a-z]\d\d_[a-z0-9_]+$", max_length=50)
    title: Words
    description: Words
    owner: str
    format: Format
    encoding: str | None = None
    file_name: str
    member_name: str | None = None
    delivery: Delivery
    key: tuple[str, ...]
    # Columns of the key for which no value is a value: a drug taken twice, once until now.
    empty_in_key: tuple[str, ...] = ()
    version_by: tuple[str, ...] = ()
    watermark: str | None = None
    nulls: tuple[str, ...] = ("",)
    freshness_days: int
    cancellation: Words | None = None
    text: TextLayout | None = None
    sheet: SheetLayout | None = None
    xml: XmlLayout | None = None
    drift: Drift = Drift()
    # Only where the table is read from the system's live database (loaders/collect).
    extract: Extract | None = None
    person: PersonKey | None = None
    # Whether somebody writes its staging model, or it follows from the types below.
    staging: Staging = "written"
    columns: tuple[Column, ...]

    @model_validator(mode="after")
    def _names_exist(self) -> Contract:
        known = [column.name for column in self.columns]
        twice = {name for name in known if known.count(name) > 1}
        if twice:
            raise ValueError(f"columns named twice: {sorted(twice)}")
        used = set(self.key) | set(self.version_by)
        used |= {self.watermark} if self.watermark else set()
        if self.person:
            used |= {self.person.native_id, *self.person.native_part}
            used |= {self.person.org_column} if self.person.org_column else set()
        if missing := used - set(known) - {"_period"}:
            raise ValueError(f"columns that are used but not described: {sorted(missing)}")
        if self.empty_in_key and not set(self.empty_in_key) < set(self.key) - {"_period"}:
            raise ValueError("empty_in_key: some of the columns of the key, never all")
        if self.staging == "plain":
            self._can_be_staged_plainly()
        self._layout_fits(known)
        if (self.delivery == "watermark") != (self.watermark is not None):
            raise ValueError("watermark goes with delivery: watermark, and only with it")
        self._extract_fits(known)
        return self

    def _can_be_staged_plainly(self) -> None:
        standards = [column.staged_as for column in self.columns]
        if twice := {name for name in standards if standards.count(name) > 1}:
            raise ValueError(f"staging: plain, but two columns become {sorted(twice)}")
        if bad := [n for n in standards if not STAGED_NAME.fullmatch(n) or n in OF_STAGING]:
            raise ValueError(f"staging: plain, but no names for columns: {bad}")
        if not set(self.filled_key) - {self.person.org_column if self.person else None}:
            raise ValueError("staging: plain, but no number of its own in the key")
        if bad := [c.name for c in self.columns if set(c.name) & set("'\"\\{}")]:
            raise ValueError(f"staging: plain, but columns with quotes or braces: {bad}")

    def _layout_fits(self, known: list[str]) -> None:
        for kind, layout, needed in (
            ("delimited", self.text, True),
            ("xml", self.xml, True),
            ("sheet", self.sheet, False),
        ):
            if layout is None and needed and self.format == kind:
                raise ValueError(f"format: {kind} needs its layout")
            if layout is not None and self.format != kind:
                raise ValueError(f"a layout for {kind} goes with format: {kind} only")
        if self.member_name is not None and self.format == "database":
            raise ValueError("a database is not read inside a zip")
        spill = self.text.overflow_column if self.text else None
        above = [*self.sheet.above_header, self.sheet.sheet_name] if self.sheet else []
        if lacking := {spill, *above} - {None} - set(known):
            raise ValueError(f"layout names unknown columns: {sorted(map(str, lacking))}")
        spellings = known + [alias for c in self.columns for alias in c.aliases]
        if twice := {name for name in spellings if spellings.count(name) > 1}:
            raise ValueError(f"spellings of two columns: {sorted(twice)}")

    def _extract_fits(self, known: list[str]) -> None:
        extract = self.extract
        if extract is None:
            return
        extract.check(self.delivery, self.format, self.encoding)
        if self.member_name is not None or "/" in self.table:
            raise ValueError("what is extracted is delivered as a file of its own")
        if extract.column is not None and extract.column not in known:
            raise ValueError("extract: column is not described")
        if extract.mode == "rolling" and self.column(extract.column or "").type not in (
            "date",
            "datetime",
        ):
            raise ValueError("extract: a rolling window needs a column of type date")
        names = [extract_file_name(self.table, date(2025, 1, 2), n) for n in (0, 1)]
        found = [re.fullmatch(self.file_name, name) for name in names]
        wanted = [{"date": "20250102", "revision": number} for number in (None, "1")]
        if [match.groupdict() if match else None for match in found] != wanted:
            raise ValueError(
                "extract: file_name must read the groups date and revision from names"
                f" such as {' and '.join(names)}"
            )

    @field_validator("file_name", "member_name")
    @classmethod
    def _pattern_is_usable(cls, pattern: str | None) -> str | None:
        if pattern is None:
            return None
        try:
            groups = set(re.compile(pattern).groupindex)
        except re.error as error:
            raise ValueError(f"no usable regular expression: {error}") from error
        if unknown := groups - NAME_GROUPS:
            raise ValueError(f"groups that nothing reads: {sorted(unknown)}")
        return pattern

    @property
    def system(self) -> str:
        """The handbook's letter of the delivering system."""
        return self.feed[0]

    @cached_property
    def file_pattern(self) -> re.Pattern[str]:
        return re.compile(self.file_name)

    @cached_property
    def member_pattern(self) -> re.Pattern[str] | None:
        return re.compile(self.member_name) if self.member_name else None

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def filled_key(self) -> tuple[str, ...]:
        """The columns of the key, as delivered, without which a row is rejected."""
        return tuple(n for n in self.key if n not in self.empty_in_key and n != "_period")

    @property
    def required_columns(self) -> tuple[str, ...]:
        """Columns without which a file is refused: key, version and the required."""
        needed = {*self.key, *self.version_by} - {"_period"}
        return tuple(c.name for c in self.columns if c.required or c.name in needed)

    def column(self, name: str) -> Column:
        """The description of one delivered column; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


class System(_Strict):
    """One delivering system: its letter, its folder in a delivery, its manifest."""

    system: str = Field(pattern=r"^[A-Z]$")
    name: str = Field(pattern=r"^[a-z_]+$")
    folder: str
    title: Words
    owner: str
    manifest: str
    dag_id: str = Field(pattern=r"^land_[a-z_]+$")


def contracts_folder() -> Path:
    """Where this county's contracts lie: ONECARD_CONTRACTS, or those that are shipped."""
    return Path(os.environ.get("ONECARD_CONTRACTS") or SHIPPED).resolve()


@lru_cache(maxsize=1)
def load_systems() -> tuple[System, ...]:
    """All systems, in the handbook's order. Raises: ContractError."""
    paths = sorted(contracts_folder().glob("*/_system.yml"))
    return tuple(_read(path, System) for path in paths)


@lru_cache(maxsize=1)
def load_contracts() -> tuple[Contract, ...]:
    """All contracts, by feed. Raises: ContractError, also for a feed described twice."""
    found: dict[str, Contract] = {}
    for path in sorted(contracts_folder().glob("*/*.yml")):
        if path.name.startswith("_"):
            continue
        contract = read_contract(path)
        if contract.feed in found:
            raise ContractError(f"{path.name}: feed {contract.feed} is described twice")
        found[contract.feed] = contract
    return tuple(found[feed] for feed in sorted(found))


def contract_of(feed: str) -> Contract:
    """The contract of one feed. Raises: KeyError when the feed has none."""
    for contract in load_contracts():
        if contract.feed == feed:
            return contract
    raise KeyError(feed)


def read_contract(path: Path) -> Contract:
    """The contract in one file. Raises: ContractError, with file and field."""
    return _read(path, Contract)


def _read(path: Path, kind: type[_Model]) -> _Model:
    where = f"contracts/{path.parent.name}/{path.name}"
    try:
        return kind.model_validate(read_yaml(path))
    except yaml.YAMLError as error:
        raise ContractError(f"{where} is not YAML: {error}") from error
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'the file'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise ContractError(f"{where} is not a usable contract: {faults}") from error
