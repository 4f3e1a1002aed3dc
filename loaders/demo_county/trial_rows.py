"""Test patients: what trainers typed into real systems and forgot there.

They are no persons: no life, no truth, and every figure must leave them out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from loaders.demo_county.cards import card_number, centre_of
from loaders.demo_county.care import go_to
from loaders.demo_county.exports_b import card_text
from loaders.demo_county.life import Life
from loaders.demo_county.population import Person
from loaders.demo_county.registers import Archive
from loaders.demo_county.world import World

BORN = date(1990, 1, 1)


def trial_lives(world: World) -> Iterator[Life]:
    """What the test patients left behind in A, B, C and D."""
    if not world.mess.is_on("test_row"):
        return
    count = len(world.population.people)
    for nth, name in enumerate(world.county.test_names):
        village = world.county.villages[nth % len(world.county.villages)]
        person = Person(
            number=count + 1 + nth,
            household=0,
            name=name,
            sex=1 + nth % 2,
            born=BORN,
            village=village,
            address=village.town.name,
            id_number=world.county.unknown_numbers[nth % 3],
            is_test=True,
            rank_in_town=900_000 + nth,
        )
        world.numbering.turn_to(person.number)
        life = Life(person)
        for step, where in enumerate(("A", "B", "centre", "A")):
            on = world.calendar.first_day + timedelta(days=40 + nth * 60 + step)
            rng = world.dice.stream("test visit", nth, step)
            go_to(world, person, where, on, rng, life.visits, life.settlements)
        if nth == 0:
            life.archives.append(_archive(world, person))
        _note(world, life)
        yield life


def _archive(world: World, person: Person) -> Archive:
    on = world.calendar.first_day + timedelta(days=41)
    return Archive(
        health_index=f"E{person.number * 2:09d}",
        number=f"{person.village.code}99999",
        person=person,
        village_code=person.village.code,
        unit=person.village.town.code,
        doctor=person.name,
        created_on=on,
        known_on=on,
    )


def _note(world: World, life: Life) -> None:
    note = world.mess.note
    for visit in life.visits:
        on, number = visit.known_on, visit.number
        place = centre_of(world, visit.place) if visit.system == "C" else visit.place
        card = card_number(world, visit.system, place, life.person, visit.at.date())
        if visit.system == "A":
            note("test_row", "A", "MS_BRDA", card, on)
            note("test_row", "A", "YS_MZ_JZLS", number, on)
        elif visit.system == "B":
            note("test_row", "B", "TB_YL_PATIENT_INFORMATION", card_text(card), on)
            note("test_row", "B", "TB_YL_MZ_MEDICAL_RECORD", number, on)
        else:
            note("test_row", "C", "ms_brda", f"{place.jgid}+{card}", on)
            note("test_row", "C", "ys_mz_jzls", f"{place.jgid}+{number}", on)
    for archive in life.archives:
        note("test_row", "D", "EHR_HealthRecord", archive.number, archive.known_on)
