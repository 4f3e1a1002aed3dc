"""Tiny situations for the counting rules: rows as staging holds them, and whose they are.

Goes in: calls that read like the situation ("this person was seen there on that day").
Comes out: rows in the tables of staging and identity. Everything has a name; `ids` leads
from the name to the event, `people` to the person.
"""

from __future__ import annotations

from tests.indicators.clinical_care import ClinicalCare
from tests.indicators.programmes import Programmes
from tests.indicators.public_health import PublicHealth
from tests.indicators.registers import Registers
from tests.indicators.shared_care import SharedCare


class Situation(SharedCare, ClinicalCare, Programmes, PublicHealth, Registers):
    """Everything that can happen in the county of the situations."""
