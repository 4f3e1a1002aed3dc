"""Imaging and ECG: who examines, who reads, and what becomes of the report."""

from __future__ import annotations

from datetime import datetime, timedelta

from loaders.demo_county.archives import doctor_name
from loaders.demo_county.county import Institution
from loaders.demo_county.dice import pick_weighted
from loaders.demo_county.events import Stay, Visit
from loaders.demo_county.orders import Order, Report
from loaders.demo_county.world import World

PRELIMINARY, FINAL, VOID = "1", "2", "9"
READERS_PER_PLACE = 4
# How often a centre sends an examination to a reading centre; clinics always do.
REMOTE_SHARE = {"ECG": 0.6, "DR": 0.5}
TCM_READS_SHARE = 0.2
TABLES = {"A": "PACS_BGJG", "B": "TB_RIS_REPORT", "C": "pacs_bgjg"}
STATE_MESS = ("report_void", "report_revised", "report_preliminary")


def image_visit(world: World, visit: Visit, orders: list[Order]) -> None:
    """The reports of a visit."""
    for kind, is_paid in orders:
        at = visit.at + timedelta(minutes=21)
        number = world.numbering.by_month("BG", at.date())
        if is_paid:
            visit.reports += _reports(world, visit.place, number, kind, at)


def image_stay(world: World, stay: Stay) -> None:
    """A report for every examination that is on the bill of a stay."""
    for line in stay.lines:
        if line.price.category == "JCF" and not line.gives_back:
            number = f"BG{line.at:%y%m}Z{line.number}"
            stay.reports += _reports(world, stay.place, number, line.price.order, line.at)


def reading_system(world: World, report: Report) -> str:
    """Whose tables a report is in: those of the hospital that read it, or C."""
    hospitals = world.county.hospitals.items()
    return next((k for k, place in hospitals if place is report.reader), "C")


def _reader(world: World, place: Institution, kind: str, number: str) -> Institution:
    if not place.is_primary:
        return place
    drawn = world.dice.share("remote", number)
    limit = 1.0 if place.class_code == "D600" else REMOTE_SHARE.get(kind, 0.0)
    if drawn >= limit:
        return place
    return world.county.hospitals["B" if drawn < limit * TCM_READS_SHARE else "A"]


def _reports(
    world: World, place: Institution, number: str, kind: str, examined_at: datetime
) -> list[Report]:
    rng = world.dice.stream("report", number)
    options = world.county.examinations[kind]
    seen = pick_weighted(rng, options, [option.weight for option in options])
    reader = _reader(world, place, kind, number)
    reported_at = examined_at + timedelta(minutes=rng.randint(15, 200))
    first = Report(
        number=number,
        replaces="",
        kind=kind,
        name=seen.name,
        finding=seen.finding,
        conclusion=seen.conclusion,
        reader=reader,
        doctor=doctor_name(world, reader.code22, rng.randrange(READERS_PER_PLACE)),
        examined_at=examined_at,
        reported_at=reported_at,
        states=[(reported_at, FINAL)],
    )
    found = [first]
    later = reported_at + timedelta(hours=rng.randint(1, 70))
    system = reading_system(world, first)
    known = world.mess.struck(STATE_MESS, system, number)
    if known == "report_void":
        first.states.append((later, VOID))
    elif known == "report_preliminary":
        first.states = [(reported_at, PRELIMINARY), (later, FINAL)]
    elif known == "report_revised":
        found.append(_revision(first, later))
    if known:
        on = (later if known != "report_preliminary" else reported_at).date()
        key = found[-1].number if system != "C" else f"{place.jgid}+{found[-1].number}"
        world.mess.note(known, system, TABLES[system], key, on)
    return found


def _revision(first: Report, at: datetime) -> Report:
    return Report(
        number=f"{first.number}X",
        replaces=first.number,
        kind=first.kind,
        name=first.name,
        finding=first.finding,
        conclusion=f"{first.conclusion}(修订)",
        reader=first.reader,
        doctor=first.doctor,
        examined_at=first.examined_at,
        reported_at=at,
        states=[(at, FINAL)],
    )
