"""Family-doctor contracts: signing, renewing, stopping, and errors that disappear."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

from loaders.demo_county.life import Life
from loaders.demo_county.population import Person
from loaders.demo_county.programme import load_programme
from loaders.demo_county.registers import Contract
from loaders.demo_county.world import World

TEAMS_PER_CENTRE = 2
CHILD, OLD = 7, 65
PREGNANT, SMALL, AGED, HYPERTENSIVE = "01", "02", "03", "04"
# Groups of people by the special record that they have.
GROUPS = {"D05": "05", "D08": "06", "D10": "07"}


def team_number(world: World, town_code: str, nth: int) -> str:
    """The number of the nth team of a town's centre, from 0."""
    index = next(
        i for i, town in enumerate(world.county.towns, 1) if town.code == town_code
    )
    return f"T{index:02d}{nth + 1}"


def sign_contracts(world: World, life: Life) -> None:
    """All contracts of a person since the year before the history."""
    person = life.person
    if not person.is_resident:
        return
    rng = world.dice.stream("contracts", person.number)
    if rng.random() > _share(life, person.age(world.calendar.history_end)):
        return
    year = world.calendar.first_year
    begins_on = date(year - 1 if rng.random() < 0.7 else year, 1, 1)
    if rng.random() < 0.45:
        begins_on += timedelta(days=rng.randint(0, 330))
    begins_on = max(begins_on, person.born + timedelta(days=40))
    is_renewal = False
    while person.is_alive(begins_on):
        contract = _contract(world, life, begins_on, is_renewal, rng)
        if contract.known_on > world.calendar.last_day:
            return
        life.contracts.append(contract)
        _stop(contract, person, rng)
        if world.mess.hits("contract_twice", "E", contract.number):
            _enter_twice(world, life, contract)
        _enter_in_error(world, contract)
        if contract.stopped_on or rng.random() < 0.12:
            return
        begins_on = contract.ends_on + timedelta(days=rng.choice((0, 0, 0, 12, 28)))
        is_renewal = True


def groups_of(life: Life, contract: Contract) -> list[str]:
    """The groups to whom the person belonged when the contract was signed."""
    age, on = life.person.age(contract.begins_on), contract.begins_on
    found = [HYPERTENSIVE] if life.records else []
    found += [AGED] if age >= OLD else []
    found += [SMALL] if age < CHILD else []
    found += [
        GROUPS[record.feed]
        for record in life.special_records
        if record.feed in GROUPS and record.created_on <= on
    ]
    for pregnancy in life.pregnancies:
        if pregnancy.booked_on <= on and (pregnancy.left_on or date.max) > on:
            found.append(PREGNANT)
    return list(dict.fromkeys(found))


def packages_of(life: Life, contract: Contract) -> list[str]:
    """What the contract includes: the base, and a package for each group that has one."""
    groups = {"00", *groups_of(life, contract)}
    return [p.code for p in load_programme().packages if p.population in groups]


def _share(life: Life, age: int) -> float:
    if life.records or age >= 65:
        return 0.86
    return 0.7 if age < 7 else 0.42


def _contract(
    world: World, life: Life, begins_on: date, is_renewal: bool, rng: Random
) -> Contract:
    person = life.person
    signed_on = begins_on - timedelta(days=rng.choice((0, 0, 1, 2, 4)))
    # Signed shortly after midnight, or entered then: in UTC it is still the day before.
    moment = (
        time(0, rng.randint(1, 59)) if rng.random() < 0.2 else time(9, rng.randint(0, 59))
    )
    town = person.village_on(begins_on).town
    indexes = [a.health_index for a in life.archives if a.created_on <= signed_on]
    return Contract(
        number=world.numbering.by_month("QY", signed_on),
        person=person,
        signer=person.spouse or person.mother or person,
        health_index=indexes[-1] if indexes and rng.random() < 0.93 else "",
        team=team_number(world, town.code, person.household % TEAMS_PER_CENTRE),
        team_town=town,
        signed_at=datetime.combine(signed_on, moment),
        begins_on=begins_on,
        ends_on=_next_year(begins_on),
        is_renewal=is_renewal,
    )


def _next_year(on: date) -> date:
    return (
        date(on.year + 1, 3, 1)
        if (on.month, on.day) == (2, 29)
        else on.replace(year=on.year + 1)
    )


def _stop(contract: Contract, person: Person, rng: Random) -> None:
    died_on = person.died_on
    if died_on and contract.begins_on <= died_on < contract.ends_on and rng.random() < 0.6:
        contract.stopped_on = died_on + timedelta(days=rng.randint(1, 20))
        contract.stop_reason = "03"
    elif rng.random() < 0.015:
        contract.stopped_on = contract.begins_on + timedelta(days=rng.randint(20, 340))
        contract.stop_reason = rng.choice(("01", "02", "04", "05", "99"))


def _enter_twice(world: World, life: Life, contract: Contract) -> None:
    number = world.numbering.by_month("QY", contract.known_on, extra=True)
    life.contracts.append(replace(contract, number=number))
    world.mess.note(
        "contract_twice", "E", "SCM_SignContractRecord", number, contract.known_on
    )


def _enter_in_error(world: World, contract: Contract) -> None:
    end = world.calendar.history_end
    disappears_on = world.later_day("contract", contract.number)
    if not (contract.begins_on <= end < contract.ends_on) or disappears_on is None:
        return
    if contract.known_on <= end and world.mess.hits("e_deletion", "E", contract.number):
        contract.deleted_on = disappears_on
        table = "SCM_SignContractRecord"
        world.mess.note("e_deletion", "E", table, contract.number, disappears_on)
