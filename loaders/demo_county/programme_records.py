"""What the health programmes keep of a person: special records, visits, doses, referrals.

As in `events` and `registers`, these records are the truth: exports are written from them.
`known_on` is the day at whose end the system knew of the fact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from loaders.demo_county.county import Diagnosis, Institution
from loaders.demo_county.population import Person
from loaders.demo_county.registers import Archive, Contract

# A cell of a form by its column; a date is spelled the way of the clerk.
Fact = str | int | float | date | None
Facts = dict[str, Fact]


@dataclass(slots=True)
class SpecialRecord:
    """A record of one illness or age: diabetes, the old, psychosis, tuberculosis."""

    feed: str
    number: str
    archive: Archive
    created_on: date
    known_on: date
    facts: Facts
    closed_on: date | None = None
    closing_reason: str = ""
    closing_known_on: date | None = None
    closing_facts: Facts = field(default_factory=dict)
    deleted_on: date | None = None


@dataclass(slots=True)
class CareVisit:
    """One visit, follow-up or check-up of a form that has a row for each of them."""

    feed: str
    number: str
    person: Person
    archive: Archive | None
    unit: str
    on: date
    known_on: date
    facts: Facts
    glucose: float | None = None
    pressure: tuple[int, int] | None = None
    is_impossible: bool = False


@dataclass(slots=True)
class Pregnancy:
    """One pregnancy: booked, and delivered as far as the days reach."""

    number: str
    mother: Person
    archive: Archive | None
    unit: str
    booked_on: date
    began_on: date
    children: list[Person]
    born_on: date | None = None
    place: str = ""
    left_on: date | None = None
    outcome_known_on: date | None = None

    def week(self, on: date) -> int:
        return (on - self.began_on).days // 7


@dataclass(slots=True)
class ChildCard:
    """The health card of a child; until it is named it is its mother's son or daughter."""

    number: str
    child: Person
    archive: Archive | None
    unit: str
    created_on: date
    named_on: date
    has_card: bool


@dataclass(slots=True)
class Dose:
    """One vaccination as one clinic reports it, under the number it knows of the child."""

    card: ChildCard
    vaccinee: str
    code: str
    name: str
    dose: int
    on: date
    place: str
    batch: str
    known_on: date
    is_again: bool = False


@dataclass(slots=True)
class DiseaseReport:
    """One report of an illness that the law wants reported."""

    number: str
    person: Person
    diagnosis: Diagnosis
    disease_class: str
    diagnosed_at: datetime
    reported_at: datetime
    place: Institution


@dataclass(slots=True)
class Service:
    """One service under a contract of the family doctors."""

    number: str
    contract: Contract
    item: str
    on: date
    mode: str
    doctor: str
    visit: str
    health_index: str
    cancelled_on: date | None = None


@dataclass(slots=True)
class Filing:
    """What an insured person files before going to a hospital elsewhere."""

    number: str
    person: Person
    insurance_number: str
    place: Institution
    begins_on: date
    ends_on: date
    reason: str
    diagnosis: Diagnosis
    known_at: datetime
    withdrawn_at: datetime | None = None


@dataclass(slots=True)
class Referral:
    """One referral, up or down."""

    number: str
    person: Person
    health_index: str
    direction: str
    origin: Institution
    target: Institution
    diagnosis: Diagnosis
    reason: str
    submitted_at: datetime
    decided_at: datetime
    status: str
    left_on: date | None = None
    refusal: str = ""
    doctor: str = ""


@dataclass(slots=True)
class Consultation:
    """One request for the opinion of doctors elsewhere."""

    number: str
    person: Person
    place: Institution
    asked_at: datetime
    diagnosis: Diagnosis
    experts: list[dict[str, str]]
    status: str
    answered_at: datetime
    opinion: str = ""
    minutes: int = 0
