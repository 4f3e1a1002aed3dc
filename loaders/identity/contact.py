"""Reading phones and addresses into what two records can share.

Goes in: the values as delivered. Comes out: a phone as digits, an address as the town,
village and house it names. What says nothing (同上, 本村, a county's name) comes out empty.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MOBILE = re.compile(r"(?:\+?0{0,2}86)?(1[3-9]\d{9})(?!\d)")
LANDLINE = re.compile(r"(0\d{2,3})?-?([2-9]\d{6,7})(?!\d)")
# 13800000000, 13000000000 and the like: typed to get past a required field.
FILLER = re.compile(r"1\d\d(\d)\1{7}|1380013800\d")

# Not before 镇 or 乡: a town's own name may end like a city's.
UPPER_LEVELS = re.compile(r"^(?:[^省市县区]{2,8}?(?:省|自治区|市|县|地区)(?![镇乡街]))+")
TOWN = re.compile(r"^([^镇乡村组号]{1,8}?(?:镇|乡|街道|开发区|园区|农场))")
VILLAGE = re.compile(r"^(.{1,10}?(?:村委会|村|社区|居委会))")
HOUSE = re.compile(r"^.{0,20}?\d+(?:号|室|栋|幢)")


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address, empty when not said; each carries those above it."""

    town: str = ""
    village: str = ""
    house: str = ""


def read_phone(raw: str | None) -> str | None:
    """The digits of the first usable number in a field, None when there is none."""
    text = re.sub(r"[\s()]", "", unicodedata.normalize("NFKC", raw or ""))
    mobile = MOBILE.search(text)
    if mobile:
        return None if FILLER.fullmatch(mobile[1]) else mobile[1]
    landline = LANDLINE.search(text)
    # Without area code: the same telephone is written with and without it.
    return landline[2] if landline and len(set(landline[2])) > 1 else None


def read_address(raw: str | None) -> Address:
    """The town, village and house that an address names."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", raw or ""))
    text = UPPER_LEVELS.sub("", text)
    town = TOWN.match(text)
    if not town:
        # Villages of different towns share their names: alone they place nobody.
        return Address()
    text = text[town.end() :]
    village = VILLAGE.match(text)
    if not village:
        # A house in a town that is not cut into villages places as well as a village does.
        return Address(town[1], f"{town[1]}|{text}" if HOUSE.match(text) else "")
    place = f"{town[1]}|{village[1]}"
    rest = text[village.end() :]
    return Address(town[1], place, f"{place}|{rest}" if HOUSE.match(rest) else "")
