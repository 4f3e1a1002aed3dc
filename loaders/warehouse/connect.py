"""Connections to the warehouse, embedded or not.

Every engine hides statement parameters: a parameter may be a personal value, and
SQLAlchemy would otherwise print it in an exception.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep

from sqlalchemy import Engine, create_engine, make_url, text

from loaders.failure import ExpectedFailure
from loaders.settings import Settings, load_settings
from loaders.warehouse import embedded
from loaders.warehouse.lost import tell_when_lost, wait_while_recovering

SCHEMAS = {
    "landing": "落地层：每一行原样保存 / every line as it was sent",
    "staging": "贴源层：按类型解析，一事一行 / typed, one row per fact",
    "identity": "身份层：谁是谁 / who is who",
    "record": "一卡通档案：一人一生一档 / one life per person",
    "indicators": "指标层：分子、分母、名单 / numerator, denominator, case list",
    "audit": "审计层：台账、门禁与质量 / ledger, gates and quality",
    "changes": "增量构建的账目：哪些变了 / what has changed and must be built again",
    "published": "发布层：经门禁放行的结果 / what passed every gate",
}
# A client that was killed must not keep its locks until a long statement of it ends.
SESSION_OPTIONS = (
    "-c timezone=Asia/Shanghai -c client_min_messages=warning"
    " -c client_connection_check_interval=1000"
)
# One number for the whole warehouse: whoever holds this advisory lock is the one writer.
WRITER_LOCK = 0x0C1C
# PostgreSQL's `if not exists` is no protection when two sessions make the same thing.
MAKING_LOCK = text("select pg_advisory_xact_lock(3101)")
# What a small change asks for lies scattered, and mostly in memory, and is read sooner than
# another process is called in; for one transaction.
BY_INDEX = text("set local random_page_cost = 1.1; set local parallel_setup_cost = 10000")
# And where tables of millions are asked for thousands of rows: no page is waited for.
IN_MEMORY = text("set local seq_page_cost = 0.1; set local random_page_cost = 0.1")


class WarehouseBusyError(ExpectedFailure):
    """Another run holds the warehouse's writer lease."""


def warehouse_dsn(settings: Settings | None = None) -> str:
    """The address of the warehouse as libpq reads it; starts the embedded server."""
    settings = settings or load_settings()
    if settings.external_dsn:
        return settings.external_dsn
    return embedded.start(settings.database_folder)


def open_warehouse(settings: Settings | None = None) -> Engine:
    """An engine on the warehouse, with its schemas made.

    Raises: EmbeddedServerError; WarehouseLostError, as does whatever uses the engine.
    """
    dsn = warehouse_dsn(settings)
    wait_while_recovering(dsn)
    url = make_url(dsn).set(drivername="postgresql+psycopg")
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"options": SESSION_OPTIONS},
    )
    tell_when_lost(engine)
    with engine.begin() as connection:
        connection.execute(MAKING_LOCK)
        known = set(connection.scalars(text("select nspname from pg_namespace")).all())
        for schema, comment in SCHEMAS.items():
            if schema not in known:
                connection.execute(text(f"create schema if not exists {schema}"))
                connection.execute(text(f"comment on schema {schema} is '{comment}'"))
    return engine


@contextmanager
def writer_lease(
    engine: Engine, shared: bool = False, wait_seconds: int = 0
) -> Iterator[None]:
    """Hold the warehouse's one writer lease; `shared` lets landings of other systems in.

    Raises: WarehouseBusyError when somebody else still holds it after `wait_seconds`.
    """
    kind = "_shared" if shared else ""
    lock = {"lock": WRITER_LOCK}
    give_up = monotonic() + wait_seconds
    with engine.connect() as connection:
        ask = text(f"select pg_try_advisory_lock{kind}(:lock)")
        while not connection.scalar(ask, lock):
            connection.commit()
            if monotonic() >= give_up:
                raise WarehouseBusyError(
                    "Another run writes to this warehouse. Wait for it or stop it first."
                )
            sleep(1)
        connection.commit()
        try:
            yield
        finally:
            connection.execute(text(f"select pg_advisory_unlock{kind}(:lock)"), lock)
            connection.commit()
