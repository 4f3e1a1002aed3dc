"""What became of a person's id, or of a record's person, on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection, Engine, Row, text

from loaders.console.table import print_table
from loaders.failure import ExpectedFailure
from loaders.stewards.people import need_links
from loaders.warehouse.connect import open_warehouse

LEDGER_SQL = """
    select person_id, status, retired_into as leads_to, issued_on, issued_run_id,
           changed_run_id, anchor_record_key
    from identity.person_ledger
    where person_id = any(:person_ids)
    order by person_id
"""
VERSIONS_SQL = """
    select valid_from_run, valid_to_run, person_id, record_key, rule, probability,
           linked_to
    from (
        select * from identity.person_link_history
        where person_id = any(:person_ids) and valid_to_run is not null
        union
        select version.*
        from identity.person_link as link
        inner join identity.person_link_history as version
            on link.record_key = version.record_key
        where link.person_id = any(:person_ids) and version.valid_to_run is null
        union
        select * from identity.person_link_history where record_key = :record_key
    ) as version
    order by valid_from_run, record_key
"""
EVENTS_SQL = """
    select run_id, at, type, person_id, other_person_id, record_key, rule, reason, actor,
           decision_id, before, after
    from identity.person_event
    where person_id = any(:person_ids) or other_person_id = any(:person_ids)
    order by seq
"""
TYPES = {
    "create": "建档 create",
    "attach": "归入 attach",
    "detach": "移出 detach",
    "merge": "合并 merge",
    "split": "拆分 split",
    "retire": "退役 retire",
    "reinstate": "恢复 reinstate",
}


class UnknownKeyError(ExpectedFailure):
    """The key is neither a person id that was ever issued nor that of a linked record."""


@click.group()
def identity() -> None:
    """Who is who, and how it came to be so."""


@identity.command("check")
def check_command() -> None:
    """Link everybody anew beside what is there; any difference is a defect.

    Nothing is changed. The exit code is 1 when a link or a question would be another.
    """
    from loaders.identity.link import check_links

    engine = open_warehouse()
    try:
        _need_links(engine)
        differences = check_links(engine, click.echo)
    finally:
        engine.dispose()
    click.echo(f"{differences} rows would be others")
    if differences:
        raise SystemExit(1)


@identity.command("train")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--trained-on", required=True, help="In words: whose records, which days.")
def train_command(out: Path, trained_on: str) -> None:
    """Estimate the weights of linking from this warehouse's records, into a new file.

    Nothing uses it before somebody has read it and put it in the place of the file in use
    (docs/decisions/0013).
    """
    from loaders.identity.training import train

    engine = open_warehouse()
    try:
        _need_links(engine)
        trained = train(engine, out, trained_on, report=click.echo)
    finally:
        engine.dispose()
    click.echo(f"learnt from {trained.people} people: {out}")


@identity.command("history")
@click.argument("key")
def history_command(key: str) -> None:
    """Print every event of a person, and the versions of the links behind them.

    KEY is a person id, or the key of a source record: then of everybody it has belonged to.
    Keys of records are shown masked, since they can be personal numbers.
    """
    show_identity_history(open_warehouse(), key)


def show_identity_history(engine: Engine, key: str) -> None:
    """Print ids, links and events of a person id or a record key.

    Raises: UnknownKeyError.
    """
    with engine.connect() as connection:
        known = "select to_regclass('identity.person_event') is not null"
        if not connection.scalar(text(known)):
            raise UnknownKeyError("Nobody has been linked yet; `onecard run` does it.")
        asked = {"person_ids": _persons(connection, key), "record_key": key}
        ledger = connection.execute(text(LEDGER_SQL), asked).all()
        versions = connection.execute(text(VERSIONS_SQL), asked).all()
        if not ledger and not versions:
            raise UnknownKeyError(
                "This is no person id that was ever issued, and no key of a linked record."
            )
        events = connection.execute(text(EVENTS_SQL), asked).all()
    _print("编号 ids", ledger)
    _print("关联 links, from one run until another", versions)
    _print("大事记 events", events)


def _need_links(engine: Engine) -> None:
    """Raises: NothingLinkedError before the first run has come so far."""
    with engine.connect() as connection:
        need_links(connection)


def masked_key(record_key: str | None) -> str:
    """A record's key as it may be shown: system, table, and the end of what is longer."""
    if record_key is None:
        return ""
    system, table, *numbers = record_key.split("|")
    shown = ["*" * (len(number) - 4) + number[-4:] if len(number) > 4 else "*" * len(number)
             for number in numbers if number]  # fmt: skip
    return " ".join((system, table, *shown))


def _persons(connection: Connection, key: str) -> list[str]:
    held = text(
        "select distinct person_id from identity.person_link_history"
        " where record_key = :key and person_id is not null"
    )
    return list(connection.scalars(held, {"key": key})) or [key]


def _print(title: str, rows: Iterable[Row[Any]]) -> None:
    shown = [_shown(row._mapping) for row in rows]
    if shown:
        print_table(title, list(shown[0]), [tuple(row.values()) for row in shown])


def _shown(row: Mapping[Any, Any]) -> dict[str, object]:
    shown: dict[str, object] = {}
    for name, value in row.items():
        if name in ("record_key", "anchor_record_key", "linked_to"):
            shown[name.removesuffix("_key")] = masked_key(value)
        elif name in ("before", "after"):
            counts = value or {}
            shown[name] = " ".join(f"{who}: {count}" for who, count in counts.items())
        elif name == "at":
            shown[name] = f"{value:%Y-%m-%d %H:%M}"
        else:
            shown[name] = TYPES.get(value, value) if name == "type" else value
    return shown
