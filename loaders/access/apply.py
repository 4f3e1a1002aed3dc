"""Apply the access matrix to the warehouse: what it names is granted, all else revoked.

Done after every publication, so that a rebuilt table never keeps or loses a right by
chance. Roles are groups without a login; an administrator puts people's logins into them.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine, text

from loaders.access.matrix import Grant, Role, load_roles
from loaders.warehouse.connect import SCHEMAS

Report = Callable[[str], None]
KNOWN_ROLE = "select count(*) from pg_roles where rolname = :role"
MAY_MAKE_ROLES = """
    select rolsuper or rolcreaterole from pg_roles where rolname = current_user
"""


def apply_access(engine: Engine, report: Report = print) -> None:
    """Make every role of the matrix able to do what the matrix says and nothing more."""
    roles = [role for role in load_roles() if role.grants != "all"]
    with engine.begin() as connection:
        for role in roles:
            if _there_is(connection, role, report):
                _revoke_all(connection, role.role)
                for grant in role.grants:
                    if isinstance(grant, Grant):
                        _grant(connection, role.role, grant)


def _there_is(connection: Connection, role: Role, report: Report) -> bool:
    if connection.scalar(text(KNOWN_ROLE), {"role": role.role}):
        return True
    if not connection.scalar(text(MAY_MAKE_ROLES)):
        report(
            f"  access: role {role.role} is not there and this connection may not create"
            f" roles. Ask an administrator for `create role {role.role} nologin`; until"
            " then only the owner can read the warehouse."
        )
        return False
    connection.execute(text(f"create role {role.role} nologin"))
    return True


def _revoke_all(connection: Connection, role: str) -> None:
    for schema in SCHEMAS:
        for grantee in (role, "public"):
            for what in ("tables", "sequences", "routines"):
                connection.execute(
                    text(f"revoke all on all {what} in schema {schema} from {grantee}")
                )
            connection.execute(text(f"revoke all on schema {schema} from {grantee}"))
        connection.execute(
            text(
                f"alter default privileges in schema {schema}"
                f" revoke all on tables from {role}"
            )
        )


def _grant(connection: Connection, role: str, grant: Grant) -> None:
    schema, privilege = grant.schema_name, grant.privilege
    connection.execute(text(f"grant usage on schema {schema} to {role}"))
    if grant.tables == "all":
        connection.execute(
            text(f"grant {privilege} on all tables in schema {schema} to {role}")
        )
        # For tables that are made after this, until the matrix is applied again.
        connection.execute(
            text(
                f"alter default privileges in schema {schema}"
                f" grant {privilege} on tables to {role}"
            )
        )
        return
    for table in grant.tables:
        if connection.scalar(
            text("select to_regclass(:name)"), {"name": f"{schema}.{table}"}
        ):
            connection.execute(text(f"grant {privilege} on {schema}.{table} to {role}"))
