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
from loaders.identity.first_load import is_first_load, load_first_links
from loaders.identity.ledger import LedgerChange, prepare, write_links, write_tasks
from loaders.identity.link_count import count_links
from loaders.identity.normalise import Decision, Places
from loaders.identity.people import OWNER_COLUMNS, decide_people
from loaders.identity.reviews import gather_tasks
from loaders.identity.rule_clusters import renew_rule_clusters
from loaders.identity.scoring import known_statements
from loaders.identity.waiting import note_read
from loaders.identity.workbench import copy_out
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

# Every record in scope, and those of clusters outside it whose person may be another now.
# A cluster lies in scope as a whole, or not at all.
LINKS_SQL = """
insert into arriving_link
select
    held.record_key, held.source_system, held.source_table, held.org_code, held.native_id,
    held.native_part, owner.person_id,
    case when held.is_head then owner.method else held.method end,
    case when held.is_head then owner.rule else held.rule end,
    case when held.is_head then owner.probability else held.probability end,
    case when held.is_head then owner.linked_to else held.linked_to end,
    held.first_delivery_on, held.is_contested
from held_link as held
left join person_of_cluster as owner on held.cluster = owner.cluster
union all
select
    link.record_key, link.source_system, link.source_table, link.org_code, link.native_id,
    link.native_part, owner.person_id,
    case when is_head then owner.method else link.method end,
    case when is_head then owner.rule else link.rule end,
    case when is_head then owner.probability else link.probability end,
    case when is_head then owner.linked_to else link.linked_to end,
    link.first_delivery_on, link.is_contested
from person_of_cluster as owner
inner join identity.record_state as state on owner.cluster = state.cluster
inner join identity.person_link as link on state.record_key = link.record_key
cross join lateral (select link.record_key = owner.head as is_head) as head
where owner.cluster not in (select cluster from held_link)
union all
select
    attached.record_key, attached.source_system, attached.source_table, attached.org_code,
    attached.native_id, attached.native_part, coalesce(owner.person_id, head.person_id),
    within_claim.method, attached.rule, within_claim.probability, attached.head,
    attached.first_delivery_on, false
from attached
inner join within_claim on attached.rule = within_claim.rule
inner join identity.person_link as head on attached.head = head.record_key
left join person_of_cluster as owner on attached.cluster = owner.cluster
"""
OWNERS_TABLE_SQL = """
create temporary table person_of_cluster (
    cluster bigint, head text, person_id text, method text, rule text,
    probability numeric(7, 6), linked_to text
) on commit drop
"""
SCOPE_SQL = """
create temporary table link_scope on commit drop as
select record_key from arriving_link
union
select record_key from gone
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
HELD_COLUMNS = (
    "record_key", "source_system", "source_table", "org_code", "native_id", "native_part",
    "method", "rule", "probability", "linked_to", "first_delivery_on", "is_contested",
    "cluster", "is_head",
)  # fmt: skip
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


def link_people(
    engine: Engine, run_id: int, report: Report, *, anew: bool = False
) -> LinkSummary:
    """Link all person records and write the outcome in one transaction.

    `anew` computes everything again, also what has not changed.
    Raises: RepeatedRecordError.
    """
    prepare(engine)
    make_state(engine)
    with engine.begin() as connection, _without_looking_for_cycles():
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


def check_links(engine: Engine, report: Report) -> int:
    """Link everything anew, compare with the links that are there, and take it all back.

    Returns how many rows of links and questions differ; there must be none.
    """
    prepare(engine)
    make_state(engine)
    with (
        engine.connect() as connection,
        connection.begin() as transaction,
        _without_looking_for_cycles(),
    ):
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


@contextmanager
def _without_looking_for_cycles() -> Iterator[None]:
    """Millions of small objects live for one run, and none of them knows itself.

    To walk over all of them again and again, looking for some that do, cost a quarter of
    the processor time of a run.
    """
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looking:
            gc.enable()


def _link(
    connection: Connection, change: Change, run_id: int, engine_version: str, report: Report
) -> LinkSummary:
    statements = known_statements(connection)
    # Nobody reads what a run of everybody writes before persons are decided upon.
    with Behind(is_behind=change.is_full) as behind:
        ruled = renew_rule_clusters(connection, behind, change, report)
        report(f"rules: {ruled.claims} different claims, {ruled.links} of them linked")
        scored = renew_pairs(
            connection, behind, change.bench.duck, change.is_full, statements, report
        )
        behind.do(write_rule_clusters, connection, change)
        duck = change.bench.duck
        if change.is_full:
            evidence = evidence_of_everybody(duck, ruled.clusters, scored)
        else:
            evidence = evidence_of_touched(connection)
        people = decide_people(duck, evidence)
        behind.wait()
    report(
        f"model: {scored} pairs compared, {len(people.pairs)} likely,"
        f" {people.linked} of them beyond doubt"
    )
    renew_assertions(connection, change.bench.duck, change.is_full)
    is_first = change.is_full and is_first_load(connection)
    if is_first:
        ledger = load_first_links(connection, change.bench.duck, run_id)
    else:
        _lay_out_links(connection, change)
        ledger = write_links(connection, run_id)
        if not change.is_full:
            connection.execute(text(TOUCHED_SQL))
    tasks = gather_tasks(connection, people, duck if is_first else None)
    ledger = write_tasks(connection, ledger, tasks)
    if is_first:
        # A view would outlive the transaction, which a temporary table does not.
        connection.execute(text("drop view link_scope"))
    if change.is_full:
        connection.execute(text("drop view scope"))
    _remember(connection, change, run_id, engine_version)
    counts = count_links(connection, everybody=change.is_full)
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


def _lay_out_links(connection: Connection, change: Change) -> None:
    """The temporary tables `arriving_link` and `link_scope`: what to write, for whom."""
    for name, columns in (
        ("arriving_link", "*"),
        (
            "held_link",
            f"{', '.join(HELD_COLUMNS[:-2])}, 0::bigint as cluster, true as is_head",
        ),
    ):
        connection.execute(
            text(
                f"create temporary table {name} on commit drop as"
                f" select {columns} from identity.person_link with no data"
            )
        )
    copy_out(
        change.bench.duck, f"select {', '.join(HELD_COLUMNS)} from held", connection,
        "held_link", HELD_COLUMNS,
    )  # fmt: skip
    connection.execute(
        text(
            "create temporary table within_claim"
            " (rule text, method text, probability numeric(7, 6)) on commit drop"
        )
    )
    copy_out(
        change.bench.duck, "select rule, method, probability from within_claim",
        connection, "within_claim", ("rule", "method", "probability"),
    )  # fmt: skip
    connection.execute(text(OWNERS_TABLE_SQL))
    copy_out(
        change.bench.duck, "from person_of_cluster", connection, "person_of_cluster",
        tuple(OWNER_COLUMNS),
    )  # fmt: skip
    connection.execute(text("create unique index on person_of_cluster (cluster)"))
    connection.execute(text("analyze person_of_cluster"))
    connection.execute(text("analyze held_link"))
    for statement in (LINKS_SQL, SCOPE_SQL):
        connection.execute(text(statement))
    connection.execute(text("analyze arriving_link"))
    connection.execute(text("analyze link_scope"))


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
