"""What family doctors do under their contracts, some of it at visits to the township."""

from __future__ import annotations

from datetime import date, timedelta

from loaders.demo_county.archives import doctor_name
from loaders.demo_county.dice import pick_weighted, poisson
from loaders.demo_county.events import Visit
from loaders.demo_county.exporting import health_index
from loaders.demo_county.family_doctor import packages_of
from loaders.demo_county.life import Life
from loaders.demo_county.programme import load_programme
from loaders.demo_county.programme_records import Service
from loaders.demo_county.registers import Contract
from loaders.demo_county.world import World

A_YEAR = 1.8
AT_VISITS = 0.3
TEAM_DOCTORS = 3


def render_services(world: World, life: Life) -> None:
    """The services under all contracts of a person; those entered twice have none."""
    seen: set[tuple[date, str]] = set()
    for contract in life.contracts:
        if (contract.begins_on, contract.team) not in seen:
            seen.add((contract.begins_on, contract.team))
            _render(world, life, contract)


def _render(world: World, life: Life, contract: Contract) -> None:
    rng = world.dice.stream("services", contract.number)
    end = min(
        contract.ends_on - timedelta(days=1),
        (contract.stopped_on or date.max) - timedelta(days=1),
        (life.person.died_on or date.max) - timedelta(days=1),
        world.calendar.last_day,
    )
    # How many there are must not depend on the days that follow the history.
    term = (contract.ends_on - contract.begins_on).days
    days = sorted(rng.randrange(term) for _ in range(poisson(rng, A_YEAR)))
    planned: list[tuple[date, Visit | None]] = [
        (contract.begins_on + timedelta(days=day), None) for day in days
    ]
    for visit in life.visits:
        drawn = world.dice.share("service at", contract.number, visit.number)
        # A visit that becomes known late is no use to who enters the service.
        is_prompt = visit.known_on == visit.at.date() and not visit.is_impossible
        is_usable = visit.system == "C" and visit.kind != "check" and is_prompt
        if is_usable and drawn < AT_VISITS:
            planned.append((visit.at.date(), visit))
    items = [
        item
        for package in load_programme().packages
        if package.code in packages_of(life, contract)
        for item, _ in package.items
    ]
    for on, at in sorted(planned, key=lambda each: each[0]):
        if contract.begins_on <= on <= end:
            life.services.append(_service(world, life, contract, on, at, items))


def _service(
    world: World,
    life: Life,
    contract: Contract,
    on: date,
    visit: Visit | None,
    items: list[str],
) -> Service:
    number = world.numbering.by_month("LY", on)
    rng = world.dice.stream("service", number)
    item = rng.choice(items)
    if item in load_programme().home_items:
        mode = "2"
    else:
        mode = pick_weighted(rng, "134", (6, 3, 1))
    names_visit = visit is not None and rng.random() < 0.6
    if visit is not None:
        mode = "1"
    index = contract.health_index
    mother = life.person.mother
    if mother and world.mess.hits("index_of_relative", "E", number):
        # The archive of a relative follows from the relative's number.
        index = f"E{mother.number * 2:09d}"
        world.mess.note("index_of_relative", "E", "SCM_ServiceRecords", number, on)
    service = Service(
        number=number,
        contract=contract,
        item=item,
        on=on,
        mode=mode,
        doctor=doctor_name(world, contract.team_town.code, rng.randrange(TEAM_DOCTORS)),
        visit=f"{visit.place.jgid}/{visit.number}" if visit and names_visit else "",
        health_index=index or (health_index(life, on) or ""),
    )
    cancelled_on = on + timedelta(days=rng.randint(1, 6))
    if world.mess.hits("service_cancelled", "E", number):
        service.cancelled_on = cancelled_on
        world.mess.note(
            "service_cancelled", "E", "SCM_ServiceRecords", number, cancelled_on
        )
    return service
