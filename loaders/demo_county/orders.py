"""What doctors order: laboratory samples with their results, imaging and ECG reports.

Like `events`, these records are the truth that exports are written from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from loaders.demo_county.county import Analyte, Institution

# What was ordered, and whether it was paid in the end.
Order = tuple[str, bool]


@dataclass(slots=True)
class Result:
    """One item of a sample as the laboratory wrote it; `mark` is high, low or empty."""

    analyte: Analyte
    text: str
    unit: str
    mark: str
    is_abnormal: bool


@dataclass(slots=True)
class Sample:
    """One sample of one panel; `recognition` 1 took over another institution's result."""

    number: str
    panel: str
    asked_at: datetime
    checked_at: datetime
    is_emergency: bool
    recognition: str = "0"
    recognised_from: Institution | None = None
    reason: str = ""
    results: list[Result] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """One imaging or ECG report; the reader is another institution when it is remote."""

    number: str
    replaces: str
    kind: str
    name: str
    finding: str
    conclusion: str
    reader: Institution
    doctor: str
    examined_at: datetime
    reported_at: datetime
    # How the report stands from when on: preliminary 1, final 2, void 9.
    states: list[tuple[datetime, str]]
