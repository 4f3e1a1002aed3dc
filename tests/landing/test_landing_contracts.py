"""Contracts change: what was delivered before is not lost, what is new is taken in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from loaders.contracts.model import Contract, contract_of, load_contracts
from loaders.landing import examine, schema, seen
from tests.landing.looking import Landing
from tests.landing.sending import Sender, json_bytes, row_of

D, NEXT = "20250101", "20250102"
UseContracts = Callable[[list[Contract]], None]


@pytest.fixture
def use_contracts(monkeypatch: pytest.MonkeyPatch) -> UseContracts:
    def use(contracts: list[Contract]) -> None:
        for module in (examine, schema, seen):
            monkeypatch.setattr(module, "load_contracts", lambda: tuple(contracts))

    return use


def test_a_feed_that_gets_a_contract_is_landed_from_the_first_day(
    sender: Sender, landing: Landing, use_contracts: UseContracts
) -> None:
    teams = json_bytes([row_of("E01", teamId="T1")])
    sender.put(D, "E01", f"PUB_FamilyTeam_{D}.jsonl", teams, 1)
    landing.land()
    with landing.engine.begin() as connection:
        connection.exec_driver_sql(
            "truncate audit.file_ledger, audit.file_seen, landing.reject,"
            " landing.e01_pub_familyteam"
        )
    use_contracts([contract for contract in load_contracts() if contract.feed != "E01"])
    landing.land()
    assert [row.state for row in landing.ledger()] == ["no_contract"]
    use_contracts(list(load_contracts()))
    landing.land()
    assert [(row.feed, row.state) for row in landing.ledger()] == [("E01", "landed")]


def test_a_column_that_the_contract_learns_keeps_what_was_sent_of_it(
    sender: Sender, landing: Landing, use_contracts: UseContracts
) -> None:
    whole = contract_of("E01")
    shorter = whole.model_copy(
        update={"columns": tuple(c for c in whole.columns if c.name != "leaderName")}
    )
    others = [contract for contract in load_contracts() if contract.feed != "E01"]
    rows = [row_of("E01", teamId="T1", leaderName="某某")]
    sender.put(D, "E01", f"PUB_FamilyTeam_{D}.jsonl", json_bytes(rows), 1)
    use_contracts([*others, shorter])
    schema.prepare(landing.engine)
    with landing.engine.begin() as connection:
        connection.exec_driver_sql("drop table if exists landing.e01_pub_familyteam")
    landing.land()
    extra = landing.ask("select _extra from landing.e01_pub_familyteam")
    assert extra == [({"leaderName": "某某"},)]
    use_contracts(list(load_contracts()))
    landing.land()
    assert landing.rows("E01", "leaderName", "_extra") == [("某某", None)]


def test_everything_has_a_comment_in_two_languages(landing: Landing) -> None:
    schema.prepare(landing.engine)
    without = landing.ask(
        """
        select pg_class.relname, pg_attribute.attname
        from pg_class
        inner join pg_attribute on pg_class.oid = pg_attribute.attrelid
        where pg_class.relnamespace in ('landing'::regnamespace, 'audit'::regnamespace)
          and pg_class.relkind = 'r' and attnum > 0
          and (coalesce(col_description(pg_class.oid, attnum), '') not like '% / %'
               or coalesce(obj_description(pg_class.oid), '') not like '% / %')
        """
    )
    assert without == []


def test_preparing_twice_changes_nothing(landing: Landing) -> None:
    schema.prepare(landing.engine)
    query = "select xmin::text, oid::text from pg_class order by oid"
    before = landing.ask(query)
    schema.prepare(landing.engine)
    assert landing.ask(query) == before
