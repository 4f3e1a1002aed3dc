"""The accounts of hospitals and centres: what was earned by what was done to patients.

Goes in: one life after the other. Comes out: the amounts of every institution and month, in
fen, that the finance report is made of. Income is what was charged less what was given back
in the month; village clinics belong to their centre's accounts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from loaders.demo_county.cards import centre_of
from loaders.demo_county.county import Institution
from loaders.demo_county.events import Invoice, Visit
from loaders.demo_county.life import Life
from loaders.demo_county.staff import roster
from loaders.demo_county.world import World

# Medical income by the category of the charge.
INCOME = {
    "挂号收入": "GHF",
    "诊察收入": "ZCF",
    "床位收入": "CWF",
    "检查收入": "JCF",
    "化验收入": "HYF",
    "治疗收入": "ZLF",
    "手术收入": "SSF",
    "护理收入": "HLF",
    "西药收入": "XYF",
    "中成药收入": "ZCYF",
    "中药饮片收入": "CYF",
    "卫生材料收入": "CLF",
    "其他医疗收入": "QTF",
}
MEDICINES, MATERIAL = ("XYF", "ZCYF", "CYF"), "CLF"
MEDICAL, TOTAL_INCOME = "医疗收入/小计", "收入合计"
STAFF, TOTAL_EXPENSE = "支出/人员经费小计", "支出/支出合计"
HEADS = "月末在岗职工人数"
# What is charged from this day of December on is booked after the first report.
NOT_YET_BOOKED = 29

Amounts = dict[str, int]


class Accounts:
    """Adds life by life to the income of every institution and month."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._centres: dict[str, Institution] = {}
        self._charged: Counter[tuple[str, str, str]] = Counter()
        self._late: Counter[tuple[str, str, str]] = Counter()
        self._staff = list(roster(world))

    def add(self, life: Life) -> None:
        """Book everything that was charged in one life, and what was given back."""
        for visit in life.visits:
            for on, category, fen in _of_visit(visit):
                self._book(visit.place, on, category, fen)
        for stay in life.stays:
            for line in stay.lines:
                on = line.at.date()
                self._book(stay.place, on, line.price.category, line.amount)

    def month(self, place: Institution, year: int, month: int, closed: bool) -> Amounts:
        """All columns of the report; of a December that is not closed, what is booked."""
        period = f"{year}{month:02d}"
        credit_code = place.credit_code
        earned = {
            category: self._charged[credit_code, period, category]
            - (0 if closed else self._late[credit_code, period, category])
            for category in INCOME.values()
        }
        rng = self._world.dice.stream("accounts", credit_code, period)
        back = -rng.randint(4000, 30_000) if rng.random() < 0.04 else 0
        earned["QTF"] += back + rng.choice((0, 0, 12_000, 24_000))
        found = {f"医疗收入/{name}": earned[c] for name, c in INCOME.items()}
        found[MEDICAL] = sum(earned.values())
        heads = self._heads(place, _last_day(year, month))
        found |= {
            "财政补助收入": heads * rng.randint(60_000, 140_000) // 10_000 * 10_000,
            "科教收入": 0,
            "其他收入": 13_000 + max(0, found[MEDICAL]) * 2 // 100,
        }
        found[TOTAL_INCOME] = found[MEDICAL] + sum(
            found[name] for name in ("财政补助收入", "科教收入", "其他收入")
        )
        wages = heads * rng.randint(40_000, 62_000)
        found |= {"支出/工资福利支出": wages, "支出/对个人和家庭补助": wages * 7 // 100}
        found[STAFF] = wages + wages * 7 // 100
        medicines = sum(earned[category] for category in MEDICINES)
        found |= {
            "支出/药品费": max(0, medicines) * 92 // 100,
            "支出/卫生材料费": max(0, earned[MATERIAL]) * 95 // 100,
            "支出/固定资产折旧": 30_000 + max(0, found[MEDICAL]) * 6 // 100,
            "支出/其他费用": heads * rng.randint(9_000, 25_000),
        }
        found[TOTAL_EXPENSE] = found[STAFF] + sum(
            found[f"支出/{name}"]
            for name in ("药品费", "卫生材料费", "固定资产折旧", "其他费用")
        )
        return found | {HEADS: heads}

    def up_to(self, place: Institution, year: int, month: int, closed: bool) -> Amounts:
        """The same from the beginning of the year; heads are those of the month."""
        total: Counter[str] = Counter()
        for each in range(1, month + 1):
            is_closed = closed or each < month
            total.update(self.month(place, year, each, is_closed))
        heads = self.month(place, year, month, closed)[HEADS]
        return dict(total) | {HEADS: heads}

    def _heads(self, place: Institution, on: date) -> int:
        own = (each for each in self._staff if each.place is place)
        return sum(employee.works(on) for employee in own)

    def _book(self, place: Institution, on: date, category: str, fen: int) -> None:
        credit_code = place.credit_code
        if place.is_primary:
            if credit_code not in self._centres:
                self._centres[credit_code] = centre_of(self._world, place)
            credit_code = self._centres[credit_code].credit_code
        key = (credit_code, f"{on:%Y%m}", category)
        self._charged[key] += fen
        if (on.month, on.day) >= (12, NOT_YET_BOOKED):
            self._late[key] += fen


def _of_visit(visit: Visit) -> Iterator[tuple[date, str, int]]:
    for invoice in visit.invoices:
        for charge in invoice.charges:
            yield invoice.at.date(), charge.category, charge.amount
            if charge.refunded_at:
                yield charge.refunded_at.date(), charge.category, -charge.amount
        yield from _void(invoice)


def _void(invoice: Invoice) -> Iterator[tuple[date, str, int]]:
    if invoice.void_at:
        for charge in invoice.charges:
            yield invoice.void_at.date(), charge.category, -charge.amount


def _last_day(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)
