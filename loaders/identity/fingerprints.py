"""Which source records say something else than when they were last linked.

Goes in: `identity.source_person`, `source_relation`, `source_fact` and the digests of the
last run in `record_state`. Comes out: the temporary table `change` (records that are new,
say something else, or are no more), or where nothing is known yet the view `scope` of
everybody; and `gone`, the records that are no more. A change of a record is a change of
anything that it says of the person, of a relative or of a life.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from loaders.failure import ExpectedFailure
from loaders.identity.normalise import FINGERPRINT, Decision
from loaders.identity.waiting import is_told

RELATIVES_SQL = """
create temporary table relative on commit drop as
select
    told.record_key,
    hashtextextended(string_agg(told.said, chr(31) order by told.said), 0) as fingerprint
from ({told}) as told
where {asked}
group by told.record_key
"""
# What is told beside a record, and where.
TOLD = {
    "identity.source_relation": """
        select record_key, told::text as said from identity.source_relation as told
        where relation in ('mother_of', 'gave_birth')
    """,
    "identity.source_fact": """
        select record_key, told::text as said from identity.source_fact as told
    """,
}
NO_RELATIVES_SQL = """
create temporary table relative (record_key text, fingerprint bigint) on commit drop
"""
# A digest tells of the record's key as well, so one column is enough to find its like.
CHANGE_SQL = f"""
create temporary table change on commit drop as
with

differing as (

    select
        source.record_key as said_key,
        source.fingerprint,
        known.record_key as known_key,
        known.record_no,
        known.kin
    from (
        select source.record_key, {FINGERPRINT} as fingerprint
        from identity.source_person as source
        left join relative on source.record_key = relative.record_key
        where {{of_source}}
        -- Each digest is computed once, not wherever it is named.
        offset 0
    ) as source
    full join (
        select state.* from identity.record_state as state where {{of_state}}
    ) as known on source.fingerprint = known.fingerprint
    where source.fingerprint is null or known.fingerprint is null

)

select
    coalesce(said.said_key, known.known_key) as record_key,
    known.record_no,
    known.kin,
    said.fingerprint,
    said.fingerprint is null as is_gone
from (select * from differing where said_key is not null) as said
full join (select * from differing where known_key is not null) as known
    on said.said_key = known.known_key
"""
# Where it is known which records to look at, or all have to be.
ASKED = "{column} in (select record_key from asked)"
EVERYONE = "true"
# Known records that are still there have one row each, new ones have a key of their own,
# which no known record has.
REPEATED_SQL = """
select
    (select count(*) from identity.source_person)
    - (select count(*) from identity.record_state)
    + (select count(*) from change where is_gone)
    - (select count(distinct record_key) from change where record_no is null)
    + (
        select count(*)
        from change
        inner join identity.record_state as known on change.record_key = known.record_key
        where change.record_no is null
    )
"""
# Of those alone that were looked at; a row without a key is noted as one.
REPEATED_ASKED_SQL = """
select
    (
        select count(*) - count(distinct record_key)
        from identity.source_person
        where record_key in (select record_key from asked)
    )
    + case
        when exists (select from asked where record_key is null)
            then (select count(*) from identity.source_person where record_key is null)
        else 0
    end
"""
# Where nothing is known yet, everybody is in scope; the state is written once, at last.
EVERYBODY_SQL = """
create temporary view scope as select record_key from identity.source_person
"""
# Links may be left of records that are no more.
FORMER_SQL = """
create temporary table gone on commit drop as
select record_key from identity.person_link
except
select record_key from identity.source_person
"""
TAKE_IN_SQL = (
    """
    create temporary table gone on commit drop as
    select record_key, record_no, kin from change where is_gone
    """,
    """
    delete from identity.record_state using gone
    where record_state.record_no = gone.record_no
    """,
    """
    update identity.record_state set fingerprint = change.fingerprint
    from change
    where record_state.record_no = change.record_no and not change.is_gone
    """,
    """
    insert into identity.record_state (record_key, fingerprint)
    select record_key, fingerprint from change where record_no is null
    order by record_key
    """,
)


class RepeatedRecordError(ExpectedFailure):
    """Two rows of `identity.source_person` claim to be the same source record."""


def take_everybody(connection: Connection) -> None:
    """Make the view `scope` of all records, and the table `gone` of links without one."""
    _read_relatives(connection)
    connection.execute(text(EVERYBODY_SQL))
    connection.execute(text(FORMER_SQL))


def find_changed(connection: Connection) -> int:
    """Make `change`; how many records changed. Raises: RepeatedRecordError."""
    asked = ASKED if is_told(connection) else EVERYONE
    _read_relatives(connection, asked)
    change = CHANGE_SQL.format(
        of_source=asked.format(column="source.record_key"),
        of_state=asked.format(column="state.record_key"),
    )
    connection.execute(text(change))
    connection.execute(text("create index on change (record_key)"))
    connection.execute(text("analyze change"))
    repeated = REPEATED_SQL if asked == EVERYONE else REPEATED_ASKED_SQL
    refuse_repeated(connection.scalar(text(repeated)))
    return int(connection.scalar(text("select count(*) from change")) or 0)


def take_changed(connection: Connection) -> None:
    """Give the new records of `change` their numbers, and put aside what is gone."""
    for statement in TAKE_IN_SQL:
        connection.execute(text(statement))


def fresh_decisions(
    connection: Connection, decisions: Sequence[Decision]
) -> list[Decision]:
    """Decisions that came or went since the last run."""
    rows = connection.execute(
        text("select record_key_a, record_key_b, verdict from identity.applied_decision")
    )
    return sorted({(str(a), str(b), str(v)) for a, b, v in rows} ^ set(decisions))


def refuse_repeated(repeated: int | None) -> None:
    """Stop where so many records have no key of their own. Raises: RepeatedRecordError."""
    if repeated:
        # Said here in a count: the database would put the key itself into its message.
        raise RepeatedRecordError(
            f"identity.source_person has {repeated} rows without a record_key of their own."
            " Every source record must have one row there: look at its dbt model."
        )


def _read_relatives(connection: Connection, asked: str = EVERYONE) -> None:
    """What is told of each record's mother, births and life, as a digest in `relative`.

    `asked` is the condition of the records of which it is wanted.
    """
    told = [
        query
        for table, query in TOLD.items()
        if connection.scalar(text("select to_regclass(:name)"), {"name": table})
    ]
    anything = RELATIVES_SQL.format(
        told=" union all ".join(told), asked=asked.format(column="told.record_key")
    )
    connection.execute(text(anything if told else NO_RELATIVES_SQL))
    connection.execute(text("analyze relative"))
