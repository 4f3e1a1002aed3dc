"""Health archives: opened, doubled by moving, closed, deleted; and death cards."""

from __future__ import annotations

from datetime import date, timedelta

from loaders.demo_county.county import Village
from loaders.demo_county.dice import pick_weighted
from loaders.demo_county.life import Life
from loaders.demo_county.population import Person
from loaders.demo_county.registers import Archive, DeathCard
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
    _open(world, life)
    current = life.archives[-1] if life.archives else None
    if current:
        _end(world, current)


def _open(world: World, life: Life) -> None:
    person = life.person
    rng = world.dice.stream("archive", person.number)
    last = world.calendar.history_end
    earliest = max(person.born + timedelta(days=rng.randint(5, 60)), date(2009, 3, 1))
    latest = min(person.moved_on or last, person.died_on or last, last)
    if (
        person.moved_on is None
        and earliest < world.calendar.first_day
        and rng.random() < 0.95
    ):
        latest = min(latest, world.calendar.first_day)
    if earliest > latest:
        return
    created_on = earliest + timedelta(
        days=int((latest - earliest).days * rng.random() ** 2)
    )
    first = _archive(world, person, person.moved_from or person.village, created_on, 0)
    life.archives.append(first)
    if person.moved_on:
        again_on = person.moved_on + timedelta(days=rng.randint(5, 120))
        second = _archive(world, person, person.village, again_on, 1)
        life.archives.append(second)
        world.mess.note("second_archive", "D", "EHR_HealthRecord", second.number, again_on)
        if rng.random() < 0.55:
            _close(first, again_on, "2", again_on)


def _end(world: World, archive: Archive) -> None:
    """Some archives are closed with the death or for another reason, few are deleted."""
    person = archive.person
    rng = world.dice.stream("archive closed", person.number)
    if person.died_on and rng.random() < 0.75:
        closed_on = person.died_on + timedelta(days=rng.randint(0, 50))
        _close(archive, closed_on, "1", closed_on + timedelta(days=rng.randint(0, 3)))
    elif person.died_on is None and rng.random() < 0.015:
        closed_on = date(2022, 1, 1) + timedelta(days=rng.randint(0, 1090))
        if closed_on > archive.created_on:
            _close(archive, closed_on, pick_weighted(rng, "2349", (3, 3, 2, 1)), closed_on)
    if archive.closed_on is None and world.mess.hits("d_deletion", "D", archive.number):
        full = world.calendar.first_full_delivery
        archive.deleted_on = full - timedelta(days=1) if full else None


def _open_late(world: World, life: Life) -> None:
    """Some get their archive only on a day after the history."""
    person = life.person
    on = world.later_day("archive", person.number)
    # The number is taken in any case: others must not depend on how many days follow.
    archive = _archive(world, person, person.village, on or world.calendar.history_end, 0)
    if on and person.is_alive(on):
        life.archives.append(archive)


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
    archive.closed_on, archive.closing_known_on = on, known_on
    archive.closing_reason = reason


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
