"""Special records beside hypertension: diabetes, the old, severe mental disorders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from loaders.demo_county.dice import pick_weighted
from loaders.demo_county.illness import DIABETES, PSYCHOSIS, is_ill, risk
from loaders.demo_county.life import Life
from loaders.demo_county.population import Person
from loaders.demo_county.programme import load_programme
from loaders.demo_county.programme_records import CareVisit, Facts, SpecialRecord
from loaders.demo_county.registers import Archive
from loaders.demo_county.world import World

# How many days lie between follow-ups, and how many people are seen so often.
GAPS, GAP_WEIGHTS = (58, 83, 140, 2000), (54, 28, 12, 6)
OLD = 65
DIABETES_MANAGED = 0.75
EARLIEST = date(2010, 1, 1)


def manage_illnesses(world: World, life: Life) -> None:
    """Open the records that a person needs, and follow up what must be followed up."""
    person = life.person
    if not life.archives:
        return
    known = DIABETES_MANAGED * risk(world, DIABETES, person)
    if world.dice.share("diabetes", person.number) < known:
        _open(world, life, "D05", _diabetes, EARLIEST)
        _follow_up(world, life, "D05", _diabetes_visit)
    if is_ill(world, "psychosis", PSYCHOSIS, person):
        _open(world, life, "D08", _psychosis, EARLIEST)
        _follow_up(world, life, "D08", _psychosis_visit)
    turned_old_on = birthday(person.born, OLD)
    if turned_old_on <= world.calendar.history_end:
        _open(world, life, "D07", _old_age, turned_old_on)


def has_record(life: Life, feed: str) -> bool:
    """Whether there is a special record of this kind."""
    return any(record.feed == feed for record in life.special_records)


def archive_on(life: Life, on: date) -> Archive | None:
    """The newest archive that there was on a day."""
    return next((a for a in reversed(life.archives) if a.created_on <= on), None)


def birthday(born: date, age: int) -> date:
    """The day on which somebody completes so many years."""
    if (born.month, born.day) == (2, 29):
        return date(born.year + age, 3, 1)
    return born.replace(year=born.year + age)


def _open(
    world: World,
    life: Life,
    feed: str,
    facts: Callable[[World, Person], Facts],
    earliest: date,
) -> None:
    """One record for each archive; the second is opened with the second archive."""
    person = life.person
    rng = world.dice.stream("special record", feed, person.number)
    last = min(world.calendar.history_end, person.died_on or date.max)
    for nth, archive in enumerate(life.archives):
        begin = max(archive.created_on, earliest)
        is_current = nth == len(life.archives) - 1
        end = min(archive.closed_on or last, last)
        if not is_current:
            end = min(end, life.archives[nth + 1].created_on)
        if rng.random() < 0.85:
            end = min(end, world.calendar.first_day - timedelta(days=15))
        drawn = rng.random()
        if begin > end and not (nth and begin <= last):
            continue
        span = 0 if nth else (end - begin).days
        created_on = begin + timedelta(days=int(span * drawn))
        record = SpecialRecord(
            feed=feed,
            number=world.numbering.by_month("ZA", created_on),
            archive=archive,
            created_on=created_on,
            known_on=created_on,
            facts=facts(world, person),
            deleted_on=archive.deleted_on,
        )
        if archive.closed_on and rng.random() < 0.9:
            record.closed_on = max(archive.closed_on, created_on)
            record.closing_reason = archive.closing_reason
            record.closing_known_on = max(
                archive.closing_known_on or archive.closed_on, created_on
            )
        life.special_records.append(record)


def _diabetes(world: World, person: Person) -> Facts:
    first = world.dice.share("diabetes type", person.number) < 0.04
    return {"diabetesType": "1" if first else "2"}


def _psychosis(world: World, person: Person) -> Facts:
    rng = world.dice.stream("psychosis", person.number)
    kinds = load_programme().psychoses
    return {
        "diagnosisCode": pick_weighted(rng, tuple(kinds), tuple(kinds.values())),
        "confirmed": "1" if rng.random() < 0.93 else "0",
        "informedConsent": "1" if rng.random() < 0.85 else "0",
    }


def _old_age(world: World, person: Person) -> Facts:
    rng = world.dice.stream("self-care", person.number)
    return {"selfCareScore": min(24, int(rng.expovariate(1 / 3)))}


def _follow_up(
    world: World, life: Life, feed: str, make: Callable[[CareVisit, Random, float], None]
) -> None:
    """Visits since the history begins, as often as this patient is seen."""
    records = [record for record in life.special_records if record.feed == feed]
    if not records:
        return
    person = life.person
    rng = world.dice.stream("care", feed, person.number)
    gap = pick_weighted(rng, GAPS, GAP_WEIGHTS)
    usual = rng.gauss(0, 1)
    on = max(world.calendar.first_day, records[0].created_on)
    on += timedelta(days=rng.randint(2, min(gap, 300)))
    end = min(d for d in (records[-1].closed_on, person.died_on, date.max) if d)
    while on <= min(end, world.calendar.last_day):
        record = next((r for r in reversed(records) if r.created_on <= on), records[0])
        visit, chance = _visit(world, record, on)
        make(visit, chance, usual)
        life.care_visits.append(visit)
        on += timedelta(days=max(1, round(rng.gauss(gap, 9))))


def _visit(world: World, record: SpecialRecord, on: date) -> tuple[CareVisit, Random]:
    number = world.numbering.by_month("SF", on)
    rng = world.dice.stream("care visit", record.feed, record.archive.person.number, on)
    way = pick_weighted(rng, "145", (62, 29, 9))
    soon, late = rng.choice((0, 0, 0, 1, 3)), rng.randint(6, 40)
    is_late = world.mess.hits("late_row", "D", number)
    known_on = on + timedelta(days=late if is_late else soon)
    feed = {"D05": "D06", "D08": "D09"}[record.feed]
    if is_late:
        table = "MDC_DiabetesVisit" if feed == "D06" else "PSY_PsychosisVisit"
        world.mess.note("late_row", "D", table, number, known_on)
    visit = CareVisit(
        feed=feed,
        number=number,
        person=record.archive.person,
        archive=record.archive,
        unit=record.archive.unit,
        on=on,
        known_on=known_on,
        facts={"recordId": record.number, "visitWay": way},
        is_impossible=world.mess.hits("impossible_date", "D", number),
    )
    return visit, rng


def _diabetes_visit(visit: CareVisit, rng: Random, usual: float) -> None:
    effect = pick_weighted(rng, "129", (94, 5, 1))
    glucose = max(3.4, round(rng.gauss(6.9 + usual, 0.8), 1))
    systolic = round(rng.gauss(132 + 8 * usual, 8))
    pressure = (systolic, min(systolic - 25, round(rng.gauss(80, 6))))
    medicine = pick_weighted(rng, "1234", (72, 19, 7, 2))
    is_measured = rng.random() < (0.4 if visit.facts["visitWay"] == "5" else 0.97)
    visit.facts |= {"visitEffect": effect, "medicine": medicine}
    if effect == "1" and is_measured:
        visit.glucose, visit.pressure = glucose, pressure
        visit.facts["visitEvaluate"] = "1" if glucose < 7 else "2"


def _psychosis_visit(visit: CareVisit, rng: Random, usual: float) -> None:
    kind = pick_weighted(rng, "0123", (4, 6, 30, 60))
    grade = pick_weighted(rng, "0123", (85, 10, 4, 1))
    visit.facts["visitType"] = kind
    visit.facts["dangerousGrade"] = None if kind == "0" else grade
