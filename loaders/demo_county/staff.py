"""Who works where: the staff whose codes other systems know, and their postings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from loaders.demo_county.archives import doctor_name
from loaders.demo_county.county import Institution
from loaders.demo_county.dice import pick_weighted
from loaders.demo_county.numbers import identity_number
from loaders.demo_county.programme import load_programme
from loaders.demo_county.world import World

DOCTOR, NURSE = "医师", "护士"
# Codes of doctors run from 1 to so many in a centre and in a village clinic.
CENTRE_DOCTORS, CLINIC_DOCTORS = 9, 3
LEFT_WITHIN_DAYS = 700
REMARKS = (None, None, "对口支援", "周一至周五")


@dataclass(frozen=True, slots=True)
class Employee:
    """One member of staff; who has left stays on the list."""

    place: Institution
    code: str
    name: str
    id_number: str
    category: str
    title: str
    is_established: bool
    is_general: bool
    is_public_health: bool
    joined_on: date
    left_on: date | None = None
    has_new_code: bool = False

    @property
    def sex(self) -> int:
        return 1 if int(self.id_number[16]) % 2 else 2

    def works(self, on: date) -> bool:
        return self.joined_on <= on and (self.left_on is None or self.left_on > on)


@dataclass(frozen=True, slots=True)
class Posting:
    """Somebody of a hospital who works at a centre for some time."""

    employee: Employee
    place: Institution
    begins_on: date
    ends_on: date | None
    remark: str | None
    known_on: date
    overlaps: bool = False


def doctor_code(place: Institution, drawn: int) -> str:
    """The code of a doctor of the place, by a number that chance drew."""
    if place.class_code == "D600":
        drawn = (drawn - 1) % CLINIC_DOCTORS + 1
    elif place.is_primary:
        drawn = (drawn - 1) % CENTRE_DOCTORS + 1
    return f"{drawn:04d}"


def roster(world: World) -> Iterator[Employee]:
    """Everybody who works or has worked in the county's institutions, by institution."""
    for place in world.county.institutions:
        kind = _kind(world, place)
        if not kind:
            continue
        nth = 0
        for category, count in load_programme().posts[kind].items():
            for _ in range(count):
                yield from _employees(world, place, category, nth)
                nth += 1


def employee_name(world: World, place: Institution, nth: int) -> str:
    """The name of the nth member of staff: the doctors that other systems name, too."""
    return doctor_name(world, place.unit if place.is_primary else place.credit_code, nth)


def employee_number(world: World, place: Institution, nth: int, holder: int = 0) -> str:
    """The identity number of the nth member of staff; of who held the code before it."""
    rng = world.dice.stream("staff", place.credit_code, nth, holder)
    born = date(rng.randint(1964, 1997), rng.randint(1, 12), rng.randint(1, 28))
    return identity_number(world.county.former_division, born, rng.randint(500, 998))


def postings(world: World, year: int) -> Iterator[Posting]:
    """Doctors and nurses of the hospitals who work at the centres in a year."""
    sent = [
        employee
        for employee in roster(world)
        if not employee.place.is_primary
        and employee.category in (DOCTOR, NURSE)
        and employee.works(date(year, 1, 1))
        and employee.works(date(year, 12, 31))
    ]
    for town in world.county.towns:
        rng = world.dice.stream("postings", town.code, year)
        for employee in rng.sample(sent, k=rng.randint(3, 5)):
            begins_on = date(year, 1, 1) + timedelta(days=rng.randint(3, 150))
            ends_on = begins_on + timedelta(days=rng.randint(60, 420))
            # Who comes back later is still posted as far as this list knows.
            is_open = ends_on > date(year, 12, 31)
            first = Posting(
                employee=employee,
                place=town.centre,
                begins_on=begins_on,
                ends_on=None if is_open else ends_on,
                remark=rng.choice(REMARKS),
                known_on=begins_on,
            )
            yield first
            overlap = _overlap(world, first, rng.randint(10, 40), rng.randint(50, 120))
            if overlap:
                yield overlap


def _overlap(world: World, first: Posting, after: int, length: int) -> Posting | None:
    key = (first.employee.id_number, first.begins_on)
    if not world.mess.hits("posting_overlap", "H", *key):
        return None
    begins_on = first.begins_on + timedelta(days=after)
    ends_on = min(begins_on + timedelta(days=length), date(begins_on.year, 12, 30))
    return Posting(
        first.employee, first.place, begins_on, ends_on, first.remark, begins_on, True
    )


def _kind(world: World, place: Institution) -> str:
    if place in world.county.hospitals.values():
        return "hospital"
    if place.class_code == "D600":
        return "clinic"
    return "centre" if place.is_primary else ""


def _employees(
    world: World, place: Institution, category: str, nth: int
) -> Iterator[Employee]:
    """Who holds a post, after whoever held its code before."""
    rng = world.dice.stream("employee", place.credit_code, nth)
    number = employee_number(world, place, nth)
    titles = load_programme().titles[category]
    title = pick_weighted(rng, titles, range(len(titles), 0, -1))
    is_clinic = place.class_code == "D600"
    born = int(number[6:10])
    joined_on = date(born + rng.randint(22, 27), 7, 1)
    is_established, is_general, is_public_health = (
        rng.random() < 0.75,
        category == DOCTOR and place.is_primary and rng.random() < 0.6,
        category == DOCTOR and rng.random() < 0.15,
    )
    code = f"{nth + 1:04d}"
    before, gap = rng.randint(40, LEFT_WITHIN_DAYS), rng.randint(3, 30)
    if world.mess.hits("staff_number_reused", "H", place.credit_code, code):
        left_on = world.calendar.history_end - timedelta(days=before)
        yield Employee(
            place=place,
            code=code,
            name=employee_name(world, place, 1000 + nth),
            id_number=employee_number(world, place, nth, 1),
            category=category,
            title=titles[0],
            is_established=False,
            is_general=False,
            is_public_health=False,
            joined_on=date(left_on.year - 8, 7, 1),
            left_on=left_on,
        )
        joined_on = max(joined_on, left_on + timedelta(days=gap))
    yield Employee(
        place=place,
        code=code,
        name=employee_name(world, place, nth),
        id_number=number,
        category=category,
        title=load_programme().village_title if is_clinic else title,
        is_established=is_established and not is_clinic,
        is_general=is_general,
        is_public_health=is_public_health,
        joined_on=joined_on,
        left_on=_leaves_on(world, place, nth),
    )


def _leaves_on(world: World, place: Institution, nth: int) -> date | None:
    """Few leave in the January that the later deliveries tell about."""
    drawn = world.dice.share("leaves", place.credit_code, nth)
    first = world.calendar.history_end + timedelta(days=1)
    return first if drawn < 0.01 else None
