"""A few central facts of the record, told slowly and simply from the landed rows.

Plain Python over dictionaries; no SQL of the models, no macro, no staging table. Which
version of a row counts and what it is worth is worked out again here.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

Row = dict[str, Any]
LANDED = """
    select landed.*, file.logical_date, file.revision, file.delivery_date, file.file_name,
           file.member_name, file.sha256, file.is_full, file.state, file.page
    from landing.{table} as landed
    join audit.file_ledger as file on landed._file_id = file.file_id
    where file.state = 'landed'
"""


def current_rows(
    connection: Connection, table: str, key: tuple[str, ...], watermark: str
) -> list[Row]:
    """The newest version of every row: by its own time of change, then by its file."""
    newest: dict[tuple[str, ...], Row] = {}
    for row in landed_rows(connection, table):
        place = tuple(row[name] or "" for name in key)
        if place not in newest or _age(row, watermark) > _age(newest[place], watermark):
            newest[place] = row
    return list(newest.values())


def township_fees(connection: Connection) -> dict[tuple[str, str], int]:
    """What is left of the fee of every visit to a centre or clinic, by place and number."""
    left: dict[tuple[str, str], int] = defaultdict(int)
    for row in current_rows(connection, "c05_ms_mzxx", ("jgid", "mzxh"), "gxsj"):
        standing = clean(row["zfpb"]) == "0"
        fee = int(Decimal(clean(row["zjje"]) or "0") * 100)
        left[clean(row["jgid"]), clean(row["jzxh"])] += fee if standing else 0
    return dict(left)


def township_visits(connection: Connection) -> dict[str, Row]:
    """Every visit to a centre or clinic as it stands, by the key of its record."""
    return {
        f"C|ys_mz_jzls|{clean(row['jgid'])}|{clean(row['jzxh'])}": row
        for row in current_rows(connection, "c02_ys_mz_jzls", ("jgid", "jzxh"), "gxsj")
    }


def once_a_day(encounters: list[Row]) -> set[str]:
    """Of a person's visits to one department on one day, the first."""
    first: dict[tuple[Any, ...], tuple[Any, str]] = {}
    for row in encounters:
        place = (
            row["person_id"] or row["encounter_id"],
            row["institution_code"] or (row["source_system"], row["org_code"]),
            row["department_code"] or "",
            row["started_at"].date(),
        )
        this = (row["started_at"], row["encounter_id"])
        first[place] = min(first.get(place, this), this)
    return {encounter_id for _, encounter_id in first.values()}


def landed_rows(connection: Connection, table: str) -> list[Row]:
    """All rows of files that stand, with what the ledger says of their file."""
    found = connection.execute(text(LANDED.format(table=table)))
    return [dict(row._mapping) for row in found]


def _age(row: Row, watermark: str) -> tuple[Any, ...]:
    try:
        changed = datetime.fromisoformat(clean(row[watermark]))
    except ValueError:
        changed = datetime.min
    names = ("logical_date", "revision", "delivery_date", "file_name", "member_name")
    return (
        changed,
        *(row[name] for name in names),
        row["_line_number"],
        row["sha256"] or "",
    )


def clean(cell: str | None) -> str:
    """A cell without the blanks around it; empty where there is none."""
    return (cell or "").strip()
