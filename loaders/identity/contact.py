"""Reading phones and addresses into what two records can share.

Goes in: the values as delivered, and the former names of places as the county lists them.
Comes out: a phone as digits, an address as the county, town, village, group and house it
names. What says nothing (同上, 本村, a county's name) comes out empty.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOBILE = re.compile(r"(?<!\d)(?:\+?0{0,2}86-?)?0?(1[3-9]\d{9})(?!\d)")
LANDLINE = re.compile(
    r"(?<!\d)(?:\+?0{0,2}86-?)?(0?[1-9]\d{1,2}-|0\d{2,3})?([2-9]\d{6,7})(?!\d)"
)
# 13800000000, 13000000000 and the like: typed to get past a required field.
FILLER = re.compile(r"1\d\d(\d)\1{7}|1380013800\d|1(\d)\2{9}|13[0-9]12345678")
DASHES = str.maketrans(dict.fromkeys("—–−‐_", "-"))

# Not before 镇 or 乡: a town's own name may end like a city's.
UPPER_LEVELS = re.compile(
    r"(?:[^省市县区]{1,8}?(?:省|自治区|市|县|地区)(?![镇乡街]))+"
    r"(?:(?<=市)(?![^省市县区]{0,3}(?:开发|园|社)区)[^省市县区]{1,4}区(?![镇乡街]))?"
)
COUNTY = re.compile(r"([^省市县区]{1,8}?(?:县|市|区))$")
TOWN = re.compile(r"^([^镇乡村组号]{1,8}?(?:镇|乡|街道|开发区|园区|农场|林场))")
VILLAGE = re.compile(r"^(.{1,10}?(?:村委会|村|社区|居委会))")
GROUP = re.compile(r"^(.{1,10}?(?:村民组|小组|组|生产队|队))(?=.)")
HOUSE = re.compile(r"^.{0,20}?\d+(?:号|室|栋|幢)")

FormerNames = Mapping[tuple[str, str], str]
NO_FORMER_NAMES: FormerNames = {}
FORMER_NAMES_SQL = "select level, former_name, current_name from staging.former_place_name"


@dataclass(frozen=True, slots=True)
class Phone:
    """A usable number; a landline's area code is known to some who write it, not to all."""

    number: str
    area_code: str = ""

    @property
    def is_mobile(self) -> bool:
        return len(self.number) == 11


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address, empty when not said; each carries those above it."""

    town: str = ""
    village: str = ""
    house: str = ""
    group: str = ""
    county: str = ""


def read_phone(raw: str | None) -> str | None:
    """The digits of the first usable number in a field, None when there is none.

    A landline comes without its area code: one telephone is written with and without it.
    """
    phone = read_phone_number(raw)
    return phone.number if phone else None


def read_phone_number(raw: str | None) -> Phone | None:
    """The first usable number in a field, with the area code where one is written."""
    text = unicodedata.normalize("NFKC", raw or "").translate(DASHES)
    text = re.sub(r"(?<=\d{3})\s*\)\s*", "-", re.sub(r"[\s(]", "", text))
    mobile = MOBILE.search(text)
    if mobile:
        return None if FILLER.fullmatch(mobile[1]) else Phone(mobile[1])
    landline = LANDLINE.search(text)
    if not landline or len(set(landline[2])) == 1:
        return None
    area = (landline[1] or "").strip("-")
    return Phone(landline[2], area if area.startswith("0") or not area else f"0{area}")


def read_address(raw: str | None, former_names: FormerNames = NO_FORMER_NAMES) -> Address:
    """The county, town, village, group and house that an address names.

    `former_names` gives today's name of a (level, former name), levels being county, town
    and village: merged towns live on in old archives.
    """
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", raw or ""))
    upper = UPPER_LEVELS.match(text)
    county_said = COUNTY.search(upper[0]) if upper else None
    county = _today("county", county_said[1], former_names) if county_said else ""
    text = text[upper.end() :] if upper else text
    town_said = TOWN.match(text)
    if not town_said:
        # Villages of different towns share their names: alone they place nobody.
        return Address(county=county)
    town = _today("town", town_said[1], former_names)
    text = text[town_said.end() :]
    village_said = VILLAGE.match(text)
    if not village_said:
        # A house in a town that is not cut into villages places as well as a village does.
        place = f"{town}|{text}" if HOUSE.match(text) else ""
        return Address(town, place, county=county)
    village = f"{town}|{_today('village', village_said[1], former_names)}"
    text = text[village_said.end() :]
    group_said = GROUP.match(text)
    group = f"{village}|{group_said[1]}" if group_said else ""
    rest = text[group_said.end() :] if group_said else text
    house = f"{group or village}|{rest}" if HOUSE.match(rest) else ""
    return Address(town, village, house, group, county)


def former_names(rows: Iterable[tuple[str, str, str]]) -> FormerNames:
    """The former names of places from the rows of `FORMER_NAMES_SQL`."""
    return {(level, former): current for level, former, current in rows}


def _today(level: str, name: str, former_names: FormerNames) -> str:
    return former_names.get((level, name), name)
