"""Links that a test decides about, written as a run writes them; and what came of them.

Persons are given as groups of record keys. The anchor of a group is its smallest key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import Connection, Engine, text

from loaders.identity.ledger import LedgerChange, issue_person_id, write_people

DAY = date(2025, 1, 1)
PEOPLE = "select record_key, person_id from identity.person_link"
VERSIONS = "record_key, person_id, method, rule, probability, linked_to, is_contested"

Groups = Iterable[Collection[str]]


def key(number: int) -> str:
    """The key of a record."""
    return f"A|MS_BRDA|01|{number:05d}|"


def keys(*numbers: int) -> tuple[str, ...]:
    """The keys of some records."""
    return tuple(key(number) for number in numbers)


def person(*numbers: int) -> str:
    """The id of the person who has these records."""
    return issue_person_id(min(keys(*numbers)))


def links_of(
    groups: Groups,
    set_aside: Iterable[str] = (),
    rules: Mapping[str, str] | None = None,
) -> Iterator[tuple[object, ...]]:
    """Rows of links for these persons; a record can be linked by a rule of its own."""
    rules = rules or {}
    for group in groups:
        anchor = min(group)
        person_id = issue_person_id(anchor)
        for member in group:
            if member == anchor:
                yield _row(member, person_id, "first", "first_record", 1, None)
            else:
                rule = rules.get(member, "same_id")
                yield _row(member, person_id, "deterministic", rule, 0.9999, anchor)
    for member in set_aside:
        yield _row(member, None, "set_aside", "set_aside", None, None)


def _row(record_key: str, *how: object) -> tuple[object, ...]:
    return (record_key, *record_key.split("|"), *how, DAY, False, None)


def write(
    engine: Engine,
    run_id: int,
    groups: Groups,
    *,
    scope: Iterable[str] | None = None,
    tasks: Iterable[tuple[object, ...]] = (),
    set_aside: Iterable[str] = (),
    rules: Mapping[str, str] | None = None,
) -> LedgerChange:
    """Write what a run decided, about everybody or about a scope."""
    with engine.begin() as connection:
        table = None
        if scope is not None:
            table = "decided_about"
            _make_scope(connection, table, scope)
        links = links_of(groups, set_aside, rules)
        return write_people(connection, run_id, table, links, tasks)


def _make_scope(connection: Connection, table: str, scope: Iterable[str]) -> None:
    connection.execute(
        text(f"create temporary table {table} (record_key text) on commit drop")
    )
    rows = [{"record_key": record_key} for record_key in scope]
    if rows:
        connection.execute(text(f"insert into {table} values (:record_key)"), rows)


def rows_of(engine: Engine, query: str, **values: object) -> list[tuple[Any, ...]]:
    """What a query answers."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query), values)]


def versions_now(engine: Engine) -> list[tuple[Any, ...]]:
    """The links as the table holds them now, with what the history keeps of them."""
    return rows_of(engine, f"select {VERSIONS} from identity.person_link order by 1")


def versions_as_of(engine: Engine, run_id: int) -> list[tuple[Any, ...]]:
    """The links after a run, from the history."""
    return rows_of(
        engine,
        f"select {VERSIONS} from identity.person_link_as_of(:run_id) order by 1",
        run_id=run_id,
    )


def events_of_run(engine: Engine, run_id: int) -> list[tuple[Any, ...]]:
    """Type, person, other person, record and reason of a run's events, in their order."""
    return rows_of(
        engine,
        "select type, person_id, other_person_id, record_key, reason"
        " from identity.person_event where run_id = :run_id order by seq",
        run_id=run_id,
    )


class ChangingCounty:
    """Persons who merge, split, lose and gain records, by chance.

    `people` says whose each record is, by a label; None is a record that is set aside.
    """

    def __init__(self, seed: int, records: int = 30) -> None:
        self.chance = Random(seed)
        self.people: dict[str, int | None] = {}
        self._free = list(keys(*range(records)))
        self._label = 0
        self._told: dict[str, int | None] = {}
        for _ in range(records // 2):
            self._come()

    def groups(self) -> list[list[str]]:
        """The records of each person."""
        found: dict[int, list[str]] = {}
        for record_key, label in sorted(self.people.items()):
            if label is not None:
                found.setdefault(label, []).append(record_key)
        return list(found.values())

    def set_aside(self) -> list[str]:
        """The records that are nobody's."""
        return sorted(one for one, label in self.people.items() if label is None)

    def person_of(self) -> dict[str, str | None]:
        """The id that each record should have."""
        ids: dict[str, str | None] = dict.fromkeys(self.set_aside())
        for group in self.groups():
            ids |= dict.fromkeys(group, issue_person_id(min(group)))
        return ids

    def all_of(self, scope: Collection[str] | None) -> dict[str, Any]:
        """What a run of this scope decides, for `write`; None is everybody."""
        groups, set_aside = self.groups(), self.set_aside()
        if scope is not None:
            groups = [group for group in groups if group[0] in scope]
            set_aside = [one for one in set_aside if one in scope]
        return {"groups": groups, "set_aside": set_aside, "scope": scope}

    def live_on(self, steps: int) -> set[str]:
        """Let a few things happen; returns the records of all whom they touched."""
        before = self._told
        kinds = (
            self._come, self._go, self._merge, self._split, self._move, self._set_aside,
        )  # fmt: skip
        for _ in range(steps):
            self.chance.choice(kinds)()
        self._told = dict(self.people)
        states = (before, self.people)
        touched = {
            one
            for one in before.keys() | self.people.keys()
            if before.get(one, 0) != self.people.get(one, 0)
        }
        labels = {state.get(one) for state in states for one in touched} - {None}
        return touched | {
            one for state in states for one, label in state.items() if label in labels
        }

    def _some(self) -> str | None:
        return self.chance.choice(sorted(self.people)) if self.people else None

    def _come(self) -> None:
        if not self._free:
            return
        record_key = self._free.pop(self.chance.randrange(len(self._free)))
        other = self._some()
        if other is not None and self.chance.random() < 0.6:
            self.people[record_key] = self.people[other]
        else:
            self._label += 1
            self.people[record_key] = self._label

    def _go(self) -> None:
        record_key = self._some()
        if record_key is not None:
            del self.people[record_key]
            self._free.append(record_key)

    def _merge(self) -> None:
        one, other = self._some(), self._some()
        if one is None or other is None:
            return
        into, gone = self.people[one], self.people[other]
        if into is not None and gone is not None:
            for record_key, label in self.people.items():
                if label == gone:
                    self.people[record_key] = into

    def _split(self) -> None:
        one = self._some()
        if one is None or self.people[one] is None:
            return
        whole = self.people[one]
        self._label += 1
        for record_key, label in self.people.items():
            if label == whole and self.chance.random() < 0.5:
                self.people[record_key] = self._label

    def _move(self) -> None:
        one, other = self._some(), self._some()
        if one is not None and other is not None:
            self.people[one] = self.people[other]

    def _set_aside(self) -> None:
        one = self._some()
        if one is not None and self.chance.random() < 0.5:
            self.people[one] = None
