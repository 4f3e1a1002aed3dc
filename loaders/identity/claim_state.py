"""Claims that a new record can simply join: what each of them says, as hashes.

Goes in: the workbench of a change, with its claims, clusters and kin groups. Comes out:
`identity.claim_state` of the touched kin groups. Claims to which one record more could make
a difference are not in it: those whose records are counted against those of others, those
with numbers that too many bear, and those that a steward, a mother's record or a damaged
number speaks of.
"""

from __future__ import annotations

import duckdb
from sqlalchemy import Connection, text

from loaders.identity.replacing import replace_rows
from loaders.identity.workbench import copy_out

# These follow from what makes a claim; any other number must be among the claim's.
IMPLIED_KINDS = "('id', 'face', 'prefix', 'damaged', 'unverified', 'document')"
# The same in a claim's first record and in all that join it.
STATEMENT_SQL = """
stable_hash(concat_ws(
    chr(31),
    coalesce(
        'id|' || record.id_key,
        'insurance|' || record.insurance_number,
        'index|' || record.health_index_id
    ),
    record.id_kind, coalesce(record.id_key, ''), coalesce(record.id_text, ''),
    coalesce(record.born_on::text, ''), coalesce(record.sex_code, ''),
    name.key, name.sound, name.surname, name.rank, name.head,
    array_to_string(name.tones, '|'), array_to_string(name.sounds, '|')
))
"""
TELLS_OF_SOMEBODY_SQL = """
name.key <> '' and not name.is_newborn and not record.is_under_mother
and coalesce(record.id_key, record.insurance_number, record.health_index_id) is not null
"""
NUMBER_SQL = f"""
create or replace table other_number as
select strong.n, xor(strong.key, salt.hash) as number
from strong
inner join (
    select kind, stable_hash(kind) as hash
    from (select distinct kind from strong where kind not in {IMPLIED_KINDS})
) as salt on strong.kind = salt.kind
"""
CLAIM_STATE_SQL = f"""
create or replace table claim_state as
with

-- A face under several numbers, a number of several people: there, records are counted.
rivalled as (
    select name.key, claim.born_on
    from claim
    inner join name on claim.name_id = name.name_id
    where claim.id_key is not null and claim.born_on = claim.id_born_on
    group by name.key, claim.born_on
    having count(distinct claim.id_key) > 1
),

odd as (
    select record.claim
    from strong
    inner join record on strong.n = record.n
    where
        strong.kind = 'damaged'
        or (
            strong.kind = 'prefix'
            and strong.key in (select key from strong where kind = 'damaged')
        )
        or (strong.kind = 'id' and strong.key in (from everybodys))
        or (strong.kind, strong.key) in (select (kind, key) from crowded)
    union
    select record.claim
    from decision
    inner join source
        on source.record_key in (decision.record_key_a, decision.record_key_b)
    inner join record on source.n = record.n
),

-- What is joined further is narrow.
telling as materialized (
    select record.n, {STATEMENT_SQL} as statement
    from record
    inner join name on record.name_id = name.name_id
    left join rivalled on name.key = rivalled.key and record.born_on = rivalled.born_on
    where
        record.n = record.claim
        and {TELLS_OF_SOMEBODY_SQL}
        and rivalled.key is null
        and record.n not in (from odd)
        and (record.id_key is null or record.id_key not in (from contested))
),

numbered as (
    select record.claim, list_sort(list(distinct other_number.number)) as numbers
    from other_number
    inner join record on other_number.n = record.n
    group by record.claim
)

select
    kin.kin, first.record_no as cluster, source.record_key as head, source.place,
    telling.statement,
    '{{' || coalesce(array_to_string(numbered.numbers, ','), '') || '}}' as numbers
from telling
inner join source on telling.n = source.n
inner join kin on telling.n = kin.n
inner join standing on telling.n = standing.claim
inner join source as first on standing.cluster = first.n
left join numbered on telling.n = numbered.claim
"""
COLUMNS = ("kin", "cluster", "head", "place", "statement", "numbers")
INDEXES = {"claim_state_kin": "(kin)", "claim_state_statement": "(statement)"}


def write_claims(
    connection: Connection, duck: duckdb.DuckDBPyConnection, is_full: bool
) -> None:
    """Write the claims of the touched kin groups that a record can simply join."""
    duck.execute(NUMBER_SQL)
    duck.execute(CLAIM_STATE_SQL)
    query = f"select {', '.join(COLUMNS)} from claim_state"
    if not is_full:
        # A claim is one of its group by its first record.
        replace_rows(connection, duck, query, "claim_state", COLUMNS, ("kin", "head"))
        return
    for index in INDEXES:
        connection.execute(text(f"drop index if exists identity.{index}"))
    copy_out(duck, query, connection, "identity.claim_state", COLUMNS)
    for index, columns in INDEXES.items():
        connection.execute(text(f"create index {index} on identity.claim_state {columns}"))
