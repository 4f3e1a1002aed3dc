"""Referrals that lead to care, or do not; consultations; filings for care elsewhere.

Most referrals are told from what followed them: a stay or visit at the target. Some are
refused or taken back, and to some nobody comes.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from loaders.demo_county.archives import doctor_name
from loaders.demo_county.county import Diagnosis, Institution
from loaders.demo_county.dice import pick_weighted
from loaders.demo_county.events import Stay, Visit
from loaders.demo_county.exporting import health_index
from loaders.demo_county.life import Life
from loaders.demo_county.programme import load_programme
from loaders.demo_county.programme_records import Referral
from loaders.demo_county.world import World

UP, DOWN = "1", "2"
REFUSED, ACCEPTED, CANCELLED = "2", "3", "9"
# How many of these come by a referral, and how many visits lead to one without arrival.
STAYS, VISITS, ELSEWHERE, IN_VAIN = 0.45, 0.06, 0.4, 0.012
BACK, BACK_IN_VAIN = 0.95, 0.03
UP_DAYS, DOWN_DAYS = 14, 30
DOCTORS = 3


def refer(world: World, life: Life) -> None:
    """All referrals of a person."""
    if not life.person.is_resident:
        return
    for stay in life.stays:
        if stay.cancelled_at is None and stay.diagnosis.setting != "birth":
            if not stay.place.is_primary:
                _up_to_stay(world, life, stay)
                _down_after_stay(world, life, stay)
    _up_to_elsewhere(world, life)
    for visit in life.visits:
        if visit.is_impossible or visit.kind == "check":
            continue
        if not visit.place.is_primary:
            _up_to_visit(world, life, visit)
        elif world.dice.share("in vain", visit.place.jgid, visit.number) < IN_VAIN:
            _in_vain(world, life, visit)
    life.referrals.sort(key=lambda referral: referral.submitted_at)


def _up_to_stay(world: World, life: Life, stay: Stay) -> None:
    rng = world.dice.stream("referred to stay", stay.system, stay.number)
    if rng.random() < STAYS:
        home = _home(life, stay.admitted_at.date())
        _refer_up(world, life, home, stay.place, stay.diagnosis, stay.admitted_at, rng)


def _up_to_visit(world: World, life: Life, visit: Visit) -> None:
    rng = world.dice.stream("referred to visit", visit.system, visit.number)
    if rng.random() < VISITS:
        home = _home(life, visit.at.date())
        found = _refer_up(world, life, home, visit.place, visit.diagnosis, visit.at, rng)
        if found and rng.random() < 0.5:
            visit.referral = found.number


def _up_to_elsewhere(world: World, life: Life) -> None:
    """From a county hospital to one outside, where only the insurance sees the patient."""
    referred: set[str] = set()
    for settlement in life.settlements:
        is_outside = settlement.is_inpatient and settlement.place in world.county.outside
        is_birth = settlement.diagnosis.setting == "birth"
        if not is_outside or is_birth or settlement.treatment in referred:
            continue
        referred.add(settlement.treatment)
        rng = world.dice.stream("referred elsewhere", settlement.treatment)
        origin = world.county.hospitals[rng.choice(("A", "A", "B"))]
        if rng.random() < ELSEWHERE:
            at = datetime.combine(settlement.began_on, time(15))
            _refer_up(world, life, origin, settlement.place, settlement.diagnosis, at, rng)


def _refer_up(
    world: World,
    life: Life,
    origin: Institution,
    target: Institution,
    diagnosis: Diagnosis,
    arrived_at: datetime,
    rng: Random,
) -> Referral | None:
    """Submitted and accepted so long before the arrival that it counts as one."""
    days = int(rng.random() ** 2 * (UP_DAYS - 2))
    decided_at = arrived_at - timedelta(days=days, minutes=rng.randint(20, 60))
    submitted_at = decided_at - timedelta(minutes=rng.randint(30, 1200))
    end = world.calendar.history_end
    if submitted_at.date() <= end < arrived_at.date():
        # What the history tells must not depend on the days that follow it.
        return None
    referral = _referral(world, life, UP, origin, target, diagnosis, rng)
    referral.submitted_at, referral.decided_at = submitted_at, decided_at
    _enter(world, life, referral)
    return referral


def _down_after_stay(world: World, life: Life, stay: Stay) -> None:
    """Back to the centre; most of those referred are seen there within a month."""
    left_at, left_on = stay.discharged_at, stay.discharged_at.date()
    home = _home(life, left_on)
    rng = world.dice.stream("referred back", stay.system, stay.number)
    end = world.calendar.history_end
    until = min(left_on + timedelta(days=DOWN_DAYS), end if left_on <= end else date.max)
    follows = [
        visit
        for visit in life.visits
        if visit.place is home
        and visit.kind != "check"
        and not visit.is_impossible
        and left_on < visit.at.date() <= until
    ]
    if rng.random() > (BACK if follows else BACK_IN_VAIN):
        return
    referral = _referral(world, life, DOWN, stay.place, home, stay.diagnosis, rng)
    referral.left_on = left_on
    referral.submitted_at = left_at.replace(hour=9) + timedelta(minutes=rng.randint(0, 60))
    referral.decided_at = referral.submitted_at + timedelta(minutes=rng.randint(50, 1000))
    referral.reason = rng.choice(load_programme().return_reasons)
    _enter(world, life, referral)
    if follows and rng.random() < 0.5:
        follows[0].referral = referral.number


def _in_vain(world: World, life: Life, visit: Visit) -> None:
    """Somebody is referred and does not come, or is not wanted."""
    rng = world.dice.stream("referred in vain", visit.place.jgid, visit.number)
    target = world.county.hospitals[rng.choice(("A", "A", "B"))]
    home = _home(life, visit.at.date())
    referral = _referral(world, life, UP, home, target, visit.diagnosis, rng)
    referral.submitted_at = visit.at + timedelta(minutes=rng.randint(10, 90))
    referral.decided_at = referral.submitted_at + timedelta(minutes=rng.randint(9, 900))
    referral.status = pick_weighted(rng, (REFUSED, ACCEPTED, CANCELLED), (4, 3, 2))
    if referral.status == REFUSED:
        referral.refusal = rng.choice(load_programme().refusals)
    _enter(world, life, referral)


def _home(life: Life, on: date) -> Institution:
    return life.person.village_on(on).town.centre


def _referral(
    world: World,
    life: Life,
    direction: str,
    origin: Institution,
    target: Institution,
    diagnosis: Diagnosis,
    rng: Random,
) -> Referral:
    doctor = doctor_name(world, target.credit_code, rng.randrange(DOCTORS))
    return Referral(
        number="",
        person=life.person,
        health_index="",
        direction=direction,
        origin=origin,
        target=target,
        diagnosis=diagnosis,
        reason=rng.choice(load_programme().referral_reasons),
        submitted_at=datetime.min,
        decided_at=datetime.min,
        status=ACCEPTED,
        doctor=doctor if rng.random() < 0.3 else "",
    )


def _enter(world: World, life: Life, referral: Referral) -> None:
    """Number and master index, as they are when it is submitted."""
    on = referral.submitted_at.date()
    referral.number = world.numbering.by_month("ZZ", on)
    referral.health_index = health_index(life, on) or ""
    relative = life.person.spouse or life.person.mother
    # Now and then the index is that of the relative who queued.
    if relative and world.mess.hits("index_of_relative", "G", referral.number):
        referral.health_index = f"E{relative.number * 2:09d}"
        world.mess.note("index_of_relative", "G", "DR_Referrals", referral.number, on)
    life.referrals.append(referral)
