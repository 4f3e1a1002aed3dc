"""One life after the other: everything that happens to each person of the county."""

from __future__ import annotations

from dataclasses import dataclass, field

from loaders.demo_county.events import Settlement, Stay, Visit
from loaders.demo_county.population import Person
from loaders.demo_county.programme_records import (
    CareVisit,
    ChildCard,
    Consultation,
    DiseaseReport,
    Dose,
    Filing,
    Pregnancy,
    Referral,
    Service,
    SpecialRecord,
)
from loaders.demo_county.registers import (
    Archive,
    Contract,
    DeathCard,
    Exam,
    FollowUp,
    HypertensionRecord,
)


@dataclass(slots=True)
class Life:
    """Everything that happened to one person since the history begins."""

    person: Person
    visits: list[Visit] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    settlements: list[Settlement] = field(default_factory=list)
    archives: list[Archive] = field(default_factory=list)
    records: list[HypertensionRecord] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
    exams: list[Exam] = field(default_factory=list)
    death_card: DeathCard | None = None
    contracts: list[Contract] = field(default_factory=list)
    special_records: list[SpecialRecord] = field(default_factory=list)
    care_visits: list[CareVisit] = field(default_factory=list)
    pregnancies: list[Pregnancy] = field(default_factory=list)
    child_card: ChildCard | None = None
    doses: list[Dose] = field(default_factory=list)
    disease_reports: list[DiseaseReport] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    filings: list[Filing] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    consultations: list[Consultation] = field(default_factory=list)
