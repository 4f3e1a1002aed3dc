"""Lists and reports of the administration: staff, postings, beds, equipment, budget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from loaders.contracts.model import Contract
from loaders.demo_county.cells import Cells
from loaders.demo_county.chronicle import Cell, Row
from loaders.demo_county.county import Institution
from loaders.demo_county.programme import load_programme
from loaders.demo_county.staff import Employee, Posting, postings, roster
from loaders.demo_county.world import World

YES = ("有", "是", "1", "√")
NO = ("无", "否", "0", None)
EQUIPMENT = {"心电图机": 0.7, "远程心电接入": 0.6, "全自动血压计": 0.85, "血糖仪": 0.8}
# Beds by level: approved, and how many more are there and open.
BEDS = {"3": (60, 8), "2": (36, 4), "1": (8, 2)}


def short_name(place: Institution) -> str:
    """How lists that people make call an institution."""
    return dict(place.row)["JGJC"]


def group_of(place: Institution) -> tuple[str, str]:
    """Code and name of the group of an institution; empty where it has none."""
    row = dict(place.row)
    return row["SSJT"], row["SSJTMC"]


def roster_rows(world: World, contract: Contract, day: date) -> Iterator[dict[str, Cell]]:
    """The staff as known on the morning of a day, also those who have left."""
    number = 0
    for employee in roster(world):
        if employee.joined_on < day:
            number += 1
            yield _employee(world, contract, employee, number, day)


def _employee(
    world: World, contract: Contract, employee: Employee, number: int, day: date
) -> dict[str, Cell]:
    native = employee.id_number
    cells = Cells(world, contract.table, native, world.calendar.first_day, "H")
    left_on = employee.left_on if employee.left_on and employee.left_on < day else None
    name = employee.place.name
    kind = world.mess.struck(("short_name", "former_name"), "H", "staff", native)
    if kind == "former_name" and not employee.place.former_name:
        kind = None
    if kind:
        spoilt = employee.place.former_name
        name = spoilt if kind == "former_name" else short_name(employee.place)
        world.mess.note(kind, "H", contract.table, native, world.calendar.first_day)
    if left_on and world.mess.hits("staff_number_reused", "H", *_post(employee)):
        kind = "staff_number_reused"
        world.mess.note(kind, "H", contract.table, native, world.calendar.first_day)
    return {
        "序号": number,
        "工号": employee.code,
        "姓名": employee.name,
        "身份证号": native,
        "性别": "男" if employee.sex == 1 else "女",
        "单位": name,
        "人员类别": employee.category,
        "专业技术职务": employee.title,
        "编制情况": "编内" if employee.is_established else "编外",
        "全科医生": "是" if employee.is_general else "否",
        "公卫医师": "是" if employee.is_public_health else "否",
        "入职日期": cells.date("入职日期", employee.joined_on),
        "离职日期": cells.date("离职日期", left_on),
    }


def _post(employee: Employee) -> tuple[str, str]:
    return employee.place.credit_code, employee.code


def posting_rows(
    world: World, contract: Contract, year: int, known_by: date
) -> Iterator[dict[str, Cell]]:
    """The postings of a year; one that ended later is open until that is known."""
    for posting in postings(world, year):
        yield _posting(world, contract, posting, known_by)


def _posting(
    world: World, contract: Contract, posting: Posting, known_by: date
) -> dict[str, Cell]:
    native = f"{posting.employee.id_number}+{posting.begins_on}"
    on = world.calendar.first_day
    cells = Cells(world, contract.table, native, on, "H")
    if posting.overlaps:
        world.mess.note("posting_overlap", "H", contract.table, native, on)
    name = posting.place.name
    if world.mess.hits("short_name", "H", "posting", native):
        name = short_name(posting.place)
        world.mess.note("short_name", "H", contract.table, native, on)
    # Some are called back at the end of the year, which the list shows when sent again.
    is_back = world.dice.share("called back", native) < 0.3
    end = posting.ends_on or (date(posting.begins_on.year, 12, 31) if is_back else None)
    return {
        "姓名": posting.employee.name,
        "身份证号": posting.employee.id_number,
        "派出单位": posting.employee.place.name,
        "派驻单位": name,
        "职称": posting.employee.title,
        "开始日期": cells.date("开始日期", posting.begins_on),
        "结束日期": cells.date("结束日期", end if end and end < known_by else None),
        "备注": posting.remark,
    }


def with_beds(world: World) -> list[Institution]:
    """The hospitals and centres that have beds and accounts of their own."""
    hospitals = world.county.hospitals.values()
    return [*hospitals, *(town.centre for town in world.county.towns)]


def bed_rows(world: World, year: int) -> Iterator[dict[str, Cell]]:
    """The beds of every hospital and centre in every month; some more open in summer."""
    for place in with_beds(world):
        rng = world.dice.stream("beds", place.credit_code, year)
        approved, more = BEDS[place.level]
        approved += rng.randint(0, more)
        actual, opened = approved + rng.randint(0, more), approved + rng.randint(-1, more)
        for month in range(1, 13):
            added = more // 2 if month >= 7 else 0
            yield {
                "月份": f"{year}{month:02d}",
                "机构代码": place.credit_code,
                "机构名称": place.name,
                "编制床位": approved,
                "实有床位": actual + added,
                "开放床位": min(opened, actual) + added,
            }


def equipment_rows(
    world: World, contract: Contract, year: int
) -> Iterator[dict[str, Cell]]:
    """What every village clinic has; yes and no in the words of whoever filled it in."""
    for village in world.county.villages:
        clinic, row = village.clinic, dict[str, Cell]()
        for column, share in EQUIPMENT.items():
            # Who has something in one year has it in the next.
            drawn = world.dice.share("equipment", clinic.jgid, column)
            words = YES if drawn < share - 0.02 * (world.calendar.year - year) else NO
            nth, key = 0, (clinic.jgid, column, year)
            if world.mess.hits("equipment_spelling", "H", *key):
                nth = 1 + int(world.dice.share("equipment spelling", *key) * 3)
                on = world.calendar.first_day
                native = f"{year}+{clinic.jgid}+{column}"
                world.mess.note("equipment_spelling", "H", contract.table, native, on)
            row[column] = words[nth]
        skills = world.dice.share("techniques", clinic.jgid)
        yield {
            "JGID": clinic.jgid,
            "村卫生室": clinic.name,
            "乡镇": village.town.name,
            **row,
            "中医适宜技术项数": int(skills * 7),
        }


def budget_rows(
    world: World, year: int, insured: Iterable[Row], insured_contract: Contract
) -> list[dict[str, Cell]]:
    """The budget of every group, by who is insured in its towns; then the sums."""
    names = insured_contract.column_names
    town_at, scheme_at = names.index("RESD_TOWN"), names.index("INSUTYPE")
    groups = {group_of(town.centre): 0 for town in world.county.towns}
    by_town = {town.code: group_of(town.centre) for town in world.county.towns}
    for row in insured:
        if row[scheme_at] == "390":
            groups[by_town[str(row[town_at])]] += 1
    rows: list[dict[str, Cell]] = []
    total = 0
    for (code, name), count in groups.items():
        yuan = load_programme().budget_per_person[code]
        total += count * yuan
        rows.append(
            {
                "年度": year,
                "集团": name,
                "险种": "城乡居民",
                "参保人数": count,
                "人均预算标准(元)": yuan,
                "预算总额(万元)": count * yuan / 10_000,
                "备注": None,
            }
        )
    sums: dict[str, Cell] = {
        "年度": "合计",
        "参保人数": sum(groups.values()),
        "预算总额(万元)": total / 10_000,
    }
    return [*rows, sums]


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
