"""What rules decide: rule clusters of the kin groups in scope, and what they found odd.

Goes in: the workbench of a change. Comes out: `record_state`, `strong_key`, `rule_cluster`
and `finding` of these groups anew, and the table `standing` for the model.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from loaders.identity.attaching import WITHIN_CLAIM_SQL
from loaders.identity.changes import Change
from loaders.identity.claim_state import write_claims
from loaders.identity.clusters import Clusters, Facts
from loaders.identity.life import Life, lives_of_claims
from loaders.identity.person_name import PersonName
from loaders.identity.reviews import Finding, find_questions
from loaders.identity.rules import METHODS, Edge, Pair, find_edges, find_strangers
from loaders.identity.standing import SharedNumbers, Standing, weigh_numbers
from loaders.identity.state import renew_statistics
from loaders.identity.workbench import Claim, copy_out, put_table

Report = Callable[[str], None]

# How sure that is which holds the records of one claim together.
WITHIN_CLAIM = {
    "same_id": 0.9999, "same_insurance_number": 0.9998, "same_health_index": 0.9995,
}  # fmt: skip
LABEL_COLUMNS = {
    "claim": "integer", "cluster": "integer", "proven": "text", "barred": "text",
}  # fmt: skip
TIE_COLUMNS = {
    "claim": "integer", "method": "text", "rule": "text", "probability": "real",
    "near": "integer",
}  # fmt: skip
# Every record in scope with its person left open: that is for the model to say.
HELD_SQL = f"""
create or replace table held as
select
    source.record_no,
    source.fingerprint,
    source.record_key, source.source_system, source.source_table,
    coalesce(source.org_code, '') as org_code, source.native_id,
    coalesce(source.native_part, '') as native_part, source.first_delivery_on,
    kin_record.record_no as kin,
    head.record_no as cluster,
    coalesce(record.n = standing.cluster, false) as is_head,
    case
        when record.n is null then 'set_aside'
        when record.n <> record.claim then within_claim.method
        else tie.method
    end as method,
    case
        when record.n is null then 'set_aside'
        when record.n <> record.claim then within_claim.rule
        else tie.rule
    end as rule,
    case
        when record.n <> record.claim then within_claim.probability
        else tie.probability
    end as probability,
    case when record.n <> record.claim then claimed.record_key else near.record_key end
        as linked_to,
    record.id_key is not null and record.id_key in (from contested) as is_contested
from source
inner join kin on source.n = kin.n
inner join source as kin_record on kin.first = kin_record.n
left join record on source.n = record.n
left join standing on record.claim = standing.claim
left join source as head on standing.cluster = head.n
left join source as claimed on record.claim = claimed.n
left join within_claim on within_claim.rule = {WITHIN_CLAIM_SQL}
left join tie on record.claim = tie.claim
left join source as near on tie.near = near.n
"""
# Made once: `json.dumps` would make an encoder for each name.
AS_JSON = json.JSONEncoder(ensure_ascii=False).encode
# For dense indexes of whatever is written of everybody.
IN_ORDER = "order by source.record_no"


NEXT_STATE = """
update identity.record_state as state
set kin = held.kin, cluster = held.cluster
from held
where state.record_no = held.record_no
    and (state.kin, state.cluster) is distinct from (held.kin, held.cluster)
"""
STRONG_KEY_INDEXES = {"strong_key_key": "(key, kind)", "strong_key_kin": "(kin)"}
STATE_COLUMNS = ("record_no", "record_key", "fingerprint", "kin", "cluster")
STATE_INDEXES = {"record_state_kin": "(kin)", "record_state_cluster": "(cluster)"}
STATE_KEYS = {
    "record_state_pkey": "primary key (record_no)",
    "record_state_record_key_key": "unique (record_key)",
}  # fmt: skip
LAST_NUMBER_SQL = """
select setval(
    pg_get_serial_sequence('identity.record_state', 'record_no'),
    (select coalesce(max(record_no), 1) from identity.record_state)
)
"""


@dataclass(frozen=True)
class Ruled:
    """What the rules came to."""

    claims: int
    links: int
    findings: list[Finding]


def renew_rule_clusters(connection: Connection, change: Change, report: Report) -> Ruled:
    """Join claims by rules, kin group by kin group, and write the state of these groups."""
    bench = change.bench
    claims = bench.claims
    numbers = weigh_numbers(claims.values())
    edges, overlays = find_edges(bench, numbers.standing, report)
    edges += [Edge(a, b, "same_id", probability) for a, b, probability in numbers.links]
    strangers = find_strangers(bench)
    clusters = Clusters(
        _facts(claims, numbers.standing, strangers, lives_of_claims(bench.duck))
    )
    refused = clusters.join_all(edges)
    findings = find_questions(claims, numbers, overlays, refused)
    labels = clusters.labels()
    duck = bench.duck
    put_table(
        duck, "standing", LABEL_COLUMNS,
        [
            (claim, labels[claim], numbers.standing[claim].proven,
             numbers.standing[claim].barred)
            for claim in sorted(labels)
        ],
    )  # fmt: skip
    put_table(
        duck, "tie", TIE_COLUMNS,
        [
            (claim, METHODS[edge.rule], edge.rule, edge.probability, edge.a)
            for claim, edge in sorted(clusters.spanning_links().items())
        ],
    )  # fmt: skip
    put_table(
        duck, "within_claim", {"rule": "text", "method": "text", "probability": "real"},
        [(rule, METHODS[rule], sure) for rule, sure in WITHIN_CLAIM.items()],
    )  # fmt: skip
    put_table(duck, "contested", {"id_key": "text"}, _contested(numbers, claims))
    duck.execute(HELD_SQL + (IN_ORDER if change.is_full else ""))
    _write_state(connection, change, clusters, labels, findings)
    write_claims(connection, duck, change.is_full)
    return Ruled(len(claims), len(claims) - len(set(labels.values())), findings)


def _facts(
    claims: Mapping[int, Claim],
    standing: Mapping[int, Standing],
    strangers: Iterable[Pair],
    lives: Mapping[int, Life],
) -> dict[int, Facts]:
    of: dict[int, set[int]] = defaultdict(set)
    for one, other in strangers:
        of[one].add(other)
        of[other].add(one)
    return {
        number: Facts(
            _one(standing[number].proven),
            _one(standing[number].unproven),
            _one(standing[number].barred),
            frozenset({(claim.name, claim.born_on)}),
            frozenset(of[number]) if number in of else frozenset(),
            lives.get(number),
        )
        for number, claim in claims.items()
    }


def _one(value: str | None) -> frozenset[str]:
    return frozenset({value}) if value else frozenset()


def _contested(
    numbers: SharedNumbers, claims: Mapping[int, Claim]
) -> list[tuple[str | None]]:
    keys = {claims[claim].id_key for pair in numbers.contested for claim in pair}
    return [(key,) for key in sorted(filter(None, keys))]


def _write_state(
    connection: Connection,
    change: Change,
    clusters: Clusters,
    labels: Mapping[int, int],
    findings: list[Finding],
) -> None:
    connection.execute(
        text(
            """
            create temporary table former_cluster on commit drop as
            select cluster, signature from identity.rule_cluster
            where kin in (select kin from touched_kin)
            """
        )
    )
    if change.is_full:
        for index in STRONG_KEY_INDEXES:
            connection.execute(text(f"drop index if exists identity.{index}"))
    else:
        for table in ("strong_key", "rule_cluster", "finding"):
            connection.execute(
                text(
                    f"delete from identity.{table}"
                    " where kin in (select kin from touched_kin)"
                )
            )
    duck = change.bench.duck
    copy_out(
        duck,
        """
        select distinct strong.kind, strong.key, strong.said, first.record_no as kin
        from strong
        inner join kin on strong.n = kin.n
        inner join source as first on kin.first = first.n
        """,
        connection, "identity.strong_key", ("kind", "key", "said", "kin"),
    )  # fmt: skip
    if change.is_full:
        for index, columns in STRONG_KEY_INDEXES.items():
            connection.execute(
                text(f"create index {index} on identity.strong_key {columns}")
            )
    if change.is_full:
        _write_first_state(connection, change)
    else:
        _write_next_state(connection, change)
    _write_clusters(connection, change, clusters, labels)
    _write_findings(connection, change, findings)


def _write_first_state(connection: Connection, change: Change) -> None:
    for index in STATE_INDEXES:
        connection.execute(text(f"drop index if exists identity.{index}"))
    for key in STATE_KEYS:
        connection.execute(
            text(f"alter table identity.record_state drop constraint if exists {key}")
        )
    copy_out(
        change.bench.duck,
        # The number of a record is given here, for once.
        f"select {', '.join(STATE_COLUMNS)} from held",
        connection, "identity.record_state", STATE_COLUMNS,
    )  # fmt: skip
    for key, columns in STATE_KEYS.items():
        connection.execute(
            text(f"alter table identity.record_state add constraint {key} {columns}")
        )
    for index, columns in STATE_INDEXES.items():
        connection.execute(text(f"create index {index} on identity.record_state {columns}"))
    connection.execute(text(LAST_NUMBER_SQL))
    connection.execute(text("analyze identity.record_state"))


def _write_next_state(connection: Connection, change: Change) -> None:
    connection.execute(
        text(
            "create temporary table held (record_no bigint, kin bigint, cluster bigint)"
            " on commit drop"
        )
    )
    copy_out(
        change.bench.duck, "select record_no, kin, cluster from held", connection, "held",
        ("record_no", "kin", "cluster"),
    )  # fmt: skip
    connection.execute(text("analyze held"))
    connection.execute(text(NEXT_STATE))


def _write_clusters(
    connection: Connection,
    change: Change,
    clusters: Clusters,
    labels: Mapping[int, int],
) -> None:
    """The table `ruled_cluster`; written when the signatures of profiles are there."""
    duck = change.bench.duck
    rows = []
    said = {name: _face(name) for name in change.bench.names}
    for first in sorted(set(labels.values())):
        facts = clusters.facts(first)
        strangers = {labels[one] for one in facts.strangers if one in labels}
        faces = sorted(
            said[name] % (f'"{born_on}"' if born_on else '""')
            for name, born_on in facts.faces
        )
        rows.append(
            (
                first, _array(facts.proven), _array(facts.unproven), _array(facts.barred),
                "[" + ",".join(faces) + "]", sorted(map(str, strangers)),
                facts.life.to_json() if facts.life else None,
            )
        )  # fmt: skip
    columns = {
        "first": "integer", "proven": "text", "unproven": "text", "barred": "text",
        "faces": "text", "strangers": "texts", "life": "text",
    }  # fmt: skip
    put_table(duck, "ruled", columns, rows)
    duck.execute(
        """
        create or replace table ruled_cluster as
        select
            source.record_no as cluster, kin_record.record_no as kin, source.record_key,
            source.place, ruled.proven, ruled.unproven, ruled.barred, ruled.faces,
            '{' || coalesce(stranger.numbers, '') || '}' as strangers, ruled.life
        from ruled
        inner join source on ruled.first = source.n
        inner join kin on ruled.first = kin.n
        inner join source as kin_record on kin.first = kin_record.n
        left join (
            select told.first, string_agg(source.record_no::text, ',') as numbers
            from (select first, unnest(strangers)::integer as n from ruled) as told
            inner join source on told.n = source.n
            group by told.first
        ) as stranger on ruled.first = stranger.first
        """
    )


def _face(name: PersonName) -> str:
    """A name as JSON, with a place left for the birth date."""
    parts = [
        name.key, name.pinyin, name.rank, name.is_newborn, name.tones, name.sounds,
        name.head,
    ]  # fmt: skip
    return AS_JSON(parts)[:-1].replace("%", "%%") + ", %s]"


def _array(values: frozenset[str]) -> str:
    """A set of texts as PostgreSQL reads an array."""
    if not values:
        return "{}"
    quoted = (
        '"' + value.replace("\\", r"\\").replace('"', r"\"") + '"' for value in values
    )
    return "{" + ",".join(sorted(quoted)) + "}"


def write_rule_clusters(connection: Connection, change: Change) -> None:
    """Write the rule clusters in scope with the signatures of their profiles."""
    columns = (
        "cluster", "kin", "record_key", "place", "signature", "proven", "unproven",
        "barred", "faces", "strangers", "life",
    )  # fmt: skip
    duck = change.bench.duck
    copy_out(
        duck,
        f"""
        select {", ".join(columns)}
        from ruled_cluster inner join fresh_signature using (cluster)
        """,
        connection, "identity.rule_cluster", columns,
    )  # fmt: skip
    [(written,)] = duck.execute("select count(*) from ruled_cluster").fetchall()
    renew_statistics(connection, "identity.rule_cluster", int(written))


def _write_findings(
    connection: Connection, change: Change, findings: list[Finding]
) -> None:
    columns = {
        "a": "integer", "b": "integer", "kind": "text", "reason": "text",
        "evidence": "text",
    }  # fmt: skip
    duck = change.bench.duck
    put_table(
        duck, "found", columns,
        [
            (one.a, one.b, one.kind, one.reason, json.dumps(one.evidence, sort_keys=True))
            for one in findings
        ],
    )  # fmt: skip
    copy_out(
        duck,
        """
        select
            first.record_no as kin, found.kind, one.record_key as record_key_a,
            other.record_key as record_key_b, found.reason, found.evidence
        from found
        inner join source as one on found.a = one.n
        inner join source as other on found.b = other.n
        inner join kin on found.a = kin.n
        inner join source as first on kin.first = first.n
        """,
        connection, "identity.finding",
        ("kin", "kind", "record_key_a", "record_key_b", "reason", "evidence"),
    )  # fmt: skip
