"""How staged rows lead to one another, read from the staging models themselves.

A diagnosis leads to its visit, the visit to a card, and the card names a person. The YAML
beside a staging model says so (`meta: leads_to`): which other model, by which columns. A
model without a lead whose rows name nobody tells of the county, not of a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from loaders.contracts.model import load_contracts
from loaders.read_yaml import read_yaml
from loaders.transform import DBT_PROJECT

STAGING_MODELS = DBT_PROJECT / "models" / "1_staging"
RECORD_MODELS = DBT_PROJECT / "models" / "3_record"
STAGES = re.compile(r"current_rows\(\s*'(\w+)'")
LANDED = re.compile(r"source\('landing', '(\w+)'\)")
READS = re.compile(r"ref\('(stg_\w+)'\)")
READS_RECORD = re.compile(r"ref\('(\w+)'\)")
OF_COUNTY = "county"
READS_IDENTITY = re.compile(r"ref\('idn_(\w+)'\)|source\('identity', '(\w+)'\)")


@dataclass(frozen=True)
class Lead:
    """Rows of `child` lead to rows of `parent` where these columns are equal.

    `at` are columns with codes, of whatever system, of one institution or of a clinic and
    the centre that it belongs to.
    """

    child: str
    parent: str
    by: tuple[tuple[str, str], ...]
    at: tuple[str, str] | None = None


@dataclass(frozen=True)
class StagedModel:
    """One staging model: its feed, where its rows lead, which staged rows it reads.

    It is kept if it holds the current rows of its feed and is brought up to date; others
    look at a feed in another way, or take apart what was staged, and are made anew.
    """

    name: str
    feed: str | None
    is_kept: bool
    leads: tuple[Lead, ...]
    reads: frozenset[str]


@cache
def staged_models() -> tuple[StagedModel, ...]:
    """All staging models but those of all feeds together."""
    feeds = {contract.name: contract.feed for contract in load_contracts()}
    models = []
    for path in sorted(STAGING_MODELS.rglob("stg_*.sql")):
        sql = path.read_text("utf-8")
        found = STAGES.search(sql)
        looks_at = found or LANDED.search(sql)
        feed = feeds.get(looks_at[1]) if looks_at else None
        reads = frozenset(READS.findall(sql))
        models.append(StagedModel(path.stem, feed, bool(found), _leads(path), reads))
    return tuple(models)


def _leads(path: Path) -> tuple[Lead, ...]:
    described = read_yaml(path.with_suffix(".yml"))
    (model,) = described["models"]
    leads = model.get("config", {}).get("meta", {}).get("leads_to", [])
    return tuple(
        Lead(
            path.stem,
            lead["model"],
            tuple(lead["by"].items()),
            next(iter(lead.get("at", {}).items()), None),
        )
        for lead in leads
    )


@cache
def sources() -> dict[str, tuple[str, str]]:
    """The system and the table of each staged model of one feed that is kept."""
    feeds = {contract.feed: contract for contract in load_contracts()}
    return {
        model.name: (feeds[model.feed].system, feeds[model.feed].table)
        for model in staged_models()
        if model.is_kept and model.feed
    }


@cache
def identity_tables() -> dict[str, str]:
    """What the record reads of identity: the name by which a model reads it, the table."""
    tables = {}
    for path in sorted(RECORD_MODELS.rglob("*.sql")):
        for model, table in READS_IDENTITY.findall(path.read_text("utf-8")):
            tables[f"idn_{model}" if model else table] = f"identity.{model or table}"
    return tables


@cache
def read_of_everybody() -> frozenset[str]:
    """The models below what the record says of persons, however many steps below.

    What is told of the county and stands here can change the record of anybody; the rest of
    it (staff, beds, finance) is read by nothing that is told of a person.
    """
    reads = {
        path.stem: set(READS_RECORD.findall(path.read_text("utf-8")))
        for folder in (STAGING_MODELS, RECORD_MODELS)
        for path in folder.rglob("*.sql")
    }
    more = {
        path.stem for path in RECORD_MODELS.rglob("*.sql") if path.parent.name != OF_COUNTY
    }
    found: set[str] = set()
    while more:
        found |= more
        more = {read for name in more for read in reads.get(name, ())} - found
    return frozenset(found)
