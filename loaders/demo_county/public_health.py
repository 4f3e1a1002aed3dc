"""The public-health platform: archives, hypertension records, follow-ups, exams, deaths."""

from __future__ import annotations

from datetime import date, timedelta

from loaders.demo_county.county import Village
from loaders.demo_county.dice import pick_weighted
from loaders.demo_county.events import (
    Archive,
    DeathCard,
    Exam,
    FollowUp,
    HypertensionRecord,
    Life,
)
from loaders.demo_county.population import Person
from loaders.demo_county.world import World

DOCTORS_PER_UNIT = 3


def keep_archives(world: World, life: Life) -> None:
    """Open and close the archives of a person, and report the death."""
    person = life.person
    if person.died_on and person.is_resident:
        life.death_card = _death_card(world, person)
    wanted = world.dice.share("archive", person.number)
    if not person.is_resident or wanted > 0.915:
        return
    if wanted > 0.91:
        _open_late(world, life)
        return
    rng = world.dice.stream("archive", person.number)
    last = world.calendar.history_end
    earliest = max(person.born + timedelta(days=rng.randint(5, 60)), date(2009, 3, 1))
    latest = min(person.moved_on or last, person.died_on or last, last)
    if person.moved_on is None and earliest < world.calendar.first_day and rng.random() < 0.95:
        latest = min(latest, world.calendar.first_day)
    if earliest > latest:
        return
    created_on = earliest + timedelta(days=int((latest - earliest).days * rng.random() ** 2))
    first = _archive(world, person, person.moved_from or person.village, created_on, 0)
    life.archives.append(first)
    if person.moved_on:
        again_on = person.moved_on + timedelta(days=rng.randint(5, 120))
        second = _archive(world, person, person.village, again_on, 1)
        life.archives.append(second)
        world.mess.note("second_archive", "D", "EHR_HealthRecord", second.number, again_on)
        if rng.random() < 0.55:
            _close(first, again_on, "2", again_on)
    current = life.archives[-1]
    if person.died_on and rng.random() < 0.75:
        closed_on = person.died_on + timedelta(days=rng.randint(0, 50))
        _close(current, closed_on, "1", closed_on + timedelta(days=rng.randint(0, 3)))
    elif person.died_on is None and rng.random() < 0.015:
        closed_on = date(2022, 1, 1) + timedelta(days=rng.randint(0, 1090))
        if closed_on > current.created_on:
            _close(current, closed_on, pick_weighted(rng, "2349", (3, 3, 2, 1)), closed_on)
    if current.closed_on is None and world.mess.hits("d_deletion", "D", current.number):
        current.deleted_on = _deletion_day(world)


def _open_late(world: World, life: Life) -> None:
    """Some get their archive only on a day after the history."""
    on = world.later_day("archive", life.person.number)
    if on and life.person.is_alive(on):
        life.archives.append(_archive(world, life.person, life.person.village, on, 0))


def manage_hypertension(world: World, life: Life) -> None:
    """Records of hypertension, a year of follow-ups, and the exams of everybody."""
    person = life.person
    if life.archives and _is_managed(world, person):
        _open_records(world, life)
        _follow_up(world, life)
    if life.archives:
        _examine(world, life)


def _archive(
    world: World, person: Person, village: Village, created_on: date, nth: int
) -> Archive:
    serial = world.numbering.of(f"archive {village.code}")
    by_centre = world.dice.share("unit", person.number, nth) < 0.5
    unit = village.town.code if by_centre else village.code
    doctor = int(world.dice.share("doctor", person.number, nth) * DOCTORS_PER_UNIT)
    return Archive(
        health_index=f"E{person.number * 2 + nth:09d}",
        number=f"{village.code}{serial:05d}",
        person=person,
        village_code=village.code,
        unit=unit,
        doctor=doctor_name(world, unit, doctor),
        created_on=created_on,
        known_on=created_on,
    )


def doctor_name(world: World, unit: str, nth: int) -> str:
    """The name of a doctor of a centre or clinic."""
    rng = world.dice.stream("doctor", unit, nth)
    names = world.county.names
    given = rng.choice(names.men + names.women) + rng.choice(names.either)
    return rng.choice(names.surnames) + given


def _close(archive: Archive, on: date, reason: str, known_on: date) -> None:
    archive.closed_on, archive.closing_reason, archive.closing_known_on = on, reason, known_on


def _deletion_day(world: World) -> date | None:
    full = world.calendar.first_full_delivery
    return full - timedelta(days=1) if full else None


def _death_card(world: World, person: Person) -> DeathCard:
    rng = world.dice.stream("death", person.number)
    died_on = person.died_on or world.calendar.last_day
    causes = [d for d in world.county.diagnoses if d.setting == "in" and d.age_from >= 45]
    reported_on = died_on + timedelta(days=rng.randint(0, 9))
    return DeathCard(
        number=world.numbering.by_month("SW", reported_on),
        person=person,
        died_on=died_on,
        cause=rng.choice(causes),
        reported_on=reported_on,
        town=person.village_on(died_on).town,
    )


def _is_managed(world: World, person: Person) -> bool:
    age = person.age(world.calendar.history_end)
    ill = 0 if age < 35 else 0.14 if age < 50 else 0.34 if age < 65 else 0.55
    return world.dice.share("hypertension", person.number) < ill * 0.72


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
    gap = pick_weighted(rng, (82, 120, 190, 2000), (62, 22, 11, 5))
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
    record = next((r for r in reversed(life.records) if r.created_on <= on), life.records[0])
    effect = pick_weighted(rng, "129", (94, 5, 1))
    way = pick_weighted(rng, "145", (56, 26, 18))
    pressure: tuple[int, int] | None = None
    if effect == "1" and (way != "5" or rng.random() < 0.5):
        systolic = round(rng.gauss(usual, 6))
        pressure = (systolic, min(systolic - 20, round(rng.gauss(usual * 0.6, 5))))
        if rng.random() < 0.01:
            pressure = rng.choice(((0, 0), (pressure[1], pressure[0]), (31, 20)))
    late = world.mess.hits("late_row", "D", number)
    known_on = on + timedelta(days=rng.randint(6, 40) if late else rng.choice((0, 0, 0, 1, 3)))
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


def _examine(world: World, life: Life) -> None:
    person = life.person
    rng = world.dice.stream("exams", person.number)
    old = person.age(world.calendar.history_end) >= 65
    share = 0.76 if life.records else 0.66 if old else 0.05
    for on in world.event_days("exam", person, share * 1.4)[:1]:
        number = world.numbering.by_month("TJ", on)
        archive = next((a for a in reversed(life.archives) if a.created_on <= on), None)
        if archive is None:
            continue
        life.exams.append(
            Exam(
                number=number,
                archive=archive,
                on=on,
                way="2" if old else "3" if life.records else "1",
                pressure=(round(rng.gauss(136, 13)), round(rng.gauss(82, 8))),
                has_tcm=old and rng.random() < 0.7,
                is_complete=rng.random() < 0.93,
                known_on=on + timedelta(days=rng.choice((0, 0, 1, 2, 5))),
            )
        )
