"""Tables of landing: made from the contracts, grown with them, never shrunk.

Goes in: an engine. Comes out: the ledger, and one table per contract with a comment in
Chinese and English on everything. Calling it again costs two queries.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, TextClause, text

from loaders.contracts.model import Contract, load_contracts
from loaders.landing.points import reached

TABLES = Path(__file__).with_name("tables.sql")
FIXED = (
    "audit.file_ledger",
    "audit.file_ledger_period",
    "audit.file_ledger_delivered",
    "audit.file_ledger_watermark",
    "audit.file_ledger_full",
    "audit.file_ledger_name",
    "audit.file_ledger_waiting",
    "audit.file_seen",
    "audit.file_control_total",
    "audit.file_contract",
    "audit.headerless_page",
    "audit.replay",
    "audit.replayed_row",
    "audit.moved_row",
    "audit.folder_seen",
    "landing.reject",
    "landing.current_file",
    "landing.full_list",
)
# Two landings of different systems may start at the same moment.
SHAPE_LOCK = 0x0C1D

PROVENANCE = {
    "_file_id": (
        "bigint not null",
        "文件编号，见 audit.file_ledger / file, see audit.file_ledger",
    ),
    "_line_number": ("integer not null", "起始行号 / line on which the row starts"),
    "_row_hash": ("uuid not null", "行内容摘要 / digest of the row's content"),
    "_extra": ("jsonb", "契约之外的列 / columns that the contract does not know"),
}
MISSING = """
    select count(*) from unnest(cast(:names as text[])) as name
    where to_regclass(name) is null
"""
EXISTING = """
    select pg_class.relname as table_name, pg_attribute.attname as column_name,
           col_description(pg_class.oid, pg_attribute.attnum) as column_comment,
           obj_description(pg_class.oid, 'pg_class') as table_comment
    from pg_class
    inner join pg_attribute on pg_class.oid = pg_attribute.attrelid
    where pg_class.relnamespace = to_regnamespace('landing')
      and pg_class.relkind = 'r'
      and pg_attribute.attnum > 0
      and not pg_attribute.attisdropped
"""


def prepare(engine: Engine) -> None:
    """Make what is missing of the tables that landing writes to."""
    with engine.begin() as connection:
        connection.execute(text(f"select pg_advisory_xact_lock({SHAPE_LOCK})"))
        reached("schema_locked")
        if connection.scalar(text(MISSING), {"names": list(FIXED)}):
            connection.execute(text(TABLES.read_text("utf-8").replace(":", r"\:")))
            reached("schema_fixed_made")
        comments: dict[str, dict[str, str | None]] = {}
        for row in connection.execute(text(EXISTING)):
            of_table = comments.setdefault(row.table_name, {"": row.table_comment})
            of_table[row.column_name] = row.column_comment
        for contract in load_contracts():
            _prepare_table(connection, contract, comments.get(contract.name))
            reached("schema_table_made")
        reached("schema_made")
    reached("schema_committed")


def quoted(name: str) -> str:
    """A name as PostgreSQL reads it, case kept."""
    return '"' + name.replace('"', '""') + '"'


def landing_table(contract: Contract) -> str:
    """The contract's table, as SQL names it."""
    return f"landing.{quoted(contract.name)}"


def _prepare_table(
    connection: Connection, contract: Contract, existing: dict[str, str | None] | None
) -> None:
    table = landing_table(contract)
    comments = {name: comment for name, (_, comment) in PROVENANCE.items()}
    comments |= {c.name: f"{c.zh} / {c.en}" for c in contract.columns}
    # The table's own comment stands under the empty name.
    comments[""] = (
        f"{contract.feed} {contract.title.zh}：{contract.description.zh}"
        f" / {contract.title.en}: {contract.description.en}"
    )
    statements = []
    if existing is None:
        statements.append(_create(contract))
        statements += [_file_index(contract), _key_index(contract)]
        existing = {}
    else:
        for name in contract.column_names:
            if name not in existing:
                statements += _add_column(contract, name)
    for name, comment in comments.items():
        if existing.get(name) != comment:
            what = f"column {table}.{quoted(name)}" if name else f"table {table}"
            statements.append(f"comment on {what} is {_literal(comment)}")
    if statements:
        connection.execute(_plain(";\n".join(statements)))


def _plain(statement: str) -> TextClause:
    """A statement without parameters, whatever colons the names in it have."""
    return text(statement.replace(":", r"\:"))


def _create(contract: Contract) -> str:
    columns = [f"{name} {kind}" for name, (kind, _) in PROVENANCE.items()]
    columns += [f"{quoted(name)} text" for name in contract.column_names]
    return f"create table {landing_table(contract)} ({', '.join(columns)})"


def _add_column(contract: Contract, name: str) -> list[str]:
    """A column that the contract has learned, with what was kept of it so far."""
    table, column, key = landing_table(contract), quoted(name), _literal(name)
    nulls = ", ".join(map(_literal, contract.nulls))
    value = f"_extra ->> {key}"
    if nulls:
        value = f"case when {value} not in ({nulls}) then {value} end"
    return [
        f"alter table {table} add column {column} text",
        f"update {table}"
        f" set {column} = {value}, _extra = nullif(_extra - {key}, '{{}}'::jsonb)"
        f" where jsonb_exists(_extra, {key})",
    ]


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def key_hash(contract: Contract, alias: str = "") -> str:
    """The number under which rows of one key are found; also the index's expression."""
    prefix = f"{alias}." if alias else ""
    parts = [
        f"coalesce({prefix}{quoted(name)}, '')"
        for name in contract.key
        if name in contract.column_names
    ]
    key = " || '|' || ".join(parts) or "''"
    return f"hashtextextended({key}, 0)"


def key_equals(contract: Contract, name: str) -> str:
    """The operator by which two rows agree on a column of the key."""
    return "is not distinct from" if name in contract.empty_in_key else "="


def make_room(connection: Connection, contract: Contract) -> bool:
    """For a load larger than what is there: the indexes are made anew after it.

    Where nothing is there the table is made anew, too: rows that enter a table in the
    transaction that made it need no log. Returns whether nothing was there.
    """
    table = landing_table(contract)
    for index in (_name_of_key_index(contract), _name_of_file_index(contract)):
        connection.execute(text(f"drop index if exists landing.{index}"))
    is_empty = not connection.scalar(text(f"select exists (select from {table})"))
    if is_empty:
        connection.execute(text(f"truncate {table}"))
    return is_empty


def make_file_index(connection: Connection, contract: Contract) -> None:
    """Make the index by file that `make_room` dropped; one reading of the table."""
    connection.execute(_plain(_file_index(contract)))


def make_key_index(connection: Connection, contract: Contract) -> bool:
    """Make the index by key where `make_room` dropped it; whether there was need to.

    Nothing asks for rows by their key as long as one file is all there is of a feed: it is
    made when the next one comes to be compared.
    """
    names = {"index": f"landing.{_name_of_key_index(contract)}"}
    if connection.scalar(text("select to_regclass(:index)"), names) is not None:
        return False
    connection.execute(_plain(_key_index(contract)))
    analyze(connection, contract)
    return True


def analyze(connection: Connection, contract: Contract) -> None:
    """Statistics from a small sample: how large the table is, how varied its columns."""
    connection.execute(text("set local default_statistics_target = 10"))
    connection.execute(text(f"analyze {landing_table(contract)}"))


def note_places(connection: Connection, contract: Contract) -> None:
    """Let the index by file know what was just stored.

    It would learn that from the server's housekeeping some time later; until then every
    question for the rows of one file reads all that it does not know.
    """
    index = f"landing.{_name_of_file_index(contract)}"
    connection.execute(
        text("select brin_summarize_new_values(to_regclass(:index))"), {"index": index}
    )


def _name_of_key_index(contract: Contract) -> str:
    return quoted(contract.name + "_key")


def _name_of_file_index(contract: Contract) -> str:
    return quoted(contract.name + "_file")


def _key_index(contract: Contract) -> str:
    # By which rows of one key, and equal rows, are found.
    return (
        f"create index if not exists {_name_of_key_index(contract)}"
        f" on {landing_table(contract)} (({key_hash(contract)}), _row_hash)"
    )


def _file_index(contract: Contract) -> str:
    # Rows of one file lie together: its place in the table is all that must be known.
    return (
        f"create index if not exists {_name_of_file_index(contract)}"
        f" on {landing_table(contract)} using brin (_file_id)"
        " with (pages_per_range = 16, autosummarize = on)"
    )
