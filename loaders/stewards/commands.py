"""The commands of stewards: the queue on a terminal, and the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
from sqlalchemy import Connection

from loaders.console.options import DAY, NEW_FOLDER
from loaders.settings import load_settings
from loaders.warehouse.connect import open_warehouse

ACTOR = click.option("--actor", help="Who decides; the system account when not given.")
REASON = click.option("--reason", required=True, help="Code of the reason; a wrong one lists them.")  # fmt: skip # noqa: E501
NOTE = click.option("--note", default="", help="A remark, without any personal value.")
TODAY = click.option("--today", type=DAY, help="Count ages up to this day, not today.")


@click.group()
def review() -> None:
    """Questions that linking leaves to people: look at them, decide, take back."""


@review.command("list")
@click.option("--kind", help="Only this kind, such as contested_id.")
@click.option("--state", default="open", show_default=True, help="open, waiting, decided or all.")  # fmt: skip # noqa: E501
@click.option("--overdue", is_flag=True, help="Only those that are late.")
@click.option("--limit", default=50, show_default=True, help="Questions to list.")
@TODAY
def list_questions(
    kind: str | None, state: str, overdue: bool, limit: int, today: date | None
) -> None:
    """Print the queues with their counts, and the questions in the order they fall due."""
    from loaders.stewards.console import show_queue
    from loaders.stewards.queue import Wanted

    wanted = Wanted(kind, None if state == "all" else state, overdue)
    with _open() as connection:
        show_queue(connection, wanted, limit, today or date.today())


@review.command()
@click.argument("key")
@click.option("--reveal", metavar="REASON", help="Show values in clear; this is recorded.")
@ACTOR
@TODAY
def show(key: str, reveal: str | None, actor: str | None, today: date | None) -> None:
    """Print both sides of a question, what differs, and the evidence.

    KEY is the number of a task, a person id, or two person ids joined by +.
    """
    from loaders.stewards.actors import actor_named
    from loaders.stewards.case import open_case
    from loaders.stewards.console import show_case
    from loaders.stewards.reveal import note_reveal

    who = actor_named(load_settings(), actor) if reveal else ""
    with _open() as connection:
        case = open_case(connection, key, today or date.today())
        if reveal:
            records = [group.record for side in case.sides for group in side.groups]
            note_reveal(connection, who, records, reveal, key)
    show_case(case, bool(reveal))


@review.command()
@click.argument("key")
@click.argument("verdict", type=click.Choice(["same", "different", "split"]))
@click.option("--record", "handles", multiple=True, help="Split: a record that goes; repeatable.")  # fmt: skip # noqa: E501
@REASON
@NOTE
@ACTOR
def decide(
    key: str,
    verdict: str,
    handles: tuple[str, ...],
    reason: str,
    note: str,
    actor: str | None,
) -> None:
    """Decide a question, or about a person or two: same, different, or split.

    KEY is as for `show`; records to split off are named as `show` names them.
    """
    from loaders.stewards.actors import actor_named
    from loaders.stewards.answer import answer
    from loaders.stewards.case import open_case

    who = actor_named(load_settings(), actor)
    with _open() as connection:
        case = open_case(connection, key, date.today())
        done = answer(connection, case, who, verdict, reason, note, handles)
    click.echo(done.in_words())


@review.command()
@click.argument("decision", type=int)
@REASON
@NOTE
@ACTOR
def undo(decision: int, reason: str, note: str, actor: str | None) -> None:
    """Take back a decision, an approval, or an undo; nothing is deleted."""
    from loaders.stewards.actors import actor_named
    from loaders.stewards.decisions import undo as take_back

    who = actor_named(load_settings(), actor)
    with _open() as connection:
        done = take_back(connection, who, decision, reason, note)
    click.echo(f"Decision {decision} is undone by {done.decision_id}.")


@review.command()
@click.argument("decision", type=int)
@NOTE
@ACTOR
def approve(decision: int, note: str, actor: str | None) -> None:
    """Agree, as a second steward, with a decision that waits for one."""
    from loaders.stewards.actors import actor_named
    from loaders.stewards.decisions import approve as agree

    who = actor_named(load_settings(), actor)
    with _open() as connection:
        done = agree(connection, who, decision, note)
    click.echo(done.in_words())


@review.command()
@click.argument("event")
@click.option("--to", "owner", metavar="KEY", help="Whose it is: a person id or a record of the person.")  # fmt: skip # noqa: E501
@click.option("--to-card", is_flag=True, help="Take the word back: it is its card's.")
@REASON
@NOTE
@ACTOR
def event(
    event: str, owner: str | None, to_card: bool, reason: str, note: str, actor: str | None
) -> None:
    """Say whose a visit or stay is that was booked on a card of somebody else.

    EVENT is its key, as encounter_id has it in record.encounter.
    """
    from loaders.stewards.actors import actor_named
    from loaders.stewards.event_owner import give_event, prepare, take_event_back

    if (owner is None) is not to_card:
        raise click.UsageError("say either --to KEY or --to-card")
    who = actor_named(load_settings(), actor)
    prepare(open_warehouse())
    with _open() as connection:
        if owner is None:
            number = take_event_back(connection, who, event, reason, note)
        else:
            number = give_event(connection, who, event, owner, reason, note)
    click.echo(f"Word {number} about the event counts from the next run on.")


@review.command("fix-list")
@click.option("--month", required=True, help="Up to the end of this month: YYYY-MM.")
@click.option("--org", help="Only this institution, in its system's own code.")
@click.option("--export", "folder", type=NEW_FOLDER, help="Write a CSV per institution here.")  # fmt: skip # noqa: E501
def fix_list(month: str, org: str | None, folder: Path | None) -> None:
    """What institutions should put right: native ids and rules, no values."""
    from loaders.stewards.console import show_fixes
    from loaders.stewards.fix_list import write_fix_lists

    if folder is None:
        with _open() as connection:
            show_fixes(connection, month, org)
        return
    for path in write_fix_lists(open_warehouse(), month, org, folder):
        click.echo(str(path))


@click.command()
@click.option("--port", default=0, show_default=True, help="Port on loopback; 0 takes a free one.")  # fmt: skip # noqa: E501
def stewards(port: int) -> None:
    """Open the stewards' page on this machine; Ctrl-C closes it."""
    from loaders.stewards.page.serve import serve

    serve(open_warehouse(), load_settings(), port, click.echo)


@contextmanager
def _open() -> Iterator[Connection]:
    """A transaction on a warehouse that has the stewards' tables."""
    from loaders.stewards.book import prepare

    engine = open_warehouse()
    prepare(engine)
    with engine.begin() as connection:
        yield connection
