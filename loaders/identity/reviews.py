"""What a steward should look at, as pairs of records with the reason and no values.

Goes in: what rules found odd, and scored pairs that were left apart. Comes out: one task
per pair of persons, the gravest; what ended up as one person after all is no task.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
from sqlalchemy import Connection, text

from loaders.identity.bands import HIGHEST_PROBABILITY, ScoredPair
from loaders.identity.clusters import Clusters
from loaders.identity.compare import birth_level, name_level
from loaders.identity.contradictions import find_contradictions
from loaders.identity.ledger import TASK_COLUMNS
from loaders.identity.people import People
from loaders.identity.rules import Edge, Pair
from loaders.identity.standing import SharedNumbers
from loaders.identity.workbench import Claim

# The gravest first: of two questions about the same two persons the first is asked.
KINDS = ("contested_id", "newborn", "overlay", "possible_duplicate")
# Questions of the rules in which a person of the scope has a part, with their persons.
FINDINGS_SQL = """
select
    finding.kind, finding.record_key_a, finding.record_key_b, finding.reason,
    finding.evidence, one.person_id as person_a, other.person_id as person_b,
    greatest(one.first_delivery_on, other.first_delivery_on) as first_seen_on
from identity.finding
inner join identity.person_link as one on finding.record_key_a = one.record_key
inner join identity.person_link as other on finding.record_key_b = other.record_key
where
    one.person_id <> other.person_id
    and (
        cast(:everybody as boolean)
        or finding.record_key_a in (select record_key from link_scope)
        or finding.record_key_b in (select record_key from link_scope)
    )
"""
PERSONS_SQL = """
select record_key, person_id, first_delivery_on from identity.person_link
where record_key = any(:keys)
"""
# A system that has so many master records of one person may have those of several.
MOST_MASTERS = 15
# Counted first with all that name a master: few have so many of both. The scope holds
# persons whole, and their links are as they arrived.
MANY_SQL = """
select link.person_id, link.source_system
from arriving_link as link
where link.person_id is not null
group by link.person_id, link.source_system
having count(*) > :most
"""
# The same of everybody, whose links are in the workbench.
MANY_OF_ALL_SQL = """
select owner.person_id, counted.source_system
from person_of_cluster as owner
inner join (
    select cluster, source_system, count(*) as records
    from held group by cluster, source_system
) as counted on owner.cluster = counted.cluster
group by owner.person_id, counted.source_system
having sum(counted.records) > $most
"""
TOO_MANY_SQL = """
select
    min(link.record_key) as record_key_a, max(link.record_key) as record_key_b,
    max(link.first_delivery_on) as first_seen_on
from unnest(cast(:persons as text[]), cast(:systems as text[]))
    as many (person_id, source_system)
inner join identity.person_link as link using (person_id, source_system)
inner join identity.source_person as source on link.record_key = source.record_key
-- What names the master record that it belongs to is no master itself.
where source.reference_key is null
group by link.person_id, link.source_system
having count(*) > :most
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the rules found odd about two claims."""

    kind: str
    a: int
    b: int
    reason: str
    evidence: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A question about two records of two persons, before the gravest is chosen."""

    kind: str
    record_key_a: str
    record_key_b: str
    probability: float | None
    reason: str
    evidence: Mapping[str, str | float]


def task_id(kind: str, record_key_a: str, record_key_b: str) -> str:
    """The same question has the same number in every run."""
    words = "\n".join((kind, record_key_a, record_key_b))
    return hashlib.blake2b(words.encode(), digest_size=10).hexdigest()


def find_questions(
    claims: Mapping[int, Claim],
    numbers: SharedNumbers,
    overlays: Iterable[Pair],
    refused: Iterable[tuple[Edge, str]],
) -> list[Finding]:
    """What the rules could not decide."""
    plain: list[tuple[str, Pair, str]] = []
    plain += [("contested_id", pair, "two_people_one_number") for pair in numbers.contested]
    plain += [("newborn", pair, "birth_date_unknown") for pair in numbers.newborns]
    plain += [("overlay", pair, "one_person_to_the_system") for pair in overlays]
    plain += [
        ("overlay", (edge.a, edge.b), f"{edge.rule}_but_{reason}")
        for edge, reason in refused
        if edge.rule != "steward"
    ]
    return [_finding(kind, pair, reason, claims) for kind, pair, reason in plain]


def gather_tasks(
    connection: Connection, people: People, everybody: duckdb.DuckDBPyConnection | None
) -> list[tuple[object, ...]]:
    """All open questions in which a record in scope has a part, as rows of `review_task`.

    Needs the links of this run to be written, and the temporary tables `link_scope` and
    `arriving_link`; these are not asked where the workbench of `everybody` is given.
    """
    best: dict[tuple[str, str], tuple[tuple[Any, ...], tuple[object, ...]]] = {}

    def ask(question: Question, persons: Pair | tuple[str, str], seen: object) -> None:
        a, b = sorted((question.record_key_a, question.record_key_b))
        rank = (
            KINDS.index(question.kind), question.probability is not None,
            -(question.probability or 0), question.reason, a, b,
        )  # fmt: skip
        row = (
            task_id(question.kind, a, b), question.kind, a, b, question.probability,
            question.reason, json.dumps(question.evidence, sort_keys=True), seen,
        )  # fmt: skip
        one, other = sorted(map(str, persons))
        if (one, other) not in best or rank < best[one, other][0]:
            best[one, other] = rank, row

    for row in connection.execute(text(FINDINGS_SQL), {"everybody": everybody is not None}):
        question = Question(
            row.kind, row.record_key_a, row.record_key_b, None, row.reason, row.evidence
        )
        ask(question, (row.person_a, row.person_b), row.first_seen_on)
    questions = list(_of_scores(people.pairs, people.clusters))
    keys = {key for one in questions for key in (one.record_key_a, one.record_key_b)}
    known = {
        row.record_key: row
        for row in connection.execute(text(PERSONS_SQL), {"keys": sorted(keys)})
    }
    for question in questions:
        a, b = known[question.record_key_a], known[question.record_key_b]
        seen = max(a.first_delivery_on, b.first_delivery_on)
        ask(question, (a.person_id, b.person_id), seen)
    rows = [row for _, row in best.values()]
    rows += _too_many_records(connection, everybody)
    rows += _contradictions(connection, everybody=everybody is not None)
    if any(len(row) != len(TASK_COLUMNS) for row in rows):
        raise AssertionError("a task has another number of columns than its table")
    return sorted(rows, key=lambda row: str(row[0]))


def _too_many_records(
    connection: Connection, everybody: duckdb.DuckDBPyConnection | None
) -> list[tuple[object, ...]]:
    kind, reason = "too_large_cluster", "too_many_records"
    most = {"most": MOST_MASTERS}
    many: Any = (
        everybody.execute(MANY_OF_ALL_SQL, most).fetchall()
        if everybody is not None
        else connection.execute(text(MANY_SQL), most).all()
    )
    if not many:
        return []
    persons, systems = zip(*many, strict=True)
    found = connection.execute(
        text(TOO_MANY_SQL), {**most, "persons": list(persons), "systems": list(systems)}
    )
    return [
        (
            task_id(kind, row.record_key_a, row.record_key_b), kind, row.record_key_a,
            row.record_key_b, None, reason, "{}", row.first_seen_on,
        )
        for row in found
    ]  # fmt: skip


def _contradictions(connection: Connection, *, everybody: bool) -> list[tuple[object, ...]]:
    return [
        (
            task_id("overlay", one.record_key_a, one.record_key_b), "overlay",
            one.record_key_a, one.record_key_b, None, one.reason, "{}", one.first_seen_on,
        )
        for one in find_contradictions(connection, everybody=everybody)
    ]  # fmt: skip


def _finding(kind: str, pair: Pair, reason: str, claims: Mapping[int, Claim]) -> Finding:
    a, b = sorted(pair)
    one, other = claims[a], claims[b]
    evidence = {
        "name": name_level(one.name, other.name).value,
        "birth_date": birth_level(one.born_on, other.born_on).value,
        "sex": _sex_level(one.sex_code, other.sex_code),
    }
    return Finding(kind, a, b, reason, evidence)


def _sex_level(one: str | None, other: str | None) -> str:
    if not one or not other:
        return "missing"
    return "same" if one == other else "different"


def _of_scores(pairs: Iterable[ScoredPair], clusters: Clusters) -> Iterator[Question]:
    for pair in pairs:
        if clusters.cluster_of(pair.a) == clusters.cluster_of(pair.b):
            continue
        conflict = clusters.conflict(pair.a, pair.b)
        if conflict == "known_to_be_two":
            continue
        is_newborn = "provisional" in pair.levels["name"] or any(
            name.is_newborn
            for member in (pair.a, pair.b)
            for name, _ in clusters.facts(member).faces
        )
        reason = conflict or ("newborn" if is_newborn else "not_certain_enough")
        if conflict == "different_valid_numbers":
            levels = pair.levels
            contacts = levels["phone"] == "shared" or levels["address"] == "same_house"
            if not contacts or levels["name"] != "exact":
                # Strangers of one name and birthday are not a question.
                continue
        elif conflict == "number_of_another" and not is_newborn:
            # The contested number has its own task.
            continue
        yield Question(
            "newborn" if is_newborn else "possible_duplicate",
            pair.record_key_a,
            pair.record_key_b,
            round(min(pair.probability, HIGHEST_PROBABILITY), 6),
            reason,
            {**pair.levels, "weight": round(pair.weight, 2)},
        )
