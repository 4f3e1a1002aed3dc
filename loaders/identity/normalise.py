"""From delivered person records to comparable ones, in DuckDB.

Goes in: `identity.source_person`. Comes out: a workbench with the tables `record` (one row
per usable source record, numbered in anchor order) and `claim` (one row per distinct set of
claims that a strong number holds together), and the names that both refer to. Everything
is a function of the rows alone: their order does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files

import duckdb
from sqlalchemy import Connection

from loaders.identity.behind import Behind
from loaders.identity.births import bring_births, lay_out_births
from loaders.identity.contact import FormerNames
from loaders.identity.life import bring_lives
from loaders.identity.reading import (
    read_besides,
    read_ids,
    read_names,
    said_besides,
)
from loaders.identity.workbench import Claim, Workbench, put_table, show

KEY = (
    "record_key",
    "source_system",
    "source_table",
    "org_code",
    "native_id",
    "native_part",
)
CLAIMS = (
    "first_delivery_on", "named_since", "person_name", "id_number", "id_type_code",
    "sex_code", "born_on", "phone", "address", "town_code", "health_index_id", "archive_id",
    "insurance_number", "household_id", "reference_key", "birth_certificate_no",
    "vaccination_code", "social_card_no", "card_no", "medical_record_no",
    "set_aside_because",
)  # fmt: skip
# A valid number on more names than clerks can make of one is a form's default.
MOST_NAMES_OF_ONE_NUMBER = 10
# More ways of saying who somebody is than this under one key: the key identifies nobody.
MOST_CLAIMS_OF_ONE_KEY = 50
# Hashes that are kept from run to run must be the same in every version of DuckDB.
MACROS = """
create or replace macro stable_hash(said) as
    (md5_number(said) & 1152921504606846975)::bigint
"""
# A workbench lives for one run: to pack its tables and write them anew would be in vain.
FOR_ONE_RUN = {"checkpoint_threshold": "1TB"}
# And where everybody is in it, memory that is given back to the system would be asked for
# again at once; what goes beyond so much is given back.
FOR_EVERYBODY = FOR_ONE_RUN | {"block_allocator_memory": "1GB"}
CLAIM_ROWS_SQL = "select * from claim order by claim"
DECISION_COLUMNS = {
    "decision_no": "bigint", "record_key_a": "text", "record_key_b": "text",
    "verdict": "text",
}  # fmt: skip
KEY_COLUMNS = {"kind": "text", "key": "bigint", "said": "bigint"}

# Two records, and whether a steward holds them to be the same person or different ones.
Decision = tuple[str, str, str]

SAID = ", ".join(f"source.{column}" for column in KEY + CLAIMS)
# The server's own digest of a row: no value is written out to be digested. Who it is does
# not hang on a person's ethnicity, but what is known of the person does.
FINGERPRINT = (
    f"hash_record_extended(row({SAID}, source.ethnicity_code),"
    " coalesce(relative.fingerprint, 0))"
)
TEXTS = ", ".join(f"source.{column}::text" for column in KEY + CLAIMS)
# A temporary table `scope` says which records are laid out.
SCOPE_SQL = f"""
select scope.record_no::text, scope.fingerprint::text, {TEXTS}
from identity.source_person as source
inner join scope on source.record_key = scope.record_key
"""
# Or everybody is, and nobody has a number yet.
EVERYBODY_SQL = f"""
select {FINGERPRINT}::text as fingerprint, {TEXTS}
from identity.source_person as source
left join relative on source.record_key = relative.record_key
"""
KNOWN_NUMBER = "delivered.record_no::bigint"
FIRST_NUMBER = "numbered.n::bigint"

# Numbered in anchor order: verified first, then by first delivery. Each person is known by
# its first record, so that a merge keeps the better verified, then the older id.
NUMBERED_SQL = """
create table source as
with

placed as (
    select
        delivered.row_no,
        concat_ws(
            '|',
            if(
                id_read.kind = 'valid'
                and not name.is_newborn
                and coalesce(delivered.born_on::date = id_read.born_on, true),
                0, 1
            ),
            first_delivery_on, source_system, source_table, coalesce(org_code, ''),
            native_id, coalesce(native_part, ''), record_key
        ) as place
    from delivered
    inner join name_read on delivered.person_name is not distinct from name_read.raw
    inner join name on name_read.name_id = name.name_id
    inner join id_read
        on delivered.id_number is not distinct from id_read.raw
        and delivered.id_type_code is not distinct from id_read.id_type_code
),

-- What is sorted is narrow; the rest is joined to it.
numbered as (
    select row_no, place, row_number() over (order by place)::integer as n
    from placed
)

select
    numbered.n, numbered.place, {number} as record_no,
    delivered.* exclude (row_no, {excluded}first_delivery_on, born_on),
    delivered.first_delivery_on::date as first_delivery_on,
    delivered.born_on::date as born_on
from delivered
inner join numbered on delivered.row_no = numbered.row_no
"""


@dataclass(frozen=True)
class Places:
    """What a county knows of its places: codes of towns by name, and former names."""

    towns: Sequence[tuple[str, str]] = ()
    former_names: FormerNames = field(default_factory=dict)


def lay_out(
    connection: Connection, places: Places, *, everybody: bool = False
) -> Workbench:
    """Read the person records in scope and make them comparable.

    Where `everybody` is in scope nobody has a number yet, and all are given one.
    """
    config = FOR_EVERYBODY if everybody else FOR_ONE_RUN
    duck = duckdb.connect(":memory:", config=config)
    duck.execute(MACROS)
    query = EVERYBODY_SQL if everybody else SCOPE_SQL
    show(connection, query, duck, "delivered", numbered="row_no")
    # While names are read here, the server tells the rest.
    with Behind(is_behind=everybody) as behind:
        behind.do(bring_births, connection, duck.cursor(), everybody)
        behind.do(bring_lives, connection, duck.cursor())
        names = read_names(duck)
        read_ids(duck)
        said = said_besides(duck)
        behind.do(_number, duck, everybody)
        read_besides(duck.cursor(), said, places.former_names)
        behind.wait()
    put_table(duck, "town_code_of", {"town": "text", "town_code": "text"}, places.towns)
    put_outside_keys(duck, ())
    lay_out_births(duck)
    sql = files("loaders.identity")
    duck.execute(sql.joinpath("record.sql").read_text("utf-8"))
    duck.execute(sql.joinpath("strong_key.sql").read_text("utf-8"))
    return Workbench(duck, names)


def put_outside_keys(
    duck: duckdb.DuckDBPyConnection, rows: Sequence[tuple[str, int, int]]
) -> None:
    """Tell the workbench who else, out of its sight, bears a key."""
    put_table(duck, "outside_key", KEY_COLUMNS, rows)


def make_claims(bench: Workbench, decisions: Sequence[Decision]) -> None:
    """Group the records into claims; one that a steward spoke of is a claim of its own."""
    duck = bench.duck
    put_table(
        duck, "decision", DECISION_COLUMNS, [(i, *said) for i, said in enumerate(decisions)]
    )
    limits = {"most_names": MOST_NAMES_OF_ONE_NUMBER, "most_claims": MOST_CLAIMS_OF_ONE_KEY}
    sql = files("loaders.identity").joinpath("claim.sql").read_text("utf-8")
    for statement in filter(str.strip, sql.split(";\n")):
        wanted = {k: v for k, v in limits.items() if f"${k}" in statement}
        duck.execute(statement, wanted)
    rows = duck.execute(CLAIM_ROWS_SQL).fetchall()
    bench.claims.update({r[0]: Claim(r[0], bench.names[r[1]], *r[2:]) for r in rows})


def _number(duck: duckdb.DuckDBPyConnection, everybody: bool) -> None:
    """Make the table `source` of the view `delivered`, and let that go."""
    if everybody:
        duck.execute(NUMBERED_SQL.format(number=FIRST_NUMBER, excluded=""))
    else:
        duck.execute(NUMBERED_SQL.format(number=KNOWN_NUMBER, excluded="record_no, "))
    duck.unregister("delivered")
