"""More facts of the record, told slowly and simply from the landed rows: see oracle.py.

Stays, diagnoses of visits, contracts and settlements by the handbook's conventions (8.2),
each as a table from the key of a record to what must be said of it.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from tests.changes.oracle import Row, clean, current_rows, landed_rows

COUNTY_HOSPITAL = """
    select institution_code from staging.system_institution where source_system = 'A'
"""
NO_DISCHARGE = date(1900, 1, 1)
IS_DATED = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")
PAGES = """
    select logical_date, coalesce(page, 1) as page, state, replaced_by
    from audit.file_ledger where feed = :feed and is_full
"""

Facts = dict[str, tuple[Any, ...]]


def stays(connection: Connection) -> Facts:
    """Admission, discharge, days and whether it was cancelled, of two systems' stays."""
    org_code = connection.scalar(text(COUNTY_HOSPITAL))
    county = {
        f"A|ZY_BRRY|{org_code}|{clean(row['ZYH'])}": (row["RYRQ"], row["CYRQ"], row["CYPB"])
        for row in current_rows(connection, "a08_zy_brry", ("ZYH",), "XGSJ")
    }
    township = {
        f"C|zy_brry|{clean(row['jgid'])}|{clean(row['zyh'])}": (
            row["ryrq"], row["cyrq"], row["cypb"],
        )
        for row in current_rows(connection, "c07_zy_brry", ("jgid", "zyh"), "gxsj")
    }  # fmt: skip
    return {key: _stay(*cells) for key, cells in (county | township).items()}


def _stay(admitted: str, discharged: str, status: str) -> tuple[Any, ...]:
    begin, end = day_of(admitted), day_of(discharged)
    end = None if end == NO_DISCHARGE else end
    days = max((end - begin).days, 1) if begin and end else None
    return begin, end, days, clean(status) == "99"


def township_diagnoses(connection: Connection) -> Counter[tuple[str, str]]:
    """How many diagnoses are listed for every visit to a centre or clinic."""
    return Counter(
        (clean(row["jgid"]), clean(row["jzxh"]))
        for row in current_rows(connection, "c03_ms_brzd", ("jgid", "jlbh"), "gxsj")
    )


def settlements(connection: Connection) -> Facts:
    """Whether a settlement survives what took it back, and its fee."""
    rows = current_rows(connection, "f02_setl_d", ("SETL_ID",), "UPDT_TIME")
    taken_back = {clean(row["INIT_SETL_ID"]) for row in rows} - {""}
    return {
        f"F|SETL_D||{clean(row['SETL_ID'])}": (
            clean(row["VALI_FLAG"]) == "1"
            and not clean(row["INIT_SETL_ID"])
            and clean(row["SETL_ID"]) not in taken_back,
            _fen(row["MEDFEE_SUMAMT"]),
        )
        for row in rows
    }


def contracts(connection: Connection) -> Facts:
    """From when to when every contract of the newest complete list is in force."""
    newest = _newest_complete_list(connection, "E02")
    rows = landed_rows(connection, "e02_scm_signcontractrecord")
    listed: dict[str, Row] = {}
    for row in sorted(rows, key=_file_order):
        if row["logical_date"] == newest:
            listed[clean(row["SCID"])] = row
    return {
        f"E|SCM_SignContractRecord||{number}": tuple(
            day_of(row[name]) for name in ("beginDate", "endDate", "stopDate")
        )
        for number, row in listed.items()
    }


def day_of(cell: str | None) -> date | None:
    """The day at the beginning of a cell, if there is such a day."""
    found = IS_DATED.match(clean(cell))
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _newest_complete_list(connection: Connection, feed: str) -> date | None:
    lists: dict[date, list[Any]] = {}
    for part in connection.execute(text(PAGES), {"feed": feed}):
        lists.setdefault(part.logical_date, []).append(part)
    complete = [day for day, parts in lists.items() if _is_complete(parts)]
    return max(complete, default=None)


def _is_complete(parts: list[Any]) -> bool:
    there = {
        part.page for part in parts if part.state in ("landed", "replaced", "duplicate")
    }
    lost = [p for p in parts if p.state in ("refused", "missing") and p.replaced_by is None]
    standing = any(part.state == "landed" for part in parts)
    return standing and not lost and len(there) == max(part.page for part in parts)


def _file_order(row: Row) -> tuple[Any, ...]:
    names = ("revision", "delivery_date", "file_name", "member_name")
    return (*(row[name] for name in names), row["_line_number"], row["sha256"] or "")


def _fen(amount: str | None) -> int | None:
    return int(Decimal(clean(amount)) * 100) if clean(amount) else None
