"""What registers keep of a person: archives, hypertension, exams, deaths, contracts.

As in `events`, these records are the truth: exports are written from them, indicators are
counted from them. `known_on` is the day at whose end the system knew of the fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from loaders.demo_county.county import Diagnosis, Town
from loaders.demo_county.population import Person


@dataclass(slots=True)
class Archive:
    """One health archive; who moves to another town gets a second one."""

    health_index: str
    number: str
    person: Person
    village_code: str
    unit: str
    doctor: str
    created_on: date
    known_on: date
    closed_on: date | None = None
    closing_reason: str = ""
    closing_known_on: date | None = None
    deleted_on: date | None = None

    def is_active(self, on: date, known_by: date) -> bool:
        if self.created_on > on or self.known_on > known_by:
            return False
        if self.deleted_on and self.deleted_on <= known_by:
            return False
        return not self.closed_by(on, known_by)

    def closed_by(self, on: date, known_by: date) -> bool:
        return _closed(self.closed_on, self.closing_known_on, on, known_by)


@dataclass(slots=True)
class HypertensionRecord:
    number: str
    person: Person
    archive: Archive
    created_on: date
    diagnosed_on: date
    risk: str
    known_on: date
    closed_on: date | None = None
    closing_reason: str = ""
    closing_known_on: date | None = None
    deleted_on: date | None = None


@dataclass(slots=True)
class FollowUp:
    number: str
    record: HypertensionRecord
    on: date
    way: str
    effect: str
    pressure: tuple[int, int] | None
    heart_rate: int
    medicine: str
    known_on: date
    is_impossible: bool = False
    corrected_on: date | None = None
    first_pressure: tuple[int, int] | None = None


@dataclass(slots=True)
class Exam:
    number: str
    archive: Archive
    on: date
    way: str
    pressure: tuple[int, int]
    has_tcm: bool
    is_complete: bool
    known_on: date


@dataclass(slots=True)
class DeathCard:
    number: str
    person: Person
    died_on: date
    cause: Diagnosis
    reported_on: date
    town: Town


@dataclass(slots=True)
class Contract:
    """One family-doctor contract; `ends_on` is the first day without it."""

    number: str
    person: Person
    signer: Person
    health_index: str
    team: str
    team_town: Town
    signed_at: datetime
    begins_on: date
    ends_on: date
    is_renewal: bool
    stopped_on: date | None = None
    stop_reason: str = ""
    deleted_on: date | None = None

    @property
    def known_on(self) -> date:
        return self.signed_at.date()


def _closed(
    closed_on: date | None, known_on: date | None, on: date, known_by: date
) -> bool:
    if closed_on is None or known_on is None:
        return False
    return closed_on <= on and known_on <= known_by
