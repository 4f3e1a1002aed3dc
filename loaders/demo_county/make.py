"""Make the demo county: people, their lives, the deliveries about them, and the truth.

Goes in: a folder, how many residents, a seed. Comes out: `deliveries/` and `truth/` in that
folder. The same arguments give the same bytes; memory holds the people and one life.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from loaders.contracts.model import load_systems
from loaders.demo_county.chronicle import Chronicle
from loaders.demo_county.clerk import Clerk
from loaders.demo_county.county_files import load_county
from loaders.demo_county.dice import Dice
from loaders.demo_county.exporting import Desk
from loaders.demo_county.exports_a import export_county_hospital
from loaders.demo_county.exports_b import export_tcm_hospital
from loaders.demo_county.exports_c import export_townships
from loaders.demo_county.exports_c_orders import export_office_list
from loaders.demo_county.exports_d import export_public_health
from loaders.demo_county.exports_e import export_contracts, export_teams
from loaders.demo_county.exports_e_services import export_packages, export_services
from loaders.demo_county.exports_f import export_insurance
from loaders.demo_county.exports_g import export_referrals
from loaders.demo_county.exports_imaging import export_reports
from loaders.demo_county.finance import Accounts
from loaders.demo_county.life import Life
from loaders.demo_county.mess import Mess, all_kinds
from loaders.demo_county.numbers import Numbering
from loaders.demo_county.settlers import Settlers
from loaders.demo_county.ship_daily import ship_a, ship_c, ship_e, ship_f
from loaders.demo_county.ship_referrals import ship_g
from loaders.demo_county.ship_reports import ship_h
from loaders.demo_county.ship_sheets import ship_d
from loaders.demo_county.ship_tcm import ship_b
from loaders.demo_county.shipment import LedgerLine, Shipment
from loaders.demo_county.simulation import live_all
from loaders.demo_county.trial_rows import trial_lives
from loaders.demo_county.truth import Truth
from loaders.demo_county.truth_files import write_truth
from loaders.demo_county.world import Calendar, World
from loaders.failure import ExpectedFailure

YEAR, MOST_YEARS = 2024, 20
DELIVERIES, TRUTH = "deliveries", "truth"
# The system whose files are made from the accounts and not from lives.
REPORTS = "H"
SHIPPERS: dict[str, Callable[[Shipment], None]] = {
    "A": ship_a,
    "B": ship_b,
    "C": ship_c,
    "D": ship_d,
    "E": ship_e,
    "F": ship_f,
    "G": ship_g,
}


class DemoCountyError(ExpectedFailure):
    """The county cannot be made; the message says why and what helps."""


@dataclass(frozen=True)
class DemoSummary:
    """What was made."""

    folder: Path
    residents: int
    deliveries: tuple[date, ...]
    rows: int
    mess: dict[str, int]

    def __str__(self) -> str:
        return (
            f"{self.residents} residents, {len(self.deliveries)} deliveries, "
            f"{self.rows} rows, {sum(self.mess.values())} pieces of mess "
            f"of {len(self.mess)} kinds in {self.folder}"
        )


def make_demo_county(
    folder: Path,
    residents: int = 2000,
    seed: int = 20250101,
    later_days: int = 2,
    *,
    years: int = 1,
    later_share: float = 1.0,
    quiet_days: int | None = None,
    mess: frozenset[str] | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> DemoSummary:
    """Write a fictional county into `folder`.

    Args:
        folder: gets `deliveries/` and `truth/`; those of an earlier county are replaced.
        residents: how many people live there.
        seed: everything follows from it.
        later_days: daily deliveries after the initial one of 2025-01-01.
        years: how many years of history the initial delivery carries, up to 2024.
        later_share: of how many people the systems learn anything on the later days.
        quiet_days: on how many of these days that is so; on all when it is not given.
        mess: the kinds of mess that happen; all when it is not given.
        report: takes a line about progress now and then.

    Raises: DemoCountyError when the folder holds something else under these names.
    """
    if residents < 1 or later_days < 0 or not 1 <= years <= MOST_YEARS:
        raise DemoCountyError(
            "A county needs residents, days cannot be fewer than none, "
            f"and a history has 1 to {MOST_YEARS} years."
        )
    _clear(folder)
    calendar = Calendar(YEAR, later_days, years)
    dice, county = Dice(seed), load_county()
    notes = Mess(dice, all_kinds() if mess is None else mess, calendar.last_day)
    people = Settlers(county, dice, notes, YEAR).settle(residents)
    numbering = Numbering(len(people.people) + len(county.test_names), calendar.epoch)
    world = World(county, calendar, dice, notes, numbering, people)
    report(f"{residents} residents, {len(people.people)} people in all")
    with TemporaryDirectory() as workplace:
        book = Chronicle(Path(workplace) / "chronicle.db")
        accounts = Accounts(world)
        quiet = _quiet_days(calendar, quiet_days)
        truth = _tell_lives(world, book, accounts, later_share, quiet, report)
        ledger = _ship(world, book, accounts, folder / DELIVERIES, report)
        write_truth(folder / TRUTH, world, book, truth.figures(), ledger)
        book.close()
    read = sum(line.rows_read for line in ledger)
    return DemoSummary(folder, residents, tuple(calendar.deliveries), read, notes.counts())


def _clear(folder: Path) -> None:
    """Remove an earlier county, and nothing else."""
    parts = [folder / part for part in (DELIVERIES, TRUTH) if (folder / part).exists()]
    if parts and not (folder / TRUTH / "ledger.csv").exists():
        raise DemoCountyError(
            f"{parts[0]} exists and is not of a demo county. Choose another folder."
        )
    for part in parts:
        shutil.rmtree(part)


def _quiet_days(calendar: Calendar, number: int | None) -> tuple[date, date]:
    """The first and the last of the days on which nothing is learnt of who is quiet."""
    days = calendar.later_days if number is None else number
    return (
        calendar.history_end + timedelta(days=1),
        calendar.history_end + timedelta(days=days),
    )


def _tell_lives(
    world: World,
    book: Chronicle,
    accounts: Accounts,
    later_share: float,
    quiet: tuple[date, date],
    report: Callable[[str], None],
) -> Truth:
    """Live all lives, write down what the systems learned, count what happened."""
    desk = Desk(world, Clerk(world), book)
    truth = Truth(world)
    export_teams(desk)
    export_packages(desk)
    export_office_list(desk)
    for number, life in enumerate(live_all(world), 1):
        is_quiet = world.dice.share("quiet later", number) >= later_share
        book.leave_out(quiet if is_quiet else None)
        _export(desk, life)
        truth.add(life)
        accounts.add(life)
        if number % 5000 == 0:
            report(f"{number} lives")
    book.leave_out(None)
    for trial in trial_lives(world):
        _export(desk, trial)
    book.index()
    return truth


def _export(desk: Desk, life: Life) -> None:
    cards = desk.cards(life)
    entries = export_county_hospital(desk, life, cards)
    entries |= export_tcm_hospital(desk, life, cards)
    entries |= export_townships(desk, life, cards)
    export_reports(desk, life, entries)
    export_public_health(desk, life)
    export_contracts(desk, life)
    export_services(desk, life)
    export_referrals(desk, life)
    export_insurance(desk, life)


def _ship(
    world: World,
    book: Chronicle,
    accounts: Accounts,
    folder: Path,
    report: Callable[[str], None],
) -> list[LedgerLine]:
    ledger: list[LedgerLine] = []
    for day in world.calendar.deliveries:
        for system in load_systems():
            shipment = Shipment(world, book, system, day, folder, ledger)
            if system.system in SHIPPERS:
                SHIPPERS[system.system](shipment)
            elif system.system == REPORTS:
                ship_h(shipment, accounts)
            # A system that was on-boarded since is no system of this county.
        rows = sum(line.rows_read for line in ledger if line.delivered_on == day)
        report(f"delivery of {day:%Y-%m-%d}: {rows} rows")
    return ledger
