"""Which staging model reads which feed, and into which columns its amounts go.

Goes in: the staging models of the dbt project and the contracts. Comes out: one
`StagedFeed` per model that reads a feed, for `onecard audit`, and the dbt macro
`staged_feeds()`, from which the audit models know what to count. So a new feed is audited
as soon as it has a contract and a staging model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from loaders.contracts.model import Contract, load_contracts
from loaders.read_yaml import read_yaml
from loaders.settings import PROJECT

STAGING_FOLDER = Path("dbt_project/models/1_staging")
READS = re.compile(r"current_rows\(\s*'(\w+)'")
# {{ parse_fen('landed."ZJJE"') }} as total_fee_fen
FEN = re.compile(
    r"\{\{\s*parse_fen\(\s*'landed\.\"?([^\"']+?)\"?'\s*\)\s*\}\}\s+as\s+(\w+)"
)
# org_code='landed."YLJGDM"' among the arguments of source_keys
ORG = re.compile(r"\borg_code=\s*'landed\.\"?([^\"'.]+?)\"?'")
SYSTEM_ORG = re.compile(r"\borg_code=\s*'system_institution\.")
HEAD = """{#
    Written by `onecard generate` from the contracts and the staging models; do not edit.
    One entry per staging model: the feed that it reads, and for each column of amounts its
    name as delivered and its name in staging (none where staging does not take it over
    as it is).
#}
"""


@dataclass(frozen=True)
class MoneyColumn:
    """A column of amounts: as delivered, what it is, and in staging."""

    landed: str
    standard: str
    staged: str | None


@dataclass(frozen=True)
class StagedFeed:
    """A staging model and the feed that it reads."""

    feed: str
    landing: str
    model: str
    money: tuple[MoneyColumn, ...]
    # The delivered column that holds the institution's code, if one does.
    org_column: str | None
    org_from_system: bool


@lru_cache(maxsize=4)
def staged_feeds(project: Path = PROJECT) -> tuple[StagedFeed, ...]:
    """Every staging model that reads the feed of a contract, by feed and model."""
    contracts = {contract.name: contract for contract in load_contracts()}
    found = []
    for path in sorted((project / STAGING_FOLDER).rglob("stg_*.sql")):
        sql = path.read_text("utf-8")
        for name in READS.findall(sql):
            if name in contracts:
                found.append(_staged_feed(contracts[name], path.stem, sql))
    return tuple(sorted(found, key=lambda staged: (staged.feed, staged.model)))


def staged_feeds_macro(project: Path) -> str:
    """The text of the dbt macro."""
    lines = []
    for staged in staged_feeds(project):
        money = "".join(
            f"\n            {{'landed': '{column.landed}', 'standard': '{column.standard}',"
            f"\n             'staged': "
            + (f"'{column.staged}'}}," if column.staged else "none},")
            for column in staged.money
        )
        money = f"[{money}\n        ]" if money else "[]"
        lines.append(
            f"        {{'feed': '{staged.feed}', 'landing': '{staged.landing}',\n"
            f"         'model': '{staged.model}', 'money': {money}}},\n"
        )
    return (
        f"{HEAD}{{% macro staged_feeds() %}}\n    {{{{- return([\n{''.join(lines)}"
        "    ]) -}}\n{% endmacro %}\n"
    )


def _staged_feed(contract: Contract, model: str, sql: str) -> StagedFeed:
    fen = dict(FEN.findall(sql))
    money = tuple(
        MoneyColumn(column.name, column.standard, fen.get(column.name))
        for column in contract.columns
        if column.type == "money"
    )
    org = ORG.search(sql)
    return StagedFeed(
        feed=contract.feed,
        landing=contract.name,
        model=model,
        money=money,
        org_column=org.group(1) if org else None,
        org_from_system=SYSTEM_ORG.search(sql) is not None,
    )


@lru_cache(maxsize=4)
def event_feeds(project: Path = PROJECT) -> frozenset[str]:
    """The feeds of which every usable row is an event, as the record says of itself."""
    path = project / "dbt_project/models/3_record/rec_event_source.yml"
    document = read_yaml(path)
    return frozenset(document["models"][0]["config"]["meta"]["every_row_of"])
