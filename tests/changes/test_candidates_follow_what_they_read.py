"""What the models of candidates read of staging is known to the search for what changed.

A model that reads another staged table than `READS` says would not be asked again when a
row of that table changes. Which columns it joins on cannot be read from its SQL with
certainty; random deliveries compare (test_what_is_kept_is_what_would_be_built.py).
"""

from __future__ import annotations

import re

import yaml
from sqlalchemy import text

from loaders.changes.leads import READS, STAGING_MODELS
from loaders.changes.life_facts import ON_A_CARD, TOLD_FROM
from loaders.changes.named_reads import NAMED, OF_PLACES, PARENTS
from loaders.changes.named_reads import READS as READ
from loaders.contracts.model import load_contracts
from loaders.transform import DBT_PROJECT
from tests.changes.redelivery import Redelivery

IDENTITY = DBT_PROJECT / "models" / "2_identity"
OF_TOWNS = "stg_h__population"


def _read_by(*patterns: str) -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        for path in IDENTITY.glob(pattern):
            sql = path.read_text("utf-8")
            found.update(READS.findall(sql))
            # The forms of one archive are read in a loop.
            if "ref('stg_d__' ~ form)" in sql:
                forms = re.search(r"set forms = \[(.*?)\]", sql, re.DOTALL)
                assert forms
                found.update(f"stg_d__{name}" for name in re.findall(r"'(\w+)'", forms[1]))
    assert found
    return found


def test_every_table_that_names_somebody_is_followed() -> None:
    assert _read_by("named/*.sql") - set(OF_PLACES) == NAMED | PARENTS


def test_every_record_of_a_person_is_in_a_table_that_names_somebody(
    built_county: Redelivery,
) -> None:
    names = {
        (
            contract.system,
            contract.table,
        ): f"stg_{contract.system.lower()}__{contract.name[4:]}"
        for contract in load_contracts()
    }
    with built_county.engine.connect() as connection:
        linked = connection.execute(
            text("select distinct source_system, source_table from identity.person_link")
        ).all()
    built_county.engine.dispose()
    assert len(linked) > len(NAMED) / 2
    assert {names[row.source_system, row.source_table] for row in linked} <= NAMED


def test_every_table_that_tells_of_a_life_is_followed() -> None:
    # Institutions are read whole; when one of them changes, everything is built anew.
    read = _read_by("idn_source_fact.sql", "named/idn_patient_number.sql")
    assert read - set(OF_PLACES) == TOLD_FROM
    assert _read_by("idn_town.sql") == {OF_TOWNS}


def test_columns_by_which_rows_are_found_are_there() -> None:
    columns = {}
    for path in STAGING_MODELS.rglob("stg_*.yml"):
        (described,) = yaml.safe_load(path.read_text("utf-8"))["models"]
        columns[described["name"]] = {column["name"] for column in described["columns"]}
    for reads in READ:
        assert set(reads.own.split(", ")) <= columns[reads.child], reads
        assert set(reads.theirs.split(", ")) <= columns[reads.parent], reads
    for table, _, numbers in ON_A_CARD:
        assert set(numbers.split(", ")) <= columns[table], table


def test_a_child_reads_through_a_parent_that_was_followed_before() -> None:
    for place, reads in enumerate(READ):
        later = {other.child for other in READ[place:] if not other.told}
        assert not reads.through or reads.parent not in later, reads
