"""Managed hypertension, judged by the annex: excluded or not, standard, controlled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from loaders.demo_county.life import Life
from loaders.demo_county.registers import FollowUp, HypertensionRecord


@dataclass(frozen=True)
class Judgement:
    """What a managed person who is not excluded adds to the figures.

    `is_standard` is none for somebody managed for less than ninety days.
    """

    is_controlled: bool
    is_standard: bool | None
    town: str


@dataclass(frozen=True)
class _Course:
    """The management of one person: all records together."""

    begin: date
    end: date
    reason: str
    town: str


def judge(
    life: Life, year: int, known_by: date, is_alive: Callable[[Life, date], bool]
) -> Judgement | None:
    """How the care of the year counts; none when the person is in no denominator."""
    begin, end, middle = date(year, 1, 1), date(year, 12, 31), date(year, 6, 30)
    course = _course(life.records, end, known_by)
    if course is None or course.end < begin:
        return None
    # A death on 30 June itself is not before it.
    died_early = not is_alive(life, middle - timedelta(days=1))
    if died_early or (course.end < middle and course.reason == "2"):
        return None
    follow_ups = [
        f
        for f in life.follow_ups
        if f.known_on <= known_by and not f.is_impossible and begin <= f.on <= end
    ]
    days = (min(course.end, end) - max(course.begin, begin)).days + 1
    standard: bool | None = None
    if days >= 90:
        seen = [f for f in follow_ups if f.way in "14" and f.effect == "1"]
        good = [f for f in seen if _reading(f, known_by) is not None]
        examined = any(begin <= e.on <= end and e.known_on <= known_by for e in life.exams)
        standard = examined and len(good) >= min(4, days // 90)
    return Judgement(_is_controlled(life, follow_ups, known_by), standard, course.town)


def _course(records: list[HypertensionRecord], on: date, known_by: date) -> _Course | None:
    known = [
        r
        for r in records
        if r.created_on <= on
        and r.known_on <= known_by
        and not (r.deleted_on and r.deleted_on <= known_by)
    ]
    if not known:
        return None
    ends = [(_end(record, known_by), record.closing_reason) for record in known]
    end, reason = max(ends)
    newest = max(known, key=lambda r: (r.archive.created_on, r.archive.number))
    begin = min(record.created_on for record in known)
    return _Course(begin, end, reason, newest.archive.unit[:9])


def _end(record: HypertensionRecord, known_by: date) -> date:
    """The day of closing; an open record ends never."""
    known_on = record.closing_known_on
    if record.closed_on is None or known_on is None or known_on > known_by:
        return date.max
    return record.closed_on


def _reading(follow_up: FollowUp, known_by: date) -> tuple[int, int] | None:
    """The plausible blood pressure, as the last delivery has it."""
    reading = follow_up.pressure
    if follow_up.corrected_on and follow_up.corrected_on > known_by:
        reading = follow_up.first_pressure
    if reading is None:
        return None
    systolic, diastolic = reading
    in_range = 60 <= systolic <= 300 and 30 <= diastolic <= 200
    return reading if in_range and diastolic < systolic else None


def _is_controlled(life: Life, follow_ups: list[FollowUp], known_by: date) -> bool:
    """By the last follow-up alone, whatever the earlier ones read."""
    if not follow_ups:
        return False
    last = max(follow_ups, key=lambda f: (f.on, f.number))
    reading = _reading(last, known_by)
    if last.effect != "1" or reading is None:
        return False
    limit = 150 if life.person.age(last.on) >= 65 else 140
    return reading[0] < limit and reading[1] < 90
