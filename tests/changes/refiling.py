"""What becomes of files: replaced, standing again, refused and sent well, taken again.

Every act takes the redelivery that it is a part of, and says what it did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from loaders.landing.schema import landing_table, quoted

if TYPE_CHECKING:
    from loaders.contracts.model import Contract
    from tests.changes.redelivery import Redelivery

LISTS = ("delta_and_full", "snapshot")


def replace(county: Redelivery, connection: Connection) -> str:
    """A file turns out to have been replaced by another."""
    contract = county.dice.choice(county.contracts)
    file_id = county.a_file(connection, contract, "landed")
    by = county.a_file(connection, contract, "landed")
    if file_id is None or by is None or by == file_id:
        return ""
    connection.execute(
        text(
            "update audit.file_ledger set state = 'replaced', replaced_by = :by"
            " where file_id = :file"
        ),
        {"by": by, "file": file_id},
    )
    county.replaced.append(file_id)
    return f"{contract.name}: a file replaced"


def reinstate(county: Redelivery, connection: Connection) -> str:
    """That a file was replaced turns out to be wrong."""
    if not county.replaced:
        return ""
    file_id = county.replaced.pop(county.dice.randrange(len(county.replaced)))
    connection.execute(
        text(
            "update audit.file_ledger set state = 'landed', replaced_by = null"
            " where file_id = :file"
        ),
        {"file": file_id},
    )
    return "a replaced file stands again"


def full_list(county: Redelivery, connection: Connection) -> str:
    """A full list that leaves some records out: they were deleted."""
    contract = county.dice.choice([c for c in county.contracts if c.delivery in LISTS])
    salt = county.dice.randint(0, 10**6)
    some = f"mod(abs(hashtextextended(_row_hash::text, {salt})), 1000) < 950"
    rows = list_where(county, connection, contract, some)
    return "" if rows is None else f"{contract.name}: a full list of {rows} rows"


def list_where(
    county: Redelivery, connection: Connection, contract: Contract, condition: str
) -> int | None:
    """A full list of the rows for which this holds; how many, where there is any file."""
    like = county.a_file(connection, contract, "landed")
    if like is None:
        return None
    table = landing_table(contract)
    file_id = county.further_file(connection, like, logical=county.today, is_full=True)
    cells = ", ".join(quoted(n) for n in ("_row_hash", "_extra", *contract.column_names))
    return connection.execute(
        text(
            f"insert into {table} (_file_id, _line_number, {cells})"
            f" select :file, row_number() over (), {cells} from {table} where {condition}"
        ),
        {"file": file_id},
    ).rowcount


def refuse(county: Redelivery, connection: Connection) -> str:
    """A file that nobody can read; a list may be incomplete without it."""
    contract = county.dice.choice(county.contracts)
    like = county.a_file(connection, contract, "landed")
    if like is None:
        return ""
    is_list = contract.delivery in LISTS
    file_id = county.further_file(
        connection,
        like,
        county.today,
        is_full=is_list and county.dice.random() < 0.5,
        state="refused",
    )
    county.refused.append((contract, file_id, like))
    return f"{contract.name}: a file refused"


def good_copy(county: Redelivery, connection: Connection) -> str:
    """The good copy of a refused file, of the same day and the same part of a list."""
    if not county.refused:
        return ""
    of = county.refused.pop(county.dice.randrange(len(county.refused)))
    contract, refused, like = of
    was = connection.execute(
        text("select is_full, logical_date from audit.file_ledger where file_id = :f"),
        {"f": refused},
    ).one()
    file_id = county.further_file(connection, like, was.logical_date, was.is_full)
    table = landing_table(contract)
    cells = ", ".join(quoted(n) for n in ("_row_hash", "_extra", *contract.column_names))
    rows = connection.execute(
        text(
            f"insert into {table} (_file_id, _line_number, {cells})"
            f" select :file, row_number() over (), {cells} from {table}"
            " where _file_id = :like"
        ),
        {"file": file_id, "like": like},
    ).rowcount
    connection.execute(
        text("update audit.file_ledger set replaced_by = :by where file_id = :f"),
        {"by": file_id, "f": refused},
    )
    return f"{contract.name}: {rows} rows of the good copy of a refused file"


def take_again(county: Redelivery, connection: Connection) -> str:
    """As `onecard replay` does: lines of a file are other rows, of other keys."""
    return take_again_of(county, connection, county.dice.choice(county.contracts))


def take_again_of(county: Redelivery, connection: Connection, contract: Contract) -> str:
    """The same of a certain feed; nothing where it has no file or no key of its own."""
    file_id = county.a_file(connection, contract, "landed")
    keys = [name for name in contract.key if not name.startswith("_")]
    if file_id is None or not keys:
        return ""
    table, cells = (
        landing_table(contract),
        ", ".join(map(quoted, contract.column_names)),
    )
    key = quoted(county.dice.choice(keys))
    some = f"_file_id = {file_id} and mod(_line_number, 4) = {county.dice.randint(0, 3)}"
    connection.exec_driver_sql(f"update {table} set {key} = {key} || '9' where {some}")
    rows = connection.exec_driver_sql(
        f"update {table} set _row_hash = md5(cast(row({cells}) as text))::uuid where {some}"
    ).rowcount
    connection.execute(
        text(
            "insert into audit.replay (who, file_id, source, lines_before, lines_after)"
            " values ('redelivery', :file, 'file', 0, 0)"
        ),
        {"file": file_id},
    )
    return f"{contract.name}: {rows} rows taken again under other keys"
