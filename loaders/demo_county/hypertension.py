"""Hypertension: who is managed, from when to when, how often seen; and yearly exams."""

from __future__ import annotations

from datetime import date, timedelta

from loaders.demo_county.chronic import has_record
from loaders.demo_county.dice import pick_weighted
from loaders.demo_county.illness import HYPERTENSION, risk
from loaders.demo_county.life import Life
from loaders.demo_county.population import Person
from loaders.demo_county.registers import Exam, FollowUp, HypertensionRecord
from loaders.demo_county.world import World

# How many days lie between follow-ups, and how many people are seen so often.
GAPS, GAP_WEIGHTS = (60, 84, 140, 2000), (56, 26, 12, 6)
# Exams because of a special record: diabetes, psychosis.
WAYS = {"D05": "4", "D08": "5"}
# How many of the ill are known to the register.
MANAGED = 0.72


def manage_hypertension(world: World, life: Life) -> None:
    """The records of hypertension of a person, and the follow-ups of the year."""
    if life.archives and _is_managed(world, life.person):
        _open_records(world, life)
        _follow_up(world, life)


def examine(world: World, life: Life) -> None:
    """The yearly exam, for the old and for those with a record, now and then for others."""
    person = life.person
    rng = world.dice.stream("exams", person.number)
    old = person.age(world.calendar.history_end) >= 65
    is_managed = bool(life.records or life.special_records)
    mean = 2.3 if is_managed else 1.3 if old else 0.05
    for on in _first_of_each_year(world, world.event_days("exam", person, mean)):
        number = world.numbering.by_month("TJ", on)
        archive = next((a for a in reversed(life.archives) if a.created_on <= on), None)
        if archive is None:
            continue
        life.exams.append(
            Exam(
                number=number,
                archive=archive,
                on=on,
                way="2" if old else _way(life),
                pressure=(round(rng.gauss(136, 13)), round(rng.gauss(82, 8))),
                has_tcm=old and rng.random() < 0.7,
                is_complete=rng.random() < 0.93,
                known_on=on + timedelta(days=rng.choice((0, 0, 1, 2, 5))),
            )
        )


def _way(life: Life) -> str:
    """Why somebody is examined who is not old: by the first record that there is."""
    if life.records:
        return "3"
    for feed, way in WAYS.items():
        if has_record(life, feed):
            return way
    return "1"


def _first_of_each_year(world: World, days: list[date]) -> list[date]:
    """One exam a year; the days after the history belong to its last year."""
    first: dict[int, date] = {}
    for on in days:
        first.setdefault(min(on.year, world.calendar.year), on)
    return list(first.values())


def _is_managed(world: World, person: Person) -> bool:
    known = MANAGED * risk(world, HYPERTENSION, person)
    return world.dice.share("hypertension", person.number) < known


def _open_records(world: World, life: Life) -> None:
    person = life.person
    rng = world.dice.stream("hypertension record", person.number)
    for nth, archive in enumerate(life.archives):
        earliest = max(archive.created_on, date(2010, 1, 1))
        latest = archive.closed_on or world.calendar.history_end
        if person.died_on:
            latest = min(latest, person.died_on)
        if nth == 0 and len(life.archives) > 1:
            latest = min(latest, life.archives[1].created_on)
        if nth == 0 and rng.random() < 0.9:
            latest = min(latest, date(world.calendar.year - 1, 12, 20))
        if nth == 0 and earliest > latest:
            continue
        # The second one is opened with the second archive: no gap between the two.
        span = (latest - earliest).days if nth == 0 else 0
        created_on = earliest + timedelta(days=int(span * rng.random()))
        record = HypertensionRecord(
            number=world.numbering.by_month("ZA", created_on),
            person=person,
            archive=archive,
            created_on=created_on,
            diagnosed_on=created_on - timedelta(days=rng.randint(0, 90)),
            risk=pick_weighted(rng, "1234", (3, 4, 2, 1)),
            known_on=created_on,
            deleted_on=archive.deleted_on,
        )
        if archive.closed_on and (archive.closing_reason == "2" or rng.random() < 0.85):
            record.closed_on = archive.closed_on
            record.closing_reason = archive.closing_reason
            record.closing_known_on = archive.closing_known_on
        elif rng.random() < 0.02 and nth == len(life.archives) - 1:
            closed_on = created_on + timedelta(days=rng.randint(100, 2500))
            if closed_on < (person.died_on or world.calendar.history_end):
                record.closed_on = record.closing_known_on = closed_on
                record.closing_reason = pick_weighted(rng, "2349", (4, 3, 2, 1))
        life.records.append(record)


def _follow_up(world: World, life: Life) -> None:
    person = life.person
    if not life.records:
        return
    record = life.records[-1]
    rng = world.dice.stream("follow-ups", person.number)
    gap = pick_weighted(rng, GAPS, GAP_WEIGHTS)
    begin = max(world.calendar.first_day, life.records[0].created_on)
    end = min(d for d in (record.closed_on, person.died_on, date.max) if d)
    usual = rng.gauss(134, 12)
    on = begin + timedelta(days=rng.randint(2, min(gap, 300)))
    while on <= min(end, world.calendar.last_day):
        life.follow_ups.append(_visit(world, life, on, usual))
        on += timedelta(days=max(1, round(rng.gauss(gap, 9))))


def _visit(world: World, life: Life, on: date, usual: float) -> FollowUp:
    number = world.numbering.by_month("SF", on)
    rng = world.dice.stream("follow-up", life.person.number, on)
    record = next(
        (r for r in reversed(life.records) if r.created_on <= on), life.records[0]
    )
    effect = pick_weighted(rng, "129", (94, 5, 1))
    way = pick_weighted(rng, "145", (62, 29, 9))
    pressure: tuple[int, int] | None = None
    if effect == "1" and (way != "5" or rng.random() < 0.5):
        systolic = round(rng.gauss(usual, 6))
        pressure = (systolic, min(systolic - 20, round(rng.gauss(usual * 0.6, 5))))
        if rng.random() < 0.01:
            pressure = rng.choice(((0, 0), (pressure[1], pressure[0]), (31, 20)))
    late = world.mess.hits("late_row", "D", number)
    known_on = on + timedelta(
        days=rng.randint(6, 40) if late else rng.choice((0, 0, 0, 1, 3))
    )
    if late:
        world.mess.note("late_row", "D", "MDC_HypertensionVisit", number, known_on)
    visit = FollowUp(
        number=number,
        record=record,
        on=on,
        way=way,
        effect=effect,
        pressure=pressure,
        heart_rate=rng.randint(58, 96),
        medicine=pick_weighted(rng, "1234", (70, 20, 8, 2)),
        known_on=known_on,
        is_impossible=world.mess.hits("impossible_date", "D", number),
    )
    corrected_on = world.later_day("correction", number)
    is_old = known_on <= world.calendar.history_end
    if pressure and corrected_on and is_old and world.mess.hits("correction", "D", number):
        visit.corrected_on = corrected_on
        visit.first_pressure = (pressure[0] + 10, pressure[1])
        world.mess.note("correction", "D", "MDC_HypertensionVisit", number, corrected_on)
    return visit
