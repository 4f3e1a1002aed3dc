"""Which rows a query makes its rows of, for every way in which the models join."""

from __future__ import annotations

import pytest

from loaders.lineage.columns import ColumnLineage
from loaders.lineage.derive import Derive
from loaders.lineage.plan import Plan
from loaders.lineage.reading import UnreadableSqlError, read_relation

COLUMNS = {
    "s.visit": ("visit_id", "person_id", "org_code", "name"),
    "s.fee": ("visit_id", "fee", "kind_code"),
    "s.rule": ("pattern", "word"),
}


def sources(sql: str, key: str = "visit_id") -> dict[str, list[str]]:
    """Per table the conditions under which its row goes into a row of the query."""
    relation = read_relation(sql, COLUMNS.__getitem__)
    found: dict[str, list[str]] = {}
    for made in Derive().traced(relation, {key}, set()):
        names = {name: str(table)[2:] for name, table in made.tables.items()}
        said = [condition.sql("postgres") for condition in made.conditions]
        said += [
            f"{column} is {value.sql('postgres')}"
            for column, value in made.outputs.items()
            if value is not None
        ]
        for name, table in names.items():
            said = [words.replace(f'"{name}"', table) for words in said]
        found.setdefault(names[made.target], []).extend(said)
    return {table: [w.replace('"', "") for w in words] for table, words in found.items()}


def test_a_join_binds_both() -> None:
    found = sources(
        "with v as (select * from s.visit), f as (select * from s.fee)"
        " select v.visit_id, f.fee from v left join f on v.visit_id = f.visit_id"
    )
    assert found["visit"] == ["visit_id is visit.visit_id"]
    assert found["fee"] == ["visit.visit_id = fee.visit_id", "visit_id is visit.visit_id"]


def test_a_sum_is_made_of_the_rows_of_its_group() -> None:
    found = sources("select visit_id, sum(fee) as fee from s.fee group by visit_id")
    assert found == {"fee": ["visit_id is fee.visit_id"]}


def test_each_part_of_a_union_has_its_own_sources() -> None:
    found = sources(
        "select visit_id, name from s.visit union all select visit_id, kind_code from s.fee"
    )
    assert found == {
        "visit": ["visit_id is visit.visit_id"],
        "fee": ["visit_id is fee.visit_id"],
    }


def test_what_only_keeps_out_is_no_source() -> None:
    found = sources(
        "select visit.visit_id from s.visit as visit left join s.fee as fee"
        " on visit.visit_id = fee.visit_id where fee.visit_id is null"
    )
    assert "fee" not in found
    found = sources(
        "select v.visit_id from s.visit as v where not exists"
        " (select 1 from s.fee as f where f.visit_id = v.visit_id)"
    )
    assert list(found) == ["visit"]


def test_a_row_that_must_exist_is_a_source() -> None:
    found = sources(
        "select v.visit_id from s.visit as v where exists"
        " (select 1 from s.fee as f where f.visit_id = v.visit_id and f.fee > 0)"
    )
    assert "fee.visit_id = visit.visit_id" in found["fee"]
    assert "fee.fee > 0" in found["fee"]
    found = sources(
        "select visit_id from s.visit where visit_id in (select visit_id from s.fee)"
    )
    assert "visit.visit_id = fee.visit_id" in found["fee"]


def test_a_lateral_query_is_bound_by_what_it_asks() -> None:
    found = sources(
        "select v.visit_id, w.word from s.visit as v left join lateral"
        " (select r.word from s.rule as r where v.name ~ r.pattern limit 1) as w on true"
    )
    assert found["rule"] == ["visit.name ~ rule.pattern", "visit_id is visit.visit_id"]
    assert found["visit"] == ["visit_id is visit.visit_id"]


def test_a_list_of_values_belongs_to_its_row() -> None:
    found = sources(
        "select v.visit_id, said.value from s.visit as v cross join lateral"
        " (values ('name', v.name), ('org', v.org_code)) as said (kind, value)"
    )
    assert found == {"visit": ["visit_id is visit.visit_id"]}


def test_a_full_join_has_rows_of_either_side_alone() -> None:
    found = sources(
        "select coalesce(v.visit_id, f.visit_id) as visit_id, f.fee from s.visit as v"
        " full join s.fee as f on v.visit_id = f.visit_id"
    )
    assert "visit_id is COALESCE(visit.visit_id, NULL)" in found["visit"]
    assert "visit_id is COALESCE(NULL, fee.visit_id)" in found["fee"]
    assert "visit.visit_id = fee.visit_id" in found["fee"]


def test_a_row_that_is_computed_beside_another_belongs_to_it() -> None:
    found = sources(
        "select said.both as visit_id from s.visit as v cross join lateral"
        " (select v.visit_id || v.org_code as both) as said"
    )
    assert list(found) == ["visit"]
    found = sources(
        "select v.visit_id from s.visit as v inner join s.fee as f on"
        " v.visit_id = f.visit_id cross join lateral (select f.fee > 0 as is_paid) as said"
        " where said.is_paid"
    )
    assert "visit.visit_id = fee.visit_id" in found["fee"]


CHAIN = """
    with recursive chain as (
        select visit_id, person_id, 0 as steps from s.visit
        union all
        select fee.visit_id, chain.person_id, chain.steps + 1
        from chain inner join s.fee on chain.visit_id = fee.kind_code
    )
"""


def test_a_query_that_reads_itself_is_made_of_start_and_step() -> None:
    found = sources(CHAIN + "select * from chain", "person_id")
    assert set(found) == {"visit", "fee"}
    assert "person_id is visit.person_id" in found["visit"]
    # Which visit a later step came from is decided by all steps before it.
    assert "visit.visit_id = fee.kind_code" not in found["fee"]
    lineage = ColumnLineage({"s.chain": CHAIN + "select * from chain"}, COLUMNS.__getitem__)
    assert lineage.leaves("s.chain", "person_id") == {("s.visit", "person_id")}
    assert lineage.leaves("s.chain", "visit_id") == {
        ("s.visit", "visit_id"),
        ("s.fee", "visit_id"),
    }


def test_what_only_steps_decide_is_no_source_of_its_own() -> None:
    found = sources(
        CHAIN + "select v.visit_id from s.visit as v inner join chain"
        " on v.person_id = chain.person_id and chain.steps > 2"
    )
    assert found == {"visit": ["visit_id is visit.visit_id"]}


def test_a_column_that_becomes_another_step_by_step_is_not_followed() -> None:
    query = """
        with recursive chain as (
            select visit_id, person_id, name from s.visit
            union all
            select chain.person_id, chain.name, fee.kind_code
            from chain inner join s.fee on chain.visit_id = fee.visit_id
        )
        select * from chain
    """
    with pytest.raises(UnreadableSqlError, match="one column becomes another"):
        read_relation(query, COLUMNS.__getitem__)


def test_what_is_not_understood_is_said() -> None:
    for query in (
        "select visit_id from s.visit join s.fee using (visit_id)",
        "select nothing from s.visit",
        "delete from s.visit",
        "select visit_id from from",
    ):
        with pytest.raises(UnreadableSqlError):
            read_relation(query, COLUMNS.__getitem__)


def test_a_plan_takes_in_what_lies_between() -> None:
    relation = read_relation(
        "select v.visit_id from s.visit as v inner join s.fee as f"
        " on v.visit_id = f.visit_id inner join s.rule as r on f.kind_code = r.word",
        COLUMNS.__getitem__,
    )
    assert Plan(relation.branches[0], {"visit_id"}, set(), "r").included == ["f", "r", "v"]
    assert Plan(relation.branches[0], {"visit_id"}, set(), "v").included == ["v"]
