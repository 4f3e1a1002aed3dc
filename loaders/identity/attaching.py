"""New records that say nothing new: they join a known claim, and nothing else changes.

Goes in: the records that changed, laid out, and what the state knows of claims. Comes out:
the temporary table `attached`, the records that only join a claim, each with its place in
the state. For everybody else their kin group is decided anew.

A record says nothing new when a claim of the same name, birth date, sex and number has all
the other numbers that it gives, the claim's cluster its phone and address, and the claim's
first record comes before it. Then every rule, count and comparison finds what it found
before; `claim_state` has no other claims.
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb
from sqlalchemy import Connection, text

from loaders.identity.claim_state import NUMBER_SQL, STATEMENT_SQL, TELLS_OF_SOMEBODY_SQL
from loaders.identity.linked import MOST_MASTERS
from loaders.identity.workbench import copy_in, copy_out

# What holds the records of one claim together.
WITHIN_CLAIM_SQL = """
case
    when record.id_key is not null then 'same_id'
    when record.insurance_number is not null then 'same_insurance_number'
    else 'same_health_index'
end
"""
NEWCOMER_SQL = f"""
select
    source.record_no, source.record_key, source.source_system, source.source_table,
    coalesce(source.org_code, '') as org_code, source.native_id,
    coalesce(source.native_part, '') as native_part, source.first_delivery_on,
    source.named_since, source.place, {STATEMENT_SQL} as statement,
    '{{' || coalesce(array_to_string(numbered.numbers, ','), '') || '}}' as numbers,
    stable_hash(source.record_key) as named_as, {WITHIN_CLAIM_SQL} as rule,
    record.phone, record.town, record.town_code, record.village, record.house,
    'household|' || record.household_id as household
from record
inner join name on record.name_id = name.name_id
inner join source on record.n = source.n
left join (
    select n, list(distinct number) as numbers from other_number group by n
) as numbered on record.n = numbered.n
where
    {TELLS_OF_SOMEBODY_SQL}
    and source.record_key not in (select record_key from birth_said)
"""
NEWCOMER_COLUMNS = {
    "record_no": "bigint", "record_key": "text", "source_system": "text",
    "source_table": "text", "org_code": "text", "native_id": "text", "native_part": "text",
    "first_delivery_on": "date", "named_since": "text", "place": "text",
    "statement": "bigint", "numbers": "bigint[]", "named_as": "bigint", "rule": "text",
    "phone": "text", "town": "text", "town_code": "text", "village": "text",
    "house": "text", "household": "text",
}  # fmt: skip
ATTACHED_SQL = """
insert into attached
select
    newcomer.record_no, newcomer.record_key, newcomer.source_system,
    newcomer.source_table, newcomer.org_code, newcomer.native_id, newcomer.native_part,
    newcomer.first_delivery_on, newcomer.named_since, claim.kin, claim.cluster,
    claim.head, newcomer.rule
from newcomer
inner join change
    on newcomer.record_key = change.record_key and change.record_no is null
inner join identity.claim_state as claim
    on newcomer.statement = claim.statement
    and newcomer.place > claim.place collate "C"
    and newcomer.numbers <@ claim.numbers
inner join identity.profile
    on claim.cluster = profile.cluster and profile.place = 1
-- Read once, not again for each comparison.
cross join lateral (select profile.content::jsonb as says offset 0) as contact
where
    (newcomer.phone is null or contact.says -> 'phones' ? newcomer.phone)
    and (newcomer.town is null or contact.says -> 'towns' ? newcomer.town)
    and (newcomer.town_code is null or contact.says -> 'town_codes' ? newcomer.town_code)
    and (newcomer.village is null or contact.says -> 'villages' ? newcomer.village)
    and (newcomer.house is null or contact.says -> 'houses' ? newcomer.house)
    and (newcomer.household is null or contact.says -> 'houses' ? newcomer.household)
    and newcomer.record_key <> all(cast(:decided as text[]))
    and not exists (
        select from identity.strong_key
        where strong_key.kind = 'record' and strong_key.key = newcomer.named_as
    )
"""
WITH_FACTS_SQL = """
delete from newcomer
using identity.source_fact
where newcomer.record_key = source_fact.record_key
"""
# Whoever would have too many records of one system by then is looked at as a whole.
TOO_MANY_SQL = """
delete from attached
using (
    select arrived.source_system, arrived.person_id
    from (
        select
            attached.source_system, head.person_id,
            count(distinct attached.record_key) as records
        from attached
        inner join identity.person_link as head on attached.head = head.record_key
        group by attached.source_system, head.person_id
    ) as arrived
    inner join identity.person_link as link
        on arrived.person_id = link.person_id and arrived.source_system = link.source_system
    group by arrived.source_system, arrived.person_id, arrived.records
    having count(*) + arrived.records > :most
) as many
inner join identity.person_link as head on many.person_id = head.person_id
where attached.head = head.record_key and attached.source_system = many.source_system
"""
STATE_SQL = """
update identity.record_state as state
set kin = attached.kin, cluster = attached.cluster
from attached
where state.record_no = attached.record_no
"""


def make_attached(connection: Connection) -> None:
    """Make the temporary table `attached`, empty."""
    connection.execute(
        text(
            "create temporary table attached (record_no bigint, record_key text,"
            " source_system text, source_table text, org_code text, native_id text,"
            " native_part text, first_delivery_on date, named_since text, kin bigint,"
            " cluster bigint, head text, rule text) on commit drop"
        )
    )


def attach(
    connection: Connection, duck: duckdb.DuckDBPyConnection, decided: Collection[str]
) -> None:
    """Find, of the changed records laid out, those that only join a claim.

    They are taken out of the workbench and out of `scope`, and put into `attached`.
    `decided` are the records that stewards have spoken of.
    """
    columns = ", ".join(f"{name} {kind}" for name, kind in NEWCOMER_COLUMNS.items())
    connection.execute(text(f"create temporary table newcomer ({columns}) on commit drop"))
    duck.execute(NUMBER_SQL)
    copy_out(duck, NEWCOMER_SQL, connection, "newcomer", tuple(NEWCOMER_COLUMNS))
    if connection.scalar(text("select to_regclass('identity.source_fact')")):
        # A fact of a life is something new, for others to contradict.
        connection.execute(text(WITH_FACTS_SQL))
    connection.execute(text("analyze newcomer"))
    connection.execute(text(ATTACHED_SQL), {"decided": sorted(decided)})
    connection.execute(text("analyze attached"))
    connection.execute(text(TOO_MANY_SQL), {"most": MOST_MASTERS})
    for statement in (
        STATE_SQL,
        "delete from scope using attached where scope.record_key = attached.record_key",
    ):
        connection.execute(text(statement))
    copy_in(connection, "select record_key from attached", duck, "attached")
    duck.execute(
        "delete from strong where n in (select n from source semi join attached"
        " on source.record_key = attached.record_key)"
    )
    duck.execute("delete from source where record_key in (from attached)")


def take_back(connection: Connection) -> None:
    """Leave those out of `attached` whose kin group is decided anew after all."""
    connection.execute(
        text("delete from attached where kin in (select kin from touched_kin)")
    )
