"""Consultations with doctors elsewhere, and filings for care outside the county."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from loaders.demo_county.archives import doctor_name
from loaders.demo_county.care import pick_diagnosis
from loaders.demo_county.dice import pick_weighted
from loaders.demo_county.events import Settlement
from loaders.demo_county.life import Life
from loaders.demo_county.programme import load_programme
from loaders.demo_county.programme_records import Consultation, Filing
from loaders.demo_county.world import World

CONSULTED = 0.01
ANSWERED, CANCELLED = "3", "4"
EXPERTS = 3
# Reasons of a filing: referral, living elsewhere, emergency, own choice.
REASONS, REASON_WEIGHTS = ("1", "2", "3", "4"), (5, 2, 2, 3)
FILED, LIVES_ELSEWHERE = 0.7, 0.008
HALF_A_YEAR = 180


def consult(world: World, life: Life) -> None:
    """Questions of centres and village clinics about patients they have just seen."""
    for visit in life.visits:
        is_asked = visit.place.is_primary and not visit.is_impossible
        drawn = world.dice.share("consulted", visit.place.code22, visit.number)
        if not is_asked or drawn > CONSULTED:
            continue
        rng = world.dice.stream("consultation", visit.place.code22, visit.number)
        asked_at = visit.at.replace(second=0) + timedelta(minutes=rng.randint(5, 100))
        hospitals = list(world.county.hospitals.values())
        units = rng.sample(hospitals, k=rng.choice((1, 1, 2)))
        experts = [
            {
                "unit": unit.credit_code,
                "name": doctor_name(world, unit.credit_code, rng.randrange(EXPERTS)),
            }
            for unit in units
        ]
        life.consultations.append(
            Consultation(
                number=world.numbering.by_month("HZ", asked_at.date()),
                person=life.person,
                place=visit.place,
                asked_at=asked_at,
                diagnosis=visit.diagnosis,
                experts=experts,
                status=pick_weighted(rng, (ANSWERED, CANCELLED), (93, 7)),
                answered_at=asked_at + timedelta(minutes=rng.randint(25, 2400)),
                opinion=rng.choice(load_programme().opinions),
                minutes=rng.randint(8, 40),
            )
        )


def file_for_elsewhere(world: World, life: Life) -> None:
    """Filings before stays outside, of those living elsewhere, and for nothing at all."""
    filed: set[str] = set()
    for settlement in sorted(life.settlements, key=lambda s: (s.began_on, s.number)):
        is_stay = settlement.is_inpatient and settlement.place in world.county.outside
        if is_stay and settlement.treatment not in filed:
            filed.add(settlement.treatment)
            _file_stay(world, life, settlement)
    person = life.person
    drawn = world.dice.share("lives elsewhere", person.number)
    if person.insurance_number and drawn < LIVES_ELSEWHERE and person.is_resident:
        days = world.event_days("filing", person, 1.0)
        for on in days[:1]:
            rng = world.dice.stream("lives elsewhere", person.number)
            place = pick_weighted(rng, world.county.outside, world.county.outside_weights)
            diagnosis = pick_diagnosis(world, person, on, rng, ("in", "both"))
            life.filings.append(
                Filing(
                    number=world.numbering.by_month("WA", on),
                    person=person,
                    insurance_number=person.insurance_number,
                    place=place,
                    begins_on=on,
                    ends_on=on + timedelta(days=HALF_A_YEAR * 2),
                    reason="2",
                    diagnosis=diagnosis,
                    known_at=_moment(on),
                )
            )
    for filing in life.filings:
        _withdraw(world, filing)


def _file_stay(world: World, life: Life, settlement: Settlement) -> None:
    rng = world.dice.stream("filing", settlement.treatment)
    reason = pick_weighted(rng, REASONS, REASON_WEIGHTS)
    is_emergency = reason == "3"
    before, length = rng.randint(0, 12), rng.choice((30, 90, HALF_A_YEAR))
    if is_emergency or settlement.began_on > world.calendar.history_end:
        # What the history tells must not depend on the days that follow it.
        before = 0
    begins_on = settlement.began_on - timedelta(days=before)
    entered_on = begins_on + timedelta(days=rng.randint(0, 2) if is_emergency else 0)
    if rng.random() > FILED:
        return
    life.filings.append(
        Filing(
            number=world.numbering.by_month("WA", entered_on),
            person=life.person,
            insurance_number=settlement.insurance_number,
            place=settlement.place,
            begins_on=begins_on,
            ends_on=begins_on + timedelta(days=length),
            reason=reason,
            diagnosis=settlement.diagnosis,
            known_at=_moment(entered_on),
        )
    )


def _withdraw(world: World, filing: Filing) -> None:
    rng = world.dice.stream("filing withdrawn", filing.number)
    days = rng.randint(1, 20)
    if world.mess.hits("filing_withdrawn", "F", filing.number):
        filing.withdrawn_at = filing.known_at + timedelta(days=days, hours=3)
        on = filing.withdrawn_at.date()
        world.mess.note("filing_withdrawn", "F", "OUT_APPY_D", filing.number, on)


def _moment(on: date) -> datetime:
    return datetime.combine(on, time(10, 20))
