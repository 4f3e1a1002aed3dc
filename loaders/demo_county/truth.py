"""Indicators counted from the lives themselves, as the county's annex defines them.

Goes in: one life after the other. Comes out: numerators and denominators as of the last
delivery. Nothing here reads an export: who, when and how much is taken from what happened
and from the day on which the systems learned of it. Test patients are never counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from loaders.demo_county.county import County
from loaders.demo_county.events import Settlement
from loaders.demo_county.exports_h import lives_in
from loaders.demo_county.life import Life
from loaders.demo_county.truth_hypertension import judge
from loaders.demo_county.world import World


@dataclass(frozen=True, order=True)
class Figure:
    """One value: what, when, where, numerator and denominator."""

    indicator: str
    period: str
    grain: str
    org_code: str
    numerator: int
    denominator: int


Cell = tuple[str, str, str, str]


class Truth:
    """Adds life by life to the figures of the year."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._county: County = world.county
        self._year = world.calendar.year
        self._begin = date(self._year, 1, 1)
        self._end = date(self._year, 12, 31)
        # What the last delivery knows: everything up to the end of the day before it.
        self._known_by = world.calendar.last_day
        self._numerators: Counter[Cell] = Counter()
        self._denominators: Counter[Cell] = Counter()
        self._count_residents()

    def add(self, life: Life) -> None:
        """Count one life."""
        self._count_encounters(life)
        self._count_discharges(life)
        self._count_money(life)
        self._count_treatments(life)
        self._count_archive(life)
        self._count_hypertension(life)
        self._count_contract(life)

    def figures(self) -> list[Figure]:
        """All values, in a fixed order."""
        return sorted(
            Figure(*cell, self._numerators[cell], total)
            for cell, total in self._denominators.items()
        )

    def _tell(self, indicator: str, period: str, yes: int, of: int, org: str = "") -> None:
        grain = "county"
        if org:
            grain = "institution" if len(org) == 18 else "township"
        cell = (indicator, period, grain, org or self._county.division)
        self._numerators[cell] += yes
        self._denominators[cell] += of

    def _count_residents(self) -> None:
        residents = self._world.population.residents(self._end)
        day = f"{self._end:%Y%m%d}"
        self._tell("ehr_electronic_rate", str(self._year), 0, len(residents))
        self._tell("fd_sign_rate", day, 0, len(residents))
        for town in self._county.towns:
            own = sum(lives_in(person, town, self._end) for person in residents)
            self._tell("fd_sign_rate", day, 0, own, town.code)

    def _count_encounters(self, life: Life) -> None:
        """Counted encounters: one per person, institution, department and day."""
        counted = {
            (
                visit.place.credit_code,
                visit.department,
                visit.at.date(),
            ): visit.place.is_primary
            for visit in life.visits
            if visit.kind != "check" and visit.took_place(self._known_by)
        }
        for (_, _, on), is_primary in counted.items():
            if self._begin <= on <= self._end:
                for period in (str(self._year), f"{on:%Y%m}"):
                    self._tell("mon24_07_primary_visit_share", period, is_primary, 1)

    def _count_discharges(self, life: Life) -> None:
        for stay in life.stays:
            left_on = stay.discharged_at.date()
            if (
                not stay.has_ended(self._known_by)
                or not self._begin <= left_on <= self._end
            ):
                continue
            days = max(1, (left_on - stay.admitted_at.date()).days)
            self._tell("avg_los", str(self._year), days, 1)
            self._tell("avg_los", f"{left_on:%Y%m}", days, 1)
            self._tell("avg_los", str(self._year), days, 1, stay.place.credit_code)

    def _surviving(self, life: Life) -> list[Settlement]:
        return [
            s
            for s in life.settlements
            if s.survives(self._known_by)
            and self._begin <= s.at.date() <= self._end
            and not s.place.insurance_code.startswith("P")
        ]

    def _count_money(self, life: Life) -> None:
        for settlement in self._surviving(life):
            fund = settlement.basic_fund + settlement.serious_illness_fund
            inside = fund if self._county.is_inside(settlement.place) else 0
            primary = inside if settlement.place.is_primary else 0
            year = str(self._year)
            self._tell("mon24_08_fund_in_county_share", year, inside, fund)
            self._tell("mon24_09_fund_primary_share", year, primary, inside)

    def _count_treatments(self, life: Life) -> None:
        """A stay belongs to the place of its last settlement; a visit to any of them."""
        stays: dict[str, Settlement] = {}
        visits: dict[str, bool] = defaultdict(bool)
        for settlement in sorted(self._surviving(life), key=lambda s: s.at):
            if settlement.is_inpatient:
                stays[settlement.treatment] = settlement
            else:
                visits[settlement.treatment] |= self._county.is_inside(settlement.place)
        for settlement in stays.values():
            inside = self._county.is_inside(settlement.place)
            self._tell("mon24_11_inpat_in_county_share", str(self._year), inside, 1)
            self._tell("county_visit_rate", str(self._year), inside, 1)
        for inside in visits.values():
            self._tell("county_visit_rate", str(self._year), inside, 1)

    def _is_alive(self, life: Life, on: date) -> bool:
        """Only a death card says that somebody has died."""
        card = life.death_card
        known = card is not None and card.reported_on <= self._known_by
        return not (card and known and card.died_on <= on)

    def _count_archive(self, life: Life) -> None:
        active = any(a.is_active(self._end, self._known_by) for a in life.archives)
        if active and self._is_alive(life, self._end):
            self._tell("ehr_electronic_rate", str(self._year), 1, 0)

    def _count_contract(self, life: Life) -> None:
        valid = [
            c
            for c in life.contracts
            if c.known_on <= self._known_by
            and not (c.deleted_on and c.deleted_on <= self._known_by)
            and c.begins_on <= self._end < c.ends_on
            and not (c.stopped_on and c.stopped_on <= self._end)
        ]
        if valid and self._is_alive(life, self._end):
            newest = max(valid, key=lambda c: c.begins_on)
            day = f"{self._end:%Y%m%d}"
            self._tell("fd_sign_rate", day, 1, 0)
            self._tell("fd_sign_rate", day, 1, 0, newest.team_town.code)

    def _count_hypertension(self, life: Life) -> None:
        found = judge(life, self._year, self._known_by, self._is_alive)
        if found is None:
            return
        year = str(self._year)
        self._tell("htn_control_rate", year, found.is_controlled, 1)
        if found.is_standard is not None:
            self._tell("htn_standard_mgmt_rate", year, found.is_standard, 1)
            self._tell("htn_standard_mgmt_rate", year, found.is_standard, 1, found.town)
