"""One source record through time on a terminal: every version, and what it changed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from loaders.console.masking import masked
from loaders.console.person import note_access
from loaders.console.table import print_table
from loaders.contracts.model import Contract, contract_of
from loaders.failure import ExpectedFailure
from loaders.landing.rows import PERIOD
from loaders.landing.schema import key_equals, quoted

STATES = {
    "current": "现行 current",
    "older_version": "旧版本 older version",
    "repeated": "重复报送 sent again",
    "replaced_file": "文件已被取代 replaced file",
    "deleted_since": "已删除 deleted since",
    "list_incomplete": "清单未齐 list incomplete",
}


class RecordNotFoundError(ExpectedFailure):
    """The feed, or the key in it, is not known; the message says what a key looks like."""


def show_history(
    engine: Engine, feed: str, key: str, as_of: date | None, reveal: bool
) -> None:
    """Print every version of a record that was known on a day, newest first.

    `key` holds the values of the contract's key columns, joined by `+`; one value alone may
    be that of any of them. Values are masked; `reveal` shows them and is recorded.
    Raises: RecordNotFoundError.
    """
    contract = feed_named(feed)
    condition, values = _condition(contract, key)
    with engine.begin() as connection:
        need_functions(connection, contract)
        versions = list(
            connection.execute(
                text(
                    f"""
                    select version.*, file.file_name, file.member_name
                    from landing.{contract.name}_versions(:day) as version
                    inner join audit.file_ledger as file
                        on version._file_id = file.file_id
                    where {condition}
                    order by {_key_order(contract)}, version._place_from_newest
                    """
                ),
                values | {"day": as_of},
            )
        )
        if not versions:
            raise RecordNotFoundError(
                f"{contract.feed} has no record by this key"
                + (f" on {as_of:%Y%m%d}" if as_of else "")
                + f"; a key is {_key_words(contract)}."
            )
        if reveal:
            for version in versions:
                what = f"reveal {feed} file {version._file_id} line {version._line_number}"
                note_access(connection, "", what)
    print_table(
        f"{contract.feed} {contract.title.zh} {contract.title.en}: 版本 versions",
        ["record", "delivered", "state", "file", "line"],
        [
            (record, f"{version._delivery_date:%Y%m%d}", STATES[version._state],
             f"{version.file_name} {version.member_name}".strip(), version._line_number)
            for record, version in _numbered(contract, versions)
        ],
    )  # fmt: skip
    print_table(
        "变更 what each version brought",
        ["record", "delivered", "line", "column", "meaning", "before", "value"],
        list(_changes(contract, versions, reveal)),
    )


def feed_named(feed: str) -> Contract:
    """The contract of a feed as people type it. Raises: RecordNotFoundError."""
    try:
        return contract_of(feed.upper())
    except KeyError:
        raise RecordNotFoundError(f"There is no contract for a feed {feed}.") from None


def need_functions(connection: Connection, contract: Contract) -> None:
    """Raises: RecordNotFoundError while staging has not made the feed's functions."""
    function = f"landing.{contract.name}_versions(date)"
    if connection.scalar(text("select to_regprocedure(:name)"), {"name": function}) is None:
        raise RecordNotFoundError(
            f"Nothing of {contract.feed} has been staged yet; `onecard run` does it."
        )


def _key_names(contract: Contract) -> list[str]:
    return [name for name in contract.key if name != PERIOD]


def _key_words(contract: Contract) -> str:
    return "+".join(_key_names(contract))


def _key_order(contract: Contract) -> str:
    parts = [_escaped(name) for name in _key_names(contract)]
    parts += ["version._period"] if PERIOD in contract.key else []
    return ", ".join([*parts, "version._told_apart_by"])


def _escaped(name: str) -> str:
    # SQLAlchemy reads a colon as the beginning of a parameter.
    return f"version.{quoted(name)}".replace(":", r"\:")


def _condition(contract: Contract, key: str) -> tuple[str, dict[str, str | None]]:
    names = _key_names(contract)
    parts = key.split("+")
    if len(parts) == len(names):
        equal = [
            f"{_escaped(name)} {key_equals(contract, name)} :part_{n}"
            for n, name in enumerate(names)
        ]
        # What stands between two plus signs can be nothing.
        values = {
            f"part_{n}": part or (None if name in contract.empty_in_key else part)
            for n, (name, part) in enumerate(zip(names, parts, strict=True))
        }
        return " and ".join(equal), values
    if len(parts) == 1:
        equal = [f"{_escaped(name)} = :part" for name in names]
        return f"({' or '.join(equal)})", {"part": key}
    raise RecordNotFoundError(f"A key of {contract.feed} is {_key_words(contract)}.")


def _numbered(contract: Contract, versions: list[Row[Any]]) -> list[tuple[int, Row[Any]]]:
    """Versions with a number per record: a key can be personal and is not printed."""
    numbers: dict[tuple[object, ...], int] = defaultdict(lambda: len(numbers) + 1)
    found = []
    for version in versions:
        fields = version._mapping
        key = [fields[name] for name in _key_names(contract)]
        period = version._period if PERIOD in contract.key else None
        record = numbers[(*key, period, version._told_apart_by)]
        found.append((record, version))
    return found


def _changes(
    contract: Contract, versions: list[Row[Any]], reveal: bool
) -> list[tuple[object, ...]]:
    """From the oldest version on, the columns whose value differs from the one before."""
    lines: list[tuple[object, ...]] = []
    before: dict[int, Row[Any]] = {}
    for record, version in reversed(_numbered(contract, versions)):
        older = before.get(record)
        for column in contract.columns:
            value = version._mapping[column.name]
            past = older._mapping[column.name] if older is not None else None
            if value == past:
                continue
            was, now = (
                (word or "") if reveal else masked(column, word) for word in (past, value)
            )
            lines.append(
                (record, f"{version._delivery_date:%Y%m%d}", version._line_number,
                 column.name, f"{column.zh} {column.en}", was, now)
            )  # fmt: skip
        before[record] = version
    return lines
