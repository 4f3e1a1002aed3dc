"""How well people were recognised: strata, merged twins, broken bans, scores.

Goes in: the links of the warehouse and the truth of the demo county they come from. Comes
out: counts, and no personal value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

from loaders.identity.evaluate.agreement import Agreement, agreement_by_stratum
from loaders.identity.evaluate.events import Attribution, measure_events
from loaders.identity.evaluate.scored import Scores, read_scores
from loaders.identity.evaluate.truth import load_truth

LINKS = "identity.person_link"
MERGED_SQL = """
select
    count(*),
    count(*) filter (where twins > 1),
    count(*) filter (where strangers > 1)
from (
    select
        link.person_id,
        count(distinct truth.person_id) as people,
        count(distinct truth.person_id) filter (where twin.record_key is not null) as twins,
        count(distinct truth.person_id) filter (where stranger.record_key is not null)
            as strangers
    from identity.person_link as link
    inner join true_person as truth on link.record_key = truth.record_key
    left join (select distinct record_key from stratum where stratum = 'twin') as twin
        on link.record_key = twin.record_key
    left join (select distinct record_key from stratum where stratum = 'stranger')
        as stranger on link.record_key = stranger.record_key
    where link.person_id is not null
    group by link.person_id
) as person
where people > 1
"""
SPLIT_SQL = """
select count(*) from (
    select truth.person_id
    from true_person as truth
    inner join identity.person_link as link on truth.record_key = link.record_key
    where link.person_id is not null
    group by truth.person_id
    having count(distinct link.person_id) > 1
) as person
"""
# What a steward has said, and relations that nobody has to himself, each where it is kept.
BANS = {
    "identity.active_decision": """
        select count(*)
        from identity.active_decision as decision
        inner join identity.person_link as one on decision.record_key_a = one.record_key
        inner join identity.person_link as other on decision.record_key_b = other.record_key
        where decision.verdict = 'different' and one.person_id = other.person_id
    """,
    "identity.person_relation": """
        select count(*) from identity.person_relation
        where person_id_a = person_id_b and relation in ('mother_of', 'twin_of')
    """,
}


@dataclass(frozen=True)
class Quality:
    """What was measured.

    `scores` is None where the model's scores are not kept, `events` empty where the record
    layer has not been built.
    """

    strata: Mapping[str, Agreement]
    people_merged: int
    twins_merged: int
    strangers_merged: int
    people_split: int
    bans_broken: int
    scores: Scores | None
    events: Mapping[str, Attribution]

    def counts(self) -> list[tuple[str, str, int]]:
        """What no share shows: Chinese and English name, and how many."""
        return [
            ("合并了不同人的编号", "ids that hold several people", self.people_merged),
            ("其中双胞胎", "of these with twins", self.twins_merged),
            ("其中同名同日生", "of these with namesakes", self.strangers_merged),
            ("分成几个编号的人", "people with several ids", self.people_split),
            ("被打破的不可合并", "cannot-links broken", self.bans_broken),
        ]  # fmt: skip


def measure_quality(engine: Engine, truth: Path) -> Quality:
    """Compare the links with the truth. Raises: NoTruthError."""
    with engine.connect() as connection:
        load_truth(connection, truth)
        merged: Any = connection.execute(text(MERGED_SQL)).one()
        return Quality(
            strata=agreement_by_stratum(connection, LINKS, "true_person", "stratum"),
            people_merged=int(merged[0]),
            twins_merged=int(merged[1]),
            strangers_merged=int(merged[2]),
            people_split=_count(connection, SPLIT_SQL),
            bans_broken=sum(
                _count(connection, sql)
                for table, sql in BANS.items()
                if _has(connection, table)
            ),
            scores=read_scores(connection, "true_person"),
            events=measure_events(connection, truth),
        )


def _has(connection: Connection, relation: str) -> bool:
    found = connection.scalar(text("select to_regclass(:name)"), {"name": relation})
    return found is not None


def _count(connection: Connection, sql: str) -> int:
    return int(connection.scalar(text(sql)) or 0)
