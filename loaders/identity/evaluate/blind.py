"""The blind-id test: what the matcher finds when it may not see the numbers.

Goes in: the links of the warehouse. Records that a valid number of their own names are
labelled with their person; half of them lose every number, are linked anew in a database
made for it, and must come back to where their number had put them. That database is
removed at the end; the warehouse itself is only read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from os import getpid
from typing import Any

from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

from loaders.failure import ExpectedFailure
from loaders.identity.evaluate.agreement import ALL, Agreement, agreement_by_stratum
from loaders.identity.evaluate.scored import Scores, read_scores
from loaders.identity.id_number import IdKind, read_id_number
from loaders.identity.link import link_people
from loaders.identity.person_name import read_person_name

Report = Callable[[str], None]

SHARE = 0.5
RECORDS = "identity.source_person"
SAID = ("identity.source_identifier", "identity.source_relation")
# What linking reads beside the records, where it is there.
PLACES = ("identity.town", "staging.former_place_name")
# Everything that names a record's person or its other records by a number.
NUMBERS = (
    "id_number", "id_type_code", "health_index_id", "archive_id", "insurance_number",
    "reference_key", "birth_certificate_no", "vaccination_code", "social_card_no",
    "card_no", "medical_record_no",
)  # fmt: skip
LABELS_SQL = """
select person.record_key, person.id_number, person.id_type_code, person.person_name,
    link.person_id
from identity.source_person as person
inner join identity.person_link as link on person.record_key = link.record_key
where link.person_id is not null and not link.is_contested and person.id_number is not null
"""
# Name, birth date and sex alone are many people's: who can be found by more counts apart.
HIDDEN_SQL = """
create table hidden as
with

chosen as (
    select record_key from label
    where abs(hashtextextended(record_key, 0) % 1000) < :limit
)

select record_key, 'hidden' as stratum from chosen
union all
select person.record_key, 'hidden_with_contact' as stratum
from chosen
inner join identity.source_person as person on chosen.record_key = person.record_key
where person.phone is not null or person.address is not null
"""
HIDDEN, HIDDEN_WITH_CONTACT = "hidden", "hidden_with_contact"


class NoScratchDatabaseError(ExpectedFailure):
    """The account of the warehouse may not make a database."""


@dataclass(frozen=True)
class BlindResult:
    """What was found again.

    `agreement` is over all labelled records, over the pairs with a hidden one, and over
    those with a hidden one that has a phone or an address. `scores` are the model's, where
    they are kept: without numbers it has more to decide than otherwise.
    """

    agreement: Mapping[str, Agreement]
    scores: Scores | None


def blind_test(engine: Engine, report: Report, share: float = SHARE) -> BlindResult:
    """Hide the numbers of a share of the records, link anew, and compare.

    Raises: NoScratchDatabaseError, and what linking raises.
    """
    with _scratch(engine) as scratch:
        with engine.connect() as source, scratch.begin() as target:
            for schema in ("identity", "staging"):
                target.execute(text(f"create schema {schema}"))
            for table in (RECORDS, *SAID, *PLACES):
                if _has(source, table):
                    _copy(source, target, table)
            _label(source, target)
            _hide(target, share)
        link_people(scratch, 1, report)
        with scratch.connect() as connection:
            links = "identity.person_link"
            found = agreement_by_stratum(connection, links, "label", "hidden")
            scores = read_scores(connection, "label")
    named = (ALL, HIDDEN, HIDDEN_WITH_CONTACT)
    return BlindResult({name: found.get(name, Agreement()) for name in named}, scores)


@contextmanager
def _scratch(engine: Engine) -> Iterator[Engine]:
    name = f"onecard_blind_{getpid()}"
    # Databases are made outside of transactions.
    admin = engine.execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        try:
            connection.execute(text(f"create database {name}"))
        except ProgrammingError as error:
            if not isinstance(error.orig, InsufficientPrivilege):
                raise
            raise NoScratchDatabaseError(
                "The blind-id test links a copy of the records in a database of its own,"
                " and the account of the warehouse may not create one. Allow it (alter"
                " role … createdb), or measure without --blind."
            ) from None
    scratch = create_engine(engine.url.set(database=name), hide_parameters=True)
    try:
        yield scratch
    finally:
        scratch.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"drop database {name} with (force)"))


def _copy(source: Connection, target: Connection, table: str) -> None:
    columns = source.execute(
        text(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute"
            " where attrelid = cast(:t as regclass) and attnum > 0 and not attisdropped"
            " order by attnum"
        ),
        {"t": table},
    ).all()
    made = ", ".join(f'"{name}" {kind}' for name, kind in columns)
    target.execute(text(f"create table {table} ({made})"))
    one, other = _driver(source), _driver(target)
    with (
        one.cursor() as reading,
        other.cursor() as writing,
        reading.copy(f"copy (select * from {table}) to stdout (format binary)") as sent,
        writing.copy(f"copy {table} from stdin (format binary)") as received,
    ):
        for block in sent:
            received.write(block)


def _label(source: Connection, target: Connection) -> None:
    target.execute(text("create table label (record_key text primary key, person_id text)"))
    rows: Any = source.execution_options(yield_per=10_000).execute(text(LABELS_SQL))
    with (
        _driver(target).cursor() as cursor,
        cursor.copy("copy label from stdin") as copy,
    ):
        for record_key, number, id_type_code, name, person_id in rows:
            is_own = read_id_number(number, id_type_code).kind is IdKind.VALID
            if is_own and not read_person_name(name).is_newborn:
                copy.write_row((record_key, person_id))


def _hide(target: Connection, share: float) -> None:
    target.execute(text(HIDDEN_SQL), {"limit": round(share * 1000)})
    known = set(
        target.scalars(
            text(
                "select column_name from information_schema.columns where"
                " table_schema = 'identity' and table_name = 'source_person'"
            )
        )
    )
    emptied = ", ".join(f"{column} = null" for column in NUMBERS if column in known)
    target.execute(
        text(
            f"update identity.source_person as person set {emptied}"
            " from hidden where person.record_key = hidden.record_key"
        )
    )
    for table in SAID:
        if _has(target, table):
            target.execute(
                text(
                    f"delete from {table} as its using hidden"
                    " where its.record_key = hidden.record_key"
                )
            )


def _has(connection: Connection, table: str) -> bool:
    found = connection.scalar(text("select to_regclass(:name)"), {"name": table})
    return found is not None


def _driver(connection: Connection) -> Any:
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection to the warehouse is closed")
    return driver
