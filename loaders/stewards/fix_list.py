"""What an institution should put right at the source, once a month.

Goes in: the records that name persons, and their links. Comes out: per institution the
native ids with the rule that each breaks, and no value: the institution looks them up at
home. A record stays on the list until it is delivered in order.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from loaders.identity.id_number import IdKind, read_id_number
from loaders.stewards.book import DecisionRefusedError
from loaders.stewards.people import need_links
from loaders.stewards.rules import load_rules

RECORDS = """
    select source.source_system, source.source_table, source.org_code, source.native_id,
           source.native_part, source.id_number, source.id_type_code,
           source.first_delivery_on, source.named_since, link.person_id, link.is_contested
    from identity.source_person as source
    inner join identity.person_link as link on source.record_key = link.record_key
    where
        source.first_delivery_on < :month_end
        and source.set_aside_because is null
        and (cast(:org as text) is null or source.org_code = :org)
    order by source.source_system, source.org_code, source.source_table,
             source.native_id, source.native_part
"""
BY_KIND = {
    IdKind.INVALID: "invalid_number",
    IdKind.PLACEHOLDER: "placeholder_number",
    IdKind.EXCEL_ZEROED: "excel_damaged_number",
    IdKind.EXCEL_ROUNDED: "excel_damaged_number",
    IdKind.EXCEL_SCIENTIFIC: "excel_damaged_number",
}
COLUMNS = (
    "system", "table", "institution", "native_id", "native_part", "rule", "规则", "meaning",
    "belongs_together", "known_since", "new_this_month",
)  # fmt: skip
UNSAFE = re.compile(r"[^\w.\-]+")


@dataclass(frozen=True, slots=True)
class Fix:
    """One thing to put right; `together` numbers the entries that are one person."""

    system: str
    table: str
    org_code: str
    native_id: str
    native_part: str
    rule: str
    together: int | None
    known_since: date
    is_new: bool


def read_fixes(connection: Connection, month: str, org: str | None) -> list[Fix]:
    """What is still wrong of all that was delivered up to the end of a month.

    Raises: DecisionRefusedError for what is no month; NothingLinkedError.
    """
    need_links(connection)
    first, end = _month(month)
    rows = connection.execution_options(yield_per=5000).execute(
        text(RECORDS), {"month_end": end, "org": org}
    )
    return list(_fixes(rows.all(), first))


def write_fix_lists(
    engine: Engine, month: str, org: str | None, folder: Path
) -> list[Path]:
    """Write one CSV per institution, for its eyes only; returns the files."""
    with engine.connect() as connection:
        fixes = read_fixes(connection, month, org)
    by_institution: dict[tuple[str, str], list[Fix]] = defaultdict(list)
    for fix in fixes:
        by_institution[(fix.system, fix.org_code)].append(fix)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return [
        _write(folder, f"fix_{system}_{code or 'all'}_{month}.csv", found)
        for (system, code), found in sorted(by_institution.items())
    ]


def _month(month: str) -> tuple[date, date]:
    try:
        first = datetime.strptime(month, "%Y-%m").date()
    except ValueError:
        raise DecisionRefusedError(
            "A month is written as YYYY-MM, such as 2025-01.", "月份写作 YYYY-MM。"
        ) from None
    return first, (first + timedelta(31)).replace(day=1)


def _fixes(rows: Sequence[Row[Any]], first: date) -> Iterator[Fix]:
    registers = {table.lower() for table in load_rules().registers}
    entries: dict[tuple[str, str, str, str], list[Row[Any]]] = defaultdict(list)
    for row in rows:
        kind = read_id_number(row.id_number, row.id_type_code).kind
        if kind in BY_KIND:
            yield _fix(row, BY_KIND[kind], first)
        if row.is_contested:
            yield _fix(row, "contested_number", first)
        is_register = row.source_table.lower() in registers
        # A report that named the wrong patient has been put right; a card goes on.
        if row.named_since and is_register:
            yield _fix(row, "key_of_another", first)
        if row.person_id and is_register:
            where = (row.source_system, row.source_table, row.org_code, row.person_id)
            entries[where].append(row)
    number = 0
    for found in entries.values():
        # Yearly rows of one entry are one entry.
        if len({row.native_id for row in found}) > 1:
            number += 1
            for row in found:
                yield _fix(row, "duplicate_in_source", first, number)


def _fix(row: Row[Any], rule: str, first: date, together: int | None = None) -> Fix:
    return Fix(
        row.source_system, row.source_table, row.org_code, row.native_id,
        row.native_part or "", rule, together, row.first_delivery_on,
        row.first_delivery_on >= first,
    )  # fmt: skip


def _write(folder: Path, name: str, fixes: Sequence[Fix]) -> Path:
    path = folder / UNSAFE.sub("_", name)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    words = load_rules().fixes
    # With a byte order mark: the office programs of the institutions need it.
    with io.TextIOWrapper(
        os.fdopen(os.open(path, flags, 0o600), "wb"), "utf-8-sig", newline=""
    ) as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for fix in fixes:
            writer.writerow(
                (fix.system, fix.table, fix.org_code, fix.native_id, fix.native_part,
                 fix.rule, words[fix.rule].zh, words[fix.rule].en, fix.together or "",
                 f"{fix.known_since:%Y-%m-%d}", "yes" if fix.is_new else "")
            )  # fmt: skip
    return path
