"""The files of G: referrals as XML by day, consultations as one JSON array a delivery."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from loaders.contracts.model import Contract
from loaders.demo_county.chronicle import Row
from loaders.demo_county.shipment import Shipment
from loaders.demo_county.writers import Counter

LATE = "late_referrals"


def ship_g(shipment: Shipment) -> None:
    """A file for every day on which a referral came or changed; what is new of the rest."""
    referrals, consultations = shipment.contracts
    for day, rows in _days(shipment, referrals):
        if not _comes_late(shipment, referrals, day):
            _ship_day(shipment, referrals, day, rows)
    path = shipment.path(consultations, f"CONS_{shipment.day:%Y%m%d}.json")
    found = Counter(
        shipment.book.state(consultations.feed, shipment.day, shipment.day_before)
    )
    _write_array(path, consultations.column_names, found)
    shipment.add(path, found.count)
    shipment.record(consultations, path.name, found.count)
    shipment.seal()


def _days(shipment: Shipment, contract: Contract) -> Iterator[tuple[date, list[Row]]]:
    """The days that this delivery tells about, one after the other, with their rows."""
    since = shipment.day_before
    held_back = _held_back(shipment, contract)
    if held_back and held_back < shipment.day_before == held_back + timedelta(days=1):
        # What was held back comes beside the file of the next day.
        since = held_back
    changes = shipment.book.changes(contract.feed, shipment.day, since)
    for day, rows in groupby(changes, key=lambda change: change[0]):
        yield day, [row for _, row in rows]


def _held_back(shipment: Shipment, contract: Contract) -> date | None:
    """The first later day with referrals whose file can still come a day late."""
    calendar = shipment.world.calendar
    if not shipment.world.mess.is_on(LATE):
        return None
    days = (day for day, _ in shipment.book.changes(contract.feed, date.max, date.min))
    first, last = calendar.history_end, calendar.deliveries[-1] - timedelta(days=1)
    return next((day for day in days if first < day < last), None)


def _comes_late(shipment: Shipment, contract: Contract, day: date) -> bool:
    is_today = shipment.day == day + timedelta(days=1)
    if not is_today or day != _held_back(shipment, contract):
        return False
    shipment.note(LATE, contract, f"DR_REFERRALS_{day:%Y%m%d}.xml")
    return True


def _ship_day(
    shipment: Shipment, contract: Contract, day: date, rows: Sequence[Row]
) -> None:
    path = shipment.path(contract, f"DR_REFERRALS_{day:%Y%m%d}.xml")
    with path.open("w", encoding="utf-8", newline="\n") as text:
        text.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        text.write(f'<Referrals day="{day}">\n')
        for row in rows:
            cells = zip(contract.column_names, row, strict=True)
            fields = "".join(_element(name, value) for name, value in cells)
            text.write(f"  <Referral>{fields}</Referral>\n")
        text.write("</Referrals>\n")
    shipment.add(path, len(rows))
    shipment.record(contract, path.name, len(rows))


def _element(name: str, value: object) -> str:
    if value in (None, ""):
        return f"<{name}/>"
    return f"<{name}>{escape(str(value))}</{name}>"


def _write_array(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """One array, an object a line."""
    with path.open("w", encoding="utf-8", newline="\n") as text:
        separator = "["
        for row in rows:
            record = dict(zip(columns, row, strict=True))
            text.write(separator + "\n" + json.dumps(record, ensure_ascii=False))
            separator = ","
        text.write("[]" if separator == "[" else "\n]")
