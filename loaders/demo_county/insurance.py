"""What the insurance pays: settlements of visits and stays, and their reversals."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from loaders.demo_county.county import Diagnosis, Institution
from loaders.demo_county.events import Settlement
from loaders.demo_county.population import Person
from loaders.demo_county.world import World

FLAG_FROM = date(2024, 7, 1)
# What stands between date and serial of a settlement, a reversal, a settlement after it.
NUMBERED, REVERSED, SETTLED_AGAIN = "9915", "9917", "9918"


def fund_share(inpatient: bool, place: Institution) -> int:
    """Per cent of the eligible sum that the basic fund pays."""
    if inpatient:
        return {"3": 62, "2": 72, "1": 80}.get(place.level, 82)
    return 36 if place.level in ("2", "3") else 50


def settle(
    world: World,
    person: Person,
    place: Institution,
    diagnosis: Diagnosis,
    total: int,
    at: datetime,
    *,
    began_on: date,
    medical_type: str,
    treatment: str = "",
    prompt: bool = False,
    number: str = "",
) -> Settlement | None:
    """A settlement, or none when the person or the place has no part in the insurance.

    A `prompt` one is known on its day; only others may reach the insurance office late.
    """
    if not person.insurance_number or not place.insurance_code:
        return None
    if not number:
        serial = world.numbering.by_day("settlement", at.date())
        number = f"{at:%Y%m%d}{NUMBERED}{serial:07d}"
    rng = world.dice.stream("settlement", number)
    inpatient = medical_type in ("21", "22", "52")
    own, over, first = total * 6 // 100, total // 100, total * 5 // 100
    eligible = total - own - over - first
    basic = 0 if medical_type == "41" else eligible * fund_share(inpatient, place) // 100
    serious = (eligible - basic) * 30 // 100 if inpatient and total > 1_500_000 else 0
    poor = world.dice.share("aid", person.household) < 0.05
    aid = (eligible - basic - serious) // 2 if poor and inpatient else 0
    rest = total - basic - serious - aid
    account = rest * rng.randint(20, 80) // 100 if person.scheme == "310" else 0
    late = not prompt and world.mess.hits("late_row", "F", number)
    days = 2 + int(world.dice.share("late settlement", number) * 8)
    delay = timedelta(days=days) if late else timedelta()
    twice = person.second_insurance_number and rng.random() < 0.5
    settlement = Settlement(
        number=number,
        treatment=treatment or f"M{number}",
        person=person,
        insurance_number=person.second_insurance_number
        if twice
        else person.insurance_number,
        scheme=person.scheme,
        place=place,
        began_on=began_on,
        ended_on=at.date(),
        at=at,
        updated_at=at + delay + timedelta(seconds=rng.randint(60, 1500)),
        medical_type=medical_type,
        certificate=rng.choice(("01", "01", "02", "03", "03", "05")),
        diagnosis=diagnosis,
        total=total,
        own_pay=own,
        over_limit=over,
        first_pay=first,
        basic_fund=basic,
        serious_illness_fund=serious,
        aid=aid,
        account=account,
        names_division=rng.random() >= 0.02,
        is_valid=not world.mess.hits("f_not_valid", "F", number),
    )
    if late:
        world.mess.note("late_row", "F", "SETL_D", number, settlement.updated_at.date())
    if not settlement.is_valid:
        world.mess.note("f_not_valid", "F", "SETL_D", number, settlement.updated_at.date())
    return settlement


def settle_again(
    world: World, settlement: Settlement, total: int, at: datetime
) -> Settlement | None:
    """What is left of a settlement that was taken back, under the same treatment."""
    return settle(
        world,
        settlement.person,
        settlement.place,
        settlement.diagnosis,
        total,
        at,
        began_on=settlement.began_on,
        medical_type=settlement.medical_type,
        treatment=settlement.treatment,
        prompt=True,
        number=f"{at:%Y%m%d}{SETTLED_AGAIN}{settlement.number[12:]}",
    )


def reverse(world: World, settlement: Settlement, at: datetime) -> bool:
    """Take a settlement back; false when this county knows no such reversals."""
    kind = (
        "f_reversal_before_release" if at.date() < FLAG_FROM else "f_reversal_after_release"
    )
    if not world.mess.is_on(kind) or not settlement.is_valid:
        return False
    settlement.reversed_at = at
    settlement.reversal_number = f"{at:%Y%m%d}{REVERSED}{settlement.number[12:]}"
    world.mess.note(kind, "F", "SETL_D", settlement.reversal_number, at.date())
    return True
