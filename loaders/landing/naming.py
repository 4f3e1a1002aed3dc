"""What a file's name says: the day or period it belongs to, its page, its revision.

Goes in: a contract and a name. Comes out: a `Naming`, or nothing when the name is not one
that the contract describes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from loaders.contracts.model import Contract
from loaders.landing.refusal import FileRefusedError

# What mail programs and browsers put into the name of a second copy: `x (1).zip`.
COPY_MARK = re.compile(r" ?[(（]\d+[)）]")
ONE_PER_PERIOD = frozenset({"snapshot", "replace_period", "delta_and_full"})


@dataclass(frozen=True)
class Naming:
    """What the names of a file and its member say.

    Files of one feed, period and slot exclude one another: the one with the highest
    revision, then the one delivered last, replaces the others.
    """

    period: str
    logical_date: date
    page: int | None
    marked_full: bool
    revision: int
    slot: str


def read_name(
    contract: Contract, file_name: str, member_name: str, delivered_on: date
) -> Naming | None:
    """What the name says; None when the contract does not describe such a name.

    Raises: FileRefusedError when the name carries a day that does not exist.
    """
    said = _groups(contract, file_name, member_name)
    if said is None:
        return None
    period = said.get("date") or said.get("period")
    page = said.get("page")
    marked_full = bool(said.get("full"))
    revision = said.get("revision") or ("1" if said.get("correction") else "0")
    if contract.delivery in ONE_PER_PERIOD or {"page", "revision", "correction"} & set(
        said
    ):
        slot = f"{'full' if marked_full else ''}/{page or ''}"
    else:
        slot = COPY_MARK.sub("", file_name)
    return Naming(
        period=period or f"{delivered_on:%Y%m%d}",
        logical_date=_first_day(period) if period else delivered_on,
        page=int(page) if page else None,
        marked_full=marked_full,
        revision=int(revision),
        slot=slot,
    )


def is_marked_copy(file_name: str) -> bool:
    """Whether the name is that of a second copy, `…(1).zip`."""
    return COPY_MARK.search(file_name) is not None


def _groups(
    contract: Contract, file_name: str, member_name: str
) -> dict[str, str | None] | None:
    of_file = contract.file_pattern.fullmatch(file_name)
    if of_file is None:
        return None
    said = of_file.groupdict()
    # A zip that cannot be opened is known by its own name alone.
    if contract.member_pattern is None or not member_name:
        return said
    of_member = contract.member_pattern.fullmatch(member_name)
    if of_member is None:
        return None
    # The member is the table; the zip around it may have been made on another day.
    return said | {name: value for name, value in of_member.groupdict().items() if value}


def _first_day(period: str) -> date:
    # YYYY and YYYYMM stand for their first day.
    try:
        return datetime.strptime(period + "0101"[len(period) - 4 :], "%Y%m%d").date()
    except ValueError as error:
        raise FileRefusedError(
            "the file's name carries a day that does not exist"
        ) from error
