"""What care a person has, as it really happened, and when the systems learned of it.

These records are the county's truth: exports are written from them, indicators are counted
from them. `known_on` is the day at whose end the delivering system knew of the event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from loaders.demo_county.bills import Bill, Operation, WardLine
from loaders.demo_county.county import Diagnosis, Institution
from loaders.demo_county.orders import Report, Sample
from loaders.demo_county.population import Person

# How prescriptions call the categories of what is on them.
MEDICINES = {"XYF": "1", "ZCYF": "2", "CYF": "3"}


@dataclass(slots=True)
class Charge:
    """One line of a bill, amounts in fen."""

    category: str
    code: str
    name: str
    price: int
    quantity: int
    # Herbs are weighed for one dose and taken in several.
    doses: int = 1
    order: str = ""
    number: str = ""
    refunded_at: datetime | None = None
    refund_number: str = ""

    @property
    def amount(self) -> int:
        return self.price * self.quantity * self.doses

    @property
    def is_medicine(self) -> bool:
        return self.category in MEDICINES


@dataclass(slots=True)
class Invoice:
    """One invoice of a visit; `void_at` when it was taken back."""

    number: int
    at: datetime
    charges: list[Charge]
    fund: int = 0
    replaces: Invoice | None = None
    void_at: datetime | None = None
    is_replaced: bool = False

    @property
    def total(self) -> int:
        return sum(charge.amount for charge in self.charges)


@dataclass(slots=True)
class Visit:
    """One out-patient visit at a county hospital, a centre or a village clinic."""

    system: str
    number: int
    person: Person
    card_person: Person
    place: Institution
    department: str | None
    doctor: str
    at: datetime
    kind: str
    scheme: str
    diagnosis: Diagnosis
    second_diagnosis: Diagnosis | None
    known_on: date
    invoices: list[Invoice] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    pressure: tuple[int, int] | None = None
    is_impossible: bool = False
    card_split_on: date | None = None
    # The number of the referral that the doctor typed.
    referral: str = ""

    def took_place(self, known_by: date) -> bool:
        """Whether something of it was not given back, as known at the end of a day."""
        if self.known_on > known_by or self.is_impossible:
            return False
        issued = [i for i in self.invoices if i.at.date() <= known_by]
        if self.system == "B":
            charges = [charge for invoice in issued for charge in invoice.charges]
            return any(
                c.refunded_at is None or c.refunded_at.date() > known_by for c in charges
            )
        return any(i.void_at is None or i.void_at.date() > known_by for i in issued)


@dataclass(slots=True)
class Stay:
    """One stay at a county hospital or a centre; cancelled ones were never admissions."""

    system: str
    number: int
    printed_number: str
    person: Person
    place: Institution
    department: str
    doctor: str
    admitted_at: datetime
    discharged_at: datetime
    cancelled_at: datetime | None
    diagnosis: Diagnosis
    second_diagnosis: Diagnosis | None
    ordinal: int
    record_number: str
    leaving: str
    coded_at: datetime
    lines: list[WardLine] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)

    @property
    def cost(self) -> int:
        """Everything that was charged and not given back."""
        return sum(line.amount for line in self.lines)

    @property
    def fund(self) -> int:
        """What the insurance paid of it in the end."""
        return sum(bill.fund for bill in self.bills if bill.void_at is None)

    def has_ended(self, known_by: date) -> bool:
        return self.cancelled_at is None and self.discharged_at.date() <= known_by


@dataclass(slots=True)
class Settlement:
    """One settlement with the insurance, wherever the person was treated; fen."""

    number: str
    treatment: str
    person: Person
    insurance_number: str
    scheme: str
    place: Institution
    began_on: date
    ended_on: date
    at: datetime
    updated_at: datetime
    medical_type: str
    certificate: str
    diagnosis: Diagnosis
    total: int
    own_pay: int
    over_limit: int
    first_pay: int
    basic_fund: int
    serious_illness_fund: int
    aid: int
    account: int
    names_division: bool = True
    is_valid: bool = True
    reversed_at: datetime | None = None
    reversal_number: str = ""

    @property
    def eligible(self) -> int:
        return self.total - self.own_pay - self.over_limit - self.first_pay

    @property
    def is_inpatient(self) -> bool:
        return self.medical_type in ("21", "22", "52")

    def survives(self, known_by: date) -> bool:
        """Neither invalid nor reversed, as known at the end of a day."""
        if self.updated_at.date() > known_by or not self.is_valid:
            return False
        return self.reversed_at is None or self.reversed_at.date() > known_by
