"""Decide who is who: from person records to persons, for what changed and all it touches.

Goes in: `identity.source_person` and stewards' decisions. Comes out:
`identity.person_link`, `person_ledger` and `review_task`. The result is a function of the
current records alone: any order and split of the same deliveries ends in the same persons
with the same ids. What has not changed, and is not touched by what has, is not computed
again:

    change ─► kin groups ─► rule clusters ─► scored pairs ─► persons ─► links and tasks
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

from loaders.identity.assertions import renew_assertions
from loaders.identity.behind import Behind
from loaders.identity.candidates import renew_pairs
from loaders.identity.changes import (
    Change,
    forget,
    gather,
    make_state,
    prepare_state,
)
from loaders.identity.cluster_state import write_rule_clusters
from loaders.identity.contact import FORMER_NAMES_SQL, former_names
from loaders.identity.evidence import evidence_of_everybody, evidence_of_touched
from loaders.identity.first_load import (
    is_first_load,
    lay_out_first_links,
    write_first_links,
)
from loaders.identity.ledger import LedgerChange, prepare, write_links, write_tasks
from loaders.identity.link_count import count_links
from loaders.identity.linked import WorkbenchLinks, WrittenLinks
from loaders.identity.links_in_scope import lay_out_links
from loaders.identity.normalise import Decision, Places
from loaders.identity.people import decide_people
from loaders.identity.reviews import contradicted, gather_tasks
from loaders.identity.rule_clusters import renew_rule_clusters
from loaders.identity.scoring import known_statements
from loaders.identity.waiting import note_read, touch_owners
from loaders.warehouse.connect import BY_INDEX

Report = Callable[[str], None]

FORMER_NAMES = "staging.former_place_name"
# A name that reports give with several codes tells none of them.
TOWNS_SQL = """
select town_name, min(town_code) as town_code
from identity.town
group by town_name
having count(distinct town_code) = 1
"""

# Whoever had or has a record that has changed, or that was linked otherwise.
TOUCHED_SQL = """
insert into identity.touched_person (person_id)
select link.person_id
from change
inner join identity.person_link as link on change.record_key = link.record_key
where link.person_id is not null
union
select old_person_id from link_change where old_person_id is not null
union
select new_person_id from link_change where new_person_id is not null
on conflict do nothing
"""
COMPARED = ("person_link", "review_task")
DIFFERENCES_SQL = """
select count(*) from (
    (select * from identity.{table} except select * from {table}_before)
    union all
    (select * from {table}_before except select * from identity.{table})
) as difference
"""
PERSONS_SQL = "select count(*) from identity.person_ledger where status = 'active'"


@dataclass(frozen=True)
class LinkSummary:
    """What a run of the linking step came to, in counts."""

    records: int
    changed: int
    attached: int
    in_scope: int
    set_aside: int
    persons: int
    links_by_rule: Mapping[str, int]
    reviews_by_kind: Mapping[str, int]
    ledger: LedgerChange

    def __str__(self) -> str:
        reviews = sum(self.reviews_by_kind.values())
        return (
            f"{self.records} records are {self.persons} persons"
            f" ({self.changed} changed, {self.attached} of them said nothing new,"
            f" {self.in_scope} looked at,"
            f" {self.set_aside} set aside, {reviews} questions open);"
            f" ids issued {self.ledger.issued}, retired {self.ledger.retired},"
            f" reinstated {self.ledger.reinstated};"
            f" links changed {self.ledger.links_changed}"
        )


@contextmanager
def _without_looking_for_cycles() -> Iterator[None]:
    """Millions of small objects live for one run, and none of them knows itself.

    To walk over all of them again and again, looking for some that do, cost a quarter of
    the processor time of a run. To begin again while they live would walk over them once
    more: this belongs around the whole function that holds them.
    """
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looking:
            gc.enable()


@_without_looking_for_cycles()
def link_people(
    engine: Engine, run_id: int, report: Report, *, anew: bool = False
) -> LinkSummary:
    """Link all person records and write the outcome in one transaction.

    `anew` computes everything again, also what has not changed.
    Raises: RepeatedRecordError.
    """
    prepare(engine)
    make_state(engine)
    with engine.begin() as connection:
        connection.execute(BY_INDEX)
        places = _places(connection)
        prepare_state(connection, engine_version := _version(places))
        if anew:
            forget(connection)
        change = gather(connection, places, _decisions(connection))
        try:
            return _link(connection, change, run_id, engine_version, report)
        finally:
            change.bench.duck.close()


@_without_looking_for_cycles()
def check_links(engine: Engine, report: Report) -> int:
    """Link everything anew, compare with the links that are there, and take it all back.

    Returns how many rows of links and questions differ; there must be none.
    """
    prepare(engine)
    make_state(engine)
    with engine.connect() as connection, connection.begin() as transaction:
        for table in COMPARED:
            connection.execute(
                text(
                    f"create temporary table {table}_before on commit drop as"
                    f" select * from identity.{table}"
                )
            )
        places = _places(connection)
        prepare_state(connection, engine_version := _version(places))
        run_id = connection.scalar(text("select max(run_id) from identity.link_run"))
        forget(connection)
        change = gather(connection, places, _decisions(connection))
        try:
            _link(connection, change, int(run_id or 0), engine_version, report)
        finally:
            change.bench.duck.close()
        differences = sum(
            int(connection.scalar(text(DIFFERENCES_SQL.format(table=table))) or 0)
            for table in COMPARED
        )
        transaction.rollback()
    return differences


def _link(
    connection: Connection, change: Change, run_id: int, engine_version: str, report: Report
) -> LinkSummary:
    statements = known_statements(connection)
    duck = change.bench.duck
    is_first = change.is_full and is_first_load(connection)
    # Nobody reads what a run of everybody writes, but for what is asked at the very end.
    with Behind(is_behind=change.is_full) as behind:
        ruled = renew_rule_clusters(connection, behind, change, report)
        report(f"rules: {ruled.claims} different claims, {ruled.links} of them linked")
        scored = renew_pairs(connection, behind, duck, change.is_full, statements, report)
        behind.do(write_rule_clusters, connection, change)
        if change.is_full:
            evidence = evidence_of_everybody(duck, ruled.clusters, scored)
        else:
            evidence = evidence_of_touched(connection)
        people = decide_people(duck, evidence)
        # What is laid out next is laid out from what was handed over.
        behind.wait()
        behind.do(renew_assertions, connection, duck.cursor(), change.is_full)
        if is_first:
            ledger = lay_out_first_links(duck)
            behind.do(write_first_links, connection, duck.cursor(), run_id, ledger)
            tasks = gather_tasks(people, WorkbenchLinks(duck))
        behind.wait()
    report(
        f"model: {scored} pairs compared, {len(people.pairs)} likely,"
        f" {people.linked} of them beyond doubt"
    )
    if not is_first:
        lay_out_links(connection, duck)
        ledger = write_links(connection, run_id)
        if not change.is_full:
            connection.execute(text(TOUCHED_SQL))
            touch_owners(connection)
        tasks = gather_tasks(people, WrittenLinks(connection))
    tasks += contradicted(connection, everybody=is_first)
    ledger = write_tasks(connection, ledger, sorted(tasks, key=lambda row: str(row[0])))
    if is_first:
        # A view would outlive the transaction, which a temporary table does not.
        connection.execute(text("drop view link_scope"))
    if change.is_full:
        connection.execute(text("drop view scope"))
    _remember(connection, change, run_id, engine_version)
    counts = count_links(connection, duck if change.is_full else None)
    return LinkSummary(
        records=sum(row.records for row in counts),
        changed=change.changed,
        attached=change.attached,
        in_scope=change.in_scope,
        set_aside=sum(row.set_aside for row in counts),
        persons=int(connection.scalar(text(PERSONS_SQL)) or 0),
        links_by_rule={row.rule: row.records for row in counts},
        reviews_by_kind=_count_by(connection, "review_task", "kind"),
        ledger=ledger,
    )


def _places(connection: Connection) -> Places:
    """What the county has said of its places; nothing where it has said nothing."""
    found: dict[str, Any] = {}
    for table, query in (("identity.town", TOWNS_SQL), (FORMER_NAMES, FORMER_NAMES_SQL)):
        known = connection.scalar(text("select to_regclass(:name)"), {"name": table})
        found[table] = connection.execute(text(query)).all() if known else []
    return Places(
        tuple(sorted((str(name), str(code)) for name, code in found["identity.town"])),
        former_names(sorted(map(tuple, found[FORMER_NAMES]))),
    )


def _decisions(connection: Connection) -> list[Decision]:
    """What stewards have decided and not undone."""
    if connection.scalar(text("select to_regclass('identity.active_decision')")) is None:
        return []
    rows = connection.execute(
        text(
            "select record_key_a, record_key_b, verdict from identity.active_decision"
            " order by 1, 2, 3"
        )
    )
    return [(str(a), str(b), str(verdict)) for a, b, verdict in rows]


def _version(places: Places) -> str:
    """Another version of rules, weights, libraries or settings computes everything anew."""
    digest = hashlib.blake2b(repr(places).encode(), digest_size=16)
    for library in ("duckdb", "splink", "pypinyin", "opencc"):
        digest.update(f"{library} {version(library)}\n".encode())
    for path in sorted(Path(__file__).parent.rglob("*")):
        if path.suffix in {".py", ".sql", ".yml", ".csv"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _remember(
    connection: Connection, change: Change, run_id: int, engine_version: str
) -> None:
    if change.fresh_decisions:
        connection.execute(text("truncate identity.applied_decision"))
    if change.fresh_decisions and change.decisions:
        connection.execute(
            text("insert into identity.applied_decision values (:a, :b, :verdict)"),
            [{"a": a, "b": b, "verdict": verdict} for a, b, verdict in change.decisions],
        )
    note_read(connection)
    full_run_id = run_id
    if not change.is_full:
        full_run_id = connection.scalar(text("select full_run_id from identity.engine"))
    connection.execute(text("delete from identity.engine"))
    connection.execute(
        text(
            "insert into identity.engine (version, run_id, full_run_id)"
            " values (:version, :run_id, :full_run_id)"
        ),
        {"version": engine_version, "run_id": run_id, "full_run_id": full_run_id},
    )


def _count_by(connection: Connection, table: str, column: str) -> dict[str, int]:
    rows = connection.execute(
        text(f"select {column}, count(*) from identity.{table} group by {column}")
    )
    return {str(value): int(str(count)) for value, count in rows}
