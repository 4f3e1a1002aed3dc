"""State of the touched kin groups, written where it differs from what is there.

Goes in: a table of the state, a query of the workbench for what it should say of these
groups, and the temporary table `touched_kin`. Comes out: the table, saying that. Most of a
group stays as it was when one record of it changes.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
from sqlalchemy import Connection, text

from loaders.identity.workbench import copy_out

REPLACE_SQL = (
    """
    create temporary table former_{table} on commit drop as
    select {names} from identity.{table} where kin in (select kin from touched_kin)
    """,
    """
    delete from identity.{table} as known
    using (select * from former_{table} except select * from fresh_{table}) as gone
    where {same}
    """,
    """
    insert into identity.{table} ({names})
    select * from fresh_{table} except select * from former_{table}
    """,
)


def replace_rows(
    connection: Connection,
    duck: duckdb.DuckDBPyConnection,
    query: str,
    table: str,
    columns: Sequence[str],
    key: Sequence[str],
) -> None:
    """Make `identity.<table>` say of the touched groups what `query` says.

    `key` are columns that tell a row, none of them null; an index should begin with one.
    """
    names = ", ".join(columns)
    connection.execute(
        text(
            f"create temporary table fresh_{table} on commit drop as"
            f" select {names} from identity.{table} with no data"
        )
    )
    copy_out(duck, query, connection, f"fresh_{table}", columns)
    same = " and ".join(f"known.{name} = gone.{name}" for name in key)
    for statement in REPLACE_SQL:
        connection.execute(text(statement.format(table=table, names=names, same=same)))
