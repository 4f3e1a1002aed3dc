"""Which line became which row, and which line a row came from."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from loaders.console.audit.asked import NothingLandedError, need_ledger
from loaders.console.history import STATES, need_functions
from loaders.console.masking import masked
from loaders.console.table import print_table
from loaders.contracts.model import Contract, contract_of
from loaders.generate.staged_feeds import StagedFeed, staged_feeds
from loaders.landing.rows import PERIOD
from loaders.landing.schema import quoted

FILES = """
    select file.*, keeper.file_id as kept_under, keeper.state as kept_state
    from audit.file_ledger as file
    left join audit.file_ledger as keeper
        on keeper.file_id = case
            when file.state = 'duplicate' then file.replaced_by else file.file_id
        end
    where :name in (
            file.file_name, file.member_name, file.file_name || '/' || file.member_name
        )
      and (cast(:day as date) is null or file.delivery_date = :day)
      and (cast(:file_id as bigint) is null or file.file_id = :file_id)
    order by file.delivery_date, file.file_name, file.member_name, file.file_id
"""


def show_line(engine: Engine, file_name: str | None, line: str, day: date | None) -> None:
    """Print what became of a line, in every delivered table of that name.

    `line` is FILE:LINE, or a number with the file's name beside.
    Raises: NothingLandedError.
    """
    name, _, number = line.rpartition(":")
    name = name or file_name or ""
    if not name or not number.isdecimal():
        raise NothingLandedError(
            "Say which line: --line FILE:LINE, or --file NAME --line N."
        )
    with engine.connect() as connection:
        need_ledger(connection)
        _show(connection, name, int(number), day, None)


def show_record_key(engine: Engine, record_key: str) -> None:
    """Print the file and line of the staging rows with this key, and what became of it.

    Raises: NothingLandedError when staging has no such row.
    """
    system, _, rest = record_key.partition("|")
    table = rest.partition("|")[0]
    with engine.connect() as connection:
        need_ledger(connection)
        found: list[Row[Any]] = []
        for staged in staged_feeds():
            contract = contract_of(staged.feed)
            if (contract.system, contract.table) == (system, table) and _is_built(
                connection, staged
            ):
                found += connection.execute(
                    text(
                        "select staged._file_id, staged._line_number, file.file_name"
                        f" from staging.{staged.model} as staged"
                        " inner join audit.file_ledger as file"
                        " on staged._file_id = file.file_id"
                        " where staged.record_key = :key"
                    ),
                    {"key": record_key},
                ).all()
        if not found:
            raise NothingLandedError("No row of staging has this record key.")
        for row in found:
            _show(connection, row.file_name, row._line_number, None, row._file_id)


def _show(
    connection: Connection, name: str, number: int, day: date | None, file_id: int | None
) -> None:
    asked = {"name": name, "day": day, "file_id": file_id}
    files = connection.execute(text(FILES), asked).all()
    if not files:
        raise NothingLandedError("No delivered table has this name.")
    print_table(
        "行的去向 what became of the line",
        ["delivered", "file", "line", "what", "state", "detail"],
        [
            (f"{file.delivery_date:%Y%m%d}", _label(file), number, *line)
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
        if staged.feed == contract.feed and _is_built(connection, staged):
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
    query = f"""
        select * from landing.{contract.name}_versions(null)
        where _file_id = :file_id and _line_number = :line
    """
    return connection.execute(
        text(query), {"file_id": file_id, "line": number}
    ).one_or_none()


def _standing(
    connection: Connection, contract: Contract, row: Row[Any]
) -> list[tuple[str, str, str]]:
    """The row of the same key that stands in its place, if one does."""
    names = [name for name in contract.key if name != PERIOD]
    same = [
        f"version.{quoted(n)} = :key_{i}".replace('":', '"\\:') for i, n in enumerate(names)
    ]
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
         f"{one.delivery_date:%Y%m%d} {_label(one)} line {one.line}")
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
    lines = [
        ("贴源行 row in staging", row.set_aside_because or "usable", staged.model)
        for row in rows
    ]
    if (
        not lines
        or connection.scalar(text("select to_regclass('record.event_source')")) is None
    ):
        return lines
    events = connection.execute(
        text(
            "select event_kind, count(*) as how_many from record.event_source"
            " where file_id = :file_id and line_number = :line group by event_kind"
        ),
        place,
    )
    return lines + [
        ("档案事件 event of the record", "", f"{row.how_many} {row.event_kind}")
        for row in events
    ]


def _is_built(connection: Connection, staged: StagedFeed) -> bool:
    name = f"staging.{staged.model}"
    return connection.scalar(text("select to_regclass(:name)"), {"name": name}) is not None


def _label(file: Row[Any]) -> str:
    return "/".join(name for name in (file.file_name, file.member_name) if name)
