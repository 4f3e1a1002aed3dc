"""What became of a line: stored, rejected or known, standing or not, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

from loaders.console.audit.asked import NothingLandedError, need_ledger
from loaders.console.history import STATES, need_functions
from loaders.console.masking import masked
from loaders.console.table import print_table
from loaders.contracts.model import Contract, contract_of
from loaders.generate.staged_feeds import StagedFeed, staged_feeds
from loaders.landing.rows import PERIOD
from loaders.landing.schema import key_equals, landing_table, quoted

FILES = """
    select file.*, keeper.file_id as kept_under, keeper.state as kept_state
    from audit.file_ledger as file
    left join audit.file_ledger as keeper
        on keeper.file_id = case
            when file.state = 'duplicate' then file.replaced_by else file.file_id
        end
    where :name in (
            cast(file.file_id as text),
            file.file_name, file.member_name, file.file_name || '/' || file.member_name
        )
      and (cast(:day as date) is null or file.delivery_date = :day)
      and (cast(:file_id as bigint) is null or file.file_id = :file_id)
    order by file.delivery_date, file.file_name, file.member_name, file.file_id
"""


def files_named(
    connection: Connection, name: str, day: date | None, file_id: int | None = None
) -> list[Row[Any]]:
    """The delivered tables of a name, or of a number in the ledger.

    Raises: NothingLandedError.
    """
    need_ledger(connection)
    asked = {"name": name, "day": day, "file_id": file_id}
    files = list(connection.execute(text(FILES), asked).all())
    if not files:
        raise NothingLandedError("No delivered table has this name.")
    return files


def show_fate(connection: Connection, files: list[Row[Any]], number: int) -> None:
    """Print what became of a line in each of these tables."""
    print_table(
        "行的去向 what became of the line",
        ["delivered", "file", "line", "what", "state", "detail"],
        [
            (f"{file.delivery_date:%Y%m%d}", label(file), number, *line)
            for file in files
            for line in _of_file(connection, file, number)
        ],
    )


def _of_file(
    connection: Connection, file: Row[Any], number: int
) -> list[tuple[str, str, str]]:
    """What, state and detail of everything that the line became."""
    file_state = f"{file.state}{': ' + file.state_reason if file.state_reason else ''}"
    lines = [("文件 file", file_state, f"feed {file.feed or '-'}")]
    if file.feed is None or file.kept_state not in ("landed", "replaced"):
        return lines
    contract = contract_of(file.feed)
    lines += _reject(connection, file, number)
    need_functions(connection, contract)
    row = _version(connection, contract, file.kept_under, number)
    if row is None:
        if len(lines) == 1:
            why = "header, blank, part of the row above, or known before"
            lines.append(("无数据行 no data row starts here", "", why))
        return lines
    key = "+".join(
        masked(contract.column(name), row._mapping[name])
        for name in contract.key
        if name != PERIOD
    )
    lines.append(("落地行 row in landing", STATES[row._state], f"key {key}"))
    if row._state != "current":
        lines += _standing(connection, contract, row)
    for staged in staged_feeds():
        if staged.feed == contract.feed and is_built(connection, staged):
            lines += _staged(connection, staged, file.kept_under, number)
    return lines


def _reject(
    connection: Connection, file: Row[Any], number: int
) -> list[tuple[str, str, str]]:
    rejects = connection.execute(
        text(
            "select reason_code, reason, byte_offset from landing.reject"
            " where file_id = :file_id and line_number = :line"
        ),
        {"file_id": file.kept_under, "line": number},
    )
    return [
        ("拒收 rejected", row.reason_code, f"byte {row.byte_offset}: {row.reason}")
        for row in rejects
    ]


def _version(
    connection: Connection, contract: Contract, file_id: int, number: int
) -> Row[Any] | None:
    stored = connection.execute(
        text(
            f"select * from {landing_table(contract)}"
            " where _file_id = :file_id and _line_number = :line"
        ),
        {"file_id": file_id, "line": number},
    ).one_or_none()
    if stored is None:
        return None
    # The versions of one key: all others need not be told apart to judge this one.
    names, same = _same_key(contract)
    found = connection.execute(
        text(
            f"""
            select * from landing.{contract.name}_versions(null) as version
            where {" and ".join([*same, "true"])}
              and _file_id = :file_id and _line_number = :line
            """
        ),
        {f"key_{n}": stored._mapping[name] for n, name in enumerate(names)}
        | {"file_id": file_id, "line": number},
    )
    return found.one_or_none()


def _same_key(contract: Contract) -> tuple[list[str], list[str]]:
    """The delivered columns of the key, and that a version has the values given."""
    names = [name for name in contract.key if name != PERIOD]
    return names, [
        f"version.{_escaped(name)} {key_equals(contract, name)} :key_{n}"
        for n, name in enumerate(names)
    ]


def _escaped(name: str) -> str:
    # SQLAlchemy reads a colon as the beginning of a parameter.
    return quoted(name).replace(":", r"\:")


def _standing(
    connection: Connection, contract: Contract, row: Row[Any]
) -> list[tuple[str, str, str]]:
    """The row of the same key that stands in its place, if one does."""
    names, same = _same_key(contract)
    same += ["version._period = :period"] if PERIOD in contract.key else []
    found = connection.execute(
        text(
            f"""
            select file.*, version._line_number as line
            from landing.{contract.name}_versions(null) as version
            inner join audit.file_ledger as file on version._file_id = file.file_id
            where {" and ".join(same)}
              and version._told_apart_by is not distinct from :told_apart_by
              and version._state = 'current'
            """
        ),
        {f"key_{i}": row._mapping[name] for i, name in enumerate(names)}
        | {"period": row._period, "told_apart_by": row._told_apart_by},
    )
    return [
        ("现行版本 the version that stands", "",
         f"{one.delivery_date:%Y%m%d} {label(one)} line {one.line}")
        for one in found
    ]  # fmt: skip


def _staged(
    connection: Connection, staged: StagedFeed, file_id: int, number: int
) -> list[tuple[str, str, str]]:
    place = {"file_id": file_id, "line": number}
    rows = connection.execute(
        text(
            f"select set_aside_because from staging.{staged.model}"
            " where _file_id = :file_id and _line_number = :line"
        ),
        place,
    )
    return [
        ("贴源行 row in staging", row.set_aside_because or "usable", staged.model)
        for row in rows
    ]


def is_built(connection: Connection, staged: StagedFeed) -> bool:
    name = f"staging.{staged.model}"
    return connection.scalar(text("select to_regclass(:name)"), {"name": name}) is not None


def label(file: Row[Any]) -> str:
    return "/".join(name for name in (file.file_name, file.member_name) if name)
