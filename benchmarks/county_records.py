"""What systems say of the people of a county: records as clerks leave them.

What goes wrong with a record, and how often, is what deliveries show: numbers missing,
mistyped, shortened, damaged by Excel; names with another character of the same sound;
birthdays swapped or in the lunar calendar; newborns under their mother's number, a
relative's card.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from benchmarks.county_names import (
    BOY_OR_GIRL,
    FULL_WIDTH,
    HOMOPHONES,
    SUFFIXES,
    TRADITIONAL,
    points,
)
from benchmarks.county_people import (
    FIRST_DAY,
    NAME_WIDTH,
    YOUNG_FROM,
    Array,
    People,
    as_text,
    draw_phones,
)

NEW_DAY = np.datetime64("2025-02-01")
SYSTEMS = np.array(["A", "B", "C", "D", "E", "F"])
SYSTEM_SHARES = (0.24, 0.14, 0.32, 0.12, 0.08, 0.10)
TABLES = np.array(
    ["MS_BRDA", "TB_YL_PATIENT_INFORMATION", "ms_brda", "EHR_HealthRecord",
     "SCM_SignContractRecord", "PSN_INSU_D"]
)  # fmt: skip
# Columns of `identity.source_person` that these records say nothing in.
UNSAID = {
    **dict.fromkeys(
        ("archive_id", "named_since", "reference_key", "set_aside_because",
         "ethnicity_code", "birth_certificate_no", "vaccination_code", "social_card_no",
         "card_no", "medical_record_no"),
        pa.string(),
    ),
    "is_newborn_hint": pa.bool_(), "birth_order": pa.int16(), "died_on": pa.date32(),
}  # fmt: skip
TOWN_COUNT, VILLAGES_OF_TOWN = 20, 12
PLACES = "岳河庄院井桥湾塘坪岭店畈冲圩集楼埠渡洼岗"
TOWN_NAMES = np.array([points(f"{name}阳镇") for name in PLACES[:TOWN_COUNT]])
TOWN_CODES = np.array([f"9999991{town:02d}" for town in range(TOWN_COUNT)])


def write_records(
    chance: np.random.Generator, people: People, person: Array, is_new: Array
) -> tuple[pa.Table, Array]:
    """The records of these owners, and which of them are newborns' under the mother."""
    count = len(person)
    system = chance.choice(len(SYSTEMS), count, p=SYSTEM_SHARES)
    native = np.char.zfill(np.arange(count).astype(str), 8)
    org = np.where(system == 2, np.where(chance.random(count) < 0.5, "1", "2"), "")
    born_on = people.born_on[person]
    name, newborn, borrowed = _names(chance, people, person)
    number, has_number = _numbers_as_typed(chance, people, person, newborn, borrowed)
    days = chance.choice(4, count, p=[0.7, 0.1, 0.1, 0.1])
    delivered = np.where(is_new, NEW_DAY, FIRST_DAY + days)
    household = people.household[person]
    address, has_address, town_code = _addresses(chance, household)
    phone, has_phone = _phones_as_typed(chance, people.phone[person], household)
    sex = np.where(people.is_male[person] ^ (chance.random(count) < 0.005), "1", "2")
    insured = (system == 5) | ((system < 3) & (chance.random(count) < 0.4))
    indexed = (system == 3) | (np.isin(system, [0, 2, 4]) & (chance.random(count) < 0.3))
    known = ~newborn & ~borrowed
    texts = person.astype(str)
    keys = [SYSTEMS[system], TABLES[system], org, native, np.full(count, "")]
    record_key = keys[0]
    for part in keys[1:]:
        record_key = np.char.add(np.char.add(record_key, "|"), part)
    columns = {
        "record_key": pa.array(record_key),
        "source_system": pa.array(keys[0]), "source_table": pa.array(keys[1]),
        "org_code": pa.array(org), "native_id": pa.array(native),
        "native_part": pa.array(keys[4]),
        "first_delivery_on": pa.array(delivered.astype("datetime64[D]")),
        "person_name": pa.array(name),
        "id_number": pa.array(number, mask=~has_number),
        "id_type_code": pa.array(np.full(count, "id_card"), mask=~has_number),
        "sex_code": pa.array(sex),
        "born_on": pa.array(_births(chance, born_on).astype("datetime64[D]")),
        "phone": pa.array(phone, mask=~has_phone),
        "address": pa.array(address, mask=~has_address),
        "town_code": pa.array(town_code, mask=~np.isin(system, [3, 5])),
        "health_index_id": pa.array(np.char.add("E", texts), mask=~(indexed & known)),
        "insurance_number": pa.array(
            np.char.add("9991", np.char.zfill(texts, 12)), mask=~(insured & known)
        ),
        "household_id": pa.array(
            np.char.add("HH", household.astype(str)), mask=~((system == 3) & known)
        ),
    }  # fmt: skip
    columns |= {name: pa.nulls(count, kind) for name, kind in UNSAID.items()}
    return pa.table(columns), newborn


def _names(
    chance: np.random.Generator, people: People, person: Array
) -> tuple[Array, Array, Array]:
    """The names as typed; which are a newborn's, and who came on a relative's card."""
    count, row = len(person), np.arange(len(person))
    name, length = people.name[person], people.length[person].copy()
    kind, place = chance.random(count), 1 + chance.integers(0, 10**6, count) % (length - 1)
    for low, high, table in ((0, 0.02, HOMOPHONES), (0.02, 0.03, TRADITIONAL)):
        hit = np.flatnonzero((kind >= low) & (kind < high))
        name[hit, place[hit]] = table[name[hit, place[hit]]]
    lost = np.flatnonzero((kind >= 0.03) & (kind < 0.036) & (length > 2))
    name[lost, place[lost]] = chance.choice(points("?□*〓"), len(lost))
    spaced = np.flatnonzero((kind >= 0.036) & (kind < 0.046))
    name[spaced, 2:] = name[spaced, 1:-1]
    name[spaced, 1] = chance.choice(points(" \u3000"), len(spaced))
    length[spaced] += 1
    for suffix, low in zip(SUFFIXES, (0.046, 0.050, 0.054), strict=True):
        hit = np.flatnonzero((kind >= low) & (kind < low + 0.004) & (length < 10))
        for i, point in enumerate(suffix):
            name[hit, length[hit] + i] = point
    mother = people.mother[person]
    young = people.born_on[person] > YOUNG_FROM
    newborn = (mother >= 0) & young & (chance.random(count) < 0.25)
    hit = row[newborn]
    name[hit] = people.name[mother[hit]]
    ends = people.length[mother[hit]]
    name[hit, ends] = ord("之")
    name[hit, ends + 1] = BOY_OR_GIRL[people.is_male[person[hit]].astype(int)]
    borrowed = (mother >= 0) & ~newborn & (chance.random(count) < 0.01)
    return as_text(name), newborn, borrowed


def _numbers_as_typed(
    chance: np.random.Generator,
    people: People,
    person: Array,
    newborn: Array,
    borrowed: Array,
) -> tuple[Array, Array]:
    count, row = len(person), np.arange(len(person))
    bearer = np.where(newborn | borrowed, people.mother[person], person)
    number = people.number[bearer].copy()
    kind = chance.random(count)
    wrong = row[(kind >= 0.06) & (kind < 0.075)]
    place = chance.integers(6, 17, len(wrong))
    step = chance.integers(1, 10, len(wrong))
    number[wrong, place] = (number[wrong, place] - ord("0") + step) % 10 + ord("0")
    swapped = row[(kind >= 0.075) & (kind < 0.085)]
    place = chance.integers(6, 16, len(swapped))
    pair = number[swapped, place].copy(), number[swapped, place + 1].copy()
    number[swapped, place], number[swapped, place + 1] = pair[1], pair[0]
    old = row[(kind >= 0.085) & (kind < 0.1) & (number[:, 6] == ord("1"))]
    number[old, 6:15] = number[old, 8:17]
    number[old, 15:] = 0
    zeroed = row[(kind >= 0.1) & (kind < 0.105)]
    number[zeroed, 15:18] = ord("0")
    wide = row[(kind >= 0.105) & (kind < 0.11)]
    number[wide, :18] = FULL_WIDTH[number[wide, :18]]
    quoted = row[(kind >= 0.11) & (kind < 0.12)]
    number[quoted, 1:] = number[quoted, :-1]
    number[quoted, 0] = ord("'")
    typed = as_text(number)
    lower = (kind >= 0.12) & (kind < 0.2)
    typed[lower] = np.char.lower(typed[lower])
    filled = row[(kind >= 0.2) & (kind < 0.21)]
    typed[filled] = chance.choice(
        ["9.99999E+17", "无", "111111111111111111", "999999190001010000"], len(filled)
    )
    # Half of the newborns come with no number at all.
    return typed, (kind >= 0.06) & ~(newborn & (chance.random(count) < 0.5))


def _births(chance: np.random.Generator, born_on: Array) -> Array:
    kind, day = chance.random(len(born_on)), born_on.astype("datetime64[D]").copy()
    month = day.astype("datetime64[M]")
    year = day.astype("datetime64[Y]")
    date, which = (day - month).astype(int), month.astype(int) % 12
    swapped = (kind < 0.004) & (date < 12)
    day[swapped] = (year.astype("datetime64[M]") + date)[swapped].astype(
        "datetime64[D]"
    ) + which[swapped]
    first = (kind >= 0.004) & (kind < 0.012)
    day[first] = year[first].astype("datetime64[D]")
    slip = (kind >= 0.012) & (kind < 0.018) & (date < 28)
    day[slip] = (month[slip] - 12).astype("datetime64[D]") + date[slip]
    lunar = (kind >= 0.018) & (kind < 0.028)
    day[lunar] -= chance.integers(20, 50, int(lunar.sum()))
    return day


def _addresses(chance: np.random.Generator, household: Array) -> tuple[Array, Array, Array]:
    homes = int(household.max()) + 1
    town = chance.integers(0, TOWN_COUNT, homes)
    village = town * VILLAGES_OF_TOWN + chance.integers(0, VILLAGES_OF_TOWN, homes)
    one, other = points("东西南北上下前后中新老大"), points(PLACES)
    home = np.zeros((homes, NAME_WIDTH), np.uint32)
    home[:, :3] = TOWN_NAMES[town]
    home[:, 3] = one[village % len(one)]
    home[:, 4], home[:, 5] = other[village // len(one) % len(other)], ord("村")
    house = np.char.add(chance.integers(1, 300, homes).astype(str), "号")
    whole = np.char.add(np.char.add(as_text(home), "塘组"), house)
    address = whole[household].astype("<U24")
    kind = chance.random(len(household))
    address[kind < 0.03] = "同上"
    return address, kind >= 0.08, TOWN_CODES[town][household]


def _phones_as_typed(
    chance: np.random.Generator, phone: Array, household: Array
) -> tuple[Array, Array]:
    count, kind = len(phone), chance.random(len(phone))
    doctors = draw_phones(chance, TOWN_COUNT * VILLAGES_OF_TOWN)
    typed = phone.copy()
    group = (kind >= 0.1) & (kind < 0.17)
    typed[group] = doctors[household[group] % len(doctors)]
    other = (kind >= 0.17) & (kind < 0.25)
    typed[other] = draw_phones(chance, count)[other]
    return typed, kind >= 0.1


def towns() -> pa.Table:
    """Names and codes of the towns, as `identity.town` has them."""
    names = pa.array(as_text(TOWN_NAMES))
    return pa.table({"town_name": names, "town_code": pa.array(TOWN_CODES)})
