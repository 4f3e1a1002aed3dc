"""Live the lives: care, registers and contracts of one person after the other."""

from __future__ import annotations

from collections.abc import Iterator

from loaders.demo_county.advice import consult, file_for_elsewhere
from loaders.demo_county.archives import keep_archives
from loaders.demo_county.care import out_patient_care
from loaders.demo_county.childhood import grow_up
from loaders.demo_county.chronic import manage_illnesses
from loaders.demo_county.family_doctor import sign_contracts
from loaders.demo_county.hypertension import examine, manage_hypertension
from loaders.demo_county.infections import (
    infectious_care,
    report_infections,
    treat_tuberculosis,
)
from loaders.demo_county.life import Life
from loaders.demo_county.motherhood import accompany_pregnancies
from loaders.demo_county.population import Person
from loaders.demo_county.referrals import refer
from loaders.demo_county.services import render_services
from loaders.demo_county.stays import in_patient_care
from loaders.demo_county.world import World


def live_all(world: World) -> Iterator[Life]:
    """The lives of all people, one at a time, so that no more than one need be held."""
    for person in world.population.people:
        yield live(world, person)


def live(world: World, person: Person) -> Life:
    """Everything that happened to one person."""
    world.numbering.turn_to(person.number)
    life = Life(person)
    life.visits, settled_visits = out_patient_care(world, person)
    infectious_care(world, person, life.visits, settled_visits)
    life.stays, settled_stays = in_patient_care(world, person)
    life.settlements = settled_visits + settled_stays
    keep_archives(world, life)
    manage_hypertension(world, life)
    manage_illnesses(world, life)
    examine(world, life)
    report_infections(world, life)
    treat_tuberculosis(world, life)
    accompany_pregnancies(world, life)
    grow_up(world, life)
    sign_contracts(world, life)
    render_services(world, life)
    refer(world, life)
    consult(world, life)
    file_for_elsewhere(world, life)
    return life
