"""Infectious illnesses: visits, reports, and tuberculosis under treatment."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from loaders.demo_county.care import go_to
from loaders.demo_county.chronic import archive_on
from loaders.demo_county.county import Diagnosis
from loaders.demo_county.dice import pick_weighted
from loaders.demo_county.events import Settlement, Visit
from loaders.demo_county.life import Life
from loaders.demo_county.population import Person
from loaders.demo_county.programme import load_programme
from loaders.demo_county.programme_records import CareVisit, DiseaseReport, SpecialRecord
from loaders.demo_county.world import World

CHILD_AGE = 14
CASES_A_YEAR, CASES_OF_CHILDREN = 0.018, 0.06
WHERE, WHERE_WEIGHTS = ("centre", "A", "B", "clinic"), (4, 4, 2, 1)
TREATMENT_DAYS = 182


def infectious_care(
    world: World, person: Person, visits: list[Visit], settlements: list[Settlement]
) -> None:
    """Visits because of an illness that must be reported; nobody catches one twice."""
    if not person.is_resident:
        return
    is_child = person.age(world.calendar.history_end) < CHILD_AGE
    mean = CASES_OF_CHILDREN if is_child else CASES_A_YEAR
    caught: set[str] = set()
    for on in world.event_days("infection", person, mean):
        rng = world.dice.stream("infection", person.number, on)
        where = pick_weighted(rng, WHERE, WHERE_WEIGHTS)
        illness = _illness(world, person, on)
        if illness and illness.clinical not in caught:
            caught.add(illness.clinical)
            go_to(world, person, where, on, rng, visits, settlements, illness)


def _illness(world: World, person: Person, on: date) -> Diagnosis | None:
    age = person.age(on)
    possible = [
        d
        for d in world.county.diagnoses
        if d.setting == "notifiable" and d.age_from <= age <= d.age_to
    ]
    rng = world.dice.stream("which infection", person.number, on)
    return pick_weighted(rng, possible, [d.weight for d in possible])


def report_infections(world: World, life: Life) -> None:
    """A card for every visit with such an illness, most of them within a day."""
    classes = load_programme().notifiable
    reported: set[tuple[str, date]] = set()
    for visit in life.visits:
        code, on = visit.diagnosis.clinical, visit.at.date()
        if code not in classes or visit.is_impossible or (code, on) in reported:
            continue
        reported.add((code, on))
        rng = world.dice.stream("disease report", life.person.number, code, on)
        hours = rng.randint(1, 23) if rng.random() < 0.9 else rng.randint(25, 80)
        reported_at = visit.at.replace(second=0) + timedelta(hours=hours)
        life.disease_reports.append(
            DiseaseReport(
                number=world.numbering.by_month("CR", reported_at.date()),
                person=life.person,
                diagnosis=visit.diagnosis,
                disease_class=classes[code],
                diagnosed_at=visit.at.replace(second=0),
                reported_at=reported_at,
                place=visit.place,
            )
        )


def treat_tuberculosis(world: World, life: Life) -> None:
    """The record of a patient with tuberculosis, and visits until the treatment ends."""
    for report in life.disease_reports:
        if report.diagnosis.clinical == load_programme().tuberculosis:
            _treat(world, life, report.reported_at)
            return


def _treat(world: World, life: Life, reported_at: datetime) -> None:
    person = life.person
    rng = world.dice.stream("tuberculosis", person.number)
    noticed_on = reported_at.date() + timedelta(days=rng.randint(1, 6))
    first_on = noticed_on + timedelta(days=rng.randint(1, 5))
    archive = archive_on(life, noticed_on)
    if archive is None or not person.is_alive(noticed_on):
        return
    stops_on = noticed_on + timedelta(days=TREATMENT_DAYS + rng.randint(0, 25))
    reason = pick_weighted(rng, "139", (94, 3, 3))
    if person.died_on and person.died_on <= stops_on:
        stops_on, reason = person.died_on, "2"
    doses = (stops_on - noticed_on).days // 2
    taken = round(doses * rng.uniform(0.92, 1)) if reason == "1" else doses * 2 // 3
    is_seen = person.is_alive(first_on) and rng.random() < 0.96
    record = SpecialRecord(
        feed="D10",
        number=world.numbering.by_month("ZA", noticed_on),
        archive=archive,
        created_on=noticed_on,
        known_on=first_on,
        facts={
            "noticeDate": noticed_on,
            "firstVisitDate": first_on if is_seen else None,
            "supervisor": pick_weighted(rng, "123", (5, 4, 1)),
        },
        closed_on=stops_on,
        closing_known_on=stops_on + timedelta(days=rng.randint(0, 4)),
        closing_facts={
            "stopTreatmentDate": stops_on,
            "stopTreatmentReason": reason,
            "shouldDoses": doses,
            "actualDoses": taken,
        },
        deleted_on=archive.deleted_on,
    )
    life.special_records.append(record)
    on = first_on + timedelta(days=rng.randint(7, 12))
    while on < stops_on and on <= world.calendar.last_day:
        life.care_visits.append(_visit(world, record, on))
        on += timedelta(days=rng.randint(26, 33))


def _visit(world: World, record: SpecialRecord, on: date) -> CareVisit:
    number = world.numbering.by_month("SF", on)
    rng = world.dice.stream("tuberculosis visit", number)
    return CareVisit(
        feed="D11",
        number=number,
        person=record.archive.person,
        archive=record.archive,
        unit=record.archive.unit,
        on=on,
        known_on=on + timedelta(days=rng.choice((0, 0, 0, 1, 2))),
        facts={
            "recordId": record.number,
            "visitWay": pick_weighted(rng, "145", (4, 5, 1)),
            "missedDoses": pick_weighted(rng, (0, 1, 2, 4), (80, 12, 6, 2)),
        },
    )
