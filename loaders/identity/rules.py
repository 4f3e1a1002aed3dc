"""What links two records with certainty, and what each such rule asks for.

Goes in: the workbench and the standing of every number. Comes out: edges between claims,
and the pairs that a system names as one person although what they say contradicts it.
Candidates are found by joins on equal values; a pair is then judged by name and birth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from loaders.identity.births import births_of_one, children_and_mothers
from loaders.identity.compare import (
    STRONG_NAMES,
    WEAK_NAMES,
    BirthLevel,
    NameLevel,
    birth_level,
    name_level,
)
from loaders.identity.id_number import EXCEL_DIGITS, IdKind, are_near
from loaders.identity.standing import Standing, near_numbers
from loaders.identity.workbench import Claim, Workbench

Report = Callable[[str], None]
Pair = tuple[int, int]
Judge = Callable[[Claim, Claim], float | None]

# Rules in the order in which they bind, strongest first, and the method each counts as.
METHODS: Mapping[str, str] = {
    "same_id": "deterministic",
    "reference": "reference",
    "same_archive": "reference",
    "same_birth_certificate": "deterministic",
    "same_birth": "deterministic",
    "same_vaccination_code": "deterministic",
    "same_insurance_number": "deterministic",
    "same_social_card": "deterministic",
    "same_health_index": "deterministic",
    "same_document": "deterministic",
    "same_patient_card": "deterministic",
    "same_medical_record": "deterministic",
    "id_typo": "deterministic",
    "same_unverified_id": "deterministic",
    "id_damaged": "deterministic",
    # Last, and whatever contradicts: two persons are joined whole.
    "steward": "manual",
    "model": "probabilistic",
}
# Numbers that a newborn has of its own, under whatever name.
OWN_NUMBERS = {
    "same_archive", "same_birth_certificate", "same_vaccination_code", "same_birth",
}  # fmt: skip
RANKS: Mapping[str, int] = {rule: rank for rank, rule in enumerate(METHODS)}

SAME = {"verdict": "same"}
DIFFERENT = {"verdict": "different"}
UNVERIFIED = "id_kind in ('invalid', 'excel_zeroed', 'excel_rounded')"

SHARED_SQL = """
with

held as (
    select distinct claim, {column} as number from record
    where {column} is not null and {condition}
)

select one.claim, other.claim
from held as one
inner join held as other on one.number = other.number and one.claim < other.claim
order by one.claim, other.claim
"""

STEWARD_SQL = """
select distinct least(one.claim, other.claim), greatest(one.claim, other.claim)
from decision
inner join source as a on decision.record_key_a = a.record_key
inner join source as b on decision.record_key_b = b.record_key
inner join record as one on a.n = one.n
inner join record as other on b.n = other.n
where decision.verdict = $verdict and one.claim <> other.claim
order by 1, 2
"""

CROWDED_SQL = "select kind, count(*) from crowded group by kind order by kind"

REFERENCE_SQL = """
select distinct least(record.claim, target.claim), greatest(record.claim, target.claim)
from record
inner join record as target on record.reference_n = target.n
where record.claim <> target.claim
order by 1, 2
"""

TYPO_SQL = """
select least(one.claim, other.claim), greatest(one.claim, other.claim)
from claim as one
inner join name as one_name on one.name_id = one_name.name_id
inner join name as other_name on one_name.key = other_name.key
inner join claim as other
    on other.name_id = other_name.name_id and one.born_on = other.born_on
where
    one.id_kind in ('invalid', 'converted')
    and other.id_kind = 'valid'
    and one_name.key <> ''
order by 1, 2
"""

DAMAGED_SQL = f"""
with

pair as (
    select one.claim as one, other.claim as other
    from claim as one
    inner join name as one_name on one.name_id = one_name.name_id
    inner join name as other_name on one_name.key = other_name.key
    inner join claim as other
        on other_name.name_id = other.name_id
        and left(one.id_text, {EXCEL_DIGITS}) = left(other.id_text, {EXCEL_DIGITS})
    where
        one.id_kind in ('excel_zeroed', 'excel_rounded')
        and other.id_kind = 'valid'
),

placed as (
    select claim, list(coalesce(town_code, town)) as towns
    from record
    where
        claim in (select one from pair union select other from pair)
        and coalesce(town_code, town) is not null
    group by claim
)

select least(pair.one, pair.other), greatest(pair.one, pair.other)
from pair
left join placed as one on pair.one = one.claim
left join placed as other on pair.other = other.claim
where
    -- Twins and same-born namesakes of one county may share all the digits that are left.
    one.claim is null or other.claim is null or list_has_any(one.towns, other.towns)
order by 1, 2
"""


class Edge(NamedTuple):
    """Two claims of one person, on the word of one rule."""

    a: int
    b: int
    rule: str
    probability: float
    weight: float = 0.0


def find_edges(
    bench: Workbench, standing: Mapping[int, Standing], report: Report
) -> tuple[list[Edge], list[Pair]]:
    """Edges of every rule but `same_id`, and the references that were not believed."""
    edges = [Edge(a, b, "steward", 1.0) for a, b in _query(bench, STEWARD_SQL, SAME)]
    overlays: list[Pair] = []
    for a, b in _query(bench, REFERENCE_SQL):
        one, other = bench.claims[a], bench.claims[b]
        probability = _by_reference(one, other)
        if probability:
            edges.append(Edge(a, b, "reference", probability))
        elif not _child_and_adult(one, other):
            overlays.append((a, b))
    edges += _judged(bench, "same_birth", births_of_one(bench.duck), _by_same_birth)
    shared: tuple[tuple[str, str, str, Judge], ...] = (
        ("same_archive", "archive_id", "true", _by_reference),
        ("same_birth_certificate", "birth_certificate_no", "true", _by_birth),
        ("same_vaccination_code", "vaccination_code", "true", _by_birth),
        ("same_insurance_number", "insurance_number", "true", _by_card),
        ("same_social_card", "social_card_no", "true", _by_card),
        ("same_health_index", "health_index_id", "true", _by_index),
        ("same_document", "id_text", "id_kind = 'other_document'", _by_index),
        ("same_patient_card", "patient_card", "true", _by_card),
        ("same_medical_record", "medical_record", "true", _by_index),
        ("same_unverified_id", "id_text", UNVERIFIED, _by_index),
    )
    for rule, column, condition, judge in shared:
        sql = SHARED_SQL.format(column=column, condition=condition)
        edges += _judged(bench, rule, _query(bench, sql), judge)
    for kind, crowded in _query(bench, CROWDED_SQL):
        report(f"{kind}: {crowded} numbers are on too many records to be anybody's")
    for rule, sql, judge in (
        ("id_typo", TYPO_SQL, _by_typo),
        ("id_damaged", DAMAGED_SQL, _by_damage),
    ):
        found = _judged(bench, rule, _query(bench, sql), judge)
        edges += _without_choice(found, standing)
    kept = [e for e in edges if e.rule == "steward" or not _numbers_differ(e, standing)]
    return kept, overlays


def find_strangers(bench: Workbench) -> list[Pair]:
    """Claims of different people: a steward has said so, or one is the other's mother."""
    said = _query(bench, STEWARD_SQL, DIFFERENT)
    return [*said, *children_and_mothers(bench.duck)]


def _query(
    bench: Workbench, sql: str, parameters: dict[str, str] | None = None
) -> list[Any]:
    rows: list[Any] = bench.duck.execute(sql, parameters or {}).fetchall()
    return rows


def _judged(bench: Workbench, rule: str, pairs: Iterable[Pair], judge: Judge) -> list[Edge]:
    edges = []
    for a, b in pairs:
        one, other = bench.claims[a], bench.claims[b]
        if rule not in OWN_NUMBERS and (one.name.is_newborn or other.name.is_newborn):
            # The numbers are a parent's and the name fits a twin as well.
            continue
        probability = judge(one, other)
        if probability:
            edges.append(Edge(a, b, rule, probability))
    return edges


def _without_choice(edges: list[Edge], standing: Mapping[int, Standing]) -> Iterator[Edge]:
    """Edges of the claims whose number comes close to one valid number, not to several."""
    meant: dict[int, set[str]] = defaultdict(set)
    for edge in edges:
        for claim, other in ((edge.a, edge.b), (edge.b, edge.a)):
            meant[claim] |= {standing[other].proven or ""} - {""}
    for edge in edges:
        if all(len(meant[claim]) <= 1 for claim in (edge.a, edge.b)):
            yield edge


def _numbers_differ(edge: Edge, standing: Mapping[int, Standing]) -> bool:
    a, b = standing[edge.a], standing[edge.b]
    if a.proven and b.proven and a.proven != b.proven:
        # Kept when a system says so: the clustering refuses it and a steward sees it.
        return RANKS[edge.rule] > RANKS["same_health_index"]
    return False


def _by_reference(one: Claim, other: Claim) -> float | None:
    name = name_level(one.name, other.name)
    birth = birth_level(one.born_on, other.born_on)
    if name is NameLevel.EXACT:
        return 0.9999
    if name is NameLevel.NEWBORN:
        # The system's own word that the child of that name was the newborn.
        return _by_birth(one, other)
    if name in STRONG_NAMES | WEAK_NAMES | {NameLevel.MISSING} or _are_two_parents(
        one, other
    ):
        return 0.9995 if birth is not BirthLevel.DIFFERENT else None
    return None


def _are_two_parents(one: Claim, other: Claim) -> bool:
    """Whether one newborn is called after its mother here and after its father there."""
    names = (one.name, other.name)
    ranks = {name.rank for name in names} - {""}
    return (
        all(name.is_newborn and name.key for name in names)
        and one.name.key[-1] == other.name.key[-1]
        and _sexes_agree(one, other)
        and len(ranks) < 2
    )


def _by_birth(one: Claim, other: Claim) -> float | None:
    # A child's first numbers outlive its first name.
    exact = birth_level(one.born_on, other.born_on) is BirthLevel.EXACT
    ranks = {one.name.rank, other.name.rank} - {""}
    return 0.9995 if exact and _sexes_agree(one, other) and len(ranks) < 2 else None


def _by_same_birth(one: Claim, other: Claim) -> float | None:
    ranks = {one.name.rank, other.name.rank} - {""}
    return 0.9995 if _sexes_agree(one, other) and len(ranks) < 2 else None


def _by_card(one: Claim, other: Claim) -> float | None:
    name = name_level(one.name, other.name)
    birth = birth_level(one.born_on, other.born_on)
    if name is NameLevel.EXACT:
        return 0.9998 if birth is not BirthLevel.DIFFERENT else 0.999
    if birth is BirthLevel.DIFFERENT:
        return None
    # One character apart is not enough: brothers and twins use each other's cards.
    return 0.9995 if name in STRONG_NAMES else None


def _by_index(one: Claim, other: Claim) -> float | None:
    name = name_level(one.name, other.name)
    birth = birth_level(one.born_on, other.born_on)
    if birth is BirthLevel.DIFFERENT:
        return None
    if name in STRONG_NAMES:
        return 0.9995
    nameless = name is NameLevel.MISSING and birth is BirthLevel.EXACT
    return 0.999 if nameless and _sexes_agree(one, other) else None


def _by_typo(one: Claim, other: Claim) -> float | None:
    if name_level(one.name, other.name) is not NameLevel.EXACT:
        return None
    if IdKind.CONVERTED in (one.id_kind, other.id_kind):
        near = near_numbers(one.id_key or "", other.id_key or "")
    else:
        near = are_near(one.id_text or "", other.id_text or "")
    return 0.9997 if near else None


def _by_damage(one: Claim, other: Claim) -> float | None:
    # The digits that are left hold a birth date of their own: the stated one is not asked.
    if name_level(one.name, other.name) is not NameLevel.EXACT:
        return None
    return 0.9995 if _sexes_agree(one, other) else None


def _child_and_adult(one: Claim, other: Claim) -> bool:
    """Whether a newborn was booked on its mother's card, which is no question."""
    name = name_level(one.name, other.name)
    birth = birth_level(one.born_on, other.born_on)
    return name is NameLevel.NEWBORN and birth is BirthLevel.DIFFERENT


def _sexes_agree(one: Claim, other: Claim) -> bool:
    return one.sex_code == other.sex_code or not (one.sex_code and other.sex_code)
